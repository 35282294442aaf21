"""Lists without ids: each row gets the id of the organisation that it means, or one of its own.

A list is a file of organisations without a column `id`. Its column `foreign_id`, if any, has ids of the list's own, by
which its rows are told apart for ever and by which files of links that are loaded with it may name them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from graph.decisions import Decisions, own_id
from graph.matching import Profile
from graph.model import ID, ORGANISATION
from graph.modelling import Model, NodeType
from graph.profiles import profile
from loaders.columns import FOREIGN, FROM, TO
from loaders.organisations import Organisations
from loaders.problems import Place
from loaders.read import Reading
from loaders.resolve import Incoming, Resolution, resolve
from loaders.table import Row, Table
from loaders.values import parts

Ids = Mapping[Place, str | None]
"""The id of each row of a list; None where a person must decide first."""


@dataclass(frozen=True)
class ListRow:
    """A row of a list: where it stands, the list's own id for it, and what it says.

    It is not `sound` where an identifier in it is none: then it is refused, so nobody is asked who it is.
    """

    place: Place
    foreign: str
    incoming: Incoming
    sound: bool


def identify(reading: Reading, known: Organisations, decisions: Decisions) -> tuple[Reading, Resolution]:
    """What was read, with an id in every row of lists, and what was found of each.

    Rows that a person must decide on are left out, and so are links with them.
    """
    lists = {table.place: table for table in reading.tables if list_type(table, known.model)}
    rows = [row for table in lists.values() for row in list_rows(table, known.model)]
    by_record = {row.incoming.record: row.incoming for row in rows if row.sound}
    resolution = resolve(list(by_record.values()), known.index, decisions)
    waiting = {question.record for question in resolution.questions}
    ids: dict[Place, str | None] = {}
    for row in rows:
        found = resolution.same.get(row.incoming.record, row.incoming.own_id)
        ids[row.place] = None if row.incoming.record in waiting else found
    foreign = {row.foreign: ids[row.place] for row in rows if row.foreign}
    tables = (with_ids(table, ids) if table.place in lists else with_ends(table, foreign) for table in reading.tables)
    return replace(reading, tables=tuple(tables)), resolution


def list_type(table: Table, model: Model) -> NodeType | None:
    """The type of the organisations in a list; None where the table is none."""
    node = table.layout.type if table.layout else None
    return node if node and ID.column not in table.positions and model.is_a(node.name, ORGANISATION) else None


def list_rows(table: Table, model: Model) -> Iterator[ListRow]:
    """The rows of a list that are whole; the others are refused anyhow."""
    node = list_type(table, model)
    assert node is not None
    identifiers = [(item.column, item.identifier) for item in model.identifiers(node.name) if item.identifier]
    for row in table.rows:
        if not row.whole:
            continue
        codes = ((identifier, table.cell(row, column)) for column, identifier in identifiers)
        sound = all(identifier.canonical(code) for identifier, code in codes if code)
        said = row_profile(table, row, node, model)
        foreign = table.cell(row, FOREIGN)
        of = " ".join(filter(None, (PurePath(row.place.file).name, row.place.sheet)))
        record = f"{of}: {foreign or ', '.join(filter(None, (*said.names[:1], said.city)))}"
        yield ListRow(row.place, foreign, Incoming(record, said, own_id(next(iter(said.names), ""), record)), sound)


def row_profile(table: Table, row: Row, node: NodeType, model: Model) -> Profile:
    """What a row says of an organisation."""
    values: dict[str, str | list[str]] = {}
    for item in model.properties_of(node.name):
        text = table.cell(row, item.column)
        if item.many:
            values[item.name] = parts(text)
        elif item.identifier:
            values[item.name] = item.identifier.canonical(text) or ""
        else:
            values[item.name] = text
    return profile(values, node.name, model)


@dataclass(frozen=True)
class IdRows:
    """The rows of a list with their ids before them."""

    rows: Iterable[Row]
    ids: Ids

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            found = self.ids.get(row.place, "")
            if found is not None:
                yield row._replace(cells=(found, *row.cells))


@dataclass(frozen=True)
class EndRows:
    """The rows of links, whose ends are named by ids of lists, with the ids of the organisations meant."""

    rows: Iterable[Row]
    ends: frozenset[int]
    ids: Mapping[str, str | None]

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            cells = [self.ids.get(cell, cell) if at in self.ends else cell for at, cell in enumerate(row.cells)]
            if None not in cells:
                yield row._replace(cells=tuple(cell or "" for cell in cells))


def with_ids(table: Table, ids: Ids) -> Table:
    """A list with the column `id`."""
    assert table.layout is not None
    columns = (table.layout.by_heading[ID.column], *table.columns)
    return replace(table, columns=columns, headings=(ID.column, *table.headings), rows=IdRows(table.rows, ids))


def with_ends(table: Table, foreign: Mapping[str, str | None]) -> Table:
    """A table of links with ids of ours at both ends; any other table as it is."""
    ends = frozenset(table.positions[heading] for heading in (FROM, TO) if heading in table.positions)
    return replace(table, rows=EndRows(table.rows, ends, foreign)) if ends and foreign else table
