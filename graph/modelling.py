"""The words a graph model is written in: properties, node types, link types, and what follows from them.

A link names its two ends and, in the same place, the field by which each end sees the other, so no
direction is declared twice. Loaders, constraints, the GraphQL schema and the compiler ask a `Model`;
none of them keeps a list of types of its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from itertools import chain


class ModelError(Exception):
    """The model contradicts itself: an unknown type, or one name that would mean two things."""


class Kind(Enum):
    """What a property's value is, in files, in Neo4j and in GraphQL."""

    ID = auto()
    STRING = auto()
    TEXT = auto()
    URL = auto()
    YEAR = auto()
    INTEGER = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    DATE = auto()
    POINT = auto()
    ENUM = auto()
    SOURCES = auto()


class Direction(Enum):
    """How a link is seen from one of its ends."""

    OUTGOING = auto()
    INCOMING = auto()
    BOTH = auto()


@dataclass(frozen=True)
class EnumType:
    """A closed list of values, each with its meaning. Stored and served in capitals.

    `dutch` are the words for them that files may have instead; a value whose name is Dutch needs none.
    """

    name: str
    description: str
    values: Mapping[str, str] = field(hash=False)
    dutch: Mapping[str, str] = field(hash=False, default_factory=dict[str, str])


@dataclass(frozen=True)
class Identifier:
    """What a register calls an organisation by: two that share one are the same.

    `pattern` has the code itself as its one group, in whatever case and address people write it; `spelling`
    makes of a code what is stored.
    """

    pattern: str
    spelling: Callable[[str], str]
    example: str

    def canonical(self, text: str) -> str | None:
        """The identifier in its one spelling; None where the text is none."""
        found = re.fullmatch(self.pattern, text.strip(), re.IGNORECASE)
        return self.spelling(found[1]) if found else None


@dataclass(frozen=True)
class Property:
    """One named value of a node or link.

    `headings` are further column headings by which files may call it, beside its name in
    snake_case. `indexed` properties are filtered or sorted on often enough to deserve a range index. By `naming` ones
    people know it: they look for it by these. What is not `required` but `expected` may be missing, and is thin then.
    With `facet`, lists can be divided by it, under that name. `digits` says whether there must be one in a value, or
    may be none.
    """

    name: str
    kind: Kind
    description: str
    enum: EnumType | None = None
    required: bool = False
    expected: bool = False
    many: bool = False
    indexed: bool = False
    naming: bool = False
    facet: str = ""
    headings: tuple[str, ...] = ()
    identifier: Identifier | None = None
    digits: bool | None = None

    @property
    def column(self) -> str:
        """The property's own column heading."""
        return snake_case(self.name)

    @property
    def repeats(self) -> bool:
        """Whether many nodes have the same value, so that only an index that goes on with the id can sort them."""
        return self.enum is not None or self.kind in (Kind.YEAR, Kind.DATE)

    @property
    def sortable(self) -> bool:
        """Whether values have an order that a list may follow."""
        return not self.many and self.kind not in (Kind.POINT, Kind.SOURCES, Kind.TEXT)


@dataclass(frozen=True)
class Heading:
    """A column of files that is no property by itself, and the other headings it may have."""

    name: str
    description: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interface:
    """What several node types have in common: a second label in Neo4j, an interface in GraphQL.

    `metrics` are properties that no file states: an analysis of the whole graph sets them.
    """

    name: str
    plural: str
    description: str
    properties: tuple[Property, ...] = ()
    interfaces: tuple[str, ...] = ()
    metrics: tuple[Property, ...] = ()


