"""The plan and the Cypher of telling queries, as committed; and how explaining and the database's cost are shown."""

import httpx
import pytest
from syrupy.assertion import SnapshotAssertion

from api.compiler.cursor import encode, signature
from api.explain import Explainer
from graph.database import Database
from graph.errors import OperatorError
from graph.model import MODEL
from graph.settings import Connection
from tests.support.serving import served

EXPLAINER = Explainer(MODEL)
BY_NAME = signature("Organisation", "nameFalseFalse", "idFalseFalse")
BY_END = signature("Pact", "endYearFalseTrue", "nameFalseFalse", "idFalseFalse")

TELLING = {
    "one by id, with linked things": """{
  learningCommunity(id: "x") { id form region { name } participants(first: 2) { nodes { name } } } }""",
    "any node by id": '{ node(id: "x") { __typename id ... on Partner { kind } ... on Source { url } } }',
    "many nodes by id": '{ nodes(ids: ["x", "y"]) { id ... on Entity { name } } }',
    "a page in the order of an index": """{
  organisations(first: 100) { nodes { name topsectors(first: 2) { nodes { name } } } } }""",
    "the page after a cursor": f"""{{
  organisations(first: 20, after: "{encode(BY_NAME, ["Bouw", "x"])}") {{
    nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}""",
    "the page before a cursor with a null": f"""{{
  pacts(last: 5, before: "{encode(BY_END, [None, "Groenpact", "x"])}", orderBy: [{{endYear: DESC}}, {{name: ASC}}]) {{
    edges {{ cursor node {{ name endYear }} }} }} }}""",
    "by a year that may be unknown": """{
  learningCommunities(first: 20, orderBy: [{startYear: DESC}, {name: ASC}]) { nodes { name startYear } } }""",
    "only a count": "{ learningCommunities(where: {form: {eq: FIELDLAB}, startYear: {gte: 2020}}) { totalCount } }",
    "a count of everything": "{ entities { totalCount } }",
    "through a link to one node": """{
  learningCommunities(where: {participants: {some: {id: {eq: "x"}}}}) { totalCount nodes { name } } }""",
    "all quantifiers": """{
  educationInstitutions(where: {level: {eq: HBO}, communities: {
    link: {confidence: {eq: HIGH}}, some: {form: {eq: FIELDLAB}}, none: {endYear: {lt: 2020}},
    every: {city: {contains: "e"}}, count: {gt: 2}}}) { nodes { id } } }""",
    "logic": """{
  pacts(where: {or: [{name: {startsWith: "G"}}, {not: {startYear: {gte: 2013}}}], endYear: {eq: null}}) {
    nodes { id } } }""",
    "a hub's links by their year": """{
  learningCommunity(id: "x") { participants(first: 100, orderBy: [{link: {since: DESC}}, {id: ASC}]) {
    edges { since role sources { url } node { id name } } } } }""",
    "links of any type": """{
  entity(id: "x") { links(types: [SIGNED, FUNDS], direction: INCOMING, first: 5) {
    edges { type direction since node { __typename name } } } } }""",
    "fields that only some types have": """{
  organisations(first: 3) { nodes {
    __typename ... on EducationInstitution { location { latitude } level } ... on OOFund { sector } } } }""",
    "the same list twice": """{
  a: pacts(first: 1) { nodes { name } } b: pacts(first: 1) { nodes { name } } c: pacts(last: 1) { nodes { id } } }""",
}


@pytest.mark.parametrize("query", TELLING.values(), ids=TELLING)
def test_telling_queries(query: str, snapshot: SnapshotAssertion) -> None:
    explained = EXPLAINER.explain(query, {})
    assert f"{explained.outline()}\n\n{explained.cypher()}\n\n{explained.parameters}" == snapshot


def test_a_question_is_outlined_with_its_arguments() -> None:
    query = '{ search(text: "x", types: [PARTNER], first: 5) { edges { score node { name } } } }'
    assert EXPLAINER.explain(query, {}).outline().splitlines() == [
        "Query",
        "  search: the answers to search(text: 'x', types: ['PARTNER']), first 5 by score DESC, id",
        "    score",
        "    node: node",
        "      name",
    ]


def test_the_layout_changes_nothing_but_white_space() -> None:
    for query in TELLING.values():
        explained = EXPLAINER.explain(query, {})
        assert explained.cypher().split() == explained.text.split()


def test_variables_are_parameters_of_the_same_statement() -> None:
    query = "query A($name: String, $n: Int = 3) { pacts(first: $n, where: {name: {eq: $name}}) { nodes { id } } }"
    one, other = EXPLAINER.explain(query, {"name": "x"}), EXPLAINER.explain(query, {"name": "y", "n": 5})
    assert one.text == other.text
    assert "first $n" in one.outline()
    assert (sorted(map(str, one.parameters.values())), sorted(map(str, other.parameters.values()))) == (
        ["3", "x"],
        ["5", "y"],
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ nothing }", "query:1:3"),
        ("{ pacts {", "Syntax Error"),
        ("{ pacts(first: -1) { nodes { id } } }", "pacts(first)"),
    ],
)
def test_what_is_wrong_is_shown_with_its_place(query: str, said: str) -> None:
    with pytest.raises(OperatorError, match="Mend the query") as raised:
        EXPLAINER.explain(query, {})
    assert said in raised.value.message


def test_the_databases_cost_tells_scans_from_seeks(database: Database) -> None:
    database.write("CREATE (:Entity:Pact {id: 'a', name: 'A', kind: 'PACT', confidence: 'HIGH', sources: []})")
    seek = EXPLAINER.explain('{ pact(id: "a") { name } }', {})
    scan = EXPLAINER.explain('{ pacts(where: {description: {eq: "x"}}) { totalCount } }', {})
    expected, seeked, scanned = (
        database.cost(seek.text, seek.parameters),
        database.cost(seek.text, seek.parameters, run=True),
        database.cost(scan.text, scan.parameters, run=True),
    )
    assert expected.operators == seeked.operators
    assert (expected.hits, expected.scans, seeked.scans) == (0, (), ())
    assert seeked.hits > 0
    assert "DB Hits" in seeked.table
    assert scanned.scans == ("NodeByLabelScan",)


def test_answers_show_their_cypher_in_development_only(database: Database, connection: Connection) -> None:
    query = {"query": "query($id: ID!) { pact(id: $id) { name } }", "variables": {"id": "a"}}

    def ask(client: httpx.Client) -> list[httpx.Response]:
        return [client.post("/graphql", json=query) for _ in range(2)]

    with served(connection) as client:
        assert all(answer.json() == {"data": {"pact": None}} for answer in ask(client))
    database.write("MERGE (r:Revision {id: 'revision'}) SET r.number = 1, r.loadedAt = datetime()")
    with served(connection, show_cypher=True) as client:
        for answer in ask(client):
            shown = answer.json()["extensions"]["cypher"]
            assert shown["statement"].startswith("RETURN [head(COLLECT { MATCH (n1:Pact {id: $p0})")
            assert shown["parameters"] == {"p0": "a"}
            assert "etag" not in answer.headers
