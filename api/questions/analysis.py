"""What the last analysis of the network found: what it looked at, who its brokers are, and its groups."""

from api.questions.question import Form, Linked, Nested, ObjectType, Order, Question, Rows, Scribe
from graph.collaboration import ORGANISATION
from graph.constraints import GROUP, REVISION
from graph.modelling import Kind, Property
from graph.provenance import is_analysed

TOP = 10


def analysis_rows(scribe: Scribe) -> Rows:
    """The state of the last analysis, which the revision keeps."""
    (r,) = scribe.names("r")
    columns = {item.name: f"{r}.{item.name}" for item in LAST.fields}
    columns |= {
        "revision": f"{r}.analysedRevision",
        "analysedAt": f"toString({r}.analysedAt)",
        "isCurrent": is_analysed(r),
    }
    return Rows(f"MATCH ({r}:{REVISION} {{id: 'revision'}}) WHERE {r}.analysedAt IS NOT NULL WITH {r}", columns)


def broker_rows(scribe: Scribe) -> Rows:
    """Organisations with betweenness, in the order of its index."""
    (n,) = scribe.names("n")
    clauses = f"MATCH ({n}:{ORGANISATION}) WHERE {n}.betweenness > 0 WITH {n}"
    errors = {name: f"{n}.{name}" for name in ("betweenness", "betweennessError", "id")}
    return Rows(clauses, {"node": n, **errors})


def group_rows(scribe: Scribe) -> Rows:
    """Groups, each with its members of highest PageRank."""
    g, n = scribe.names("g", "n")
    members = (
        f"COLLECT {{ MATCH ({n}:{ORGANISATION} {{group: {g}.id}}) "
        f"WITH {n} ORDER BY {n}.pageRank DESC, {n}.id LIMIT {TOP} RETURN {n} }}"
    )
    node = {"id": f"{g}.id", "label": f"{g}.label", "size": f"{g}.size", "topOrganisations": members}
    return Rows(f"MATCH ({g}:{GROUP}) WITH {g}", {"node": node, "size": f"{g}.size", "id": f"{g}.id"})


def _count(name: str, description: str) -> Property:
    return Property(name, Kind.INTEGER, description, required=True)


LAST = ObjectType(
    "Analysis",
    "What the last analysis of the network looked at.",
    (
        _count("revision", "The revision of the graph that it is of."),
        Property("isCurrent", Kind.BOOLEAN, "Whether that is the graph's present revision.", required=True),
        Property("analysedAt", Kind.STRING, "When it was done (ISO 8601).", required=True),
        _count("organisations", "The number of organisations."),
        _count("communities", "The number of learning communities."),
        _count("contexts", "The number of learning communities, projects and pacts."),
        _count("links", "The number of participations and direct links."),
        _count("components", "The number of connected parts."),
        _count("groups", "The number of groups."),
        _count("betweennessSources", "From how many organisations betweenness was computed."),
        Property(
            "betweennessError",
            Kind.NUMBER,
            "The largest standard error of betweenness; 0 where it was computed in full.",
            required=True,
        ),
        _count("collaborations", "The number of pairs of organisations that work together."),
        _count("collaborationsKept", "How many of these, the strongest, are kept in order for a quick page."),
        Property("weakestKept", Kind.NUMBER, "The strength of the last of those; empty where none is kept."),
    ),
)
GROUP_TYPE = ObjectType(
    "Group",
    "Organisations and communities that work together more than with others.",
    (
        Property("id", Kind.ID, "Its id, until the next analysis.", required=True),
        Property("label", Kind.STRING, "The sector and region that set it apart, and its middle.", required=True),
        _count("size", "The number of its organisations and learning communities."),
        Linked("topOrganisations", ORGANISATION, f"Its {TOP} organisations of highest PageRank.", many=True),
    ),
)

ANALYSIS = Question(
    name="analysis",
    description="What the last analysis of the network looked at; null before the first.",
    form=Form.OBJECT,
    type=LAST,
    rows=analysis_rows,
)
BROKERS = Question(
    name="brokers",
    description="The organisations that most chains between others run through, those with the highest "
    "betweenness first.",
    form=Form.CONNECTION,
    type=ObjectType(
        "Broker",
        "An organisation between others.",
        (
            Linked("node", ORGANISATION, "The organisation."),
            Property("betweenness", Kind.NUMBER, "Its betweenness, as in its metrics.", required=True),
            Property("betweennessError", Kind.NUMBER, "The standard error of that.", required=True),
        ),
    ),
    order=(Order("betweenness", descending=True, kind=Kind.NUMBER), Order("id")),
    rows=broker_rows,
)
GROUPS = Question(
    name="groups",
    description="The groups that the last analysis found, the largest first. All that is in one: "
    "where: {metrics: {group: {eq: ...}}}.",
    form=Form.CONNECTION,
    type=ObjectType("Group", "A group.", (Nested("node", GROUP_TYPE, "The group."),)),
    order=(Order("size", descending=True, kind=Kind.INTEGER), Order("id")),
    rows=group_rows,
)
