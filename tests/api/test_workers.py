"""Two workers share nothing: each has its own cache, which a load by any process empties within a second."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import httpx
import psutil
import pytest

from graph.database import Database
from graph.settings import Connection, Settings
from loaders.runs import touch
from tests.support.serving import wait_until_ready

ROOT = Path(__file__).parents[2]
QUERY = {"query": "{ regions { nodes { name } } }"}
SECOND = 1.0
START_SECONDS = 200


@pytest.fixture
def graph(database: Database) -> Database:
    """One region, at the first revision."""
    database.write("CREATE (:Entity:Region {id: 'region-a', name: 'A', confidence: 'HIGH', sources: []})")
    touch(database)
    return database


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(graph: Database, connection: Connection, port: int) -> Generator[psutil.Process]:
    """The process of `partnergraph serve --workers 2`."""
    command = [sys.executable, str(ROOT / "partnergraph.py"), "serve", "--workers", "2", "--port", str(port)]
    environment = os.environ | Settings(neo4j_uri=None).using(connection).environment()
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client, process)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def ask(client: httpx.Client) -> str:
    answer = client.post("/graphql", json=QUERY)
    assert answer.status_code == 200
    (node,) = answer.json()["data"]["regions"]["nodes"]
    return node["name"]


def busy_workers(server: psutil.Process, port: int) -> set[int]:
    """The workers that hold connections of clients."""
    return {
        worker.pid
        for worker in server.children(recursive=True)
        for held in worker.net_connections("tcp")
        if held.status == psutil.CONN_ESTABLISHED and held.laddr and held.laddr.port == port
    }


def test_a_load_empties_the_cache_of_every_worker(graph: Database, server: psutil.Process, port: int) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        clients: list[httpx.Client] = []
        until = monotonic() + START_SECONDS
        while len(busy_workers(server, port)) < 2:
            assert monotonic() < until
            sleep(0.1)  # the second may take a while longer to start than the first
            clients += (stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}")) for _ in range(8))
            assert set(pool.map(ask, clients)) == {"A"}
        sleep(SECOND)
        assert set(pool.map(ask, clients)) == {"A"}
        graph.write("MATCH (n:Region) SET n.name = 'B'")
        assert set(pool.map(ask, clients)) == {"A"}  # each worker answers from its own memory
        touch(graph)
        sleep(SECOND)
        assert set(pool.map(ask, clients)) == {"B"}
        assert len(busy_workers(server, port)) == 2
