"""The plan of a request: what to fetch for each object, and how the response is put together from it.

A plan knows the model but neither Cypher nor Python text. Values stand in slots, by position: `api.compiler.cypher`
says how a slot is read from the graph, `api.compiler.shaper` how the response is made from what was read.
"""

from dataclasses import dataclass, field

from api.compiler.pattern import Asked, Hop, Predicate, Scan, SourceHop, Subject
from api.compiler.values import Bounded, Parameter
from api.questions.question import Make
from graph.modelling import EnumType, Property

# ---- lists ----


@dataclass(frozen=True)
class SortKey:
    """One key of an order.

    `indexed` where an index has the values, though not the nulls, of the listed type; `with_id` where one goes on with
    the id.
    """

    subject: Subject
    descending: bool = False
    indexed: bool = False
    with_id: bool = False


@dataclass(frozen=True)
class Bound:
    """Beyond a cursor: its value for each sort key, None where that is null."""

    values: tuple[Parameter | None, ...]


@dataclass(frozen=True)
class Page:
    """Which part of a sorted list to read. `backwards` reads from its end."""

    keys: tuple[SortKey, ...]
    size: Parameter
    backwards: bool
    peek: bool
    after: Bound | None
    before: Bound | None
    signature: str


# ---- what is read ----


@dataclass(frozen=True)
class Scalar:
    """A property of the current node, or of the link it was reached by."""

    property: Property
    of_link: bool = False


@dataclass(frozen=True)
class LinkFact:
    """The type or direction of the current link."""

    subject: Subject
    enum: EnumType = field(compare=False)


@dataclass(frozen=True)
class Place:
    """A property that is a point, as latitude and longitude."""

    property: Property
    entries: "tuple[Entry, ...]"


@dataclass(frozen=True)
class Portion:
    """An object made of some of the current node's own properties; null where the property `of` is missing."""

    of: Property
    slots: "tuple[Slot, ...]"
    shape: "Shape"


@dataclass(frozen=True)
class SortValues:
    """The values of the sort keys, of which a cursor is made."""

    keys: tuple[SortKey, ...]
    signature: str


@dataclass(frozen=True)
class Record:
    """The current node: what is read of it, and its response object for each type it can have.

    A slot with `guards` is read only of nodes with one of those labels.
    """

    slots: "tuple[tuple[Slot, tuple[str, ...]], ...]"
    shapes: "tuple[Shape, ...]"


@dataclass(frozen=True)
class Shape:
    """A response object of one type."""

    type: str
    entries: "tuple[Entry, ...]"


@dataclass(frozen=True)
class Entry:
    """A field of a response object: the value in a slot, or its type's name where `slot` is None."""

    key: str
    slot: int | None


@dataclass(frozen=True)
class Single:
    """The one node at the other end of a link, or null; the first by name should there be several."""

    origin: Hop
    record: Record
    keys: tuple[SortKey, ...]


@dataclass(frozen=True)
class SourceList:
    """All sources of the current node or link."""

    origin: SourceHop
    record: Record


@dataclass(frozen=True)
class Lookup:
    """The node with this id, in the first of the labels that has it; or else the `withdrawn` one, if asked for."""

    records: tuple[tuple[str, Record], ...]
    id: Parameter
    withdrawn: bool = False


@dataclass(frozen=True)
class LookupMany:
    """The nodes with these ids, in their order, null where there is none; `withdrawn` ones too, if asked for."""

    records: tuple[tuple[str, Record], ...]
    ids: Parameter
    withdrawn: bool = False


@dataclass(frozen=True)
class Column:
    """A plain value in a row that answers a question."""

    property: Property


@dataclass(frozen=True)
class LinkedColumn:
    """A node in a row that answers a question, or with `many` a list of nodes."""

    name: str
    record: Record
    many: bool
    required: bool


@dataclass(frozen=True)
class Row:
    """A row that answers a question, or an object in one: the slots read of it, and the response object.

    Of a row that Python made, `positions` says where each slot's value stands.
    """

    slots: "tuple[Slot, ...]"
    shape: Shape
    positions: tuple[int, ...] | None


@dataclass(frozen=True)
class NestedColumn:
    """An object in a row that answers a question, or with `many` a list of them."""

    name: str
    row: Row
    many: bool
    make: Make | None


@dataclass(frozen=True)
class Known:
    """An id, or a list of ids, that must be those of nodes with this label."""

    label: str
    ids: Bounded
    many: bool


@dataclass(frozen=True)
class Answers:
    """All rows that answer a question, or with `single` only the first."""

    origin: Asked
    row: Row
    single: bool
    known: tuple[Known, ...]


@dataclass(frozen=True)
class Statements:
    """Who states the link by which the current node was reached."""

    row: Row


@dataclass(frozen=True)
class Revision:
    """How often a load has changed the graph."""


@dataclass(frozen=True)
class Total:
    """How many items the whole list has."""


@dataclass(frozen=True)
class Beyond:
    """Whether the list has items on the other side of the cursor that the page starts from."""


@dataclass(frozen=True)
class Facets:
    """How many items of the whole list have each value, for each name in FacetBy."""

    by: tuple[str, ...]


@dataclass(frozen=True)
class Edges:
    """The page's items as edges."""

    key: str
    shape: Shape


@dataclass(frozen=True)
class Nodes:
    """The page's items as bare nodes, from a slot of the row."""

    key: str
    slot: int


@dataclass(frozen=True)
class Aggregate:
    """A value of the whole list, from a slot of the connection."""

    key: str
    slot: int


@dataclass(frozen=True)
class FacetList:
    """Facets of the whole list, from a slot of the connection, as response objects."""

    key: str
    slot: int
    row: Row


@dataclass(frozen=True)
class TypeName:
    """The name of the connection's own type."""

    key: str
    name: str


@dataclass(frozen=True)
class PageFacts:
    """`pageInfo`: its fields by response key; `beyond` and `cursor` say where their values stand."""

    key: str
    fields: tuple[tuple[str, str], ...]
    beyond: int | None
    cursor: int | None


Part = Edges | Nodes | Aggregate | FacetList | TypeName | PageFacts


@dataclass(frozen=True)
class Connection:
    """A page of a list. `rows` are the slots of each item; None where no item is asked for."""

    origin: Scan | Hop | Asked
    where: Predicate
    page: Page
    rows: "tuple[Slot, ...] | None"
    aggregates: tuple[Total | Beyond | Facets, ...]
    parts: tuple[Part, ...]
    known: tuple[Known, ...] = ()


Slot = (
    Scalar
    | LinkFact
    | Place
    | Portion
    | SortValues
    | Record
    | Single
    | SourceList
    | Lookup
    | LookupMany
    | Column
    | LinkedColumn
    | NestedColumn
    | Answers
    | Revision
    | Statements
    | Connection
)


@dataclass(frozen=True)
class Plan:
    """The whole request: the slots read by the one statement, and the response's top-level fields."""

    slots: tuple[Slot, ...]
    shape: Shape
