"""Rows that state links, against the model and what is already known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from graph.modelling import LinkType, Model, Property, View
from loaders.cells import Cells
from loaders.check_nodes import source_positions
from loaders.columns import FROM, TO, TYPE
from loaders.facts import Key, Stated
from loaders.known import Known
from loaders.problems import Problem
from loaders.staging import Row as Staged
from loaders.table import Row, Table

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


class LinkCheck:
    """The check of one table of links, which is the `number`th of the load; it takes rows in batches."""

    def __init__(self, table: Table, number: int, by_name: Mapping[str, Rule], known: Known) -> None:
        self._table = table
        self._number = number
        self._rules = by_name
        self._known = known
        self._cells = {name: Cells(table, rule.properties, known.sources) for name, rule in by_name.items()}
        self._ends = [at for at in map(table.positions.get, (FROM, TO)) if at is not None]
        self._sources = source_positions(table)

    def check(self, rows: Sequence[Row], problems: list[Problem]) -> Iterator[Staged]:
        """The links that rows state, adding what is wrong to `problems`."""
        table, known = self._table, self._known
        ends = (row.cells[at] for at in self._ends for row in rows)
        known.ask(ends, (row.cells[at] for at in self._sources for row in rows), ())
        for row in rows:
            if not row.whole:
                continue
            from_id, to_id = table.cell(row, FROM), table.cell(row, TO)
            ends = known.type_of(from_id), known.type_of(to_id)
            if None in ends or from_id == to_id:
                problems.extend(end_problems(table, row, known))
            name = table.cell(row, TYPE).upper()
            rule = self._rules.get(name)
            if rule is None:
                problems.extend(type_problems(table, row, self._rules))
                continue
            cells = self._cells[name]
            values = cells.values(row, problems)
            if ends not in rule.pairs:
                problems.extend(pair_problems(table, row, rule, ends))
            problems.extend(self._foreign_problems(row, name))
            if from_id and to_id:
                key = link_key(rule.link, from_id, to_id)
                yield Staged(key, name, Stated(self._number, row.place.row or 0, values))

    def _foreign_problems(self, row: Row, name: str) -> Iterator[Problem]:
        """The problems of cells with values for which this type of link has no property."""
        for at, heading, item in self._cells[name].foreign:
            if row.cells[at]:
                having = ", ".join(other.link.name for other in self._rules.values() if item in other.properties)
                message = f"{name} has no {heading}, only {having}: empty the cell."
                yield self._table.problem(row, heading, message)


def link_key(link: LinkType, from_id: str, to_id: str) -> Key:
    """What a link is known by; one that means the same both ways goes from the lesser id to the greater."""
    if link.symmetric:
        from_id, to_id = sorted((from_id, to_id))
    return Key(link.name, from_id, to_id)


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
            gone = " It was withdrawn." if node_id in known.closed else ""
            yield table.problem(row, heading, f"Nothing has this id, in these files or in the graph.{gone}")
        elif not node_id and heading in table.positions:
            yield table.problem(row, heading, "The cell is empty: a link needs an id at both its ends.")
    if table.cell(row, FROM) and table.cell(row, FROM) == table.cell(row, TO):
        yield table.problem(row, TO, "A link can't join something with itself.")


def pair_problems(table: Table, row: Row, rule: Rule, ends: tuple[str | None, str | None]) -> Iterator[Problem]:
    """The problem of a link between types of nodes that it can't join; of one whose end has no type nothing is said."""
    source, target = ends
    joins = (source, target) in rule.pairs or (rule.link.symmetric and (target, source) in rule.pairs)
    if source is not None and target is not None and not joins:
        yield table.problem(row, TYPE, f"{rule.link.name} can't join {source} → {target}, only {rule.joins}.")
