"""The words a question is written in: a field of the schema whose answer is worked out in Cypher.

A question declares its arguments, the object type of its answer and the clauses that find the answer's rows. The
schema, the planner, the statement and the response follow: rows are paged, nodes in them can be asked anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from graph.modelling import EnumType, Kind, Model, Property

SCALARS = ("ID", "String", "Int", "Float", "Date")
WHERE = "Where"
ROOT = "Query"


class Form(Enum):
    """What a question answers: a Relay connection, a plain list, or one object."""

    CONNECTION = auto()
    LIST = auto()
    OBJECT = auto()


@dataclass(frozen=True)
class Argument:
    """What a question takes. `kind` is GraphQL's own notation.

    `low` and `high` bound a number, or the length of a text or list. A `structural` number shapes the statement
    itself, since Cypher takes no parameter there: each of its values has a plan of its own. `of` is the type of node
    whose id, or ids, it must be.
    """

    name: str
    kind: str
    description: str
    default: Any = None
    low: float | None = None
    high: float | None = None
    structural: bool = False
    of: str | None = None

    @property
    def bare_kind(self) -> str:
        """The named type within lists and non-nulls."""
        return self.kind.strip("[]!")

    @property
    def is_where(self) -> bool:
        """Whether it is a filter on nodes."""
        return self.bare_kind.endswith(WHERE)

    @property
    def is_literal(self) -> bool:
        """Whether its value, an enum, a boolean or structural, is known when the statement is written."""
        return self.structural or self.bare_kind not in SCALARS


@dataclass(frozen=True)
class Linked:
    """A field that is a node of the graph, or with `many` a list of nodes."""

    name: str
    target: str
    description: str
    many: bool = False
    required: bool = True


Make = Callable[[Any], Any]
"""From a value that was read to a row, or rows: lists with a value for each field of the type, as they are declared."""

RAW = "raw"
"""The one column of a question that has a `make`."""


@dataclass(frozen=True)
class Nested:
    """A field that is an object of its own, or with `many` a list of them.

    With `make` its column is one expression, of whose value Python makes the object or list; no field may be Linked
    then.
    """

    name: str
    type: "ObjectType"
    description: str
    many: bool = False
    make: Make | None = None


Field = Property | Linked | Nested


@dataclass(frozen=True)
class ObjectType:
    """The type of an answer, or of a part of one."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Each:
    """A column with several objects: a list expression, the variable for each of its items, and their columns."""

    items: str
    variable: str
    columns: "Columns"


Columns = Mapping[str, "str | Each | Columns"]
"""By field name the Cypher expression of its value: of a node or a list of nodes for Linked, columns for Nested."""


@dataclass(frozen=True)
class Rows:
    """Clauses that end in a WITH of every variable which `columns` use, without a WHERE of its own.

    Columns that are not read (`Scribe.reads`) may use variables that the clauses then leave out. `cypher_25` where they
    need that version of the language, which is not yet every database's own.
    """

    clauses: str
    columns: Columns
    cypher_25: bool = False


@dataclass(frozen=True)
class Order:
    """A column by which a connection is sorted. The last must tell all rows apart."""

    column: str
    descending: bool = False
    kind: Kind = Kind.STRING
    nullable: bool = False


class Scribe(Protocol):
    """What a question may use to write its clauses."""

    @property
    def model(self) -> Model:
        """The model of the graph asked."""
        ...

    @property
    def here(self) -> str:
        """The variable of the node whose field the question is; empty at the root."""
        ...

    def has(self, argument: str) -> bool:
        """Whether an argument has a value."""
        ...

    def value(self, argument: str, made: Callable[[Any], Any] | None = None) -> str:
        """The parameter that holds an argument's value, or what a function makes of it."""
        ...

    def literal(self, argument: str) -> Any:
        """The value of a literal argument; None where it has none."""
        ...

    def where(self, argument: str, variable: str) -> str:
        """The condition that a filter argument puts on the node in a variable; `true` where it has no value."""
        ...

    def reads(self, *columns: str) -> bool:
        """Whether any of these columns is read; nested ones are meant by their own name too."""
        ...

    def names(self, *words: str) -> tuple[str, ...]:
        """Variables that nothing else in the statement uses, one for each word."""
        ...


@dataclass(frozen=True)
class Span:
    """The part of a connection that is wanted: `size` rows in its order, or from its end if `backwards`.

    They stand after and before what has these values in the columns of the order, or with `inclusive` at it. All are
    expressions.
    """

    size: str
    backwards: bool
    after: tuple[str, ...] | None
    before: tuple[str, ...] | None
    inclusive: bool = False


@dataclass(frozen=True, eq=False)
class Question:
    """A field of `on` (the root, an interface or a node type). `type` names the edge and connection of a list in pages.

    `enums` are those that its arguments and type use and the model lacks. With `make` its one column is RAW, and
    Python makes the answer of what all rows have there (of an object, of what its row has); no field may be Linked.

    Where something is quicker than finding all rows of a connection, `part` finds those of a span, and may find others
    beside it; `count` is an expression of how many rows there are. Both give None where nothing is.

    `slow` is an argument and its value with which Python takes long to make the answer.
    """

    name: str
    description: str
    form: Form
    type: ObjectType
    rows: Callable[[Scribe], Rows]
    arguments: tuple[Argument, ...] = ()
    order: tuple[Order, ...] = ()
    on: str = ROOT
    enums: tuple[EnumType, ...] = ()
    make: Make | None = None
    part: Callable[[Scribe, Span], Rows | None] | None = None
    count: Callable[[Scribe], str | None] | None = None
    slow: tuple[str, str] | None = None

    @property
    def node(self) -> Linked | Nested:
        """What each edge of a connection leads to."""
        return next(item for item in self.type.fields if isinstance(item, Linked | Nested) and item.name == "node")

    @property
    def kind(self) -> str:
        """The type of the field, in GraphQL's own notation."""
        notation = {
            Form.CONNECTION: f"{self.type.name}Connection!",
            Form.LIST: f"[{self.type.name}!]!",
            Form.OBJECT: self.type.name,
        }
        return notation[self.form]
