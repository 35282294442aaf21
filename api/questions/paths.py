"""How two entities are connected: the shortest chains of links between them, or the strongest."""

from api.questions.collaboration import active
from api.questions.links import LINK, degree, link_columns, link_types
from api.questions.question import (
    Argument,
    Each,
    Form,
    Linked,
    Nested,
    ObjectType,
    Question,
    Rows,
    Scribe,
)
from graph.modelling import EnumType, Kind, Property, type_value

ENTITY = "Entity"
MAX_LENGTH = 8
MAX_PATHS = 20
CANDIDATES = 100
"""Of how many shortest paths the strongest are chosen."""
DIGITS = 9

ORDER = EnumType(
    "PathOrder",
    "Which paths come first.",
    {
        "SHORTEST": "Those with the fewest links.",
        "STRONGEST": f"Of the {CANDIDATES} with the fewest links, those whose weight is greatest.",
    },
)


def rows(scribe: Scribe) -> Rows:
    """The paths between two entities, no node twice in one, and of several links between two nodes only the first."""
    start, end, path, x, y, r, q, weight, i = scribe.names("start", "end", "path", "x", "y", "r", "q", "weight", "i")
    strongest = scribe.literal("orderBy") == "STRONGEST"
    first = scribe.literal("first")
    types = link_types(scribe)
    twin = f"({x})-[{q}:{types}]-({y}) WHERE elementId({q}) < elementId({r}) AND {active(scribe, q)}"
    wanted = scribe.literal("types")
    labels = (
        None
        if wanted is None
        else "|".join(node.name for node in scribe.model.concrete(ENTITY) if type_value(node) in wanted)
    )
    through = "true" if labels is None else f"({y} = {end} OR {f'{y}:{labels}' if labels else 'false'})"
    resistance = f"reduce(sum = 0, n IN nodes({path})[1..-1] | sum + {degree(scribe, 'n')} - 1)"
    clauses = f"""
    MATCH ({start}:{ENTITY} {{id: {scribe.value("from")}}}), ({end}:{ENTITY} {{id: {scribe.value("to")}}})
    MATCH {path} = SHORTEST {CANDIDATES if strongest else first} ACYCLIC ({start})
        (({x})-[{r}:{types} WHERE {active(scribe, r)}]-({y}) WHERE {through} AND NOT EXISTS {{ {twin} }})
        {{1,{scribe.literal("maxLength")}}} ({end})
    WITH {path}, round(1.0 / (1 + {resistance}), {DIGITS}) AS {weight}
    ORDER BY {f"{weight} DESC, " if strongest else ""}length({path}), {weight} DESC,
        [n IN nodes({path}) | n.id] LIMIT {first}
    WITH {path}, {weight}
    """
    links = Each(f"relationships({path})", i, link_columns(i))
    return Rows(
        clauses,
        {"length": f"length({path})", "weight": weight, "nodes": f"nodes({path})", "links": links},
        cypher_25=True,
    )


PATHS = Question(
    name="paths",
    description="The chains of links between two entities, in whichever direction each points, the shortest first. "
    "No entity stands twice in one. An empty list: there is no connection of at most so many links.",
    form=Form.LIST,
    type=ObjectType(
        "Path",
        "A chain of links between two entities.",
        (
            Property("length", Kind.INTEGER, "How many links it has.", required=True),
            Property(
                "weight",
                Kind.NUMBER,
                "How strong it is: 1 for a direct link, less the more links the entities on the way have, since "
                "sharing something with few says more than sharing it with many: 1 / (1 + the sum of (degree - 1)).",
                required=True,
            ),
            Linked("nodes", ENTITY, "The entities on the way, both ends included.", many=True),
            Nested("links", LINK, "The links on the way, in order.", many=True),
        ),
    ),
    arguments=(
        Argument("from", "ID!", "The id of one entity.", of=ENTITY),
        Argument("to", "ID!", "The id of the other.", of=ENTITY),
        Argument("maxLength", "Int", "The most links that a path may have.", 4, 1, MAX_LENGTH, structural=True),
        Argument("types", "[EntityType!]", "On the way only entities of these types."),
        Argument("linkTypes", "[LinkType!]", "Only links of these types."),
        Argument("activeIn", "Int", "Only links that held in this year; an unknown start or end counts as open."),
        Argument("orderBy", "PathOrder", "Which come first.", "SHORTEST"),
        Argument("first", "Int", "How many paths to give.", 3, 1, MAX_PATHS, structural=True),
    ),
    rows=rows,
    enums=(ORDER,),
)
