"""One statement for each request; broken data; time limits; and an empty graph."""

import logging

import httpx
import pytest

from api.errors import QueryError
from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from tests.support.graphs import Graph
from tests.support.serving import Asker, asking, served

DEEP = """query($n: Int) { topsectors(first: $n) { totalCount nodes { name
  communities { totalCount edges { since sources { url } node { name region { name }
    participants { nodes { name links(first: 2) { edges { type node { __typename name } } } } } } } } } }
  pacts { nodes { id } } node(id: "pacts-1") { id } }"""


def test_one_request_is_one_statement(asker: Asker, small_graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    asker.data("{ __typename pacts(first: 1) { totalCount } }")  # opens the connection
    with caplog.at_level(logging.DEBUG, logger="neo4j.io"):
        asker.data(DEEP, {"n": 5})
        asker.data(DEEP, {"n": 3})
    runs = [record.getMessage() for record in caplog.records if "C: RUN" in record.getMessage()]
    assert len(runs) == 2


def nested(depth: int) -> str:
    """A query `depth` objects deep, each of any type and with any links."""
    selection = "id"
    for _ in range(depth - 1):
        selection = f"__typename links(first: 2) {{ nodes {{ {selection} }} }}"
    return f'{{ entity(id: "pacts-1") {{ {selection} }} }}'


def test_a_query_may_be_twelve_objects_deep(asker: Asker, small_graph: Graph) -> None:
    found = asker.data(nested(12))["entity"]
    for _ in range(11):
        found = found["links"]["nodes"][0]
    assert list(found) == ["id"]


def test_a_deeper_query_is_refused_with_the_limit(asker: Asker, small_graph: Graph) -> None:
    code, message = asker.error(nested(13))
    assert code == "QUERY_TOO_LARGE"
    assert message.startswith("entity.links.nodes.links.")
    assert "lies 13 objects deep; at most 12 are answered" in message


def test_values_travel_as_parameters(asker: Asker, small_graph: Graph) -> None:
    evil = "' OR 1=1 //`}) DETACH DELETE n"
    found = asker.data(
        "query($name: String) { a: pacts(where: {name: {eq: $name}}) { totalCount }"
        f' b: pacts(where: {{name: {{contains: "{evil}"}}}}) {{ totalCount }} pacts {{ totalCount }} }}',
        {"name": evil},
    )
    assert found == {"a": {"totalCount": 0}, "b": {"totalCount": 0}, "pacts": {"totalCount": 6}}


def test_introspection_stands_beside_data(asker: Asker, small_graph: Graph) -> None:
    found = asker.data('{ a: __typename __type(name: "Pact") { name } pacts(first: 0) { totalCount } }')
    assert list(found) == ["a", "__type", "pacts"]
    assert found["__type"] == {"name": "Pact"}


def test_a_value_that_breaks_its_type_follows_the_specifications_rules(asker: Asker, database: Database) -> None:
    database.write(
        "CREATE (:Entity:Pact {id: 'a', name: 'A', kind: 'NOWHERE', startYear: 'x', confidence: 'HIGH', sources: []})"
        " CREATE (:Entity:Pact {id: 'b', kind: 'PACT', confidence: 'HIGH', sources: []})"
    )
    reply = asker.ask('{ a: pact(id: "a") { id startYear } b: pact(id: "b") { id name } c: pact(id: "b") { id } }')
    assert not reply.refused
    assert reply.data == {"a": {"id": "a", "startYear": None}, "b": None, "c": {"id": "b"}}
    assert [error.path for error in reply.errors] == [["a", "startYear"], ["b", "name"]]
    reply = asker.ask("{ pacts { nodes { kind } } }")
    assert reply.data is None
    assert not reply.refused


def test_a_query_that_takes_too_long_is_stopped(connection: Connection) -> None:
    with asking(connection, MODEL, timeout=0.05) as asker:
        endless = asker.service.reader.row("UNWIND range(1, 1000000000000) AS n RETURN count(DISTINCT n % 7)", {})
        with pytest.raises(QueryError, match=r"longer than 0\.05 seconds") as raised:
            asker.runner.run(endless)
    assert raised.value.extensions == {"code": "QUERY_TIMEOUT"}


def test_an_empty_graph_is_not_ready(database: Database, connection: Connection) -> None:
    with served(connection) as client:
        response: httpx.Response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reason"] == "The graph is empty. Load the data: partnergraph load"
