"""The questions the bench asks, in this API's GraphQL and in the reference's, with one form for both answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.database import Database

PAGE = 20
DEEP_PAGE = 500
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Subjects:
    """The nodes that the questions are about, chosen from the graph that is measured."""

    community: str
    hub: str
    organisation: str
    organisations: int
    skipped: int
    """How many organisations stand before the deep page."""

    forwards: str
    """This API's cursor of the last organisation before the deep page."""

    backwards: str
    """The same, counted from the end."""


@dataclass(frozen=True)
class Question:
    """One question to both APIs. `rows` and `their_rows` bring each answer to the same plain lists.

    What `indexed` questions take should not grow with the graph.
    """

    name: str
    ours: str
    theirs: str
    rows: Callable[[Data], Any]
    their_rows: Callable[[Data], Any]
    ours_given: Callable[[Subjects], dict[str, Any]] = field(default=lambda _: {})
    theirs_given: Callable[[Subjects], dict[str, Any]] = field(default=lambda _: {})
    indexed: bool = False


def _names(items: list[Data]) -> list[str]:
    return [item["name"] for item in items]


BY_NAME = "sort: [{name: ASC}, {id: ASC}]"

QUESTIONS = (
    Question(
        "one by id",
        """query($id: ID!) { learningCommunity(id: $id) { id name form
  participants(first: 2) { nodes { name } }
  topsectors(first: 2) { nodes { name } } } }""",
        f"""query($id: ID!) {{ learningCommunities(where: {{id: {{eq: $id}}}}) {{ id name form
  participants(limit: 2, {BY_NAME}) {{ name }}
  topsectors(limit: 2, {BY_NAME}) {{ name }} }} }}""",
        lambda data: [
            (
                one["id"],
                one["name"],
                one["form"],
                _names(one["participants"]["nodes"]),
                _names(one["topsectors"]["nodes"]),
            )
            for one in [data["learningCommunity"]]
        ],
        lambda data: [
            (one["id"], one["name"], one["form"], _names(one["participants"]), _names(one["topsectors"]))
            for one in data["learningCommunities"]
        ],
        lambda subjects: {"id": subjects.community},
        lambda subjects: {"id": subjects.community},
        indexed=True,
    ),
    Question(
        "page of 100 by name",
        """{ organisations(first: 100) { nodes { id name
  topsectors(first: 2) { nodes { name } }
  communities(first: 2) { nodes { name } } } } }""",
        f"""{{ organisations(limit: 100, {BY_NAME}) {{ id name
  topsectors(limit: 2, {BY_NAME}) {{ name }}
  communities(limit: 2, {BY_NAME}) {{ name }} }} }}""",
        lambda data: [
            (one["id"], one["name"], _names(one["topsectors"]["nodes"]), _names(one["communities"]["nodes"]))
            for one in data["organisations"]["nodes"]
        ],
        lambda data: [
            (one["id"], one["name"], _names(one["topsectors"]), _names(one["communities"]))
            for one in data["organisations"]
        ],
        indexed=True,
    ),
    Question(
        "three levels",
        """{ topsectors(first: 9) { nodes { name
  communities(first: 10) { nodes { name
    participants(first: 5) { nodes { name } } } } } } }""",
        f"""{{ topsectors(limit: 9, {BY_NAME}) {{ name
  communities(limit: 10, {BY_NAME}) {{ name
    participants(limit: 5, {BY_NAME}) {{ name }} }} }} }}""",
        lambda data: [
            (one["name"], [(two["name"], _names(two["participants"]["nodes"])) for two in one["communities"]["nodes"]])
            for one in data["topsectors"]["nodes"]
        ],
        lambda data: [
            (one["name"], [(two["name"], _names(two["participants"])) for two in one["communities"]])
            for one in data["topsectors"]
        ],
    ),
    Question(
        "filter through a link",
        """query($id: ID!) { learningCommunities(first: 50, where: {participants: {some: {id: {eq: $id}}}}) {
  nodes { id name form } } }""",
        f"""query($id: ID!) {{ learningCommunities(limit: 50, {BY_NAME},
  where: {{participants: {{some: {{id: {{eq: $id}}}}}}}}) {{ id name form }} }}""",
        lambda data: [tuple(one.values()) for one in data["learningCommunities"]["nodes"]],
        lambda data: [tuple(one.values()) for one in data["learningCommunities"]],
        lambda subjects: {"id": subjects.organisation},
        lambda subjects: {"id": subjects.organisation},
    ),
    Question(
        "deep page forwards",
        f"""query($after: String!) {{ organisations(first: {PAGE}, after: $after) {{ nodes {{ id name }} }} }}""",
        f"""query($offset: Int!) {{ organisations(limit: {PAGE}, offset: $offset, {BY_NAME}) {{ id name }} }}""",
        lambda data: [tuple(one.values()) for one in data["organisations"]["nodes"]],
        lambda data: [tuple(one.values()) for one in data["organisations"]],
        lambda subjects: {"after": subjects.forwards},
        lambda subjects: {"offset": subjects.skipped},
        indexed=True,
    ),
    Question(
        "deep page backwards",
        f"""query($before: String!) {{ organisations(last: {PAGE}, before: $before) {{ nodes {{ id name }} }} }}""",
        f"""query($offset: Int!) {{ organisations(limit: {PAGE}, offset: $offset,
  sort: [{{name: DESC}}, {{id: DESC}}]) {{ id name }} }}""",
        lambda data: [tuple(one.values()) for one in data["organisations"]["nodes"]],
        lambda data: [tuple(one.values()) for one in reversed(data["organisations"])],
        lambda subjects: {"before": subjects.backwards},
        lambda subjects: {"offset": subjects.skipped},
        indexed=True,
    ),
    Question(
        "count with filter",
        """{ learningCommunities(where: {form: {eq: FIELDLAB}, startYear: {gte: 2020}}) { totalCount } }""",
        """{ learningCommunitiesConnection(where: {form: {eq: "FIELDLAB"}, startYear: {gte: 2020}}) {
  aggregate { count { nodes } } } }""",
        lambda data: data["learningCommunities"]["totalCount"],
        lambda data: data["learningCommunitiesConnection"]["aggregate"]["count"]["nodes"],
    ),
    Question(
        "a hub's links by since",
        """query($id: ID!) { learningCommunity(id: $id) {
  participants(first: 100, orderBy: [{link: {since: DESC}}, {id: ASC}]) { edges { since node { id name } } } } }""",
        """query($id: ID!) { learningCommunities(where: {id: {eq: $id}}) {
  participantsConnection(first: 100, sort: [{edge: {since: DESC}}, {node: {id: ASC}}]) {
    edges { properties { since } node { id name } } } } }""",
        lambda data: [
            (edge["since"], *edge["node"].values()) for edge in data["learningCommunity"]["participants"]["edges"]
        ],
        lambda data: [
            (edge["properties"]["since"], *edge["node"].values())
            for one in data["learningCommunities"]
            for edge in one["participantsConnection"]["edges"]
        ],
        lambda subjects: {"id": subjects.hub},
        lambda subjects: {"id": subjects.hub},
    ),
)

