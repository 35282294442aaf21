"""Links as objects of their own, in paths and networks."""

from api.questions.question import Columns, ObjectType, Scribe
from graph.model import CONFIDENCE
from graph.modelling import EnumType, Kind, Property

LINK_TYPE = EnumType("LinkType", "The type of a link.", {})
"""The schema's own enum, which has every type of the model."""

LINK = ObjectType(
    "GraphLink",
    "A link between two entities.",
    (
        Property("id", Kind.ID, "An id made of its type and its ends, the same in every answer.", required=True),
        Property("type", Kind.ENUM, "Its type.", enum=LINK_TYPE, required=True),
        Property("source", Kind.ID, "The id of the entity from which it points.", required=True),
        Property("target", Kind.ID, "The id of the entity to which it points.", required=True),
        Property("since", Kind.YEAR, "The first year; empty where unknown."),
        Property("until", Kind.YEAR, "The last year; empty where unknown or still so."),
        Property("confidence", Kind.ENUM, "How sure it is.", enum=CONFIDENCE, required=True),
    ),
)


def link_columns(link: str) -> Columns:
    """The columns of LINK for the link in a variable."""
    source, target = f"startNode({link}).id", f"endNode({link}).id"
    return {
        "id": f"{source} + ' ' + type({link}) + ' ' + {target}",
        "type": f"type({link})",
        "source": source,
        "target": target,
        "since": f"{link}.since",
        "until": f"{link}.until",
        "confidence": f"{link}.confidence",
    }


def degree(scribe: Scribe, node: str) -> str:
    """How many links a node has, withdrawn ones left out."""
    return f"COUNT {{ ({node})-[:{every_type(scribe)}]-() }}"


def every_type(scribe: Scribe) -> str:
    """All types of link, as a pattern has them."""
    return "|".join(link.name for link in scribe.model.links)


def link_types(scribe: Scribe) -> str:
    """The types of link asked for, as a pattern has them; one that nothing has where none is asked for."""
    wanted = scribe.literal("linkTypes")
    names = [link.name for link in scribe.model.links if wanted is None or link.name in wanted]
    return "|".join(names) or "NONE"
