"""Where the nodes of a list come from and what must hold of them: the part of a plan that becomes MATCH and WHERE."""

from dataclasses import dataclass
from typing import Any

from api.compiler.values import Bounded, Parameter
from api.questions.question import Question
from graph.modelling import Direction, Kind, LinkType

# ---- where nodes come from ----


@dataclass(frozen=True)
class Scan:
    """All nodes with a label; `withdrawn` ones too, if asked for."""

    label: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Hop:
    """The nodes at the other end of the current node's links.

    `label` narrows them where the links alone could lead to other types too. `withdrawn` links count too, if asked
    for, and lead to withdrawn nodes as well. `only_from` are the types of the current node that have such links, where
    others have links of the same types that go by another name.
    """

    links: tuple[LinkType, ...]
    direction: Direction
    label: str | None
    withdrawn: bool = False
    only_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceHop:
    """The sources of the current node, or of the link it was reached by."""

    of_link: bool


@dataclass(frozen=True)
class Literal:
    """An argument's value that is written into the statement, or chooses how it is written."""

    value: Any


@dataclass(frozen=True)
class Asked:
    """The rows that answer a question of the current node, or of the whole graph.

    Arguments without a value are left out.
    """

    question: Question
    arguments: "tuple[tuple[str, Bounded | Literal | Predicate], ...]"


# ---- conditions ----


@dataclass(frozen=True)
class Subject:
    """What a condition or an order is about: a property of the current node or link, or the link's own nature.

    With `of_row`, a column of the rows that answer a question.
    """

    name: str
    of_link: bool = False
    nullable: bool = True
    kind: Kind = Kind.STRING
    of_row: bool = False


LINK_TYPE = Subject("type()", of_link=True, nullable=False)
LINK_DIRECTION = Subject("direction()", of_link=True, nullable=False)


@dataclass(frozen=True)
class Compare:
    """`operator` is a name from the filter's input, such as `gte`."""

    subject: Subject
    operator: str
    value: Parameter


@dataclass(frozen=True)
class IsNull:
    """The value is missing."""

    subject: Subject


@dataclass(frozen=True)
class IsSet:
    """The value is there."""

    subject: Subject


@dataclass(frozen=True)
class IsA:
    """The current node has one of these labels."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class All:
    """Every one holds."""

    of: "tuple[Predicate, ...]"


@dataclass(frozen=True)
class AnyOf:
    """At least one holds."""

    of: "tuple[Predicate, ...]"


@dataclass(frozen=True)
class Not:
    """It does not hold; a condition on a missing value counts as not holding."""

    of: "Predicate"


@dataclass(frozen=True)
class Exists:
    """At least one node there matches.

    `root` is the label under which the ids of those nodes are unique, where only one or a few ids are admitted.
    """

    origin: Hop | SourceHop
    where: "Predicate"
    root: str | None = None


@dataclass(frozen=True)
class Count:
    """So many nodes there match."""

    origin: Hop
    where: "Predicate"
    operator: str
    value: Parameter


Predicate = Compare | IsNull | IsSet | IsA | All | AnyOf | Not | Exists | Count

TRUE = All(())


def parts(predicate: Predicate) -> "tuple[Predicate, ...]":
    """The predicates that must all hold."""
    if not isinstance(predicate, All):
        return (predicate,)
    return tuple(part for item in predicate.of for part in parts(item))
