"""Tables against the model: everything that is wrong, all at once, or else facts that are ready to be written."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.progress import Progress

from graph.modelling import Model
from loaders.check_links import Statement, check_links, merged, rules
from loaders.check_nodes import check_nodes
from loaders.claims import claims
from loaders.columns import LINKS, TYPE
from loaders.facts import Facts, NodeFact
from loaders.known import Known
from loaders.present import PresentNodes
from loaders.problems import LoadError, Place, Problem
from loaders.sources import SOURCE, URL
from loaders.table import Table


def check(
    tables: Sequence[Table],
    present: PresentNodes,
    model: Model,
    found: Sequence[Problem],
    progress: Progress,
) -> Facts:
    """The facts that tables state.

    Raises LoadError with all problems: those `found` before, those of the rows' form, and those of this check.
    """
    problems: list[Problem] = []
    found = [*found, *(problem for table in tables for row in table.rows for problem in row.problems)]
    known = Known(claims(tables, problems), present)
    nodes: list[NodeFact] = []
    statements: list[Statement] = []
    by_name = rules(model)
    for table in progress.track(tables, description="Checking"):
        if table.layout is None:
            continue
        if table.layout.type is None:
            statements.extend(check_links(table, by_name, known, problems))
        else:
            nodes.extend(check_nodes(table, table.layout.type, model, known, problems))
    links = tuple(merged(statements, by_name, known, problems))
    if problems or found:
        every = in_order((*found, *elsewhere(problems, found)))
        raise LoadError(every, refused(every, tables))
    nodes.extend(NodeFact(SOURCE, made, {URL: url}) for url, made in sorted(known.sources.new.items()))
    return Facts(tuple(nodes), links)


def elsewhere(problems: Iterable[Problem], found: Iterable[Problem]) -> list[Problem]:
    """The problems that are not of a cell in which one was found before: what can't be read has no meaning."""
    spoilt = {(problem.place, problem.column) for problem in found if problem.column is not None}
    return [problem for problem in problems if (problem.place, problem.column) not in spoilt]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by file, sheet and row."""

    def order(problem: Problem) -> tuple[str, str, int]:
        return problem.place.file, problem.place.sheet or "", problem.place.row or 0

    return sorted(problems, key=order)


def refused(problems: Iterable[Problem], tables: Iterable[Table]) -> Counter[str]:
    """How many rows of each type have a problem."""
    places: set[Place] = {problem.place for problem in problems}
    counts: Counter[str] = Counter()
    for table in tables:
        if table.layout is None:
            continue
        wrong = (row for row in table.rows if row.place in places)
        node = table.layout.type
        counts.update(node.name if node is not None else table.cell(row, TYPE).upper() or LINKS for row in wrong)
    return counts
