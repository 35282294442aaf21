"""A run's changes into Neo4j, with the log of them: one transaction, or several where one can't hold so many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from types import TracebackType
from typing import Any, NamedTuple, Self

from graph.database import Database, Transaction
from graph.errors import DatabaseError
from graph.modelling import Model
from graph.provenance import CHANGES, WITHDRAWN, packed, withdrawn_label, withdrawn_link
from loaders.facts import Action, Change
from loaders.log import line
from loaders.plain import Native
from loaders.present import BATCH, batches, by_id

LOGGED_TOGETHER = 100
"""How many changes one LoadChanges node keeps."""
MOST_HELD = 2 * BATCH
"""How many changes wait for others of their shape: there may be a hundred shapes."""
LARGEST_TRANSACTION = 50_000
"""How many changes one transaction holds. A Neo4j with 1 GB of heap has no room for 200,000 (measured)."""
LATER_TRANSACTIONS = 20_000
"""How many each further one of a run holds: what no single one can hold is written a fifth sooner in smaller parts."""


class Shape(NamedTuple):
    """Changes that one statement can make."""

    action: Action
    type: str
    types: tuple[str, str]
    closed: bool

    @property
    def of_links(self) -> bool:
        """Whether they are changes of links."""
        return self.types != ("", "")


def shape(change: Change) -> Shape:
    """The shape of a change."""
    return Shape(change.action, change.type, change.types, change.closed)


def in_shapes(changes: Iterable[Change]) -> Iterator[tuple[Shape, list[Change]]]:
    """Changes in any order, in batches that one statement can make."""
    waiting: dict[Shape, list[Change]] = defaultdict(list)
    held = 0
    for change in changes:
        alike = shape(change)
        waiting[alike].append(change)
        held += 1
        full = alike if len(waiting[alike]) == BATCH else None
        if held == MOST_HELD:
            full = max(waiting, key=lambda each: len(waiting[each]))
        if full:
            together = waiting.pop(full)
            held -= len(together)
            yield full, together
    yield from waiting.items()


class Log:
    """The log of one run, in the parts that LoadChanges nodes keep.

    `first` is the number of the run's first change among all changes of all runs.
    """

    def __init__(self, run: int, first: int) -> None:
        self._run = run
        self._next = first
        self.part = 0
        """How many parts there are."""

    def parts(self, alike: Shape, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """The properties of the next nodes, which keep these changes."""
        made: list[dict[str, Any]] = []
        for batch in batches(changes, LOGGED_TOGETHER):
            part: dict[str, Any] = {"run": self._run, "part": self.part, "action": alike.action, "type": alike.type}
            if alike.action is not Action.MOVED:
                part |= {"first": self._next, "last": self._next + len(batch) - 1}
                self._next += len(batch)
            made.append({**part, "lines": packed([line(change) for change in batch])})
            self.part += 1
        return made


class Work:
    """The writing of one run. A context manager: an error takes back all that is not committed.

    Neo4j writes one batch, and commits it, while the next is made. `first` is the number of the run's first change
    among all changes of all runs.
    """

    def __init__(self, database: Database, model: Model, run: int, first: int) -> None:
        self._database = database
        self._model = model
        self._native = Native(model)
        self._log = Log(run, first)
        self._held = 0
        self._writing: Future[None] | None = None
        self._most = LARGEST_TRANSACTION

    def __enter__(self) -> Self:
        self._writer = ThreadPoolExecutor(1, "writer")
        self._open = ExitStack()
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._writer:
            stopped = self._writing.exception() if self._writing else None
            if error is None and stopped is not None:
                self._open.__exit__(type(stopped), stopped, stopped.__traceback__)
                raise stopped
            self._open.__exit__(kind, error, trace)

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a statement in the transaction that is open, which sees all that was written so far."""
        self._written()
        return self._transaction.run(statement, parameters)

    @property
    def wrote(self) -> bool:
        """Whether the run has changed anything."""
        return self._log.part > 0

    def apply(self, changes: Iterable[Change]) -> None:
        """Make changes in any order."""
        for alike, together in in_shapes(changes):
            self._write(alike, together)

    def apply_in_order(self, changes: Iterable[Change]) -> None:
        """Make changes in the order in which they come."""
        for alike, together in groupby(changes, shape):
            for batch in batches(together):
                self._write(alike, batch)

    def _write(self, alike: Shape, changes: Sequence[Change]) -> None:
        parts = self._log.parts(alike, changes)
        self._written()
        self._writing = self._writer.submit(self._make, alike, changes, parts)

    def _make(self, alike: Shape, changes: Sequence[Change], parts: list[dict[str, Any]]) -> None:
        make(self._transaction, self._model, self._native, alike, changes)
        self._transaction.run(f"UNWIND $parts AS part CREATE (c:{CHANGES}) SET c = part", {"parts": parts})
        parts.clear()
        self._held += len(changes)
        if self._held >= self._most:
            self._open.close()
            self._most = LATER_TRANSACTIONS
            self._begin()

    def _written(self) -> None:
        """Wait for the writer, and raise what stopped it."""
        if self._writing:
            self._writing.result()
            self._writing = None

    def _begin(self) -> None:
        self._held = 0
        self._transaction: Transaction = self._open.enter_context(self._database.transaction())


