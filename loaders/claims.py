"""What files claim before anything is checked: which ids they give to nodes, and what they refer to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.modelling import Kind
from loaders.columns import FROM, TO
from loaders.problems import Place, Problem
from loaders.sources import SOURCE, URL, candidate_ids
from loaders.table import Table
from loaders.values import SLUG, parts

ID = "id"


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that states a node: its id, its type unless the file's name says none, and where it stands."""

    id: str
    type: str | None
    place: Place


@dataclass(frozen=True)
class Claims:
    """The nodes that files state, by id, and the Sources among them by address."""

    nodes: Mapping[str, Claim]
    sources: Mapping[str, Claim]


@dataclass(frozen=True)
class Named:
    """Every id and every source's address that files name: what has to be looked up in the graph."""

    ids: frozenset[str]
    urls: frozenset[str]


def claims(tables: Sequence[Table], problems: list[Problem]) -> Claims:
    """Which row states which node; a row that states the same as one before it is a problem."""
    nodes: dict[str, Claim] = {}
    sources: dict[str, Claim] = {}
    for table in tables:
        at = table.positions.get(ID)
        if at is None:
            continue
        name = table.layout.type.name if table.layout and table.layout.type else None
        url_at = table.positions.get(URL) if name == SOURCE else None
        for row in table.rows:
            claim = Claim(row.cells[at], name, row.place)
            if claim.id:
                first = nodes.setdefault(claim.id, claim)
                if first is not claim:
                    message = f"This id is already that of {first.place}: an id is unique."
                    problems.append(table.problem(row, ID, message))
            if url_at is not None and (url := row.cells[url_at]):
                first = sources.setdefault(url, claim)
                if first is not claim:
                    message = f"This address is already that of {first.id} ({first.place}): keep one of the two."
                    problems.append(table.problem(row, URL, message))
    return Claims(nodes, sources)


def named(tables: Sequence[Table]) -> Named:
    """All that files name, whether they state it themselves or not."""
    ids: set[str] = set()
    cells: set[str] = set()
    urls: set[str] = set()
    for table in tables:
        for at in map(table.positions.get, (ID, FROM, TO)):
            if at is not None:
                ids.update(row.cells[at] for row in table.rows)
        for at, column in enumerate(table.columns):
            if column is not None and column.property is not None and column.property.kind is Kind.SOURCES:
                cells.update(row.cells[at] for row in table.rows)
        if table.layout and table.layout.type and table.layout.type.name == SOURCE:
            at = table.positions.get(URL)
            urls.update(row.cells[at] for row in table.rows if at is not None)
    for part in {part for cell in cells for part in parts(cell)}:
        if SLUG.fullmatch(part):
            ids.add(part)
        else:
            urls.add(part)
            ids.update(candidate_ids(part))
    return Named(frozenset(ids - {""}), frozenset(urls - {""}))
