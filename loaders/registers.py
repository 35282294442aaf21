"""Registers into tables: what they fill in of the organisations that we know, and the links between these.

A register adds no organisations. What it says counts as MEDIUM, so that what our own files say goes first.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path, PurePath

from rich.progress import Progress

from graph.decisions import Decisions
from graph.model import CONFIDENCE_OF, ID, SOURCES
from graph.settings import Settings
from loaders.columns import FROM, LINKS, TO, TYPE, Layout, layouts
from loaders.duo import DUO
from loaders.fetch import Fetch, is_address
from loaders.files import File, examine
from loaders.organisations import Organisations
from loaders.problems import Place, Problem
from loaders.read import Reading
from loaders.record import Record, Register
from loaders.resolve import Incoming, Resolution, resolve
from loaders.ror import ROR
from loaders.table import Row, Table
from loaders.wikidata import WIKIDATA


class RegisterName(StrEnum):
    """The registers whose files can be loaded."""

    DUO = "duo"
    ROR = "ror"
    WIKIDATA = "wikidata"


REGISTERS = {RegisterName.DUO: DUO, RegisterName.ROR: ROR, RegisterName.WIKIDATA: WIKIDATA}
MEDIUM = "medium"
FACT = (CONFIDENCE_OF.column, SOURCES.column)


class RegisterReader:
    """A register's files as they are read, one by one."""

    def __init__(self, register: Register, settings: Settings, progress: Progress) -> None:
        self._register = register
        self._settings = settings
        self._progress = progress
        self._files: list[File] = []
        self._records: dict[str, Record] = {}
        self._problems: list[Problem] = []

    def read(
        self, names: Sequence[Path | str], known: Organisations, decisions: Decisions
    ) -> tuple[Reading, Resolution]:
        """The files, folders and addresses as a load reads others, and what became of their records.

        Never raises: what can't be read is a problem of the reading.
        """
        for name in self._found(names):
            self._open(name)
        records = self._records
        incoming = {key: Incoming(f"{self._register.name}:{key}", item.profile) for key, item in records.items()}
        resolution = resolve(list(incoming.values()), known.index, decisions)
        found = {key: resolution.same.get(item.record) for key, item in incoming.items()}
        same = {key: node_id for key, node_id in found.items() if node_id is not None}
        tables = (*node_tables(records, same, known), *link_tables(records, same, known))
        return Reading(tuple(self._files), tables, tuple(self._problems)), resolution

    def _found(self, names: Sequence[Path | str]) -> Iterator[Path | str]:
        """The files and addresses that names stand for; a folder stands for those in it."""
        for name in names:
            if isinstance(name, str) and is_address(name):
                yield name
                continue
            path = Path(name)
            files = sorted(path.glob(f"*{self._register.suffix}")) if path.is_dir() else [path]
            if not files:
                self._refuse(name, f"There is no {self._register.suffix} file in this folder.")
            yield from files

    def _open(self, name: Path | str) -> None:
        """Read one file's records."""
        try:
            file = self._file(name)
            self._files.append(file)
            for record in self._register.read(file, self._problems):
                first = self._records.setdefault(record.key, record)
                if first is not record:
                    message = f"This is already in {first.place}: load one of the two."
                    self._problems.append(Problem(record.place, None, record.key, message))
        except OSError as error:
            self._refuse(name, f"The file can't be read: {error.strerror or error}.")

    def _file(self, name: Path | str) -> File:
        """The file of a name. Raises OSError."""
        if isinstance(name, Path):
            return examine(name, str(name), name, self._progress)
        path, title = Fetch((self._register.suffix,), self._settings, self._progress).file(name)
        return examine(path, name, PurePath(title), self._progress)

    def _refuse(self, name: Path | str, message: str) -> None:
        self._problems.append(Problem(Place(str(name)), None, None, message))


def node_tables(records: Mapping[str, Record], same: Mapping[str, str], known: Organisations) -> Iterator[Table]:
    """Tables of what is filled in; one for each type and set of columns, as an empty cell would take a value away."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[Row]] = defaultdict(list)
    by_type = {layout.type.name: layout for layout in layouts(known.model).values() if layout.type}
    for key, node_id in same.items():
        record, kind = records[key], known.profiles[node_id].type
        mine = {column.heading for column in by_type[kind].columns}
        filled = {heading: text for heading, text in record.cells.items() if text and heading in mine}
        # What we know already goes with it, so that it stands where our own files drop it.
        filled |= known.needed[node_id]
        cells = (node_id, *filled.values(), MEDIUM, record.source)
        groups[record.place.file, kind, tuple(filled)].append(Row(record.place, cells, (), whole=True))
    for (_, kind, filled), rows in groups.items():
        yield table(by_type[kind], (ID.column, *filled, *FACT), rows)


def link_tables(records: Mapping[str, Record], same: Mapping[str, str], known: Organisations) -> Iterator[Table]:
    """Tables of links between organisations that we know, and to the provinces of those that lie nowhere else."""
    by_file: dict[str, dict[tuple[str, ...], Row]] = defaultdict(dict)
    for key, node_id in same.items():
        record = records[key]
        links = [(same.get(link.from_key), link.type, same.get(link.to_key)) for link in record.links]
        province = known.province(record.region) if record.region else None
        if province and known.regions.get(node_id, province) == province:
            links.append((node_id, "LOCATED_IN", province))
        for source, kind, target in links:
            if source is None or target is None or source == target:
                continue
            ends = (target, source) if known.model.link_types[kind].symmetric and target < source else (source, target)
            row = Row(record.place, (ends[0], kind, ends[1], MEDIUM, record.source), (), whole=True)
            by_file[record.place.file].setdefault((kind, *ends), row)
    for rows in by_file.values():
        yield table(layouts(known.model)[LINKS], (FROM, TYPE, TO, *FACT), list(rows.values()))


def table(layout: Layout, headings: tuple[str, ...], rows: Sequence[Row]) -> Table:
    """A table that no file has in this form; its rows know where they come from."""
    place = rows[0].place._replace(row=None)
    return Table(place, layout, tuple(layout.by_heading[heading] for heading in headings), headings, rows)