WALK = "query($size: Int!, $after: String) { organisations(first: $size, after: $after) { pageInfo { endCursor } } }"
WALK_BACK = (
    "query($size: Int!, $before: String) { organisations(last: $size, before: $before) { pageInfo { startCursor } } }"
)


def choose(database: Database, ask: Callable[[str, dict[str, Any]], Data]) -> Subjects:
    """The nodes to ask about; `ask` asks this API, which alone can make cursors."""
    communities = database.read(
        "MATCH (c:LearningCommunity) RETURN c.id AS id, COUNT { (c)<-[:PARTICIPATES_IN]-() } AS links "
        "ORDER BY links DESC, id"
    )
    members = database.read(
        "MATCH (o:Organisation) RETURN o.id AS id, COUNT { (o)-[:PARTICIPATES_IN]->(:LearningCommunity) } AS links "
        "ORDER BY links DESC, id LIMIT 5"
    )
    (counted,) = database.read("MATCH (o:Organisation) RETURN count(o) AS count")
    count: int = counted["count"]
    # A small graph has no page 500: its last but one is as deep as it goes.
    skipped = min((DEEP_PAGE - 1) * PAGE, count - 2 * PAGE)
    # An ordinary community, as most of those people look up.
    ordinary = next(row["id"] for row in communities if row["links"] <= 12)
    return Subjects(
        ordinary,
        communities[0]["id"],
        members[-1]["id"],
        count,
        skipped,
        _walk(ask, WALK, "after", "endCursor", skipped),
        _walk(ask, WALK_BACK, "before", "startCursor", skipped),
    )


def _walk(ask: Callable[[str, dict[str, Any]], Data], query: str, argument: str, mark: str, steps: int) -> str:
    """The cursor so many organisations from the start or the end."""
    cursor: str | None = None
    while steps:
        size = min(steps, 1000)
        cursor = ask(query, {"size": size, argument: cursor})["organisations"]["pageInfo"][mark]
        steps -= size
    assert cursor is not None
    return cursor
