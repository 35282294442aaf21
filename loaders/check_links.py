"""Rows that state links, against the model and what is already known."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from graph.model import CONFIDENCE
from graph.modelling import Kind, LinkType, Model, Property, View
from loaders.cells import Cells, period_problems
from loaders.columns import FROM, TO, TYPE
from loaders.facts import LinkFact, LinkKey
from loaders.known import Known
from loaders.problems import Place, Problem
from loaders.table import Row, Table
from loaders.values import Value

Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Rule:
    """What a model says of one link type: its properties, the types it may join, and where an end has only one."""

    link: LinkType
    properties: frozenset[Property]
    pairs: Pairs
    only_from: Pairs
    only_to: Pairs

    @property
    def joins(self) -> str:
        """What it may join, as a message says it."""
        named = dict.fromkeys(f"{source} → {ends.target}" for ends in self.link.ends for source in ends.source)
        return ", ".join(named)


@dataclass(frozen=True, slots=True)
class Statement:
    """One row's word on a link."""

    key: LinkKey
    table: Table
    row: Row
    values: Mapping[str, Value]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.row.place


def rules(model: Model) -> dict[str, Rule]:
    """The rule of every link type, by its name."""
    return {
        link.name: Rule(
            link=link,
            properties=frozenset(model.properties_of_link(link)),
            pairs=model.pairs(link),
            only_from=single_pairs(model, link, [ends.forward for ends in link.ends]),
            only_to=single_pairs(model, link, [ends.reverse for ends in link.ends]),
        )
        for link in model.links
    }


def single_pairs(model: Model, link: LinkType, views: Sequence[View | None]) -> Pairs:
    """The pairs of types for which one of these views, one for each of the link's ends, shows one node at most."""
    return frozenset(
        (source.name, target.name)
        for ends, view in zip(link.ends, views, strict=True)
        if view is not None and view.single
        for name in ends.source
        for source in model.concrete(name)
        for target in model.concrete(ends.target)
    )


def check_links(
    table: Table, by_name: Mapping[str, Rule], known: Known, problems: list[Problem]
) -> Iterator[Statement]:
    """The links that a table states, adding what is wrong to `problems`; those without a known type are left out."""
    seen: dict[LinkKey, Row] = {}
    cells = {name: Cells(table, rule.properties, known.sources) for name, rule in by_name.items()}
    for row in table.rows:
        if not row.whole:
            continue
        name = table.cell(row, TYPE).upper()
        rule = by_name.get(name)
        problems.extend(end_problems(table, row, known))
        if rule is None:
            problems.extend(type_problems(table, row, by_name))
            continue
        values = cells[name].values(row, problems)
        problems.extend(pair_problems(table, row, rule, known))
        for at, heading, item in cells[name].foreign:
            if row.cells[at]:
                having = ", ".join(other.link.name for other in by_name.values() if item in other.properties)
                problems.append(table.problem(row, heading, f"{name} has no {heading}, only {having}: empty the cell."))
        key = link_key(rule.link, table.cell(row, FROM), table.cell(row, TO))
        first = seen.setdefault(key, row)
        if first is not row and key.from_id and key.to_id:
            problems.append(table.problem(row, FROM, f"This link already stands in row {first.place.row}: keep one."))
        yield Statement(key, table, row, values)


def link_key(link: LinkType, from_id: str, to_id: str) -> LinkKey:
    """What a link is known by; one that means the same both ways goes from the lesser id to the greater."""
    if link.symmetric:
        from_id, to_id = sorted((from_id, to_id))
    return LinkKey(link.name, from_id, to_id)


def type_problems(table: Table, row: Row, by_name: Mapping[str, Rule]) -> Iterator[Problem]:
    """The problem of a link without a type, or with one that the model doesn't know."""
    name = table.cell(row, TYPE)
    if name:
        near = get_close_matches(name.upper(), by_name, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        yield table.problem(row, TYPE, f"There is no such type of link. {hint}It is one of {', '.join(by_name)}.")
    elif TYPE in table.positions:
        yield table.problem(row, TYPE, "The cell is empty: every link has a type.")


def end_problems(table: Table, row: Row, known: Known) -> Iterator[Problem]:
    """What is wrong with the ids of the two nodes that a row links."""
    for heading in (FROM, TO):
        node_id = table.cell(row, heading)
        if node_id and not known.has(node_id):
            yield table.problem(row, heading, "Nothing has this id, in these files or in the graph.")
        elif not node_id and heading in table.positions:
            yield table.problem(row, heading, "The cell is empty: a link needs an id at both its ends.")
    if table.cell(row, FROM) and table.cell(row, FROM) == table.cell(row, TO):
        yield table.problem(row, TO, "A link can't join something with itself.")


def pair_problems(table: Table, row: Row, rule: Rule, known: Known) -> Iterator[Problem]:
    """The problem of a link between types of nodes that it can't join."""
    source, target = known.type_of(table.cell(row, FROM)), known.type_of(table.cell(row, TO))
    if source is None or target is None or (source, target) in rule.pairs:
        return
    if not (rule.link.symmetric and (target, source) in rule.pairs):
        yield table.problem(row, TYPE, f"{rule.link.name} can't join {source} → {target}, only {rule.joins}.")


def merged(
    statements: Iterable[Statement], by_name: Mapping[str, Rule], known: Known, problems: list[Problem]
) -> Iterator[LinkFact]:
    """One link of all that several files state of it, adding to `problems` where together they can't be true."""
    by_key: dict[LinkKey, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_key[statement.key].append(statement)
    held: dict[tuple[str, str], Statement] = {}
    for key, stated in by_key.items():
        rule = by_name[key.type]
        types = known.type_of(key.from_id), known.type_of(key.to_id)
        if types[0] is None or types[1] is None:
            continue
        values = stated[0].values
        if len(stated) > 1:
            values = together(stated, rule)
            problems.extend(period_problems(stated[-1].table, stated[-1].row, values))
        ends = (types[0], types[1])
        only_from, only_to = ends in rule.only_from, ends in rule.only_to
        for applies, end, heading, other in (
            (only_from, key.from_id, TO, key.to_id),
            (only_to, key.to_id, FROM, key.from_id),
        ):
            if applies and (first := held.setdefault((key.type + heading, end), stated[0])) is not stated[0]:
                message = f"{end} already has its one {key.type} in {first.place}: keep one of the two."
                problems.append(Problem(stated[0].place, heading, other, message))
        yield LinkFact(key, ends[0], ends[1], values, only_from, only_to)


def together(stated: Sequence[Statement], rule: Rule) -> dict[str, Value]:
    """What several files say of one link, taken together.

    Sources are united. Of values that differ, the surest file's word counts; of files as sure, the later one's.
    """
    certainty = next(item.name for item in rule.properties if item.enum is CONFIDENCE)
    surest_first = [*CONFIDENCE.values, str(None)]
    ranked = sorted(stated, key=lambda statement: -surest_first.index(str(statement.values.get(certainty))))
    values: dict[str, Value] = {}
    for item in rule.properties:
        words = [statement.values[item.name] for statement in ranked if item.name in statement.values]
        if item.kind is Kind.SOURCES:
            values[item.name] = sorted({source for word in words if isinstance(word, list) for source in word})
        elif words:
            values[item.name] = next((word for word in reversed(words) if word is not None), None)
    return values
