"""The types and properties that clients of the service choose from, as the model declares them."""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, cast

from graph.modelling import AnyType, Kind, LinkField, Model, NodeType, Property, readable

ROOT = "Entity"
HIDDEN = (Kind.ID, Kind.SOURCES)


@dataclass(frozen=True)
class Term:
    """A type or property, as a client shows it."""

    id: str
    name: str
    description: str

    @property
    def brief(self) -> dict[str, str]:
        """What identifies it."""
        return {"id": self.id, "name": self.name}


@cache
def types(model: Model) -> dict[str, Term]:
    """Every type of entity, by id: the most general ones last."""
    named = [*model.concrete(ROOT), *(item for item in model.interfaces[::-1] if model.is_a(item.name, ROOT))]
    return {declared.name: _term(declared) for declared in named}


@cache
def properties(model: Model) -> dict[str, Property]:
    """Every property that a query can give, by name; where types differ in it, the first one's."""
    every = chain.from_iterable(model.properties_of(node.name) for node in model.concrete(ROOT))
    found: dict[str, Property] = {}
    for item in every:
        if item.kind not in HIDDEN:
            found.setdefault(item.name, item)
    return found


def fields(model: Model, type_name: str) -> dict[str, Property | LinkField]:
    """All that can be fetched of a type or of what it stands for, by name: properties, then links."""
    nodes = [node.name for node in model.concrete(type_name)]
    own = [item for node in nodes for item in model.properties_of(node) if item.kind not in HIDDEN]
    links = [item for node in nodes for item in model.link_fields(node)]
    found: dict[str, Property | LinkField] = {}
    for item in (*own, *links):
        found.setdefault(item.name, item)
    return found


def term(item: Property | LinkField) -> Term:
    """A property or link as a client shows it."""
    return Term(item.name, readable(item.name), item.description)


def several(value: Any) -> list[Any]:
    """A value as a list, if it is none yet."""
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _term(declared: AnyType) -> Term:
    return Term(declared.name, readable(declared.name), declared.description)


def types_of(model: Model, node: NodeType) -> list[dict[str, str]]:
    """The types that a candidate has, its own first."""
    return [types(model)[label].brief for label in reversed(model.labels(node.name))]
