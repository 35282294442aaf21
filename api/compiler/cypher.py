"""Plan → one Cypher statement and its parameters.

The statement returns one record with one list, nested as the plan's slots are: Neo4j keeps no order in a
map's keys, and lists are cheaper. Identifiers come from the model, values are always parameters.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from api.compiler.match import Matcher, Scope, where
from api.compiler.paging import Pager
from api.compiler.pattern import (
    TRUE,
    Asked,
    Exists,
    Hop,
    Scan,
    parts,
)
from api.compiler.plan import (
    Answers,
    Beyond,
    Bound,
    Column,
    Connection,
    Facets,
    Known,
    LinkedColumn,
    LinkFact,
    Lookup,
    LookupMany,
    NestedColumn,
    Page,
    Place,
    Plan,
    Portion,
    Record,
    Revision,
    Row,
    Scalar,
    Single,
    Slot,
    SortKey,
    SortValues,
    SourceList,
    Statements,
    Total,
)
from api.compiler.scribe import QuestionScribe
from api.compiler.values import Parameter
from api.facets import MOST_VALUES, FacetKey, facet_keys
from api.questions.question import RAW, Each, Span
from api.questions.statements import stated, words
from graph.modelling import Kind, Model, type_case
from graph.provenance import WITHDRAWN


@dataclass(frozen=True)
class Statement:
    """A Cypher text and, by name, the parameters it is run with."""

    text: str
    parameters: tuple[tuple[str, Parameter], ...]


def to_cypher(plan: Plan, model: Model) -> Statement:
    """The statement that reads all of a plan's slots."""
    writer = Writer(model)
    slots = ", ".join(writer.slot(slot, Scope("")) for slot in plan.slots)
    version = "CYPHER 25 " if writer.cypher_25 else ""
    return Statement(
        f"{version}RETURN [{slots}] AS data", tuple((f"p{n}", item) for n, item in enumerate(writer.parameters))
    )