def apply_to(transaction: Transaction, model: Model, changes: Iterable[Change]) -> None:
    """Make changes in the order in which they come, with no log of them."""
    native = Native(model)
    for alike, together in groupby(changes, shape):
        for batch in batches(together):
            make(transaction, model, native, alike, batch)


def make(transaction: Transaction, model: Model, native: Native, alike: Shape, changes: Sequence[Change]) -> None:
    """Make changes of one shape. Raises DatabaseError where the graph is not as it was left."""
    statement = (link_statement if alike.of_links else node_statement)(alike, model)
    new_node = alike.action is Action.ADDED and not alike.of_links
    rows: list[list[Any]] = []
    for change in changes:
        values = native.values(alike.type, change.after)
        rows.append([change.key.id, change.key.to_id, {"id": change.key.id, **values} if new_node else values])
    done = transaction.run(statement, {"rows": rows})
    # The driver keeps what a statement was given until its transaction ends.
    rows.clear()
    if done[0]["done"] != len(changes):
        raise DatabaseError(
            f"The graph was changed in Cypher: a {alike.type} to be {alike.action} is not as runs left it.",
            "Put it back as it was, or load the files that state it again: partnergraph touch, partnergraph load",
        )


def node_statement(alike: Shape, model: Model) -> str:
    """The statement that makes such changes of nodes. Its rows are lists of id, nothing, values."""
    root = model.root(alike.type)
    current = "".join(f":{label}" for label in model.labels(alike.type))
    closed = f":{WITHDRAWN}:{withdrawn_label(alike.type)}"
    find = by_id("n", WITHDRAWN if alike.closed or alike.action is Action.RESTORED else root, "row[0]")
    doing = {
        Action.ADDED: f"CREATE (n{current}) SET n = row[2]",
        Action.CHANGED: f"{find} SET n += row[2]",
        Action.MOVED: f"{find} SET n += row[2]",
        Action.WITHDRAWN: f"{find} REMOVE n{current} SET n{closed}, n += row[2]",
        Action.RESTORED: f"{find} REMOVE n{closed} SET n{current}, n += row[2]",
        Action.REMOVED: f"{find} DELETE n",
    }
    return f"UNWIND $rows AS row {doing[alike.action]} RETURN count(*) AS done"


def link_statement(alike: Shape, model: Model) -> str:
    """The statement that makes such changes of links. Its rows are lists of from id, to id, values."""
    current, closed = alike.type, withdrawn_link(alike.type)
    stored = closed if alike.closed else current
    doing = {
        Action.ADDED: f"CREATE (a)-[r:{current}]->(b) SET r = row[2]",
        Action.CHANGED: f"MATCH (a)-[r:{stored}]->(b) SET r += row[2]",
        Action.MOVED: f"MATCH (a)-[r:{stored}]->(b) SET r += row[2]",
        Action.WITHDRAWN: replaced(current, closed),
        Action.RESTORED: replaced(closed, current),
        Action.REMOVED: f"MATCH (a)-[r:{current}]->(b) DELETE r",
    }
    ends = zip("ab", alike.types, ("row[0]", "row[1]"), strict=True)
    find = " ".join(
        either(end, model.root(kind), value) if alike.closed else by_id(end, model.root(kind), value)
        for end, kind, value in ends
    )
    return f"UNWIND $rows AS row {find} {doing[alike.action]} RETURN count(*) AS done"


def replaced(old: str, new: str) -> str:
    """A clause that puts a link of the type `new` in the place of one of the type `old`."""
    return f"MATCH (a)-[r:{old}]->(b) CREATE (a)-[s:{new}]->(b) SET s = properties(r), s += row[2] DELETE r"


def either(variable: str, label: str, value: str) -> str:
    """A clause that finds a node by id, current or closed."""
    return (
        f"CALL (row) {{ {by_id(variable, label, value)} RETURN {variable} "
        f"UNION {by_id(variable, WITHDRAWN, value)} RETURN {variable} }}"
    )
