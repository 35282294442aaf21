"""What all tests share: one real Neo4j for the session, and an empty graph for each test."""

import os
from collections.abc import Generator

import pytest

from graph import constraints
from graph.database import Database
from graph.embedded import use
from graph.model import MODEL
from graph.settings import Connection, Settings

# Each Neo4j here lives for seconds, in which compiling its hot code well would take longer than running it.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Generator[Connection]:
    """A Neo4j of the tests' own, started once, whatever the environment says."""
    with use(Settings(neo4j_uri=None, home=tmp_path_factory.mktemp("home"))) as connection:
        yield connection


@pytest.fixture(scope="session")
def kept_database(connection: Connection) -> Generator[Database]:
    """The database, as the tests before left it."""
    with Database(connection) as database:
        yield database


@pytest.fixture
def database(kept_database: Database) -> Database:
    """An empty graph with the model's constraints and indexes."""
    return emptied(kept_database)


@pytest.fixture(scope="module")
def module_database(kept_database: Database) -> Database:
    """An empty graph for all tests of a module together."""
    return emptied(kept_database)


def emptied(database: Database) -> Database:
    """The database without its nodes, and with what the model asks for."""
    database.write("MATCH (n) DETACH DELETE n")
    constraints.apply(database, MODEL)
    return database
