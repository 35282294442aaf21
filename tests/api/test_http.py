"""GraphQL over HTTP, as a real server answers it."""

from typing import Any

import httpx
import pytest

from graph.database import Database
from graph.settings import Connection
from tests.support.serving import served

pytestmark = pytest.mark.usefixtures("real_graph")

ONE = '{ pact(id: "pact-groenpact") { name } }'
ANSWER = {"data": {"pact": {"name": "Groenpact"}}}


def ask(client: httpx.Client, query: str, **more: Any) -> httpx.Response:
    return client.post("/graphql", json={"query": query, **more})


def test_post_and_get_answer_alike(client: httpx.Client) -> None:
    assert ask(client, ONE).json() == ANSWER
    assert client.get("/graphql", params={"query": ONE}).json() == ANSWER
    named = {"query": "query A($id: ID!) { pact(id: $id) { name } } query B { __typename }"}
    variables = '{"id": "pact-groenpact"}'
    assert client.get("/graphql", params={**named, "operationName": "A", "variables": variables}).json() == ANSWER


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED", "nothing"),
        ("{ partners(first: -1) { totalCount nodes { id } } }", "BAD_USER_INPUT", "partners(first)"),
        ("{ partners(first: 100000) { nodes { id } } }", "BAD_USER_INPUT", "between 0 and 1000"),
        ('{ partners(after: "x") { nodes { id } } }', "BAD_USER_INPUT", "partners(after)"),
        ("{ partners(first: 1, last: 1) { nodes { id } } }", "BAD_USER_INPUT", "both first and last"),
        ("{ pacts(where: {kind: {eq: NONE}}) { totalCount } }", "GRAPHQL_VALIDATION_FAILED", "NONE"),
        ("{ pacts {", "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE", "operationName"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(client: httpx.Client, query: str, code: str, said: str) -> None:
    for _ in range(2):  # the second time the document is known
        response = ask(client, query)
        assert response.status_code == 200
        body = response.json()
        assert "data" not in body
        (error,) = body["errors"]
        assert error["extensions"] == {"code": code}
        assert said in error["message"]


def test_a_cursor_of_another_order_is_refused(client: httpx.Client) -> None:
    cursor = ask(client, "{ partners(first: 1) { pageInfo { endCursor } } }").json()["data"]["partners"]["pageInfo"][
        "endCursor"
    ]
    response = ask(
        client,
        "query($after: String) { partners(after: $after, orderBy: [{shortName: ASC}]) { nodes { id } } }",
        variables={"after": cursor},
    )
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "another list or order" in error["message"]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b'{"query"', "application/json", "not valid JSON"),
        (b"[]", "application/json", "one JSON object"),
        (b"{}", "application/json", "no query"),
        (b'{"query": "{ __typename }", "variables": []}', "application/json", "variables"),
        (b'{"query": "{ __typename }", "operationName": 1}', "application/json", "operationName"),
        (b"{ __typename }", "text/plain", "application/json"),
        (b'{"query": "' + b" " * 1_000_001 + b'"}', "application/json", "larger than"),
    ],
)
def test_a_request_that_is_none_is_refused(client: httpx.Client, content: bytes, kind: str, said: str) -> None:
    response = client.post("/graphql", content=content, headers={"content-type": kind})
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert said in error["message"]


def test_the_newer_media_type_has_a_status_for_refusals(client: httpx.Client) -> None:
    accepted = {"accept": "application/graphql-response+json"}
    response = client.post("/graphql", json={"query": "{ nothing }"}, headers=accepted)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/graphql-response+json"
    assert client.post("/graphql", json={"query": ONE}, headers=accepted).json() == ANSWER


def test_browsers_get_graphiql_and_a_start_page(client: httpx.Client) -> None:
    assert "GraphiQL" in client.get("/graphql", headers={"accept": "text/html"}).text
    assert "partnergraph" in client.get("/").text
    assert client.get("/web/graphiql/graphiql.min.js").status_code == 200
    assert client.get("/docs").status_code == 200
    assert "type Query" in client.get("/schema.graphql").text


def test_pages_elsewhere_may_ask(client: httpx.Client) -> None:
    response = client.post("/graphql", json={"query": ONE}, headers={"origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-expose-headers"] == "ETag"
    before = {"origin": "https://example.org", "access-control-request-method": "POST"}
    allowed = client.options("/graphql", headers={**before, "access-control-request-headers": "content-type"})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-headers"] == "content-type"
    assert client.options("/graphql").status_code == 405


def test_health(client: httpx.Client, real_graph: Database) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_not_ready_without_a_database() -> None:
    with served(Connection("bolt://127.0.0.1:9", "neo4j", "none"), query_timeout=1) as client:
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "database" in response.json()["reason"]
        refused = ask(client, ONE)
        assert refused.status_code == 503
        assert refused.json()["errors"][0]["extensions"] == {"code": "DATABASE_UNAVAILABLE"}
