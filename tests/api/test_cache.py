"""Answers are kept while the graph is unchanged, and never longer."""

import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from api.cache import MAX_BYTES, ResponseCache
from api.reader import Reader
from api.revision import Watcher
from graph.database import Database
from graph.settings import Connection
from loaders.runs import RAISE_REVISION, touch
from tests.support.serving import served

QUERY = "{ regions { nodes { id name } } }"
SECOND = 1.0


@pytest.fixture
def graph(database: Database) -> Database:
    """One region, at the first revision."""
    database.write("CREATE (:Entity:Region {id: 'region-a', name: 'A', confidence: 'HIGH', sources: []})")
    touch(database)
    return database


@pytest.fixture
def client(graph: Database, connection: Connection) -> Generator[httpx.Client]:
    """A client of a server that knows the revision."""
    with served(connection) as client:
        tagged(client)
        yield client


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post("/graphql", json={"query": QUERY}, headers={k.replace("_", "-"): v for k, v in headers.items()})


def tagged(client: httpx.Client) -> httpx.Response:
    """An answer with a tag, once the server knows the revision."""
    until = monotonic() + 30
    while "etag" not in (answer := ask(client)).headers:
        assert monotonic() < until
        sleep(0.05)
    return answer


def test_the_revision_can_be_asked_with_the_data(graph: Database, client: httpx.Client) -> None:
    def asked() -> int:
        answer = client.post("/graphql", json={"query": "{ revision regions { totalCount } }"})
        return answer.json()["data"]["revision"]

    assert asked() == 1
    touch(graph)
    sleep(SECOND)
    assert asked() == 2


def names(answer: httpx.Response) -> list[str]:
    return [node["name"] for node in answer.json()["data"]["regions"]["nodes"]]


def rename(database: Database, name: str) -> None:
    database.write("MATCH (n:Region) SET n.name = $name", {"name": name})


def test_a_repeat_comes_from_memory_unless_it_must_be_fresh(graph: Database, client: httpx.Client) -> None:
    sleep(SECOND)
    assert names(ask(client)) == ["A"]
    rename(graph, "B")  # without raising the revision, as nobody should: it shows where an answer comes from
    assert names(ask(client)) == ["A"]
    assert names(ask(client, cache_control="no-cache")) == ["B"]


def test_all_is_forgotten_within_a_second_of_a_new_revision(graph: Database, client: httpx.Client) -> None:
    sleep(SECOND)
    before = ask(client)
    rename(graph, "B")
    touch(graph)
    sleep(SECOND)
    after = ask(client)
    assert names(after) == ["B"]
    assert after.headers["etag"] != before.headers["etag"]


def test_another_process_may_raise_the_revision(graph: Database, client: httpx.Client) -> None:
    sleep(SECOND)
    assert names(ask(client)) == ["A"]
    rename(graph, "B")
    connection = graph.connection
    environment = {
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
    }
    root = Path(__file__).parents[2]
    command = [sys.executable, root / "partnergraph.py", "touch"]
    done = subprocess.run(command, env=environment, check=True, text=True, capture_output=True)
    assert done.stdout == "The graph is at revision 2.\n"
    sleep(SECOND)
    assert names(ask(client)) == ["B"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_has_the_answer_is_told_that_it_still_holds(graph: Database, client: httpx.Client, method: str) -> None:
    def send(**headers: str) -> httpx.Response:
        if method == "GET":
            return client.get("/graphql", params={"query": QUERY}, headers=headers)
        return client.post("/graphql", json={"query": QUERY}, headers=headers)

    first = send()
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, no-cache"
    rename(graph, "B")
    again = send(**{"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    touch(graph)
    sleep(SECOND)
    changed = send(**{"if-none-match": tag})
    assert changed.status_code == 200
    assert names(changed) == ["B"]


def test_variables_and_operations_have_answers_of_their_own(client: httpx.Client) -> None:
    text = "query A($id: ID!) { region(id: $id) { name } } query B { __typename }"
    bodies = [
        {"query": text, "operationName": "A", "variables": {"id": "region-a"}},
        {"query": text, "operationName": "A", "variables": {"id": "nowhere"}},
        {"query": text, "operationName": "B"},
    ]
    for _ in range(3):
        answers = [client.post("/graphql", json=body) for body in bodies]
        assert [answer.json()["data"] for answer in answers] == [
            {"region": {"name": "A"}},
            {"region": None},
            {"__typename": "Query"},
        ]
        assert len({answer.headers["etag"] for answer in answers}) == 3
        sleep(0.5)


def test_errors_are_not_kept(client: httpx.Client) -> None:
    answer = client.post("/graphql", json={"query": "{ nothing }"})
    assert "etag" not in answer.headers


def test_a_graph_that_was_never_loaded_is_not_kept(database: Database, connection: Connection) -> None:
    with served(connection) as client:
        sleep(SECOND)
        assert "etag" not in ask(client).headers


def test_no_kept_answer_mixes_two_revisions(graph: Database, client: httpx.Client) -> None:
    """Readers without end, while all nodes are renamed and the revision raised in one transaction, now and then."""
    graph.write(
        "UNWIND range(1, 500) AS n"
        " CREATE (:Entity:Region {id: 'region-' + n, name: 'A', confidence: 'HIGH', sources: []})"
    )
    touch(graph)
    done = threading.Event()

    def rewrite() -> None:
        for number in range(4):
            sleep(2 * SECOND)
            with graph.transaction() as transaction:
                transaction.run("MATCH (n:Region) SET n.name = $name", {"name": str(number)})
                transaction.run(RAISE_REVISION)
        sleep(2 * SECOND)
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    first: dict[str, float] = {}
    kept: set[str] = set()
    while not done.is_set():
        answer = ask(client)
        now, tag = monotonic(), answer.headers["etag"]
        if now - first.setdefault(tag, now) > SECOND:
            kept.add(tag)
            assert len(set(names(answer))) == 1
    writer.join()
    assert len(kept) == 5


def test_memory_is_bounded(graph: Database) -> None:
    watcher = Watcher(Reader.__new__(Reader))
    watcher.mark = "1-1"
    cache = ResponseCache(watcher)
    for number in range(100):
        key = number.to_bytes(16)
        tag = cache.tag(key)
        assert tag
        cache.put(key, bytes(MAX_BYTES // 50), tag)
    assert cache.entries.currsize <= MAX_BYTES
    watcher.asked += 2
    assert cache.get((99).to_bytes(16)) is not None
    assert cache.get((0).to_bytes(16)) is None
