"""Suggestions: with whom an organisation could work next, and why.

Link prediction by resource allocation (Zhou, Lü and Zhang, Eur. Phys. J. B 71, 2009) on who works with whom, with
what region and sectors have in common beside it: the best of the methods that `bench/suggestions.py` compares.
"""

from api.questions.question import Argument, Form, Linked, ObjectType, Question, Rows, Scribe
from graph.collaboration import COMMUNITY, CONTEXTS, DIRECT, ORGANISATION, participations
from graph.modelling import Kind, Property

SAME_REGION = 0.3
SAME_SECTORS = 0.3
"""What a region in common, and all sectors in common, add to a score of at most 1 for partners in common."""

LARGEST = 500
"""A context with more participants says nothing of any two of them, and is passed over."""

BETWEEN = 200
CANDIDATES = 200
"""How many partners are looked through, those with the fewest partners first, and how many are compared then."""

FEW = 10
NEIGHBOURS = 50
"""Who has fewer partners than FEW is also compared with as many of its region, those with the most partners first."""

NAMED = 3
MAX_FIRST = 100


def rows(scribe: Scribe) -> Rows:
    """The best candidates, and why they are."""
    me, v, score, between, sectors, regions, count, z = scribe.names(
        "me", "v", "score", "between", "sectors", "regions", "count", "z"
    )
    takes_part = "|".join(participations(scribe.model))
    small = f"COUNT {{ (c)<-[:PARTICIPATES_IN]-() }} <= {LARGEST}"
    clauses = f"""
    MATCH ({me}:{scribe.model.root(ORGANISATION)} {{id: {scribe.value("for")}}})
    WITH {me},
        COLLECT {{ CALL ({me}) {{ {_partners(takes_part, me, "z")} }} RETURN z }} AS everyone,
        COLLECT {{
            CALL ({me}) {{ {_partners(takes_part, me, "z", small)} }} RETURN z ORDER BY z.degree, z.id LIMIT {BETWEEN}
        }} AS near
    CALL ({me}, everyone, near) {{
        UNWIND near AS z
        CALL (z) {{ {_partners(takes_part, "z", "v", small)} }}
        RETURN v, z, 1.0 / CASE WHEN z.degree > 1 THEN z.degree ELSE 2 END AS weight, 0 AS known
        UNION ALL
        UNWIND [{me}] + everyone AS v
        RETURN v, null AS z, 0.0 AS weight, 1 AS known
        UNION ALL
        UNWIND CASE WHEN size(everyone) < {FEW} THEN [{me}] ELSE [] END AS one
        MATCH (one)-[:LOCATED_IN]->(:Region)<-[:LOCATED_IN]-(v:{ORGANISATION})
        WITH DISTINCT v ORDER BY coalesce(v.degree, 0) DESC, v.id LIMIT {NEIGHBOURS}
        RETURN v, null AS z, 0.0 AS weight, 0 AS known
    }}
    WITH {me}, v, collect(z) AS {between}, sum(weight) AS weight, max(known) AS known
    WITH * ORDER BY known, weight DESC, v.id LIMIT {CANDIDATES}
    WITH * WHERE known = 0
    WITH {me}, {_served(takes_part, me)} AS mine, collect([v, {between}, weight]) AS found, max(weight) AS most
    UNWIND found AS each
    WITH {me}, mine, most, each[0] AS {v}, each[1] AS {between}, each[2] AS weight
    WITH *, {_served(takes_part, v)} AS theirs, COLLECT {{
        MATCH ({me})-[:LOCATED_IN]->(r:Region)<-[:LOCATED_IN]-({v}) RETURN DISTINCT r.name AS name ORDER BY name
    }} AS {regions}
    WITH *, [t IN theirs WHERE t IN mine] AS {sectors}
    WITH {me}, {v}, {between}, {regions}, {sectors}, round(
        CASE WHEN most > 0 THEN weight / most ELSE 0 END
        + CASE WHEN {regions} = [] THEN 0 ELSE {SAME_REGION} END
        + CASE WHEN {sectors} = [] THEN 0
          ELSE {SAME_SECTORS} * size({sectors}) / (size(mine) + size(theirs) - size({sectors})) END, 6) AS {score}
    ORDER BY {score} DESC, {v}.id LIMIT {scribe.value("first")}
    WITH *, size({between}) AS {count},
        COLLECT {{ UNWIND {between} AS z WITH z ORDER BY z.degree, z.id LIMIT {NAMED} RETURN z }} AS near
    WITH {me}, {v}, {score}, {sectors}, {regions}, {count}, near AS {between}
    """
    named = f"{z}.name + ': ' + {_shared(takes_part, me, z)} + ', and ' + {_shared(takes_part, z, v)}"
    reasons = f"""
        CASE WHEN {count} = 0 THEN [] ELSE [toString({count}) + ' partner' +
            CASE {count} WHEN 1 THEN '' ELSE 's' END + ' in common'] END
        + [{z} IN {between} | 'Both work with ' + {named}]
        + [{z} IN {sectors} | 'Both work for ' + {z}] + [{z} IN {regions} | 'Both in ' + {z}]"""
    return Rows(clauses, {"organisation": v, "score": score, "reasons": reasons, "through": between})


def _partners(takes_part: str, one: str, other: str, condition: str = "true") -> str:
    """The clauses that find everyone that an organisation works with, each once."""
    return f"""
        MATCH ({one})-[:{takes_part}]-(c:{"|".join(CONTEXTS)}) WHERE {condition} WITH DISTINCT {one}, c
        MATCH (c)-[:{takes_part}]-({other}:{ORGANISATION}) WHERE {other} <> {one} RETURN {other}
        UNION
        MATCH ({one})-[:{"|".join(DIRECT)}]-({other}:{ORGANISATION}) WHERE {other} <> {one} RETURN {other}"""


def _served(takes_part: str, one: str) -> str:
    """The names of the topsectors of an organisation and of its communities."""
    return f"""COLLECT {{
        MATCH ({one})-[:SERVES_SECTOR]->(t:Topsector) RETURN t.name AS name
        UNION MATCH ({one})-[:{takes_part}]-(:{COMMUNITY})-[:SERVES_SECTOR]->(t:Topsector) RETURN t.name AS name }}"""


def _shared(takes_part: str, one: str, other: str) -> str:
    """In what two organisations meet: the first by name, or directly."""
    context = f"(c:{'|'.join(CONTEXTS)})"
    return f"""coalesce('in ' + head(COLLECT {{
        MATCH ({one})-[:{takes_part}]-{context}-[:{takes_part}]-({other}) RETURN min(c.name) }}), 'directly')"""


SUGGESTION = ObjectType(
    "Suggestion",
    "An organisation to work with.",
    (
        Linked("organisation", ORGANISATION, "The organisation, with which it does not work yet."),
        Property(
            "score",
            Kind.NUMBER,
            "How well it fits: up to 1 for partners in common, and more for the same region and topsectors.",
            required=True,
        ),
        Property("reasons", Kind.STRING, "Why, in facts of the graph.", many=True, required=True),
        Linked("through", ORGANISATION, f"At most {NAMED} partners in common, with the fewest others.", many=True),
    ),
)
SUGGESTIONS = Question(
    name="suggestions",
    description="With whom an organisation could work next, the best first; never with whom it works already.",
    form=Form.LIST,
    type=SUGGESTION,
    arguments=(
        Argument("for", "ID!", "The organisation's id.", of=ORGANISATION),
        Argument("first", "Int", "How many to give.", default=10, low=1, high=MAX_FIRST),
    ),
    rows=rows,
)
