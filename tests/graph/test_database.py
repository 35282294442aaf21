"""What is said when the database can't be used, against real servers and sockets."""

import socket
import threading
from collections.abc import Generator
from dataclasses import replace

import pytest
from neo4j.exceptions import ClientError, CypherSyntaxError

from graph.database import Database
from graph.errors import DatabaseError
from graph.settings import Connection


def refusal(connection: Connection) -> DatabaseError:
    with pytest.raises(DatabaseError) as raised, Database(connection):
        pass
    assert connection.password not in str(raised.value)
    return raised.value


@pytest.fixture
def web_server() -> Generator[int]:
    """Something that listens, but speaks HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(1000)
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_wrong_password(connection: Connection) -> None:
    error = refusal(replace(connection, password="wrong-password"))
    assert error.message == f"The Neo4j at {connection.uri} refuses the user neo4j with this password."
    assert "NEO4J_PASSWORD" in error.remedy


def test_a_database_that_is_not_there(connection: Connection) -> None:
    error = refusal(replace(connection, database="nowhere"))
    assert error.message == f"The Neo4j at {connection.uri} has no database named nowhere."
    assert "NEO4J_DATABASE" in error.remedy


def test_nothing_listens(connection: Connection) -> None:
    error = refusal(replace(connection, uri="bolt://127.0.0.1:1"))
    assert error.message == "No Neo4j answers at bolt://127.0.0.1:1."


def test_a_host_without_address(connection: Connection) -> None:
    error = refusal(replace(connection, uri="bolt://graph.invalid:7687"))
    assert error.message == "No Neo4j answers at bolt://graph.invalid:7687."


def test_something_else_than_neo4j_listens(connection: Connection, web_server: int) -> None:
    error = refusal(replace(connection, uri=f"bolt://127.0.0.1:{web_server}"))
    assert error.message == f"No Neo4j answers at bolt://127.0.0.1:{web_server}."
    assert "port" in error.remedy


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_encryption_that_the_server_does_not_speak(connection: Connection, scheme: str) -> None:
    uri = connection.uri.replace("bolt", scheme)
    error = refusal(replace(connection, uri=uri))
    assert error.message == f"No Neo4j answers at {uri}."
    assert "+s where it uses TLS" in error.remedy


def test_routing_addresses_reach_a_single_server(connection: Connection, database: Database) -> None:
    database.write("CREATE (:Entity:Region {id: 'a'})")
    with Database(replace(connection, uri=connection.uri.replace("bolt", "neo4j"))) as routed:
        assert routed.read("MATCH (n:Region) RETURN n.id AS id") == [{"id": "a"}]


def write_both(database: Database, *statements: str) -> None:
    with database.transaction() as transaction:
        for statement in statements:
            transaction.run(statement)


def test_a_transaction_happens_whole_or_not_at_all(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.run("CREATE (:Entity:Region {id: 'kept'})")
    with pytest.raises(ClientError, match="/ by zero"):
        write_both(database, "CREATE (:Entity:Region {id: 'lost'})", "RETURN 1 / 0")
    assert database.read("MATCH (n:Region) RETURN n.id AS id") == [{"id": "kept"}]


def test_a_mistake_in_a_statement_is_no_operators_business(database: Database) -> None:
    with pytest.raises(CypherSyntaxError):
        database.read("RETRUN 1")
