"""Tables against the model: everything that is wrong, all at once, or else facts that are ready to be compared."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.progress import Progress

from graph.modelling import snake_case
from graph.provenance import Statement
from loaders.agree import agreed
from loaders.cells import backwards
from loaders.check_links import LinkCheck, Rule, rules
from loaders.check_nodes import ID, NodeCheck
from loaders.columns import FROM, LINKS, TO, TYPE
from loaders.known import Known
from loaders.present import batches
from loaders.problems import LoadError, Place, Problem
from loaders.sources import SOURCE
from loaders.staging import Row, Staging
from loaders.table import Table


class Late(NamedTuple):
    """A problem that shows only once all rows are known, of a column of a row of one of the tables."""

    table: int
    row: int
    heading: str
    message: str


def check(
    tables: Sequence[Table], found: Sequence[Problem], known: Known, staging: Staging, progress: Progress
) -> None:
    """Put the facts that tables state into `staging`, and the nodes that they know of into `known`.

    Raises LoadError with all problems: those `found` before, those of the rows' form, and those of this check.
    """
    by_name = rules(known.model)
    every = list(found)
    problems: list[Problem] = []
    at_end: list[NodeCheck] = []
    for number in progress.track(in_turn(tables), description="Checking"):
        table = tables[number]
        checking: NodeCheck | LinkCheck | None = None
        if table.layout is not None and table.layout.type is None:
            checking = LinkCheck(table, number, by_name, known)
        elif table.layout is not None and table.layout.type is not None:
            checking = NodeCheck(table, table.layout.type, number, known)
            at_end.append(checking)
        for rows in batches(table.rows):
            every.extend(problem for row in rows for problem in row.problems)
            if checking is None:
                at = table.positions.get(ID)
                known.stated.update((row.cells[at], None) for row in rows if at is not None)
            else:
                staging.add(list(checking.check(rows, problems)))
        if turn(table) < LINKS_TURN:
            staging.end_nodes()
    staging.end()
    problems.extend(problem for checking in at_end for problem in checking.end())
    late = [*shared_problems(staging, tables), *rival_problems(staging, tables, by_name, known)]
    problems.extend(placed(late, tables))
    if problems or every:
        every = in_order((*every, *elsewhere(problems, every)))
        raise LoadError(every, refused(every, tables))


LINKS_TURN = 2


def turn(table: Table) -> int:
    """When a table is checked: Sources, which all others name; then other nodes, which links name; then links."""
    if table.layout is not None and table.layout.type is None:
        return LINKS_TURN
    return int(table.layout is None or table.layout.type is None or table.layout.type.name != SOURCE)


def in_turn(tables: Sequence[Table]) -> list[int]:
    """The numbers of tables, in the order in which they are checked."""
    return sorted(range(len(tables)), key=lambda number: turn(tables[number]))


def shared_problems(staging: Staging, tables: Sequence[Table]) -> Iterator[Late]:
    """What is wrong with facts that stand in several rows: twice in one table, or not the same thing."""
    for rows in staging.shared():
        first, seen = rows[0], {rows[0].stated.table: rows[0]}
        for row in rows[1:]:
            before = seen.setdefault(row.stated.table, row)
            if row.key.link and before is not row:
                yield late(row, FROM, f"This link already stands in row {before.stated.row}: keep one.")
            elif before is not row or row.type != first.type:
                other = before if before is not row else first
                yield late(row, ID, f"This id is already that of {place_of(other, tables)}: an id is unique.")
        together = agreed([Statement("", 0, 0, row.stated.values) for row in rows])
        last = rows[-1]
        for name, start in backwards(together):
            yield late(last, snake_case(name), f"It ends before it begins, in {start}.")


def rival_problems(staging: Staging, tables: Sequence[Table], by_name: dict[str, Rule], known: Known) -> Iterator[Late]:
    """What is wrong with links that can't all be there, since one of their ends has only one."""
    for rule in by_name.values():
        for pairs, end, heading in ((rule.only_from, "id", TO), (rule.only_to, "to_id", FROM)):
            for rows in staging.rivals(rule.link.name, end) if pairs else ():
                single = [row for row in rows if (known.type_of(row.key.id), known.type_of(row.key.to_id)) in pairs]
                for row in single[1:]:
                    if row.key != single[0].key:
                        held = row.key.id if end == "id" else row.key.to_id
                        place = place_of(single[0], tables)
                        message = f"{held} already has its one {rule.link.name} in {place}: keep one of the two."
                        yield late(row, heading, message)


def late(row: Row, heading: str, message: str) -> Late:
    """A problem of a staged row."""
    return Late(row.stated.table, row.stated.row, heading, message)


def place_of(row: Row, tables: Sequence[Table]) -> Place:
    """Where a staged row stands."""
    return tables[row.stated.table].place._replace(row=row.stated.row)


def placed(late: Iterable[Late], tables: Sequence[Table]) -> Iterator[Problem]:
    """Late problems with their cells, for which their tables are read again."""
    by_table: dict[int, dict[int, list[Late]]] = defaultdict(lambda: defaultdict(list))
    for problem in late:
        by_table[problem.table][problem.row].append(problem)
    for number, by_row in by_table.items():
        for row in tables[number].rows:
            for problem in by_row.get(row.place.row or 0, ()):
                yield tables[number].problem(row, problem.heading, problem.message)


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
