"""Selection → plan: what each selected field means in the model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.compiler.asking import asked, known_ids, order_of
from api.compiler.conditions import active_in, both, hop, link_condition, node_condition
from api.compiler.cursor import signature
from api.compiler.order import metrics_in, page, sort_keys
from api.compiler.pattern import (
    LINK_DIRECTION,
    LINK_TYPE,
    TRUE,
    AnyOf,
    Asked,
    Hop,
    IsSet,
    Predicate,
    Scan,
    SourceHop,
)
from api.compiler.plan import (
    Aggregate,
    Answers,
    Beyond,
    Column,
    Connection,
    Edges,
    Entry,
    FacetList,
    Facets,
    LinkedColumn,
    LinkFact,
    Lookup,
    LookupMany,
    NestedColumn,
    Nodes,
    PageFacts,
    Part,
    Place,
    Plan,
    Portion,
    Record,
    Revision,
    Row,
    Scalar,
    Shape,
    Single,
    Slot,
    SortKey,
    SortValues,
    SourceList,
    Statements,
    Total,
    TypeName,
)
from api.compiler.selection import Field
from api.compiler.values import (
    Argument,
    Identifiers,
    frozen,
)
from api.errors import Code, QueryError
from api.facets import FACET, facet_enum
from api.questions.question import ROOT, Form, Linked, Nested, ObjectType, Question
from api.questions.question import Field as Answer
from api.questions.registry import questions_of
from api.questions.statements import STATEMENT, STATEMENTS_FIELD
from api.vocabulary import (
    ACTIVE_IN,
    ANY_LINK_FAMILY,
    DIRECTIONS,
    GROUP_FIELDS,
    INCLUDE_WITHDRAWN,
    LINKS_FIELD,
    MAX_DEPTH,
    METRICS_FIELD,
    REVISION_FIELD,
    WITHDRAWN,
    Family,
    entity_types,
    link_family,
    link_properties,
    metrics,
    question_family,
    root_family,
    roots,
)
from graph.modelling import Direction, EnumType, Kind, LinkType, Model, Property

TYPENAME = "__typename"


class Planner:
    """Plans one request. `variables` are the request's own, looked at only where a cursor's nulls matter."""

    def __init__(self, model: Model, variables: Mapping[str, Any]) -> None:
        self.model = model
        self.variables = variables
        self.own_enums = {declared.name: declared for declared in (*entity_types(model), facet_enum(model))}
        self.records: dict[tuple[str, int], Record] = {}
        self.depth = 0

    def plan(self, fields: Sequence[Field]) -> Plan:
        """The plan of a whole query."""
        slots: list[Slot] = []
        entries = [Entry(field.key, self._slot(slots, self._root(field))) for field in self._read(fields)]
        named = {field.key for field in fields if field.name == TYPENAME}
        by_key = {entry.key: entry for entry in entries} | {key: Entry(key, None) for key in named}
        ordered = tuple(by_key[field.key] for field in fields if field.key in by_key)
        return Plan(tuple(slots), Shape("Query", ordered))

    def _read(self, fields: Iterable[Field]) -> Iterable[Field]:
        """The fields that are read from the graph; introspection is not."""
        return (field for field in fields if not field.name.startswith("__"))

    @staticmethod
    def _slot(slots: list[Any], slot: Any) -> int:
        """The position of an equal slot among those there are, or of this one added."""
        if slot not in slots:
            slots.append(slot)
        return slots.index(slot)

    def _root(self, field: Field) -> Slot:
        if field.name == "node":
            return self._lookup(self.model.roots, field)
        if field.name == "nodes":
            ids = Identifiers(frozen(field.arguments["ids"]), f"{field.place}(ids)")
            return LookupMany(self._records(self.model.roots, field), ids, _withdrawn(field))
        if field.name == REVISION_FIELD:
            return Revision()
        question = questions_of(self.model, ROOT).get(field.name)
        if question:
            return self._question(question, field)
        root = roots(self.model)[field.name]
        if root.many:
            return self._connection(field, root_family(root.target), Scan(root.target, _withdrawn(field)), TRUE)
        return self._lookup((root.target,), field)

    def _lookup(self, labels: Iterable[str], field: Field) -> Lookup:
        return Lookup(self._records(labels, field), Argument(field.arguments["id"]), _withdrawn(field))

    def _records(self, labels: Iterable[str], field: Field) -> tuple[tuple[str, Record], ...]:
        return tuple((label, self._record(label, field.children)) for label in labels)

    # ---- nodes ----

    def _record(self, name: str, children: Mapping[str, tuple[Field, ...]]) -> Record:
        """What is read of a node of type `name`, which may be an interface; planned once for all that share it."""
        asked = (name, id(children))
        if asked not in self.records:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                place = next(field.place for fields in children.values() for field in fields)
                raise QueryError(
                    f"{place} lies {self.depth} objects deep; at most {MAX_DEPTH} are answered at once. "
                    "Ask the rest in a further request, starting from the ids found.",
                    Code.TOO_LARGE,
                )
            self.records[asked] = self._new_record(name, children)
            self.depth -= 1
        return self.records[asked]

    def _new_record(self, name: str, children: Mapping[str, tuple[Field, ...]]) -> Record:
        types = [node.name for node in self.model.concrete(name)]
        slots: list[Slot] = []
        guards: dict[int, list[str]] = {}
        shapes: list[Shape] = []
        for kind in types:
            entries: list[Entry] = []
            for field in children[kind]:
                if field.name == TYPENAME:
                    entries.append(Entry(field.key, None))
                    continue
                index = self._slot(slots, self._of_node(kind, field))
                guarded = guards.setdefault(index, [])
                if kind not in guarded:
                    guarded.append(kind)
                entries.append(Entry(field.key, index))
            shapes.append(Shape(kind, tuple(entries)))
        if all(shape.entries == shapes[0].entries for shape in shapes) and all(
            entry.slot is not None for entry in shapes[0].entries
        ):
            # The response does not depend on the type, so it need not be read.
            shapes = shapes[:1]
        return Record(
            tuple(
                (slot, () if isinstance(slot, Scalar) or guards[index] == types else tuple(guards[index]))
                for index, slot in enumerate(slots)
            ),
            tuple(shapes),
        )

    def _of_node(self, kind: str, field: Field) -> Slot:
        for item in self.model.properties_of(kind):
            if item.name == field.name:
                return self._property(item, field, of_link=False)
        if field.name == LINKS_FIELD:
            return self._any_links(kind, field)
        question = questions_of(self.model, kind).get(field.name)
        if question:
            return self._question(question, field)
        if field.name == METRICS_FIELD:
            return self._metrics(kind, field)
        if field.name == WITHDRAWN.name:
            return Scalar(WITHDRAWN)
        item = next(item for item in self.model.link_fields(kind) if item.name == field.name)
        origin = hop(self.model, kind, item)
        if item.single:
            keys = sort_keys(self.model, root_family(item.target), None)
            return Single(origin, self._record(item.target, field.children), keys)
        family = link_family(item)
        return self._connection(
            field, family, replace(origin, withdrawn=_withdrawn(field)), self._of_links(item.link, field)
        )

    def _of_links(self, link: LinkType | None, field: Field) -> Predicate:
        """What a list demands of its links."""
        year = field.arguments.get(ACTIVE_IN)
        condition = link_condition(self.model, link, field.arguments.get("link"))
        return condition if year is None else both(condition, active_in(year))

    def _any_links(self, kind: str, field: Field) -> Slot:
        wanted = field.arguments.get("types")
        chosen = tuple(link for link in self.model.links if wanted is None or link.name in wanted)
        direction = Direction[field.arguments.get("direction") or Direction.BOTH.name]
        condition = self._of_links(None, field) if chosen else AnyOf(())
        origin = Hop(chosen or self.model.links, direction, None, _withdrawn(field))
        return self._connection(field, ANY_LINK_FAMILY, origin, condition)

    def _property(self, item: Property, field: Field, *, of_link: bool) -> Slot:
        if item.kind is Kind.SOURCES:
            return SourceList(SourceHop(of_link), self._record("Source", field.children))
        if item.kind is Kind.POINT:
            fields = field.children["GeoPoint"]
            names = ("latitude", "longitude")
            return Place(
                item,
                tuple(Entry(part.key, None if part.name == TYPENAME else names.index(part.name)) for part in fields),
            )
        return Scalar(item, of_link)

    # ---- questions ----

    def _question(self, question: Question, field: Field) -> Slot:
        origin = asked(self.model, question, field, self.variables)
        if question.form is Form.CONNECTION:
            return self._page_of(field, question_family(question), origin, TRUE, order_of(question))
        row = self._row(question.type, field, made=question.make is not None)
        return Answers(origin, row, question.form is Form.OBJECT, known_ids(origin))

    def _row(self, kind: ObjectType, field: Field, *, made: bool) -> Row:
        """An object of a question's answer; one that Python `made` has all its fields, in order of declaration."""
        declared = {item.name: item for item in kind.fields}
        slots: list[Slot] = []
        positions: dict[int, int] = {}
        entries: list[Entry] = []
        for part in field.children[kind.name]:
            if part.name == TYPENAME:
                entries.append(Entry(part.key, None))
                continue
            index = self._slot(slots, self._column(declared[part.name], part, made=made))
            positions[index] = list(declared).index(part.name)
            entries.append(Entry(part.key, index))
        return Row(tuple(slots), Shape(kind.name, tuple(entries)), tuple(positions.values()) if made else None)

    def _column(self, item: Answer, field: Field, *, made: bool = False) -> Slot:
        match item:
            case Linked(name, target):
                return LinkedColumn(name, self._record(target, field.children), item.many, item.required)
            case Nested(name, kind):
                row = self._row(kind, field, made=made or item.make is not None)
                return NestedColumn(name, row, item.many, item.make)
            case _:
                return Column(item if item.enum is None else replace(item, enum=self._enum(item.enum)))

    def _enum(self, declared: EnumType) -> EnumType:
        """An enum with its values; of those that are the model's own types a question knows the name only."""
        return self.own_enums.get(declared.name, declared)

    def _metrics(self, kind: str, field: Field) -> Portion:
        """What the last analysis said of a node, if there was one since the node came."""
        declared = metrics(self.model, kind)
        slots: list[Slot] = []
        entries: list[Entry] = []
        for part in field.children["Metrics"]:
            if part.name == TYPENAME:
                entries.append(Entry(part.key, None))
            elif part.name == GROUP_FIELDS["id"]:
                entries.append(Entry(part.key, self._slot(slots, self._group(declared, part))))
            else:
                entries.append(Entry(part.key, self._slot(slots, Scalar(declared[part.name]))))
        return Portion(next(iter(declared.values())), tuple(slots), Shape("Metrics", tuple(entries)))

    def _group(self, declared: Mapping[str, Property], field: Field) -> Portion:
        slots: list[Slot] = []
        entries = [
            Entry(
                part.key,
                None if part.name == TYPENAME else self._slot(slots, Scalar(declared[GROUP_FIELDS[part.name]])),
            )
            for part in field.children["GroupLabel"]
        ]
        return Portion(declared[field.name], tuple(slots), Shape("GroupLabel", tuple(entries)))

    # ---- lists ----

    def _connection(self, field: Field, family: Family, origin: Scan | Hop, condition: Predicate) -> Connection:
        order = field.arguments.get("orderBy")
        keys = sort_keys(self.model, family, order)
        ranked = map(IsSet, dict.fromkeys(metrics_in(self.model, family, order)))
        where = both(node_condition(self.model, family.target, field.arguments.get("where")), condition, *ranked)
        return self._page_of(field, family, origin, where, keys)

    def _page_of(
        self, field: Field, family: Family, origin: Scan | Hop | Asked, where: Predicate, keys: tuple[SortKey, ...]
    ) -> Connection:
        mark = signature(family.prefix, *(f"{key.subject.name}{key.subject.of_link}{key.descending}" for key in keys))
        rows: list[Slot] = []
        aggregates: list[Total | Beyond | Facets] = []
        parts: list[Part] = []
        peek = False
        backwards = field.arguments.get("last") is not None
        for part in field.children[f"{family.prefix}Connection"]:
            if part.name == TYPENAME:
                parts.append(TypeName(part.key, f"{family.prefix}Connection"))
            elif part.name == "totalCount":
                parts.append(Aggregate(part.key, self._slot(aggregates, Total())))
            elif part.name == "facets":
                slot = self._slot(aggregates, Facets(tuple(part.arguments["by"])))
                parts.append(FacetList(part.key, slot, self._row(FACET, part, made=True)))
            elif part.name == "nodes":
                parts.append(Nodes(part.key, self._slot(rows, self._node(family, part))))
            elif part.name == "edges":
                parts.append(self._edges(part, family, rows, SortValues(keys, mark)))
            else:
                facts = self._page_facts(part, backwards, rows, aggregates, SortValues(keys, mark))
                peek = peek or ("hasPreviousPage" if backwards else "hasNextPage") in (name for _, name in facts.fields)
                parts.append(facts)
        shown = page(field, keys, mark, self.variables, peek=peek)
        reads_rows = any(isinstance(part, Edges | Nodes | PageFacts) for part in parts)
        read = tuple(rows) if reads_rows else None
        known = known_ids(origin) if isinstance(origin, Asked) else ()
        return Connection(origin, where, shown, read, tuple(aggregates), tuple(parts), known)

    def _node(self, family: Family, field: Field) -> Slot:
        """What is read of an item itself."""
        if family.question:
            return self._column(family.question.node, field)
        return self._record(family.target, field.children)

    def _edges(self, part: Field, family: Family, rows: list[Slot], cursor: SortValues) -> Edges:
        entries: list[Entry] = []
        declared = link_properties(self.model, family.link) if family.is_linked else {}
        answers = {item.name: item for item in family.question.type.fields} if family.question else {}
        for field in part.children[f"{family.prefix}Edge"]:
            if field.name == TYPENAME:
                entries.append(Entry(field.key, None))
                continue
            if field.name == "cursor":
                slot: Slot = cursor
            elif field.name == "node":
                slot = self._node(family, field)
            elif field.name in answers:
                slot = self._column(answers[field.name], field)
            elif field.name in declared:
                slot = self._property(declared[field.name], field, of_link=True)
            elif field.name == WITHDRAWN.name:
                slot = Scalar(WITHDRAWN, of_link=True)
            elif field.name == STATEMENTS_FIELD:
                slot = Statements(self._row(STATEMENT, field, made=True))
            elif field.name == "type":
                slot = LinkFact(LINK_TYPE, self.own_enums["LinkType"])
            else:
                slot = LinkFact(LINK_DIRECTION, DIRECTIONS)
            entries.append(Entry(field.key, self._slot(rows, slot)))
        return Edges(part.key, Shape(f"{family.prefix}Edge", tuple(entries)))

    def _page_facts(
        self,
        part: Field,
        backwards: bool,
        rows: list[Slot],
        aggregates: list[Total | Beyond | Facets],
        cursor: SortValues,
    ) -> PageFacts:
        fields = tuple((field.key, field.name) for field in part.children["PageInfo"])
        names = {name for _, name in fields}
        other_side = "hasNextPage" if backwards else "hasPreviousPage"
        return PageFacts(
            part.key,
            fields,
            self._slot(aggregates, Beyond()) if other_side in names else None,
            self._slot(rows, cursor) if names & {"startCursor", "endCursor"} else None,
        )


def _withdrawn(field: Field) -> bool:
    """Whether withdrawn facts are asked for too."""
    return bool(field.arguments.get(INCLUDE_WITHDRAWN))
