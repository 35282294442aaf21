"""What GraphQL calls the parts of the model: the names the schema declares and the compiler understands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from api.questions.question import Linked, Question
from graph.modelling import (
    Direction,
    EnumType,
    Kind,
    LinkField,
    LinkType,
    Model,
    Property,
    camel_case,
    pascal_case,
    snake_case,
    type_value,
)
from graph.provenance import WITHDRAWN_ON

MAX_PAGE = 1000
"""The most a list gives at a time, and what it gives when neither `first` nor `last` is set."""

MAX_DEPTH = 12
"""How many objects deep a query may go."""

REVISION_FIELD = "revision"
"""The field of `Query` that says how often a load has changed the graph."""

ACTIVE_IN = "activeIn"
"""The argument and condition by which links are narrowed to those that held in a year."""

INCLUDE_WITHDRAWN = "includeWithdrawn"
"""The argument by which facts that no file states any more are given too."""

WITHDRAWN = Property(
    WITHDRAWN_ON, Kind.DATE, "The day on which the last who stated it no longer did; null while it holds."
)
"""What entities and the edges of links say of that."""

NODE_INTERFACE = "Node"
"""The interface of Relay's global object identification, which every node type implements."""

LINKS_FIELD = "links"
"""The field by which an entity shows its links of every type."""

METRICS_FIELD = "metrics"
"""The field by which a node shows what the last analysis said of it, and the input that sorts and filters by that."""

GROUP_FIELDS = {"id": "group", "label": "groupLabel"}
"""The fields of a metric that is an object, the group, each with the property that holds it."""


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True)
class Family:
    """The types around one list: `<prefix>Connection`, `Edge`, `Where` and `Order`.

    `link` is None for a list that starts at the root. `any_link` marks `Entity.links`, whose links may be
    of every type. `question` is what the list answers, if it is one.
    """

    prefix: str
    target: str
    link: LinkType | None = None
    any_link: bool = False
    question: Question | None = None

    @property
    def is_linked(self) -> bool:
        """Whether each edge stands for a link and so carries its properties."""
        return self.link is not None or self.any_link

    @property
    def link_prefix(self) -> str:
        """The prefix of the `Where` and `Order` inputs for the link's own properties."""
        return "AnyLink" if self.link is None else pascal_case(self.link.name)


@dataclass(frozen=True)
class Root:
    """A field of `Query` that reads nodes of type `target`: a list of them, or one by its id."""

    name: str
    target: str
    many: bool


def root_family(target: str) -> Family:
    """The types around the list of all `target`s."""
    return Family(target, target)


def link_family(item: LinkField) -> Family:
    """The types around the list that a link's field gives."""
    return Family(f"{item.target}{pascal_case(item.link.name)}", item.target, item.link)


def question_family(question: Question) -> Family:
    """The types around a question's answer in pages."""
    node = question.node
    return Family(question.type.name, node.target if isinstance(node, Linked) else node.type.name, question=question)


ANY_LINK_FAMILY = Family("Link", "Entity", any_link=True)


@cache
def families(model: Model) -> tuple[Family, ...]:
    """Every list there is: of each type from the root, of each link's targets, and of links of any type."""
    linked = (
        link_family(item)
        for declared in model.types.values()
        for item in model.link_fields(declared.name)
        if not item.single
    )
    return tuple(dict.fromkeys((*map(root_family, model.types), *linked, ANY_LINK_FAMILY)))


@cache
def roots(model: Model) -> dict[str, Root]:
    """The fields of `Query` that the model's types call for, by name."""
    found: dict[str, Root] = {}
    for declared in (*model.nodes, *model.interfaces):
        single = camel_case(snake_case(declared.name))
        found[camel_case(declared.plural)] = Root(camel_case(declared.plural), declared.name, many=True)
        found[single] = Root(single, declared.name, many=False)
    return found


def entity_types(model: Model) -> tuple[EnumType, EnumType]:
    """The enums `EntityType` and `LinkType`, whose values are the model's own types."""
    kinds = EnumType(
        "EntityType",
        "The type of an entity.",
        {type_value(node): node.description for node in model.concrete("Entity")},
    )
    links = EnumType("LinkType", "The type of a link.", {link.name: link.description for link in model.links})
    return kinds, links


@cache
def properties(model: Model, name: str) -> dict[str, Property]:
    """The properties by which a list of `name` may be filtered or sorted.

    For an interface these are also the properties of the types behind it, except where one name means
    different things in two of them.
    """
    return _agreed(model.properties_of(node.name) for node in model.concrete(name))


@cache
def metrics(model: Model, name: str) -> dict[str, Property]:
    """The metrics by which a list of `name` may be filtered or sorted; as `properties` for interfaces."""
    return _agreed(model.metrics_of(node.name) for node in model.concrete(name))


@cache
def link_fields(model: Model, name: str) -> dict[str, LinkField]:
    """The links by which a list of `name` may be filtered; as `properties` for interfaces."""
    return _agreed(model.link_fields(node.name) for node in model.concrete(name))


@cache
def link_properties(model: Model, link: LinkType | None) -> dict[str, Property]:
    """The properties of a link, or with None those that a link of any type may have."""
    links = model.links if link is None else (link,)
    return _agreed(model.properties_of_link(item) for item in links)


def sortable(declared: dict[str, Property]) -> Iterator[Property]:
    """The properties by which a list may be sorted."""
    return (item for item in declared.values() if item.sortable)


def filterable(declared: dict[str, Property]) -> Iterator[Property]:
    """The properties on which a list may be filtered."""
    return (item for item in declared.values() if item.kind is not Kind.POINT)


def _agreed(declared: Iterable[Iterable[N]]) -> dict[str, N]:
    found: dict[str, N] = {}
    disputed: set[str] = set()
    for items in declared:
        for item in items:
            if found.setdefault(item.name, item) != item:
                disputed.add(item.name)
    return {name: item for name, item in found.items() if name not in disputed}


DIRECTIONS = EnumType(
    "LinkDirection",
    "Which way a link points, seen from the entity whose links are listed.",
    {Direction.OUTGOING.name: "From this entity to the other.", Direction.INCOMING.name: "From the other to this one."},
)
SORT_DIRECTIONS = EnumType(
    "SortDirection",
    "The way a list is sorted.",
    {
        "ASC": "From low to high, A to Z; what has no value comes last.",
        "DESC": "From high to low, Z to A; what has no value comes first.",
    },
)
