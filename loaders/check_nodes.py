"""Rows that state nodes, against the model and what is already known."""

from collections.abc import Iterator, Sequence

from graph.modelling import Kind, NodeType
from loaders.cells import Cells
from loaders.facts import Key, Stated
from loaders.known import Known
from loaders.problems import Problem
from loaders.sources import SOURCE, URL
from loaders.staging import Row as Staged
from loaders.table import Row, Table

ID = "id"
RETRIEVED_ON = "retrievedOn"


class NodeCheck:
    """The check of one table of nodes, which is the `number`th of the load; it takes rows in batches."""

    def __init__(self, table: Table, node: NodeType, number: int, known: Known) -> None:
        self._table = table
        self._type = node.name
        self._number = number
        self._known = known
        self._cells = Cells(table, known.model.properties_of(node.name), known.sources)
        self._ids = table.positions.get(ID)
        self._sources = source_positions(table)
        self._urls = table.positions.get(URL) if node.name == SOURCE else None
        self._held: list[Row] = []

    def check(self, rows: Sequence[Row], problems: list[Problem]) -> Iterator[Staged]:
        """The nodes that rows state, adding what is wrong to `problems`."""
        known, table, kind = self._known, self._table, self._type
        ids = [] if self._ids is None else [row.cells[self._ids] for row in rows]
        urls = [] if self._urls is None else [row.cells[self._urls] for row in rows]
        known.ask(ids, (row.cells[at] for at in self._sources for row in rows), urls)
        # A row that is not whole, too, has an id that others may refer to.
        known.stated.update((node_id, kind) for node_id in ids if node_id and node_id not in known.stated)
        for row in rows:
            if self._urls is not None:
                problems.extend(self._other_source(row, row.cells[self._urls]))
            if not row.whole:
                continue
            values = self._cells.values(row, problems)
            node_id = str(values.pop(ID, ""))
            present = known.present.pop(node_id, None)
            was = present or known.closed.get(node_id)
            if was is not None and was != kind:
                state = "already has" if present else "has, withdrawn,"
                message = f"The graph {state} a {was} with this id: choose another."
                problems.append(table.problem(row, ID, message))
            if kind == SOURCE and (day := values.get(RETRIEVED_ON)):
                known.days[node_id] = day
            if node_id:
                yield Staged(Key("", node_id), kind, Stated(self._number, row.place.row or 0, values))

    def _other_source(self, row: Row, url: str) -> Iterator[Problem]:
        """The problem of an address that is that of another Source, in the files or in the graph."""
        if not url or self._ids is None:
            return
        node_id = row.cells[self._ids]
        first, place = self._known.state_source(url, node_id, row.place)
        if place != row.place and first != node_id:
            message = f"This address is already that of {first} ({place}): keep one of the two."
            yield self._table.problem(row, URL, message)
        if self._known.holders.get(url, node_id) != node_id:
            self._held.append(row)

    def end(self) -> Iterator[Problem]:
        """What is wrong once all files are known: addresses that are of another Source, which no file states."""
        for row in self._held:
            holder = self._known.holders[self._table.cell(row, URL)]
            if holder not in self._known.stated:
                yield self._table.problem(row, URL, f"The graph already has this address as {holder}: use that id.")


def source_positions(table: Table) -> list[int]:
    """Where a table names sources."""
    return [
        at
        for at, column in enumerate(table.columns)
        if column is not None and column.property is not None and column.property.kind is Kind.SOURCES
    ]
