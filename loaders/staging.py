"""Where a load keeps what files state until it is written: on disk, so that no file has to fit in memory."""

import sqlite3
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson

from graph.errors import OperatorError
from loaders.facts import Change, Fact, Key, Stated
from loaders.log import change_of, line

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -16384;
CREATE TABLE stated (
    link TEXT, id TEXT, to_id TEXT, type TEXT, source INTEGER, row INTEGER, body BLOB
);
CREATE TABLE shared (at INTEGER PRIMARY KEY);
CREATE TABLE touched (link TEXT, id TEXT, to_id TEXT, made INTEGER, PRIMARY KEY (link, id, to_id)) WITHOUT ROWID;
CREATE TABLE change (phase INTEGER, link TEXT, id TEXT, to_id TEXT, body BLOB);
CREATE INDEX change_key ON change (link, id, to_id);
"""
FIND_SHARED = """
INSERT INTO shared
SELECT stated.rowid
FROM (SELECT link, id, to_id FROM stated GROUP BY link, id, to_id HAVING count(*) > 1) AS twice
JOIN stated USING (link, id, to_id)
"""
COLUMNS = "link, id, to_id, type, source, row, body"


class Row(NamedTuple):
    """One row's word on a fact."""

    key: Key
    type: str
    stated: Stated


class StagingError(OperatorError):
    """What files state can't be kept on disk until it is written."""


DISK_FAULTS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
PRIMARY_CODE = 0xFF
"""The bits of SQLite's codes that tell the sort of error."""