@dataclass(frozen=True)
class NodeType:
    """A concrete kind of node. `plural` is its file's name and, in camelCase, its list's field.

    `file_names` are other names that files and sheets of it may have. `together` are properties that are filtered on at
    once often enough to deserve an index of them all: those compared for being equal first, then one for its range.
    """

    name: str
    plural: str
    description: str
    properties: tuple[Property, ...] = ()
    interfaces: tuple[str, ...] = ("Entity",)
    file_names: tuple[str, ...] = ()
    metrics: tuple[Property, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class View:
    """The field by which one end of a link sees the other.

    `single`: at most one, so no connection. `expected`: what has none is thin.
    """

    name: str
    description: str
    single: bool = False
    expected: bool = False


@dataclass(frozen=True)
class Ends:
    """Which types a link may join, and its field on each side; None where another view covers it."""

    source: tuple[str, ...]
    target: str
    forward: View | None
    reverse: View | None


@dataclass(frozen=True)
class LinkType:
    """A kind of link. A `symmetric` one means the same both ways and is stored once.

    With `facet`, lists can be divided by what it leads to, under that name.
    """

    name: str
    description: str
    ends: tuple[Ends, ...]
    properties: tuple[Property, ...] = ()
    symmetric: bool = False
    facet: str = ""


@dataclass(frozen=True)
class LinkField:
    """A link as a field of one type: follow `link` in `direction` to nodes of type `target`."""

    name: str
    description: str
    link: LinkType
    direction: Direction
    target: str
    single: bool = False


AnyType = NodeType | Interface


def snake_case(name: str) -> str:
    """`startYear` → `start_year`, `OOFund` → `oo_fund`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def readable(name: str) -> str:
    """`startYear` → `Start year`, `PARTICIPATES_IN` → `Participates in`."""
    return snake_case(name).replace("_", " ").capitalize()


def camel_case(name: str) -> str:
    """`oo_funds` → `ooFunds`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal_case(name: str) -> str:
    """`PARTICIPATES_IN` → `ParticipatesIn`."""
    return "".join(word.capitalize() for word in name.split("_"))


def type_value(node: NodeType) -> str:
    """A node type's name as the value of an enum: `OOFund` → `OO_FUND`."""
    return snake_case(node.name).upper()


def type_case(nodes: Iterable[NodeType], node: str, labels: Callable[[str], str] = str) -> str:
    """The Cypher expression that tells which of some types a node has, as `type_value` names it.

    `labels` says by which labels a type is known, where that is not its name.
    """
    cases = " ".join(f"WHEN {node}:{labels(item.name)} THEN '{type_value(item)}'" for item in nodes)
    return f"CASE {cases} END"


@dataclass(frozen=True, eq=False)
class Model:
    """All node types and link types, and the questions the rest of the program asks of them.

    Raises ModelError when made from declarations that contradict each other.
    """

    interfaces: tuple[Interface, ...]
    nodes: tuple[NodeType, ...]
    links: tuple[LinkType, ...]
    link_properties: tuple[Property, ...]

    def __post_init__(self) -> None:
        for link in self.links:
            for ends in link.ends:
                for name in (*ends.source, ends.target):
                    if name not in self.types:
                        raise ModelError(f"Link {link.name} names the type {name}, which is not declared.")
        for declared in self.types.values():
            for name in declared.interfaces:
                if not isinstance(self.types.get(name), Interface):
                    raise ModelError(f"{declared.name} names the interface {name}, which is not declared.")
            properties = (*self.properties_of(declared.name), *self.metrics_of(declared.name))
            names = [item.name for item in (*properties, *self.link_fields(declared.name))]
            if twice := {name for name in names if names.count(name) > 1}:
                raise ModelError(f"{declared.name} would have two fields named {', '.join(sorted(twice))}.")

    def extended(self, nodes: Iterable[NodeType] = (), links: Iterable[LinkType] = ()) -> "Model":
        """This model with more types in it."""
        return replace(self, nodes=(*self.nodes, *nodes), links=(*self.links, *links))

    @cached_property
    def types(self) -> dict[str, AnyType]:
        """Every interface and node type by name."""
        return {item.name: item for item in (*self.interfaces, *self.nodes)}

    @cached_property
    def link_types(self) -> dict[str, LinkType]:
        """Every link type by name."""
        return {link.name: link for link in self.links}

    def concrete(self, name: str) -> tuple[NodeType, ...]:
        """The node types that `name` stands for: itself, or all that implement the interface."""
        declared = self.types[name]
        if isinstance(declared, NodeType):
            return (declared,)
        return tuple(node for node in self.nodes if name in self.labels(node.name))

    def labels(self, name: str) -> tuple[str, ...]:
        """A type's own name after those of all its interfaces, most general first: its Neo4j labels."""
        return self._labels[name]

    @cached_property
    def _labels(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}

        def labels(name: str) -> tuple[str, ...]:
            if name not in found:
                above = chain.from_iterable(map(labels, self.types[name].interfaces))
                found[name] = (*dict.fromkeys(above), name)
            return found[name]

        for name in self.types:
            labels(name)
        return found

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether every `name` is an `ancestor`."""
        return ancestor in self.labels(name)

    def root(self, name: str) -> str:
        """The most general label of a type: the one whose ids are unique over all it stands for."""
        return self.labels(name)[0]

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The most general labels, which between them hold every node."""
        return tuple(dict.fromkeys(self.root(node.name) for node in self.nodes))

    def properties_of(self, name: str) -> tuple[Property, ...]:
        """A type's properties, inherited ones first."""
        return tuple(chain.from_iterable(self.types[label].properties for label in self.labels(name)))

    def identifiers(self, name: str) -> tuple[Property, ...]:
        """The identifiers that a type, or any type that it stands for, may have."""
        found = chain.from_iterable(self.properties_of(node.name) for node in self.concrete(name))
        return tuple(dict.fromkeys(item for item in found if item.identifier))

    def metrics_of(self, name: str) -> tuple[Property, ...]:
        """What an analysis says of each node of a type."""
        return tuple(chain.from_iterable(self.types[label].metrics for label in self.labels(name)))

    def properties_of_link(self, link: LinkType) -> tuple[Property, ...]:
        """A link's properties: its own, then those every link has."""
        return (*link.properties, *self.link_properties)

    def link_fields(self, name: str) -> tuple[LinkField, ...]:
        """The fields by which a type sees the nodes it is linked with, in order of declaration."""
        found: dict[tuple[str, str, Direction, str], LinkField] = {}
        for link in self.links:
            for ends in link.ends:
                for view, here, there, direction in (
                    (ends.forward, ends.source, (ends.target,), Direction.OUTGOING),
                    (ends.reverse, (ends.target,), ends.source, Direction.INCOMING),
                ):
                    if view is None or not any(self.is_a(name, end) for end in here):
                        continue
                    seen = LinkField(
                        name=view.name,
                        description=view.description,
                        link=link,
                        direction=Direction.BOTH if link.symmetric else direction,
                        target=self.common_interface(there),
                        single=view.single,
                    )
                    found.setdefault((view.name, link.name, seen.direction, seen.target), seen)
        return tuple(found.values())

    def common_interface(self, names: tuple[str, ...]) -> str:
        """The narrowest type that all of `names` are.

        Raises ModelError where they have nothing in common.
        """
        shared = [label for label in self.labels(names[0]) if all(self.is_a(name, label) for name in names)]
        if not shared:
            raise ModelError(f"{', '.join(names)} have no interface in common.")
        return shared[-1]

    def reachable(self, link: LinkType, here: str, direction: Direction) -> frozenset[str]:
        """The concrete types that `link`, followed in `direction` from a `here`, can lead to."""
        mine = {node.name for node in self.concrete(here)}
        found: set[str] = set()
        for source, target in self.pairs(link):
            if direction is not Direction.INCOMING and source in mine:
                found.add(target)
            if direction is not Direction.OUTGOING and target in mine:
                found.add(source)
        return frozenset(found)

    def pairs(self, link: LinkType) -> frozenset[tuple[str, str]]:
        """The (source, target) pairs of concrete types that a link may join."""
        return frozenset(
            (source.name, target.name)
            for ends in link.ends
            for name in ends.source
            for source in self.concrete(name)
            for target in self.concrete(ends.target)
        )

    def enums(self) -> tuple[EnumType, ...]:
        """Every enum that a property uses."""
        declared = chain(
            chain.from_iterable(item.properties for item in self.types.values()),
            chain.from_iterable(link.properties for link in self.links),
            self.link_properties,
        )
        return tuple({item.enum.name: item.enum for item in declared if item.enum}.values())
