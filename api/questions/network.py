"""Nodes and links to draw: around some entities, by conditions, or of the whole graph."""

from collections import Counter
from typing import Any

from api.questions.collaboration import active, all_ended
from api.questions.collaborators import shared_things
from api.questions.layout import force_layout
from api.questions.links import LINK_TYPE, degree, every_type, link_types
from api.questions.question import (
    Argument,
    Each,
    Form,
    Nested,
    ObjectType,
    Question,
    Rows,
    Scribe,
)
from graph.collaboration import DIGITS, ORGANISATION
from graph.modelling import EnumType, Kind, Property, type_case, type_value

ENTITY = "Entity"
MAX_NODES = 2000
MAX_DEPTH = 3
FRONTIER = 20_000
"""At each step from the roots at most so many nodes are looked at."""

ENTITY_TYPE = EnumType("EntityType", "The type of an entity.", {})
"""The schema's own enum, which has every type of the model."""
LAYOUT = EnumType(
    "NetworkLayout",
    "Where nodes are drawn.",
    {
        "FORCE": "By forces: what is linked lies close together.",
        "GEO": "On the map: x is degrees east, y degrees north; what has no place of its own lies amid what it is "
        "linked with.",
    },
)
PROJECTION = EnumType(
    "NetworkProjection",
    "What the nodes of a network are.",
    {
        "ENTITIES": "All entities, with the links between them.",
        "ORGANISATIONS": "Only organisations, linked where they share something, weighted by strength.",
    },
)

NODE = ObjectType(
    "NetworkNode",
    "An entity to draw.",
    (
        Property("id", Kind.ID, "The entity's id.", required=True),
        Property("name", Kind.STRING, "Its name.", required=True),
        Property("type", Kind.ENUM, "Its type.", enum=ENTITY_TYPE, required=True),
        Property("degree", Kind.INTEGER, "How many links it has in this network.", required=True),
        Property("group", Kind.ID, "The group of those that work together more than with others; see groups."),
        Property("x", Kind.NUMBER, "Where to draw it from left to right; only with a layout."),
        Property("y", Kind.NUMBER, "Where to draw it from bottom to top; only with a layout."),
    ),
)
LINK = ObjectType(
    "NetworkLink",
    "A link to draw.",
    (
        Property("id", Kind.ID, "An id made of its type and its ends, the same in every answer.", required=True),
        Property("source", Kind.ID, "The id of the node from which it points.", required=True),
        Property("target", Kind.ID, "The id of the node to which it points.", required=True),
        Property("type", Kind.ENUM, "Its type; empty for a collaboration of two organisations.", enum=LINK_TYPE),
        Property("weight", Kind.NUMBER, "1, or the strength of a collaboration.", required=True),
        Property("since", Kind.YEAR, "The first year; empty where unknown."),
        Property("until", Kind.YEAR, "The last year; empty where unknown or still so."),
    ),
)
KEPT = [item.name for item in LINK.fields if item.name != "id"]
"""What is read of each link, in this order; its id is made of it."""