@contextmanager
def explained() -> Generator[None]:
    """Raise StagingError where the disk does not do what it is asked to."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & PRIMARY_CODE not in DISK_FAULTS:
            raise
        raise StagingError(
            f"The disk of {gettempdir()} is full or broken: {error}. A load keeps there what files state.",
            "Nothing was loaded. Make room there, or set TMPDIR to a folder on a larger disk, and load again.",
        ) from error


class Staging:
    """What the files of one load state. A context manager: at its end the file on disk is gone.

    Raises StagingError where the disk has no room for it.
    """

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="partnergraph-load-", ignore_cleanup_errors=True)
        try:
            with explained():
                self._connection = sqlite3.connect(Path(self._folder.name) / "stated", isolation_level=None)
                self._connection.executescript(SCHEMA)
        except BaseException:
            self._folder.cleanup()
            raise
        self._nodes = 0
        self._has_shared = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._folder.cleanup()
        if isinstance(error, sqlite3.OperationalError):
            with explained():
                raise error

    def add(self, rows: Iterable[Row]) -> None:
        """Keep what rows state: nodes before links."""
        self._connection.execute("BEGIN")
        self._connection.executemany(f"INSERT INTO stated ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", map(_cells, rows))
        self._connection.execute("COMMIT")

    def end_nodes(self) -> None:
        """Say that all nodes have been added."""
        self._nodes = self._one("SELECT coalesce(max(rowid), 0) FROM stated")

    def end(self) -> None:
        """Say that all has been added, and find which facts several rows state."""
        self._connection.execute("CREATE INDEX stated_key ON stated (link, id, to_id)")
        self._connection.execute(FIND_SHARED)
        self._has_shared = bool(self._one("SELECT count(*) FROM shared"))

    def shared(self) -> Iterator[list[Row]]:
        """The rows of each fact that several state, in the order in which they were read."""
        found = self._select(
            f"SELECT {COLUMNS} FROM stated WHERE rowid IN (SELECT at FROM shared) ORDER BY link, id, to_id, source, row"
        )
        for _, rows in groupby(found, lambda row: row.key):
            yield list(rows)

    def rivals(self, link: str, end: str) -> Iterator[list[Row]]:
        """The rows of links of a type that have an `end` (`id` or `to_id`) in common but not the other one."""
        other = "to_id" if end == "id" else "id"
        found = self._select(
            f"SELECT {COLUMNS} FROM stated WHERE link = ? AND {end} IN "
            f"(SELECT {end} FROM stated WHERE link = ? GROUP BY {end} HAVING count(DISTINCT {other}) > 1) "
            f"ORDER BY {end}, source, row",
            (link, link),
        )
        for _, rows in groupby(found, lambda row: row.key.id if end == "id" else row.key.to_id):
            yield list(rows)

    def nodes(self) -> Iterator[Fact]:
        """Every node that rows state, once."""
        return self._facts("stated.rowid <= ?")

    def links(self) -> Iterator[Fact]:
        """Every link that rows state, once."""
        return self._facts("stated.rowid > ?")

    def states(self, key: Key) -> bool:
        """Whether a row states this fact."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM stated WHERE link = ? AND id = ? AND to_id = ?)", key))

    def states_end(self, link: str, end: str, node_id: str) -> bool:
        """Whether a row states a link of this type with this node at this `end` (`id` or `to_id`)."""
        found = self._one(f"SELECT EXISTS (SELECT 1 FROM stated WHERE link = ? AND {end} = ?)", (link, node_id))
        return bool(found)

    def counts(self) -> dict[int, dict[str, int]]:
        """How many facts of each type each table states."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for table, name, number in self._connection.execute("SELECT source, type, count(*) FROM stated GROUP BY 1, 2"):
            found[table][name] = number
        return found

    def naming(self, ids: Iterable[str]) -> Iterator[tuple[str, Row]]:
        """The rows that state links of these nodes, each with the one it names."""
        self._connection.execute("CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY)")
        self._connection.executemany("INSERT INTO wanted VALUES (?)", ((node_id,) for node_id in ids))
        for end in ("id", "to_id"):
            found = f"SELECT {COLUMNS} FROM stated WHERE link <> '' AND {end} IN (SELECT id FROM wanted) ORDER BY rowid"
            for row in self._select(found):
                yield row.key.id if end == "id" else row.key.to_id, row
        self._connection.execute("DROP TABLE wanted")

    def _facts(self, where: str) -> Iterator[Fact]:
        single = " AND stated.rowid NOT IN (SELECT at FROM shared)" if self._has_shared else ""
        for key, name, stated in self._select(
            f"SELECT {COLUMNS} FROM stated WHERE {where}{single} ORDER BY rowid", (self._nodes,)
        ):
            yield Fact(key, name, (stated,))
        if self._has_shared:
            found = self._select(
                f"SELECT {COLUMNS} FROM stated WHERE {where} AND rowid IN (SELECT at FROM shared) "
                "ORDER BY link, id, to_id, source, row",
                (self._nodes,),
            )
            for key, rows in groupby(found, lambda row: row.key):
                together = list(rows)
                yield Fact(key, together[0].type, tuple(row.stated for row in together))

    # ---- changes that are worked out before any is written ----

    def plan(self, phase: int, changes: Iterable[Change]) -> None:
        """Keep changes for a phase of the writing."""
        self._connection.execute("BEGIN")
        rows = ((phase, *change.key, line(change)) for change in changes)
        self._connection.executemany("INSERT INTO change (phase, link, id, to_id, body) VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def planned(self, phase: int) -> Iterator[Change]:
        """The changes that were kept for a phase, in the order in which they came."""
        with closing(self._connection.cursor()) as cursor:
            for (body,) in cursor.execute("SELECT body FROM change WHERE phase = ? ORDER BY rowid", (phase,)):
                yield change_of(orjson.loads(body))

    def plans(self, key: Key) -> bool:
        """Whether a change of this fact was kept, in any phase."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM change WHERE link = ? AND id = ? AND to_id = ?)", key))

    # ---- facts that a run touched ----

    def touch(self, keys: Iterable[tuple[Key, bool]]) -> None:
        """Keep the facts that a run touched, each with whether the run made it."""
        self._connection.execute("BEGIN")
        rows = ((*key, made) for key, made in keys)
        self._connection.executemany("INSERT OR REPLACE INTO touched VALUES (?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def touched(self, key: Key) -> bool:
        """Whether the run touched this fact."""
        statement = "SELECT EXISTS (SELECT 1 FROM touched WHERE link = ? AND id = ? AND to_id = ?)"
        return bool(self._one(statement, key))

    def made(self, key: Key) -> bool:
        """Whether the run made this fact."""
        statement = "SELECT EXISTS (SELECT 1 FROM touched WHERE link = ? AND id = ? AND to_id = ? AND made)"
        return bool(self._one(statement, key))

    def _select(self, statement: str, parameters: tuple[Any, ...] = ()) -> Iterator[Row]:
        with closing(self._connection.cursor()) as cursor:
            for link, node_id, to_id, name, source, row, body in cursor.execute(statement, parameters):
                yield Row(Key(link, node_id, to_id), name, Stated(source, row, orjson.loads(body)))

    def _one(self, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
        return self._connection.execute(statement, parameters).fetchone()[0]


def _cells(row: Row) -> tuple[Any, ...]:
    key, name, (source, number, values) = row
    return (*key, name, source, number, orjson.dumps(values))