class Writer(Matcher):
    """Writes the parts of one statement."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.cypher_25 = False

    # ---- what is read ----

    def slot(self, slot: Slot, scope: Scope) -> str:
        """The expression whose value fills a slot."""
        match slot:
            case Scalar(item, of_link):
                value = f"{scope.link if of_link else scope.node}.{item.name}"
                if item.many:
                    return f"coalesce({value}, [])"
                return f"toString({value})" if item.kind is Kind.DATE else value
            case LinkFact(subject):
                return self.subject(subject, scope)
            case Place(item):
                value = f"{scope.node}.{item.name}"
                return f"CASE WHEN {value} IS NOT NULL THEN [{value}.latitude, {value}.longitude] END"
            case Portion(of, slots):
                values = ", ".join(self.slot(part, scope) for part in slots)
                return f"CASE WHEN {scope.node}.{of.name} IS NOT NULL THEN [{values}] END"
            case SortValues(keys):
                return f"[{', '.join(self.sort_value(key, scope) for key in keys)}]"
            case Record():
                return self.record(slot, scope)
            case Single(origin, record, keys):
                inner = self.scope(scope.node)
                order = self.pager(inner).order(keys)
                found = f"MATCH {self.pattern(origin, inner)} WITH {inner.node} ORDER BY {order} LIMIT 1"
                return f"head(COLLECT {{ {found} RETURN {self.record(record, inner)} }})"
            case SourceList(origin, record):
                inner = self.scope(scope.node)
                matched = self.match(origin, inner, scope)
                return f"COLLECT {{ {matched} RETURN {self.record(record, inner)} }}"
            case Lookup(records, wanted, withdrawn):
                return self.lookup(records, self.parameter(wanted), withdrawn=withdrawn)
            case LookupMany(records, wanted, withdrawn):
                self.scopes += 1
                each = f"i{self.scopes}"
                found = self.lookup(records, each, withdrawn=withdrawn)
                return f"[{each} IN {self.parameter(wanted)} | {found}]"
            case Column(item):
                value = scope.column(item.name)
                return f"toString({value})" if item.kind is Kind.DATE else value
            case LinkedColumn():
                return self.linked_column(slot, scope)
            case NestedColumn():
                return self.nested_column(slot, scope)
            case Answers():
                return self.answers(slot, scope)
            case Statements():
                self.scopes += 1
                text = f"t{self.scopes}"
                told = words(text, scope.link, f"s{self.scopes}")
                return f"[{text} IN {stated(scope.link)} | {told}]"
            case Revision():
                return "coalesce(head(COLLECT { MATCH (r:Revision {id: 'revision'}) RETURN r.number }), 0)"
            case Connection():
                return self.connection(slot, scope)
            case _:
                assert_never(slot)

    def sort_value(self, key: SortKey, scope: Scope) -> str:
        value = self.subject(key.subject, scope)
        return f"toString({value})" if key.subject.kind is Kind.DATE else value

    def record(self, record: Record, scope: Scope) -> str:
        """A node as a list: the position of its type if it could be of several, then its slots."""
        values: list[str] = []
        if len(record.shapes) > 1:
            kinds = " ".join(
                f"WHEN {self.has_label([shape.type], scope)} THEN {number}"
                for number, shape in enumerate(record.shapes)
            )
            values.append(f"CASE {kinds} END")
        for slot, guards in record.slots:
            value = self.slot(slot, scope)
            values.append(f"CASE WHEN {self.has_label(guards, scope)} THEN {value} END" if guards else value)
        return f"[{', '.join(values)}]"

    def lookup(self, records: Sequence[tuple[str, Record]], wanted: str, *, withdrawn: bool) -> str:
        """The node with this id; where it may stand under several labels, with which one it was."""
        found: list[str] = []
        for closed in (False, True) if withdrawn else (False,):
            for number, (label, record) in enumerate(records):
                inner = self.scope(withdrawn=closed)
                match = f"MATCH ({inner.node}:{WITHDRAWN if closed else label} {{id: {wanted}}})"
                if closed:
                    match += f" WHERE {self.has_label([label], inner)}"
                value = self.record(record, inner)
                row = value if len(records) == 1 else f"[{number}, {value}]"
                found.append(f"head(COLLECT {{ {match} RETURN {row} }})")
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    # ---- answers to questions ----

    def enter(
        self,
        origin: Scan | Hop | Asked,
        scope: Scope,
        slots: Iterable[Slot] = (),
        span: Callable[[], Span] | None = None,
    ) -> tuple[Scope, str]:
        """The scope of an origin's items, of which `slots` are read.

        For a question also the clauses that find its rows, at least those of a span.
        """
        if not isinstance(origin, Asked):
            return self.scope(scope.node, withdrawn=origin.withdrawn), ""
        question, scribe = origin.question, self.scribe(origin, scope, slots)
        rows = question.part(scribe, span()) if question.part and span else None
        rows = rows or question.rows(scribe)
        self.cypher_25 = self.cypher_25 or rows.cypher_25
        return Scope("", columns=rows.columns), rows.clauses

    def scribe(self, origin: Asked, scope: Scope, slots: Iterable[Slot] = ()) -> QuestionScribe:
        """What a question, of whose rows `slots` are read, writes its clauses with."""
        return QuestionScribe(self, origin, self.model, scope.node, frozenset(_columns(slots)))

    def answers(self, slot: Answers, scope: Scope) -> str:
        """All rows, or an id that is not known."""
        inner, clauses = self.enter(slot.origin, scope, slot.row.slots)
        row = inner.column(RAW) if slot.origin.question.make else self.row(slot.row, inner)
        found = f"COLLECT {{ {clauses} RETURN {row} }}"
        if slot.single:
            found = f"head({found})"
        return self.if_known(slot.known, found)

    def if_known(self, known: Sequence[Known], found: str) -> str:
        """What was found, in a list, or the first id that is not known."""
        if not known:
            return found
        self.scopes += 1
        each = f"id{self.scopes}"
        unknown = [
            f"[{each} IN {self.parameter(item.ids) if item.many else f'[{self.parameter(item.ids)}]'} "
            f"WHERE NOT EXISTS {{ (:{self.indexed(item.label)} {{id: {each}}}) }}]"
            for item in known
        ]
        first = f"head({' + '.join(unknown)})"
        return f"CASE WHEN {first} IS NULL THEN [{found}] ELSE {first} END"

    def indexed(self, label: str) -> str:
        """A label by which nodes are found by their id: an interface has no index of its own."""
        root = self.model.root(label)
        return label if root == label else f"{root}&{label}"

    def row(self, row: Row, scope: Scope) -> str:
        """A row as a list of what is read of it."""
        return f"[{', '.join(self.slot(slot, scope) for slot in row.slots)}]"

    def linked_column(self, slot: LinkedColumn, scope: Scope) -> str:
        value = scope.column(slot.name)
        if slot.many:
            inner = self.scope()
            return f"[{inner.node} IN {value} | {self.record(slot.record, inner)}]"
        found = self.record(slot.record, Scope(value))
        return found if slot.required else f"CASE WHEN {value} IS NOT NULL THEN {found} END"

    def nested_column(self, slot: NestedColumn, scope: Scope) -> str:
        found = scope.columns[slot.name]
        if isinstance(found, str):
            return found
        if isinstance(found, Each):
            return f"[{found.variable} IN {found.items} | {self.row(slot.row, Scope('', columns=found.columns))}]"
        return self.row(slot.row, Scope("", columns=found))

    # ---- lists ----

    def connection(self, item: Connection, scope: Scope) -> str:
        """A page as a list: its rows if any are asked for, then its aggregates; bare where it is only one."""
        values = [] if item.rows is None else [self.rows(item, item.rows, scope)]
        values += [self.aggregate(aggregate, item, scope) for aggregate in item.aggregates]
        return self.if_known(item.known, values[0] if len(values) == 1 else f"[{', '.join(values)}]")

    def rows(self, item: Connection, slots: Sequence[Slot], scope: Scope) -> str:
        inner, clauses = self.enter(item.origin, scope, slots, lambda: self.span(item.page))
        kept = {Scan: inner.node, Hop: f"{inner.node}, {inner.link}", Asked: "*"}[type(item.origin)]
        limit = f"LIMIT {self.parameter(item.page.size)}"
        if isinstance(item.origin, Scan) and item.origin.withdrawn and not _start(item):
            # The current ones stand in the indexes: each kind gives its own page, of which the list's is made.
            kinds = [Scan(item.origin.label), Scan("|".join(self.withdrawn_labels([item.origin.label])))]
            pages = [self.page(replace(item, origin=kind), inner, "", kept, limit) for kind in kinds]
            order = self.pager(inner).order(item.page.keys, backwards=item.page.backwards)
            found = f"{_union(pages, kept)} ORDER BY {order} {limit}"
        else:
            found = self.page(item, inner, clauses, kept, limit)
        values = [self.slot(slot, inner) for slot in slots] or ["1"]
        row = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
        return f"COLLECT {{ {found} RETURN {row} }}"

    def page(self, item: Connection, inner: Scope, clauses: str, kept: str, limit: str) -> str:
        """The clauses that find the items on a page, in order."""
        parts = [
            f"{self.items(item, inner, clauses, part.conditions)} WITH {kept} ORDER BY {part.order} {limit}"
            for part in self.pager(inner).parts(item.page, scanned=isinstance(item.origin, Scan) and not _start(item))
        ]
        # A union gives its parts in turn, and the second is read only where the first does not fill the page.
        return parts[0] if len(parts) == 1 else f"{_union(parts, kept)} {limit}"

    def span(self, page: Page) -> Span:
        """A page as a question sees it."""
        after, before = (bound and self.values(bound) for bound in (page.after, page.before))
        return Span(self.parameter(page.size), page.backwards, after, before)

    def span_beyond(self, page: Page, bound: Bound) -> Span:
        """The first item on the other side of the cursor that a page starts from."""
        values = self.values(bound)
        before, after = (None, values) if page.backwards else (values, None)
        return Span("1", not page.backwards, after, before, inclusive=True)

    def values(self, bound: Bound) -> tuple[str, ...]:
        """The values of a cursor."""
        return tuple("null" if value is None else self.parameter(value) for value in bound.values)

    def pager(self, scope: Scope) -> Pager:
        return Pager(lambda subject: self.subject(subject, scope), self.parameter)

    def aggregate(self, aggregate: Total | Beyond | Facets, item: Connection, scope: Scope) -> str:
        match aggregate:
            case Total():
                return self.total(item, scope)
            case Beyond():
                return self.beyond(item, scope)
            case Facets(by):
                values = (f"['{name}', {self.facet(facet_keys(self.model)[name], item, scope)}]" for name in by)
                return f"[{', '.join(values)}]"

    def facet(self, facet: FacetKey, item: Connection, scope: Scope) -> str:
        """The values of a facet, each with how many items have it."""
        inner, clauses = self.enter(item.origin, scope)
        node = inner.node or inner.column("node")
        self.scopes += 1
        end, value, name, count = (f"{word}{self.scopes}" for word in ("g", "v", "w", "c"))
        follow = ""
        if facet.link:
            follow = f" MATCH ({node})-[:{self.link_types([facet.link], inner)}]->({end})"
            pair = f"{end}.id AS {value}, {end}.name AS {name}"
        else:
            types = type_case(self.model.concrete("Entity"), node, lambda name: self.any_label([name], inner))
            found = f"toString({node}.{facet.property.name})" if facet.property else types
            pair = f"{found} AS {value}, {found} AS {name}"
        return (
            f"COLLECT {{ {self.items(item, inner, clauses, ())}{follow} WITH {pair} WHERE {value} IS NOT NULL"
            f" WITH {value}, {name}, count(*) AS {count} ORDER BY {count} DESC, {value} LIMIT {MOST_VALUES}"
            f" RETURN [{value}, {name}, {count}] }}"
        )

    def total(self, item: Connection, scope: Scope) -> str:
        if item.where == TRUE and not isinstance(item.origin, Asked):
            unnamed = Scope("", "", scope.node, item.origin.withdrawn)
            return f"COUNT {{ {self.pattern(item.origin, unnamed, named=False)} }}"
        if isinstance(item.origin, Asked) and item.origin.question.count:
            found = item.origin.question.count(self.scribe(item.origin, scope))
            if found is not None:
                return found
        inner, clauses = self.enter(item.origin, scope)
        return f"COUNT {{ {self.items(item, inner, clauses, ())} RETURN 1 }}"

    def beyond(self, item: Connection, scope: Scope) -> str:
        """Whether an item stands at or before `after` (or, read backwards, at or behind `before`)."""
        page = item.page
        bound = page.before if page.backwards else page.after
        if bound is None:
            return "false"
        inner, clauses = self.enter(item.origin, scope, span=lambda: self.span_beyond(page, bound))
        outside = self.pager(inner).beyond(page.keys, bound, backwards=not page.backwards, inclusive=True)
        return f"EXISTS {{ {self.items(item, inner, clauses, [outside])} RETURN 1 }}"

    def items(self, item: Connection, inner: Scope, clauses: str, more: Sequence[str]) -> str:
        """The clauses that find all items of a list which meet its conditions and `more`."""
        if isinstance(item.origin, Asked):
            return f"{clauses}{where(more)}"
        start = _start(item)
        if start is None:
            conditions = [*self.conditions(item.where, inner), *more]
            return f"MATCH {self.pattern(item.origin, inner)}{where(conditions)}"
        # The planner would test every item for its link; from the few nodes at the other end it is a few steps.
        assert isinstance(item.origin, Scan)
        assert isinstance(start.origin, Hop)
        other = self.scope(inner.node)
        hop, label = replace(start.origin, label=start.root), start.origin.label
        conditions = [self.has_label([item.origin.label], inner)]
        conditions += [self.has_label([label], other)] if label else []
        conditions += self.conditions(start.where, other)
        rest = [self.predicate(part, inner) for part in parts(item.where) if part is not start]
        return f"MATCH {self.pattern(hop, other)}{where(conditions)} WITH DISTINCT {inner.node}{where([*rest, *more])}"


def _union(parts: Sequence[str], kept: str) -> str:
    """The clauses that give the rows of each part in turn."""
    return f"CALL () {{ {' UNION ALL '.join(f'{part} RETURN {kept}' for part in parts)} }} WITH {kept}"


def _columns(slots: Iterable[Slot]) -> Iterator[str]:
    """The columns of a question that slots read."""
    for slot in slots:
        match slot:
            case Column(item):
                yield item.name
            case LinkedColumn(name):
                yield name
            case NestedColumn(name, row):
                yield name
                yield from _columns(row.slots)
            case _:
                pass


def _start(item: Connection) -> Exists | None:
    """The condition by which a list of all nodes of a type can start from a few nodes that are linked with them."""
    if not isinstance(item.origin, Scan):
        return None
    return next((part for part in parts(item.where) if isinstance(part, Exists) and part.root), None)
