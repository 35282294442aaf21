"""The whole graph in numbers."""

from api.questions.links import LINK_TYPE
from api.questions.network import ENTITY_TYPE
from api.questions.question import Each, Form, Nested, ObjectType, Question, Rows, Scribe
from graph.model import CONFIDENCE
from graph.modelling import Kind, Property, type_value

ENTITY = "Entity"


def rows(scribe: Scribe) -> Rows:
    """One row; the counts of whole types come from the database's own count store."""
    t, k, c = scribe.names("t", "k", "c")
    types = ", ".join(f"['{type_value(node)}', COUNT {{ (:{node.name}) }}]" for node in scribe.model.concrete(ENTITY))
    links = ", ".join(f"['{link.name}', COUNT {{ ()-[:{link.name}]->() }}]" for link in scribe.model.links)
    sure = ", ".join(
        f"['{value}', COUNT {{ MATCH (n:{ENTITY}) WHERE n.confidence = '{value}' }}]" for value in CONFIDENCE.values
    )
    return Rows(
        "WITH 1 AS one",
        {
            "entities": f"COUNT {{ (:{ENTITY}) }}",
            "links": f"reduce(sum = 0, {k} IN [{links}] | sum + {k}[1])",
            "sources": "COUNT { (:Source) }",
            "byType": Each(f"[{types}]", t, {"type": f"{t}[0]", "count": f"{t}[1]"}),
            "byLinkType": Each(f"[{links}]", k, {"type": f"{k}[0]", "count": f"{k}[1]"}),
            "byConfidence": Each(f"[{sure}]", c, {"confidence": f"{c}[0]", "count": f"{c}[1]"}),
        },
    )


def counts(name: str, type_name: str, of: str, each: Property) -> Nested:
    """The counts of what falls under each value of an enum."""
    count = Property("count", Kind.INTEGER, "How many there are.", required=True)
    shape = ObjectType(type_name, f"How many {of} there are of one kind.", (each, count))
    return Nested(name, shape, f"{of.capitalize()} by {each.name}.", many=True)


STATISTICS = Question(
    name="statistics",
    description="The whole graph in numbers.",
    form=Form.OBJECT,
    type=ObjectType(
        "Statistics",
        "The whole graph in numbers.",
        (
            Property("entities", Kind.INTEGER, "How many entities there are.", required=True),
            Property("links", Kind.INTEGER, "How many links there are.", required=True),
            Property("sources", Kind.INTEGER, "How many sources there are.", required=True),
            counts(
                "byType",
                "TypeCount",
                "entities",
                Property("type", Kind.ENUM, "The type.", enum=ENTITY_TYPE, required=True),
            ),
            counts(
                "byLinkType",
                "LinkTypeCount",
                "links",
                Property("type", Kind.ENUM, "The type.", enum=LINK_TYPE, required=True),
            ),
            counts(
                "byConfidence",
                "ConfidenceCount",
                "entities",
                Property("confidence", Kind.ENUM, "How sure the graph is.", enum=CONFIDENCE, required=True),
            ),
        ),
    ),
    rows=rows,
)
