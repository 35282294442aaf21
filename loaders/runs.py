"""Each load as the graph remembers it: when, by whom, which files, and what came of it."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from graph.database import Database
from graph.errors import OperatorError
from graph.provenance import CHANGES, FILE, READ, RUN, TAKE_LOCK
from loaders.present import Read
from loaders.report import OUTCOMES, Count

RAISE_REVISION = """
MERGE (r:Revision {id: 'revision'})
SET r.number = coalesce(r.number, 0) + 1, r.loadedAt = datetime()
RETURN r.number AS number
"""
TOUCH = RAISE_REVISION.replace("SET ", "SET r.touched = coalesce(r.number, 0) + 1, ")
FILE_COLUMNS = "[f.id, x.sha256, x.readAs, x.skipped, x.types, x.facts] AS file"


class Outcome(StrEnum):
    """What came of a run."""

    UNFINISHED = "UNFINISHED"
    """It is being written, or was broken off: then the next run takes back what is written of it."""
    DONE = "DONE"
    REFUSED = "REFUSED"
    """Nothing was written, for something was wrong with the files."""


class RunError(OperatorError):
    """A run can't be shown or undone."""


@dataclass(frozen=True)
class ReadFile:
    """A file of a run: the name by which statements know it, its hash, and whether it was skipped as it was the same.

    `read_as` is the hash of the file and the model by which it is read: where that is the same, so are its facts.
    `states` says of how many facts of each type it tells.
    """

    name: str
    sha256: str
    read_as: str
    states: Mapping[str, int]
    skipped: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a run: how much of each type, from which files, and at which revision the graph is after it."""

    outcome: Outcome
    counts: Mapping[str, Count]
    files: Sequence[ReadFile]
    revision: int
    problems: int = 0


@dataclass(frozen=True)
class Run:
    """One run: a load, or an undo of another run (`undoes`). `refused` are rows with something wrong."""

    number: int
    outcome: Outcome
    started: datetime
    finished: datetime | None
    by: str
    counts: Mapping[str, Count]
    files: tuple[ReadFile, ...]
    revision: int
    problems: int = 0
    undoes: int | None = None
    undone_by: int | None = None


@contextmanager
def locked(database: Database) -> Generator[None]:
    """Hold off other runs: a second one waits here until the first is done, or its process is gone."""
    with database.transaction() as transaction:
        transaction.run(TAKE_LOCK)
        yield


def touch(database: Database) -> int:
    """Raise the graph's revision, which is returned, for what was changed by other ways than a load.

    From then on no file is skipped because it is what it was: what it states may not be there any more.
    """
    (row,) = database.write(TOUCH)
    return row["number"]


def next_numbers(database: Database) -> tuple[int, int]:
    """The numbers that the next run and its first change will have."""
    (row,) = database.read(
        f"OPTIONAL MATCH (r:{RUN}) WITH max(r.number) AS run "
        f"OPTIONAL MATCH (c:{CHANGES}) RETURN coalesce(run, 0) + 1 AS run, coalesce(max(c.last), 0) + 1 AS change"
    )
    return row["run"], row["change"]


def begin(write: Read, number: int, by: str, undoes: int | None = None) -> None:
    """Note that a run begins to write."""
    write(
        f"CREATE (:{RUN} {{number: $number, outcome: $outcome, startedAt: datetime(), by: $by, undoes: $undoes}})",
        {"number": number, "outcome": Outcome.UNFINISHED, "by": by, "undoes": undoes},
    )


def finish(write: Read, number: int, result: Result) -> None:
    """Note what came of a run."""
    columns = {outcome: [getattr(count, outcome) for count in result.counts.values()] for outcome in OUTCOMES}
    values = {
        "outcome": result.outcome,
        "types": list(result.counts),
        **columns,
        "revision": result.revision,
        "problems": result.problems,
    }
    files = [
        {
            "name": file.name,
            "sha256": file.sha256,
            "readAs": file.read_as,
            "skipped": file.skipped,
            "types": list(file.states),
            "facts": list(file.states.values()),
        }
        for file in result.files
    ]
    write(
        f"MATCH (r:{RUN} {{number: $number}}) SET r += $values, r.finishedAt = datetime() "
        f"WITH r UNWIND $files AS file MERGE (f:{FILE} {{id: file.name}}) "
        f"CREATE (r)-[x:{READ}]->(f) SET x = file, x.name = null",
        {"number": number, "values": values, "files": files},
    )


def last_read(database: Database, names: Sequence[str]) -> dict[str, ReadFile]:
    """These files as they were when they were loaded last, of those that were and that the graph holds as they are."""
    rows = database.read(
        f"OPTIONAL MATCH (v:Revision {{id: 'revision'}}) WITH coalesce(v.touched, 0) AS touched "
        f"UNWIND $names AS name MATCH (f:{FILE} {{id: name}}) "
        f"CALL (f) {{ MATCH (f)<-[x:{READ}]-(r:{RUN} {{outcome: $done}}) WHERE r.undoneBy IS NULL "
        "RETURN r.revision AS revision, x ORDER BY r.number DESC LIMIT 1 } "
        f"WITH f, x, revision, touched WHERE revision >= touched RETURN {FILE_COLUMNS}",
        {"names": names, "done": Outcome.DONE},
    )
    return {row["file"][0]: file_of(row["file"]) for row in rows}


def unfinished(database: Database) -> list[int]:
    """The numbers of runs that were broken off while they wrote."""
    rows = database.read(
        f"MATCH (r:{RUN} {{outcome: $outcome}}) RETURN r.number AS number", {"outcome": Outcome.UNFINISHED}
    )
    return [row["number"] for row in rows]


def runs(database: Database, numbers: Sequence[int] | None = None, limit: int | None = None) -> list[Run]:
    """Runs, newest first: all, or those with these numbers."""
    rows = database.read(
        f"MATCH (r:{RUN}) WHERE $numbers IS NULL OR r.number IN $numbers "
        f"WITH r ORDER BY r.number DESC LIMIT $limit "
        f"RETURN properties(r) AS run, COLLECT {{ MATCH (r)-[x:{READ}]->(f:{FILE}) "
        f"RETURN {FILE_COLUMNS} ORDER BY f.id }} AS files",
        {"numbers": numbers, "limit": 10**9 if limit is None else limit},
    )
    return [run_of(row["run"], row["files"]) for row in rows]


def run(database: Database, number: int) -> Run:
    """The run with this number. Raises RunError where there is none."""
    found = runs(database, [number])
    if not found:
        raise RunError(f"There is no run {number}.", "See which there are: partnergraph runs")
    return found[0]


def run_of(values: Mapping[str, Any], files: Iterable[Sequence[Any]]) -> Run:
    """The run that a LoadRun node tells of."""
    names = values.get("types", ())
    columns = zip(*(values[outcome] for outcome in OUTCOMES), strict=True) if names else ()
    return Run(
        number=values["number"],
        outcome=Outcome(values["outcome"]),
        started=moment(values["startedAt"]),
        finished=moment(values["finishedAt"]) if "finishedAt" in values else None,
        by=values["by"],
        counts={name: Count(*numbers) for name, numbers in zip(names, columns, strict=True)},
        files=tuple(map(file_of, files)),
        revision=values.get("revision", 0),
        problems=values.get("problems", 0),
        undoes=values.get("undoes"),
        undone_by=values.get("undoneBy"),
    )


def file_of(columns: Sequence[Any]) -> ReadFile:
    """The file that FILE_COLUMNS tell of."""
    name, sha256, read_as, skipped, types, facts = columns
    return ReadFile(name, sha256, read_as, dict(zip(types, facts, strict=True)), skipped)


def moment(value: Any) -> datetime:
    """A moment as Neo4j gives it."""
    return value.to_native().astimezone(UTC)
