"""How strongly groups of organisations work together: all pairs of groups at once, from the contexts.

Each context counts for every pair of groups that meet in it, by how many of each are there; no pair of organisations
is ever made.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, combinations_with_replacement
from typing import Any, NamedTuple

from rich.progress import Progress

from graph.analysis.affiliations import Affiliations, pages
from graph.collaboration import GROUPINGS, ORGANISATION, UNITS, grouped_by, in_units
from graph.database import Database
from graph.modelling import Model

GroupKey = tuple[str, str]
"""The id and name of a group."""


class Cell(NamedTuple):
    """Two groups, or one with itself: their strength, and how many things are shared between them."""

    row: GroupKey
    column: GroupKey
    strength: float
    shared: int


def matrices(database: Database, model: Model, affiliations: Affiliations, progress: Progress) -> list[dict[str, Any]]:
    """The matrix of each way of grouping, as columns: the strongest cells first. Raises DatabaseError."""
    columns: dict[str, list[tuple[GroupKey, ...]]] = {by: [] for by in GROUPINGS}
    read = ", ".join(f"COLLECT {{ {grouped_by(model, by, 'n')} }} AS {by}" for by in GROUPINGS)
    task = progress.add_task("Reading groups", total=len(affiliations.organisations))
    kept: dict[tuple[GroupKey, ...], tuple[GroupKey, ...]] = {}
    for row in pages(database, ORGANISATION, read):
        for by, column in columns.items():
            groups = tuple(sorted((group[0], group[1]) for group in row[by]))
            column.append(kept.setdefault(groups, groups))
        progress.advance(task)
    return [_as_columns(by, matrix(column, affiliations)) for by, column in columns.items()]


def matrix(groups: Sequence[tuple[GroupKey, ...]], affiliations: Affiliations) -> list[Cell]:
    """The cells that are not empty, the strongest first; `groups` are those of each organisation, sorted."""
    strengths: dict[tuple[GroupKey, GroupKey], float] = defaultdict(float)
    shared: Counter[tuple[GroupKey, GroupKey]] = Counter()
    contexts: Iterable[Sequence[int]] = chain(affiliations.members, affiliations.direct)
    for members in contexts:
        if len(members) > 1:
            for pair, count in _pairs(Counter(groups[member] for member in members)):
                strengths[pair] += count / (len(members) - 1)
                shared[pair] += 1
    cells = [Cell(*pair, in_units(strength) / UNITS, shared[pair]) for pair, strength in strengths.items()]
    return sorted(cells, key=lambda cell: (-cell.strength, cell.row[0], cell.column[0]))


def _pairs(members: Mapping[tuple[GroupKey, ...], int]) -> Iterable[tuple[tuple[GroupKey, GroupKey], float]]:
    """How many pairs of organisations there are in a context of one group and another, by their groups."""
    counts: Counter[GroupKey] = Counter()
    in_both: Counter[tuple[GroupKey, GroupKey]] = Counter()
    for groups, count in members.items():
        for group in groups:
            counts[group] += count
        for pair in combinations(groups, 2):
            in_both[pair] += count
    for pair in combinations_with_replacement(sorted(counts), 2):
        one, other = counts[pair[0]], counts[pair[1]]
        made = one * (one - 1) / 2 if pair[0] == pair[1] else one * other - in_both[pair]
        if made:
            yield pair, made


def _as_columns(by: str, cells: Sequence[Cell]) -> dict[str, Any]:
    return {
        "by": by,
        "rows": [cell.row[0] for cell in cells],
        "rowNames": [cell.row[1] for cell in cells],
        "columns": [cell.column[0] for cell in cells],
        "columnNames": [cell.column[1] for cell in cells],
        "strengths": [cell.strength for cell in cells],
        "shared": [cell.shared for cell in cells],
    }