def rows(scribe: Scribe) -> Rows:
    """The nodes to draw and the links between them; totals are counted only where they are asked for."""
    every, kept, links, x, i = scribe.names("every", "kept", "links", "x", "i")
    label = ORGANISATION if scribe.literal("project") == "ORGANISATIONS" else ENTITY
    between = _collaborations if label == ORGANISATION else _links
    if scribe.has("roots"):
        selected = f"COLLECT {{ {_around(scribe, label)} {_relevant_first(scribe)} RETURN n }}"
        chosen = f"WITH {selected} AS {every} WITH {every}, {every}[..{scribe.value('limit')}] AS {kept}"
        total, total_links = f"size({every})", f"size({between(scribe, every)})"
    else:
        found = f"MATCH (n:{label}) WHERE {_conditions(scribe, 'n', label)}"
        chosen = (
            f"WITH COLLECT {{ {found} WITH n, 0 AS hop {_relevant_first(scribe)} "
            f"LIMIT {scribe.value('limit')} RETURN n }} AS {kept}"
        )
        total = f"COUNT {{ {found} RETURN n }}"
        total_links = _count_all(scribe, label)
    layout = scribe.literal("layout")
    place = _place(scribe, x) if layout == "GEO" else "null"
    node = f"[{x}.id, {x}.name, {type_case(scribe.model.concrete(ENTITY), x)}, {x}.group, {place}]"
    way = "null" if layout is None else f"'{layout}'"
    link = {name: f"{i}[{at}]" for at, name in enumerate(KEPT)}
    source, target, kind = link["source"], link["target"], link["type"]
    link["id"] = f"({source} + ' ' + coalesce({kind} + ' ', '') + {target})"
    return Rows(
        f"{chosen} WITH *, {between(scribe, kept)} AS {links}",
        {
            "nodes": f"[{way}, [{x} IN {kept} | {node}], [{i} IN {links} | [{source}, {target}, {link['weight']}]]]",
            "links": Each(links, i, link),
            "truncated": f"({total} > size({kept}))",
            "totalNodes": total,
            "totalLinks": total_links,
        },
    )


def _relevant_first(scribe: Scribe) -> str:
    """The nearest to the roots first, then those that work most with others, then those with most links."""
    return f"WITH n, hop ORDER BY hop, coalesce(n.strength, 0) DESC, {degree(scribe, 'n')} DESC, n.id"


def _conditions(scribe: Scribe, node: str, label: str) -> str:
    types = scribe.literal("types")
    nodes = scribe.model.concrete(label)
    wanted = [declared.name for declared in nodes if types is None or type_value(declared) in types]
    return f"{node}:{'|'.join(wanted)} AND {scribe.where('where', node)}" if wanted else "false"


def _around(scribe: Scribe, label: str) -> str:
    """The nodes at most `depth` links away from the roots, each with how many."""
    depth: int = scribe.literal("depth")
    types = link_types(scribe)
    text = f"MATCH (n:{ENTITY}) WHERE n.id IN {scribe.value('roots')} WITH collect(n) AS reached0"
    for step in range(1, depth + 1):
        text += f"""
        WITH *, COLLECT {{ UNWIND reached{step - 1} AS here MATCH (here)-[l:{types}]-(n:{ENTITY})
            WHERE {active(scribe, "l")} AND {_conditions(scribe, "n", ENTITY)}
            RETURN DISTINCT n LIMIT {FRONTIER} }} AS reached{step}"""
    levels = [f"UNWIND reached{step} AS n RETURN n, {step} AS hop" for step in range(depth + 1)]
    union = " UNION ALL ".join(levels)
    return f"{text} CALL (*) {{ {union} }} WITH n, min(hop) AS hop WHERE n:{label}"


def _links(scribe: Scribe, nodes: str) -> str:
    """The links between the nodes in a list."""
    found = f"UNWIND {nodes} AS a MATCH (a)-[l:{link_types(scribe)}]->(b) WHERE b IN {nodes} AND {active(scribe, 'l')}"
    return f"COLLECT {{ {found} RETURN [a.id, b.id, type(l), 1.0, l.since, l.until] }}"


def _collaborations(scribe: Scribe, nodes: str) -> str:
    """The collaborations between the organisations in a list."""
    start = f"UNWIND {nodes} AS member"
    shared = shared_things(scribe, ("a", "b"), start, lambda variable: f"{variable} IN {nodes}", nodes, years=True)
    return f"""COLLECT {{ {shared}
        WITH a, b, round(sum(weight), {DIGITS}) AS strength, min(since) AS since,
            {all_ended("until")} AS until
        RETURN [a.id, b.id, null, strength, since, until] }}"""


