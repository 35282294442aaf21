"""Facets: how many items of a list have each value, by what the model says lists are divided by."""

from dataclasses import dataclass
from functools import cache

from api.questions.network import ENTITY_TYPE
from api.questions.question import Nested, ObjectType
from graph.modelling import EnumType, Kind, LinkType, Model, Property

TYPE = "TYPE"
MOST_VALUES = 100

FACET_VALUE = ObjectType(
    "FacetValue",
    "A value, and how many items have it.",
    (
        Property("id", Kind.ID, "The value itself, or the id of the entity that it is.", required=True),
        Property("name", Kind.STRING, "The value's name.", required=True),
        Property("count", Kind.INTEGER, "How many items of the whole list have it.", required=True),
    ),
)
BY = EnumType("FacetBy", "What a list can be divided by.", {})
FACET = ObjectType(
    "Facet",
    "How a list is divided.",
    (
        Property("by", Kind.ENUM, "What it is divided by.", enum=BY, required=True),
        Nested("values", FACET_VALUE, f"The values, those of most items first, at most {MOST_VALUES}.", many=True),
    ),
)


@dataclass(frozen=True)
class FacetKey:
    """What a list can be divided by: a property, or what a link leads to; with neither, the type."""

    description: str
    property: Property | None = None
    link: LinkType | None = None


@cache
def facet_keys(model: Model) -> dict[str, FacetKey]:
    """Everything that a list can be divided by, by its name in FacetBy."""
    found = {TYPE: FacetKey(ENTITY_TYPE.description)}
    for node in model.concrete("Entity"):
        for item in model.properties_of(node.name):
            if item.facet:
                found.setdefault(item.facet, FacetKey(item.description, property=item))
    for link in model.links:
        if link.facet:
            found[link.facet] = FacetKey(f"What this leads to: {link.description}", link=link)
    return found


def facet_enum(model: Model) -> EnumType:
    """The enum FacetBy with its values."""
    return EnumType(BY.name, BY.description, {name: key.description for name, key in facet_keys(model).items()})
