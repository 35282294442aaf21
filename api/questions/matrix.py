"""Who works together across sectors, regions, levels and forms: strengths summed between groups of organisations."""

from api.questions.collaboration import FILTERS, VIA, active, contexts, serving, with_direct
from api.questions.question import Argument, Form, Nested, ObjectType, Question, Rows, Scribe
from graph.collaboration import DIGITS, DIRECT, ORGANISATION, grouped_by, participations
from graph.modelling import EnumType, Kind, Property
from graph.provenance import COLLABORATION_MATRIX, REVISION, is_analysed

BY = EnumType(
    "CollaborationGrouping",
    "How organisations are put in groups; one may be in several, or in none.",
    {
        "TOPSECTOR": "By the topsectors that they work for.",
        "REGION": "By the region in which they lie.",
        "LEVEL": "By the level at which they teach.",
        "FORM": "By the forms of the learning communities in which they take part.",
    },
)
CONDITIONS = tuple(item for item in FILTERS if item.name != "minStrength")
GROUP = ObjectType(
    "CollaborationGroup",
    "A group of organisations.",
    (
        Property("id", Kind.ID, "The id of the topsector or region, or the level or form.", required=True),
        Property("name", Kind.STRING, "Its name.", required=True),
    ),
)


def rows(scribe: Scribe) -> Rows:
    """Without conditions from what the last analysis kept, as long as it is of the present graph."""
    names = scribe.names("first", "second", "strength", "shared")
    first, second, strength, shared = names
    variables = ", ".join(names)
    found = _from_graph(scribe, *names)
    if not any(scribe.has(item.name) for item in CONDITIONS):
        found = _from_kept(scribe, *names, otherwise=found)
    clauses = f"""{found}
    ORDER BY {strength} DESC, {first}[0], {second}[0]
    WITH {variables}
    """
    sides = {name: {"id": f"{group}[0]", "name": f"{group}[1]"} for name, group in (("row", first), ("column", second))}
    return Rows(clauses, {**sides, "strength": strength, "sharedCount": shared})


def _from_kept(scribe: Scribe, first: str, second: str, strength: str, shared: str, *, otherwise: str) -> str:
    """What the analysis of the present graph kept, or `otherwise`."""
    variables = ", ".join((first, second, strength, shared))
    (kept,) = scribe.names("kept")
    return f"""
    CALL () {{
        OPTIONAL MATCH (r:{REVISION} {{id: 'revision'}}) WHERE {is_analysed("r")}
        OPTIONAL MATCH ({kept}:{COLLABORATION_MATRIX} {{by: '{scribe.literal("by")}'}}) WHERE r IS NOT NULL
        CALL ({kept}) {{
            WITH {kept}.rows AS rows, {kept}.rowNames AS rowNames, {kept}.columns AS columns,
                {kept}.columnNames AS columnNames, {kept}.strengths AS strengths, {kept}.shared AS counts
            UNWIND CASE WHEN rows IS NULL THEN [] ELSE range(0, size(rows) - 1) END AS i
            RETURN [rows[i], rowNames[i]] AS {first}, [columns[i], columnNames[i]] AS {second},
                strengths[i] AS {strength}, counts[i] AS {shared}
            UNION ALL
            UNWIND CASE WHEN {kept} IS NULL THEN [true] ELSE [] END AS once
            CALL () {{ {otherwise} RETURN {variables} }}
            RETURN {variables}
        }}
        RETURN {variables}
    }}
    WITH {variables}"""


def _from_graph(scribe: Scribe, first: str, second: str, strength: str, shared: str) -> str:
    """Each thing shared counts for every pair of groups at once, so that no pair of organisations is ever made."""
    types = "|".join(participations(scribe.model))
    grouping = grouped_by(scribe.model, scribe.literal("by"), "o")
    direct = [active(scribe, "l"), "a.id < b.id", *serving(scribe, "a"), *serving(scribe, "b")]
    return f"""
    CALL () {{
        MATCH (context) WHERE {contexts(scribe, "context")}
        RETURN COLLECT {{ MATCH (context)-[l:{types}]-(o:{ORGANISATION}) WHERE {active(scribe, "l")}
            RETURN DISTINCT o }} AS members
        UNION ALL
        MATCH (a:{ORGANISATION})-[l:{"|".join(DIRECT)}]-(b:{ORGANISATION})
        WHERE {" AND ".join(direct) if with_direct(scribe) else "false"}
        RETURN [a, b] AS members
    }}
    WITH members, size(members) AS n WHERE n > 1
    WITH n, [o IN members | COLLECT {{ {grouping} }}] AS groups
    WITH n, groups, COLLECT {{ UNWIND groups AS own UNWIND own AS g WITH g, count(*) AS c RETURN [g, c] }} AS counts
    UNWIND counts AS x
    UNWIND counts AS y
    WITH n, groups, x, y WHERE x[0][0] <= y[0][0]
    WITH n, x[0] AS {first}, y[0] AS {second},
        CASE WHEN x = y THEN x[1] * (x[1] - 1) / 2.0
        ELSE x[1] * y[1] - size([own IN groups WHERE x[0] IN own AND y[0] IN own]) END AS pairs
    WHERE pairs > 0
    WITH {first}, {second}, round(sum(1.0 * pairs / (n - 1)), {DIGITS}) AS {strength}, count(*) AS {shared}"""


MATRIX = Question(
    name="collaborationMatrix",
    description="How strongly groups of organisations work together, each pair of groups once (and each group with "
    "itself), the strongest first. Pairs of groups that share nothing are left out.",
    form=Form.LIST,
    type=ObjectType(
        "CollaborationCell",
        "Two groups of organisations that work together.",
        (
            Nested("row", GROUP, "The group whose id comes first in the alphabet."),
            Nested("column", GROUP, "The other, or the same."),
            Property(
                "strength",
                Kind.NUMBER,
                "The strengths of the collaborations between an organisation of the one and one of the other, summed.",
                required=True,
            ),
            Property("sharedCount", Kind.INTEGER, "How many things are shared between them.", required=True),
        ),
    ),
    arguments=(
        Argument("by", "CollaborationGrouping!", "What makes a group."),
        *CONDITIONS,
    ),
    rows=rows,
    enums=(BY, VIA),
)