def _count_all(scribe: Scribe, label: str) -> str:
    """How many links there are between all nodes of a label that meet the conditions."""
    if label == ORGANISATION:
        (all_,) = scribe.names("all")
        nodes = f"COLLECT {{ MATCH (n:{label}) WHERE {_conditions(scribe, 'n', label)} RETURN n }}"
        return f"head(COLLECT {{ WITH {nodes} AS {all_} RETURN size({_collaborations(scribe, all_)}) }})"
    ends = [_conditions(scribe, end, label) for end in ("a", "b")]
    found = f"MATCH (a)-[l:{link_types(scribe)}]->(b) WHERE {' AND '.join(ends)} AND {active(scribe, 'l')}"
    return f"COUNT {{ {found} RETURN l }}"


def _place(scribe: Scribe, node: str) -> str:
    """Degrees east and north of a node: its own, or the middle of those that it is linked with."""
    near = f"MATCH ({node})-[:{every_type(scribe)}]-(near:{ENTITY}) WHERE near.location IS NOT NULL"
    amid = f"{near} WITH avg(near.location.x) AS x, avg(near.location.y) AS y WHERE x IS NOT NULL RETURN [x, y]"
    own = f"CASE WHEN {node}.location IS NOT NULL THEN [{node}.location.x, {node}.location.y] END"
    return f"coalesce({own}, head(COLLECT {{ {amid} }}))"


def placed(read: tuple[str | None, list[tuple[str, str, str, str | None, Any]], list[tuple[str, str, float]]]) -> Any:
    """The nodes, each with its degree here and its place."""
    layout, nodes, links = read
    degrees = Counter(end for source, target, _ in links for end in (source, target))
    places: list[Any] = [place for *_, place in nodes]
    if layout == "FORCE":
        places = list(force_layout([node[0] for node in nodes], links))
    return [
        [key, name, kind, degrees[key], group, *(place or (None, None))]
        for (key, name, kind, group, _), place in zip(nodes, places, strict=True)
    ]


NETWORK = Question(
    name="network",
    description="Nodes and links to draw: around some entities, by conditions, or of the whole graph. Where there are "
    "more than the limit, it keeps those nearest to the roots, of these those with the greatest strength (see "
    "metrics), then those with the most links.",
    form=Form.OBJECT,
    type=ObjectType(
        "Network",
        "Nodes and links to draw. Ids stay the same, so successive answers can be put together.",
        (
            Nested("nodes", NODE, "The most relevant nodes.", many=True, make=placed),
            Nested("links", LINK, "The links between these nodes.", many=True),
            Property("truncated", Kind.BOOLEAN, "Whether some nodes were left out.", required=True),
            Property("totalNodes", Kind.INTEGER, "How many nodes there are, those left out included.", required=True),
            Property("totalLinks", Kind.INTEGER, "How many links there are between all of these.", required=True),
        ),
    ),
    arguments=(
        Argument(
            "roots", "[ID!]", "The ids of the entities to begin from; without them, all.", low=1, high=100, of=ENTITY
        ),
        Argument("depth", "Int", "How many links away from the roots to go.", 1, 0, MAX_DEPTH, structural=True),
        Argument("where", "EntityWhere", "Only entities that meet these conditions, and the roots."),
        Argument("types", "[EntityType!]", "Only entities of these types, and the roots."),
        Argument("linkTypes", "[LinkType!]", "Only links of these types."),
        Argument("activeIn", "Int", "Only links that held in this year; an unknown start or end counts as open."),
        Argument("activeBetween", "[Int!]", "Only links that held in these years, first and last.", low=2, high=2),
        Argument("limit", "Int", "The most nodes to give.", 500, 1, MAX_NODES),
        Argument("project", "NetworkProjection", "What the nodes are.", "ENTITIES"),
        Argument("layout", "NetworkLayout", "Where to draw the nodes."),
    ),
    rows=rows,
    enums=(LAYOUT, PROJECTION),
    slow=("layout", "FORCE"),
)
