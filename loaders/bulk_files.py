"""The files from which Neo4j's bulk import makes a graph: what `work.py` would write, as CSV."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TextIO

from graph.errors import DatabaseError
from graph.modelling import Kind, Model, Property
from graph.provenance import CHANGES, RUN, STATEMENTS
from loaders.facts import Action, Change
from loaders.runs import Outcome
from loaders.work import Log, Shape, in_shapes

ARRAY_DELIMITER = "\x1f"
"""Between the items of a list: no cell of a file that is loaded has a control character."""
TYPES = {
    Kind.YEAR: "long",
    Kind.INTEGER: "long",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.POINT: "point{crs:WGS-84}",
    Kind.SOURCES: "string[]",
}
"""Neo4j's own names for the kinds of values that are not texts."""
LOG = {
    "run": "long",
    "part": "long",
    "action": "string",
    "type": "string",
    "first": "long",
    "last": "long",
    "lines": "byte[]",
}
OPTIONS = ("--array-delimiter=U+001F", "--path-pattern-style=none", "--max-off-heap-memory=1g")


class BulkFiles:
    """The files of one run into an empty graph, in `folder`. A context manager: at its end they are whole."""

    def __init__(self, folder: Path, model: Model, run: int, first: int, by: str) -> None:
        self._folder = folder
        self._model = model
        self._log = Log(run, first)
        self._files: dict[Shape | str, tuple[TextIO, Any]] = {}
        self._properties = {node.name: model.properties_of(node.name) for node in model.nodes}
        self._properties |= {link.name: model.properties_of_link(link) for link in model.links}
        self._has_breaks = False
        self.arguments: list[str] = list(OPTIONS)
        """What the import must be told of these files."""
        self._run = {"number": run, "outcome": Outcome.UNFINISHED, "by": by}

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        out = self._file(RUN, f"--nodes={RUN}", ["number:long", "outcome:string", "by:string", "startedAt:datetime"])
        out.writerow([*self._run.values(), datetime.now(UTC).isoformat()])
        self._file(CHANGES, f"--nodes={CHANGES}", [f"{name}:{kind}" for name, kind in LOG.items()])
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self.arguments.append(f"--multiline-fields={str(self._has_breaks).lower()}")

    @property
    def wrote(self) -> bool:
        """Whether there is anything in them."""
        return self._log.part > 0

    def add(self, changes: Iterable[Change]) -> None:
        """Put in what is added to the empty graph, in any order. Raises DatabaseError where it is not empty."""
        for alike, together in in_shapes(changes):
            if alike.action is not Action.ADDED:
                raise DatabaseError("The database is not empty.", "Load without --bulk.")
            self._add(alike, together)
            log = self._writer(CHANGES)
            for part in self._log.parts(alike, together):
                log.writerow([cell(part[name]) for name in LOG])

    def _add(self, alike: Shape, changes: Sequence[Change]) -> None:
        properties = self._properties[alike.type]
        if alike not in self._files:
            self._open(alike, properties)
        out = self._writer(alike)
        points = {item.name for item in properties if item.kind is Kind.POINT}
        names = [*(item.name for item in properties if item.name != "id"), STATEMENTS]
        for change in changes:
            ends = change.key[1:] if alike.of_links else change.key[1:2]
            cells = [point(value) if name in points else cell(value) for name, value in found(change.after, names)]
            self._has_breaks = self._has_breaks or any("\n" in text or "\r" in text for text in cells)
            out.writerow([*ends, *cells])

    def _open(self, alike: Shape, properties: Sequence[Property]) -> None:
        columns = [f"{item.name}:{kind_of(item)}" for item in properties if item.name != "id"]
        columns.append(f"{STATEMENTS}:string[]")
        if alike.of_links:
            source, target = map(self._model.root, alike.types)
            ends = [f":START_ID({source})", f":END_ID({target})"]
            self._file(alike, f"--relationships={alike.type}", [*ends, *columns])
        else:
            labels = ":".join(self._model.labels(alike.type))
            self._file(alike, f"--nodes={labels}", [f"id:ID({self._model.root(alike.type)})", *columns])

    def _file(self, key: Shape | str, argument: str, columns: Sequence[str]) -> Any:
        path = self._folder / f"{len(self._files)}.csv"
        file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        self._files[key] = file, out
        self.arguments.append(f"{argument}={path}")
        return out

    def _writer(self, key: Shape | str) -> Any:
        return self._files[key][1]


def kind_of(item: Property) -> str:
    """Neo4j's own name for what a property holds."""
    return "string[]" if item.many else TYPES.get(item.kind, "string")


def found(values: Mapping[str, Any], names: Sequence[str]) -> Iterable[tuple[str, Any]]:
    """The values of these names, None where there is none."""
    return ((name, values.get(name)) for name in names)


def cell(value: Any) -> str:
    """A value in plain form, or bytes, as the import reads it; empty where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case bytes():
            return ARRAY_DELIMITER.join(str(byte - 256 if byte > 127 else byte) for byte in value)
        case list():
            return ARRAY_DELIMITER.join(value)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return str(value)


def point(value: Sequence[float] | None) -> str:
    """A place in plain form as the import reads it."""
    return "" if value is None else f"{{longitude:{value[0]!r},latitude:{value[1]!r}}}"
