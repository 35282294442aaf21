"""What began and ended when: links by year."""

from api.questions.links import link_types
from api.questions.question import Argument, Form, Linked, ObjectType, Question, Rows, Scribe
from graph.modelling import Kind, Property

ENTITY = "Entity"
MOST_NAMED = 100


def rows(scribe: Scribe) -> Rows:
    """A row for each year from the first start to the last start or end."""
    year, counts, x, begun, ended = scribe.names("year", "counts", "x", "begun", "ended")
    types = link_types(scribe)
    one = f"(n:{ENTITY} {{id: {scribe.value('of')}}})-[l:{types}]-(o:{ENTITY})" if scribe.has("of") else None
    matched = f"MATCH {one or f'(n:{ENTITY})-[l:{types}]->(o:{ENTITY})'}"
    clauses = f"""
    WITH COLLECT {{ {matched} WITH l.since AS since, l.until AS until, count(*) AS n
        WHERE since IS NOT NULL OR until IS NOT NULL RETURN [since, until, n] }} AS {counts}
    UNWIND COLLECT {{ UNWIND {counts} AS c UNWIND c[..2] AS y WITH y WHERE y IS NOT NULL
        WITH min(y) AS first, max(y) AS last UNWIND range(first, last) AS y RETURN y }} AS {year}
    WITH {year}, {counts},
        reduce(sum = 0, c IN {counts} | sum + CASE WHEN c[0] = {year} THEN c[2] ELSE 0 END) AS {begun},
        reduce(sum = 0, c IN {counts} | sum + CASE WHEN c[1] = {year} THEN c[2] ELSE 0 END) AS {ended}
    ORDER BY {year}
    WITH {year}, {counts}, {begun}, {ended}
    """
    lasting = f"CASE WHEN {x}[0] <= {year} AND coalesce({x}[1], {year}) >= {year} THEN {x}[2] ELSE 0 END"
    named = (
        f"COLLECT {{ {matched} WHERE l.%s = {year} WITH DISTINCT o ORDER BY o.name, o.id LIMIT {MOST_NAMED} RETURN o }}"
    )
    return Rows(
        clauses,
        {
            "year": year,
            "started": begun,
            "ended": ended,
            "active": f"reduce(sum = 0, {x} IN {counts} | sum + {lasting})",
            "startedWith": named % "since",
            "endedWith": named % "until",
        },
    )


TIMELINE = Question(
    name="timeline",
    description="How many links began, ended and held in each year: those of one entity, or of the whole graph. "
    "Links whose years are not known are left out.",
    form=Form.LIST,
    type=ObjectType(
        "TimelineYear",
        "What happened in a year.",
        (
            Property("year", Kind.YEAR, "The year.", required=True),
            Property("started", Kind.INTEGER, "How many links began in it.", required=True),
            Property("ended", Kind.INTEGER, "How many links ended in it.", required=True),
            Property(
                "active",
                Kind.INTEGER,
                "How many links with a known start held in it, open ends included.",
                required=True,
            ),
            Linked("startedWith", ENTITY, f"What the links that began lead to, at most {MOST_NAMED}.", many=True),
            Linked("endedWith", ENTITY, f"What the links that ended lead to, at most {MOST_NAMED}.", many=True),
        ),
    ),
    arguments=(
        Argument("of", "ID", "The id of an entity; without it, of the whole graph.", of=ENTITY),
        Argument("linkTypes", "[LinkType!]", "Only links of these types."),
    ),
    rows=rows,
)
