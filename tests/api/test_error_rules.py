"""Values in the graph that break their types: nulls, paths and partial data as graphql-core's own executor has them."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from graphql import GraphQLError

from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from tests.support.graphs import Graph, Link, Node, write_graph
from tests.support.interpreter import Interpreter
from tests.support.serving import Asker, served

FACT: Mapping[str, Any] = {"confidence": "HIGH", "sources": ["source"]}


def broken_graph() -> Graph:
    """A sector with four communities: one in order, one without a name, two with wrong values."""
    sector = Node("Topsector", {**FACT, "id": "sector", "name": "Sector"})
    communities = [
        Node("LearningCommunity", {**FACT, "id": f"c{number}", "form": "FIELDLAB", **values})
        for number, values in enumerate(
            (
                {"name": "In order", "startYear": 2020},
                {"startYear": 2021},
                {"name": "No such form", "form": "NOWHERE"},
                {"name": "No such year", "startYear": "soon", "endYear": 2**40},
            )
        )
    ]
    source = Node("Source", {"id": "source", "title": "Without an address"})
    links = [Link("SERVES_SECTOR", one, sector, {**FACT, "since": 2019}) for one in communities]
    links[1] = Link("SERVES_SECTOR", communities[1], sector, {**FACT, "confidence": "SURE", "since": "then"})
    return Graph(MODEL, {node.id: node for node in (sector, *communities, source)}, tuple(links))


@pytest.fixture(scope="module")
def graph(module_database: Database) -> Graph:
    graph = broken_graph()
    write_graph(module_database, graph)
    return graph


@pytest.fixture(scope="module")
def interpreter(asker: Asker, graph: Graph) -> Interpreter:
    return Interpreter(asker.service.schema, graph)


BY_ID = "communities(orderBy: [{id: ASC}])"
RULES = {
    "a field that may be null is null": '{ learningCommunity(id: "c3") { id startYear name } }',
    "each such field has an error": '{ a: learningCommunity(id: "c3") { b: startYear c: endYear id } }',
    "else its object is null": '{ learningCommunity(id: "c1") { id name } }',
    "other objects stay": '{ a: learningCommunity(id: "c0") { name } b: learningCommunity(id: "c1") { name } }',
    "not asked, not wrong": '{ learningCommunity(id: "c1") { id name @skip(if: true) } }',
    "an item that may be null is null": '{ nodes(ids: ["c0", "c1", "c2"]) { id ... on Entity { name } } }',
    "else the whole list, and what must have it": f'{{ topsector(id: "sector") {{ {BY_ID} {{ nodes {{ name }} }} }} }}',
    "up to the first that may be null": (
        f'{{ topsector(id: "sector") {{ id {BY_ID} {{ edges {{ node {{ form }} }} totalCount }} }} revision }}'
    ),
    "an edge's own value": f'{{ topsector(id: "sector") {{ {BY_ID} {{ edges {{ since node {{ id }} }} }} }} }}',
    "an edge's own enum": f'{{ topsector(id: "sector") {{ {BY_ID} {{ edges {{ confidence }} }} }} }}',
    "all the way up": "{ learningCommunities(orderBy: [{id: ASC}]) { nodes { id form } } }",
    "with everything beside it": '{ learningCommunities { nodes { form } } topsector(id: "sector") { name } }',
    "in a fragment": (
        '{ node(id: "c2") { ...C } } fragment C on Entity { id ... on LearningCommunity { f: form } sources { url } }'
    ),
    "in an interface's list": (
        "{ entities(orderBy: [{id: ASC}]) { nodes { id ... on LearningCommunity { startYear } } } }"
    ),
    "in sources": '{ a: topsector(id: "sector") { sources { title } } b: topsector(id: "sector") { sources { url } } }',
    "with introspection beside it": '{ __type(name: "Pact") { name } learningCommunity(id: "c1") { id name } }',
}


def told(errors: Any) -> list[tuple[Any, ...]]:
    """Where a client is told that errors are; their order is left open."""
    found: list[GraphQLError] = list(errors or ())
    return sorted((str(error.path), str(error.locations)) for error in found)


@pytest.mark.parametrize("query", RULES.values(), ids=RULES)
def test_a_rule(asker: Asker, interpreter: Interpreter, query: str) -> None:
    expected = interpreter.answer(query)
    for _ in range(2):  # the second time the document is known
        reply = asker.ask(query)
        assert not reply.refused
        assert reply.data == expected.data
        assert told(reply.errors) == told(expected.errors)


def test_errors_and_partial_data_over_http(connection: Connection, graph: Graph) -> None:
    query = '{ good: learningCommunity(id: "c0") { name } bad: learningCommunity(id: "c1") { name } }'
    with served(connection) as client:
        for media_type in ("application/json", "application/graphql-response+json"):
            answer: httpx.Response = client.post("/graphql", json={"query": query}, headers={"accept": media_type})
            assert answer.status_code == 200
            body = answer.json()
            assert list(body) == ["errors", "data"]
            assert body["data"] == {"good": {"name": "In order"}, "bad": None}
            (error,) = body["errors"]
            assert error["path"] == ["bad", "name"]
            assert error["locations"] == [{"line": 1, "column": 81}]
            assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
            assert "etag" not in answer.headers
