"""A Neo4j on this machine: started, joined, found again, stopped, and what is said when that fails."""

import socket
import stat
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from graph import embedded, launch
from graph.database import Database
from graph.errors import DatabaseError
from graph.home import Home
from graph.settings import Connection, Settings
from tests.support.serving import served

ROOT = Path(__file__).parents[2]
HEAP = "512m"
USE_UNTIL_TOLD = """
import sys
from pathlib import Path
from graph import embedded
from graph.settings import Settings
with embedded.use(Settings(neo4j_uri=None, home=Path(sys.argv[1]), database_heap="512m")) as connection:
    print(connection.uri, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that name a home of this module's own."""
    return Settings(neo4j_uri=None, home=tmp_path_factory.mktemp("home"), database_heap=HEAP)


@pytest.fixture(scope="module")
def used_folder(settings: Settings) -> Path:
    """A folder in which a server ran before, so that the next start is quick."""
    with embedded.use(settings) as connection, Database(connection) as database:
        database.write("CREATE (:Kept {id: 'kept'})")
    return settings.database_folder


@pytest.fixture
def folder(used_folder: Path) -> Generator[Path]:
    """The folder of a server that does not run, and will not after the test."""
    yield used_folder
    embedded.stop(used_folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """The folder of a server that runs in the background."""
    home = tmp_path_factory.mktemp("running")
    folder = home / "neo4j"
    embedded.start(folder, HEAP, stays=True)
    yield folder
    embedded.stop(folder)


@pytest.mark.parametrize(
    "log",
    [
        "Caused by: java.lang.NegativeArraySizeException: -1",
        "Caused by: java.lang.OutOfMemoryError: Requested array size exceeds VM limit",
    ],
)
def test_a_log_that_cannot_be_recovered_is_said_to_be_damage(tmp_path: Path, log: str) -> None:
    error = launch.failure(Home(tmp_path), log)
    assert error.message == f"The data in {tmp_path} is damaged, as a disk that was full can leave it."
    assert "load the files again" in error.remedy


def server_of(folder: Path) -> psutil.Process | None:
    """The server's process."""
    marker = launch.marker(Home(folder.resolve()))
    return next(
        (process for process in psutil.process_iter(["cmdline"]) if marker in (process.info["cmdline"] or ())), None
    )


def in_another_process(folder: Path) -> subprocess.Popen[str]:
    """A process that uses the server of the folder until its input ends, once it says that it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE_UNTIL_TOLD, str(folder.parent)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline().startswith("bolt://127.0.0.1:")
    return process


def holds_kept(connection: Connection) -> bool:
    """Whether the graph that was stored first is there."""
    with Database(connection) as database:
        return database.read("MATCH (n:Kept) RETURN n.id AS id") == [{"id": "kept"}]


class TestRunningServer:
    """What holds for every server that we start."""

    def test_listens_on_this_machine_only_for_bolt_only(self, running: Path) -> None:
        server = server_of(running)
        assert server
        listening = {address.laddr for address in server.net_connections() if address.status != psutil.CONN_ESTABLISHED}
        status = embedded.status(running)
        assert status
        assert {(ip.removeprefix("::ffff:"), port) for ip, port in listening} == {
            ("127.0.0.1", int(status.uri.rpartition(":")[2]))
        }

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("dbms.usage_report.enabled", "false"),
            ("dbms.fleet_manager.enabled", "false"),
            ("server.fleet_discovery.enabled", "false"),
            ("server.http.enabled", "false"),
            ("server.https.enabled", "false"),
            ("dbms.security.auth_enabled", "true"),
            ("dbms.security.allow_csv_import_from_file_urls", "false"),
            ("db.tx_log.preallocate", "false"),
        ],
    )
    def test_is_quiet_small_and_closed(self, running: Path, setting: str, value: str) -> None:
        connection = embedded.status(running)
        assert connection
        with Database(connection) as database:
            found = database.read("SHOW SETTINGS $setting YIELD value RETURN value", {"setting": setting})
        assert found == [{"value": value}]

    def test_keeps_its_password_where_only_the_owner_can_read(self, running: Path) -> None:
        connection = embedded.status(running)
        assert connection
        file = running / "password"
        assert file.read_text() == connection.password
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(running.stat().st_mode) == 0o700
        assert connection.password not in repr(connection)

    def test_is_joined_by_another_process_and_outlives_it(self, running: Path) -> None:
        before = server_of(running)
        other = in_another_process(running)
        other.communicate(timeout=60)
        assert other.returncode == 0
        assert server_of(running) == before


class TestFaults:
    """What goes wrong on a real machine, and how it ends."""

    def test_a_killed_server_is_started_again_with_its_data(self, folder: Path) -> None:
        embedded.start(folder, HEAP)
        server = server_of(folder)
        assert server
        server.kill()
        server.wait()
        assert embedded.status(folder) is None
        assert holds_kept(embedded.start(folder, HEAP))

    def test_the_server_of_a_killed_process_is_joined_and_then_stopped(self, folder: Path) -> None:
        other = in_another_process(folder)
        server = server_of(folder)
        assert server
        other.kill()
        other.communicate()
        assert server.is_running()
        connection = embedded.start(folder, HEAP)
        assert server_of(folder) == server
        assert holds_kept(connection)
        embedded.leave(folder)
        assert server_of(folder) is None

    def test_who_comes_at_the_same_time_shares_one_server(self, folder: Path) -> None:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(in_another_process, [folder, folder])
        server = server_of(folder)
        assert server
        first.communicate(timeout=60)
        assert server_of(folder) == server
        second.communicate(timeout=60)
        assert server_of(folder) is None

    def test_a_port_that_is_taken_is_left_alone(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        port = Home(folder.resolve()).port
        with socket.create_server(("127.0.0.1", port)):
            connection = embedded.start(folder, HEAP)
            assert connection.uri != f"bolt://127.0.0.1:{port}"
            assert holds_kept(connection)
        said = " ".join(capsys.readouterr().err.split())
        assert f"Port {port} is taken by another program" in said

    @pytest.mark.parametrize(("text", "said"), [(None, "is gone"), ("another", "does not hold the password")])
    def test_without_its_password_nobody_gets_in(self, folder: Path, text: str | None, said: str) -> None:
        file = folder / "password"
        right = file.read_text()
        try:
            file.unlink() if text is None else file.write_text(text)
            with pytest.raises(DatabaseError, match=said) as raised:
                embedded.start(folder, HEAP)
        finally:
            file.write_text(right)
        assert str(file) in raised.value.message
        assert "Put the right password back" in raised.value.remedy
        assert server_of(folder) is None

    def test_a_disk_without_room_is_said_before_anything_starts(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded, "ROOM_BYTES", 10**18)
        with pytest.raises(DatabaseError, match="has less than") as raised:
            embedded.start(folder, HEAP)
        assert "PARTNERGRAPH_HOME" in raised.value.remedy
        assert server_of(folder) is None

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DatabaseError, match="can't be used") as raised:
            embedded.status(tmp_path / "file" / "neo4j")
        assert "PARTNERGRAPH_HOME" in raised.value.remedy

    def test_the_api_says_that_its_database_is_gone_and_answers_when_it_is_back(self, folder: Path) -> None:
        connection = embedded.start(folder, HEAP)
        with Database(connection) as database:
            database.write("MERGE (:Entity:Region {id: 'region-a', name: 'A', confidence: 'HIGH', sources: []})")
        question = {"query": "{ regions { totalCount } }"}
        with served(connection) as client:
            assert client.get("/readyz").status_code == 200
            server = server_of(folder)
            assert server
            server.kill()
            server.wait()
            ready = client.get("/readyz")
            assert ready.status_code == 503
            assert ready.json()["reason"].startswith("The database cannot be reached just now.")
            assert client.get("/healthz").status_code == 200
            answer = client.post("/graphql", json=question)
            assert answer.json()["errors"][0]["extensions"] == {"code": "DATABASE_UNAVAILABLE"}
            assert answer.status_code == 503
            assert embedded.start(folder, HEAP) == connection
            assert client.get("/readyz").status_code == 200
            assert client.post("/graphql", json=question).json() == {"data": {"regions": {"totalCount": 1}}}
