"""Plan → the function that makes the response from what the statement read.

The function is compiled from Python text made of the plan, so that a response costs little more than its
dicts. It checks every value against its GraphQL type; a value that does not fit raises Violation, and the
request is then completed with the specification's own error rules (`api.compiler.completion`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import Any, NoReturn, assert_never

from api.compiler.cursor import encode
from api.compiler.plan import (
    Aggregate,
    Answers,
    Column,
    Connection,
    Edges,
    Entry,
    FacetList,
    Known,
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
    SortValues,
    SourceList,
    Statements,
    TypeName,
)
from api.errors import QueryError
from api.questions.statements import told
from graph.modelling import Kind, Property

Shaper = Callable[[Sequence[Any], Mapping[str, Any]], dict[str, Any]]
"""From the statement's list and its parameters to the response's `data`."""

INT_RANGE = range(-(2**31), 2**31)
TYPENAME = "__typename"
TYPE_TAG = ""
"""The key under which an unchecked object says its type: no response key can be empty."""


class Violation(Exception):
    """A value in the graph does not fit its GraphQL type."""


def to_shaper(plan: Plan, parameters: Mapping[Any, str], *, checked: bool) -> Shaper:
    """The function for a plan; `parameters` tells the name of each page size.

    With `checked` values are verified and the keys are the request's. Without, no value is looked at and
    every node also says its type under TYPE_TAG, for completion by graphql-core.
    """
    writer = Writer(parameters, checked)
    return writer.function(f"lambda d, p: {writer.shape(plan.shape, plan.slots, 'd')}")


def _violate() -> NoReturn:
    raise Violation


def known(value: Any, places: Sequence[str]) -> Any:
    """What was read, unless it is an id among the arguments at `places` that nothing has. Raises QueryError then."""
    if isinstance(value, str):
        raise QueryError(f"{' or '.join(places)}: nothing has the id {value}. Find ids with search or a list's where.")
    return value[0]


class Writer:
    """Writes the expressions of one function; `names` holds the constants they use."""

    def __init__(self, parameters: Mapping[Any, str], checked: bool) -> None:
        self.parameters = parameters
        self.checked = checked
        self.variables = 0
        self.makers: dict[int, str] = {}
        self.names: dict[str, Any] = {
            "bad": _violate,
            "cursor": encode,
            "known": known,
            "isfinite": isfinite,
            "INT": INT_RANGE,
            "STRINGS": {str},
        }

    def function(self, text: str) -> Any:
        """The text as a function: safe, since it is made here of the plan alone, its constants by repr."""
        return eval(text, self.names)

    def variable(self) -> str:
        self.variables += 1
        return f"v{self.variables}"

    def constant(self, value: Any) -> str:
        name = f"C{len(self.names)}"
        self.names[name] = value
        return name

    def shape(self, shape: Shape, slots: Sequence[Slot], value: str, offset: int = 0, *, bare: bool = False) -> str:
        """A response object whose slots stand in the list `value`, or are it where there is only one."""
        return self.object(
            shape.type,
            (
                (
                    entry.key,
                    repr(shape.type)
                    if entry.slot is None
                    else self.slot(slots[entry.slot], value if bare else f"{value}[{entry.slot + offset}]"),
                )
                for entry in shape.entries
            ),
        )

    def object(self, kind: str, fields: Iterable[tuple[str, str]]) -> str:
        return _object(fields if self.checked else [(TYPE_TAG, repr(kind)), *fields])

    def slot(self, slot: Slot, value: str) -> str:
        match slot:
            case Scalar(item):
                return self.scalar(item, value)
            case LinkFact(_, enum):
                return self.member(enum.values, value, nullable=False)
            case Place(_, entries):
                made = self.variable()
                return f"({self.place(entries, made)} if ({made} := {value}) is not None else None)"
            case Portion(_, slots, shape):
                made = self.variable()
                return f"(None if ({made} := {value}) is None else {self.shape(shape, slots, made)})"
            case Column(item):
                return self.scalar(item, value)
            case LinkedColumn(_, record, many, required):
                if many:
                    return self.listed(record, value)
                return self.record(record, value) if required else self.optional(record, value)
            case NestedColumn(_, row, many, make):
                made = f"{self.constant(make)}({value})" if make else value
                return self.each(row, made) if many else self.row(row, made)
            case Answers():
                return self.answers(slot, value)
            case Revision():
                return value
            case Statements(row):
                return self.each(row, f"{self.constant(told)}({value})")
            case SortValues(_, mark):
                return f"cursor({mark!r}, {value})"
            case Record():
                return self.record(slot, value)
            case Single(_, record):
                return self.optional(record, value)
            case SourceList(_, record):
                return self.listed(record, value)
            case Lookup(records):
                return self.found(records, value)
            case LookupMany(records):
                each = self.variable()
                return f"[{self.found(records, each)} for {each} in {value}]"
            case Connection():
                return self.connection(slot, value)
            case _:
                assert_never(slot)

    # ---- values ----

    def scalar(self, item: Property, value: str) -> str:
        if not self.checked:
            return value
        if item.enum:
            return self.member(item.enum.values, value, nullable=not item.required)
        made = self.variable()
        if item.many:
            return f"({made} if STRINGS.issuperset(map(type, {made} := {value})) else bad())"
        test = {
            Kind.YEAR: f"type({made}) is int and {made} in INT",
            Kind.INTEGER: f"type({made}) is int and {made} in INT",
            Kind.BOOLEAN: f"type({made}) is bool",
            Kind.NUMBER: f"(type({made}) is float or type({made}) is int) and isfinite({made})",
        }.get(item.kind, f"type({made}) is str")
        bind = f"({made} := {value})"
        if item.required:
            return f"({made} if {test.replace(made, bind, 1)} else bad())"
        return f"({made} if {bind} is None or {test} else bad())"

    def member(self, values: Mapping[str, str], value: str, *, nullable: bool) -> str:
        if not self.checked:
            return value
        made = self.variable()
        allowed = self.constant(frozenset(values) | ({None} if nullable else set()))
        return f"({made} if ({made} := {value}) in {allowed} else bad())"

    def place(self, entries: Sequence[Entry], value: str) -> str:
        fields = (
            (entry.key, repr("GeoPoint") if entry.slot is None else f"{value}[{entry.slot}]") for entry in entries
        )
        return self.object("GeoPoint", fields)

    # ---- answers to questions ----

    def answers(self, slot: Answers, value: str) -> str:
        value = self.if_known(slot.known, value)
        if slot.origin.question.make:
            value = f"{self.constant(slot.origin.question.make)}({value})"
        if not slot.single:
            return self.each(slot.row, value)
        made = self.variable()
        return f"(None if ({made} := {value}) is None else {self.row(slot.row, made)})"

    def if_known(self, asked: Sequence[Known], value: str) -> str:
        """What was found, where all ids asked for were."""
        return f"known({value}, {self.constant(tuple(item.ids.place for item in asked))})" if asked else value

    def each(self, row: Row, value: str) -> str:
        each = self.variable()
        return f"[{self.row(row, each)} for {each} in {value}]"

    def row(self, row: Row, value: str) -> str:
        slots = row.slots
        return self.object(
            row.shape.type,
            (
                (
                    entry.key,
                    repr(row.shape.type)
                    if entry.slot is None
                    else self.slot(
                        slots[entry.slot], f"{value}[{row.positions[entry.slot] if row.positions else entry.slot}]"
                    ),
                )
                for entry in row.shape.entries
            ),
        )

    # ---- nodes ----

    def record(self, record: Record, value: str) -> str:
        slots = [slot for slot, _ in record.slots]
        if len(record.shapes) == 1:
            return self.shape(record.shapes[0], slots, value)
        # Written once, however many fields share the record: each of its types would repeat all that is below it.
        maker = self.makers.get(id(record))
        if maker is None:
            cases = [partial(self.shape, shape, slots, offset=1) for shape in record.shapes]
            maker = self.makers[id(record)] = self.functions(cases)
        return self.dispatch(maker, value)

    def functions(self, cases: Sequence[Callable[[str], str]]) -> str:
        """The name of a tuple with a function for each case."""
        made = self.variable()
        return self.constant(tuple(self.function(f"lambda {made}, p: {case(made)}") for case in cases))

    def dispatch(self, functions: str, value: str) -> str:
        """Make an object by the function whose number its list begins with."""
        each = self.variable()
        return f"{functions}[({each} := {value})[0]]({each}, p)"

    def optional(self, record: Record, value: str) -> str:
        made = self.variable()
        return f"(None if ({made} := {value}) is None else {self.record(record, made)})"

    def listed(self, record: Record, value: str) -> str:
        each = self.variable()
        return f"[{self.record(record, each)} for {each} in {value}]"

    def found(self, records: Sequence[tuple[str, Record]], value: str) -> str:
        """A node looked up by id; where it may stand under several labels, its list begins with which."""
        if len(records) == 1:
            return self.optional(records[0][1], value)
        made = self.variable()
        cases = [partial(self.behind_number, record) for _, record in records]
        return f"(None if ({made} := {value}) is None else {self.dispatch(self.functions(cases), made)})"

    def behind_number(self, record: Record, value: str) -> str:
        return self.record(record, f"{value}[1]")

    # ---- lists ----

    def connection(self, item: Connection, value: str) -> str:
        """A page: its rows stand first in the list `value`, then its aggregates; bare where it is only one."""
        if item.known:
            # Looked at once, however many parts are made of it.
            made = self.variable()
            bare = self.connection(replace(item, known=()), made)
            return f"(lambda {made}: {bare})({self.if_known(item.known, value)})"
        count = (item.rows is not None) + len(item.aggregates)
        values = [value] if count == 1 else [f"{value}[{number}]" for number in range(count)]
        if item.rows is None:
            return self.parts(item, Read("", "", tuple(values)))
        rows, *aggregates = values
        if not (item.page.peek or item.page.backwards):
            return self.parts(item, Read(rows, rows, tuple(aggregates)))
        # A page with one more row than it shows, or read from the end, is cut and turned first.
        whole, shown = self.variable(), self.variable()
        size = f"p[{self.parameters[item.page.size]!r}]" + (" - 1" if item.page.peek else "")
        cut = f"{rows}[:{size}]" + ("[::-1]" if item.page.backwards else "")
        return f"(lambda {whole}, {shown}: {self.parts(item, Read(whole, shown, tuple(aggregates)))})({rows}, {cut})"

    def parts(self, item: Connection, read: "Read") -> str:
        return _object((part.key, self.part(part, item, read)) for part in item.parts)

    def part(self, part: Part, item: Connection, read: "Read") -> str:
        rows = item.rows or ()
        match part:
            case TypeName(_, name):
                return repr(name)
            case Aggregate(_, slot):
                return read.aggregates[slot]
            case FacetList(_, slot, row):
                return self.each(row, read.aggregates[slot])
            case Nodes(_, slot):
                each = self.variable()
                return f"[{self.slot(rows[slot], _at(rows, each, slot))} for {each} in {read.shown}]"
            case Edges(_, shape):
                each = self.variable()
                return f"[{self.shape(shape, rows, each, bare=len(rows) == 1)} for {each} in {read.shown}]"
            case PageFacts():
                return _object((key, self.page_fact(name, part, item, read)) for key, name in part.fields)
            case _:
                assert_never(part)

    def page_fact(self, name: str, facts: PageFacts, item: Connection, read: "Read") -> str:
        rows = item.rows or ()
        if name == TYPENAME:
            return repr("PageInfo")
        if name == ("hasPreviousPage" if item.page.backwards else "hasNextPage"):
            return f"len({read.whole}) > len({read.shown})"
        if name in ("hasPreviousPage", "hasNextPage"):
            assert facts.beyond is not None
            return read.aggregates[facts.beyond]
        assert facts.cursor is not None
        row = f"{read.shown}[{0 if name == 'startCursor' else -1}]"
        return f"({self.slot(rows[facts.cursor], _at(rows, row, facts.cursor))} if {read.shown} else None)"


@dataclass(frozen=True)
class Read:
    """Where the parts of a page stand: the rows as read, those to show, and each aggregate."""

    whole: str
    shown: str
    aggregates: tuple[str, ...]


def _object(fields: Iterable[tuple[str, str]]) -> str:
    return f"{{{', '.join(f'{key!r}: {value}' for key, value in fields)}}}"


def _at(rows: Sequence[Slot], row: str, slot: int) -> str:
    """Where a slot of a row stands: a row of one slot is that slot itself."""
    return row if len(rows) == 1 else f"{row}[{slot}]"
