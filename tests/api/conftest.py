"""What tests of the API share: a small random graph, the real one, and a service on either."""

from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from rich.progress import Progress

from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from loaders.load import load
from tests.support.graphs import Graph, random_graph, write_graph
from tests.support.serving import Asker, asking, served

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def small_graph(module_database: Database) -> Graph:
    """A small random graph, in memory and in the database."""
    graph = random_graph(MODEL, seed=1)
    write_graph(module_database, graph)
    return graph


@pytest.fixture(scope="module")
def real_graph(module_database: Database) -> Database:
    """The project's own data, loaded."""
    load(module_database, MODEL, [DATA], Progress(disable=True))
    return module_database


@pytest.fixture(scope="module")
def asker(connection: Connection) -> Generator[Asker]:
    """A service in this process."""
    with asking(connection, MODEL) as asker:
        yield asker


@pytest.fixture(scope="module")
def client(connection: Connection) -> Generator[httpx.Client]:
    """A client of a real server."""
    with served(connection) as client:
        yield client
