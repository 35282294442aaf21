"""The command line as its users meet it: pages of help, exit codes, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import httpx
import psutil
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.serving import wait_until_ready

ROOT = Path(__file__).parent.parent
COMMANDS = [
    "",
    "up",
    "load",
    "review",
    "runs",
    "diff",
    "undo",
    "check",
    "template",
    "analyse",
    "touch",
    "serve",
    "schema",
    "explain",
    "doctor",
    "quality",
    "db",
]
DATABASE_COMMANDS = ["db start", "db stop", "db status"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user who has a home of their own and no Neo4j elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "PARTNERGRAPH_"))}
    home = str(tmp_path_factory.mktemp("home"))
    fixed = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    return kept | fixed | {"PARTNERGRAPH_HOME": home, "PARTNERGRAPH_DATABASE_HEAP": "512m"}


@pytest.fixture(scope="module")
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "partnergraph.py", *arguments]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=300, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("command", [*COMMANDS, *DATABASE_COMMANDS])
def test_help_is_a_page(environment: dict[str, str], command: str, snapshot: SnapshotAssertion) -> None:
    done = run(environment, *command.split(), "--help")
    assert done.returncode == 0
    assert done.stdout.replace("partnergraph.py", "partnergraph") == snapshot


@pytest.mark.parametrize("arguments", [["nonsense"], ["load", "--nonsense"], ["serve", "--port", "0"], ["db", "x"]])
def test_what_no_command_understands_is_a_usage_error(environment: dict[str, str], arguments: list[str]) -> None:
    done = run(environment, *arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr


def test_the_schema_is_printed(environment: dict[str, str]) -> None:
    done = run(environment, "schema")
    assert done.returncode == 0
    assert done.stdout == (ROOT / "schema.graphql").read_text()


def test_a_query_is_explained(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "pact.graphql"
    file.write_text("query A($id: ID!) { pact(id: $id) { name } } query B { pacts { totalCount } }")
    done = run(environment, "explain", str(file), "--operation", "A", "--variables", '{"id": "pact-groenpact"}')
    assert done.returncode == 0
    for part in ("pact: Pact with id $id", "MATCH (n1:Pact {id: $p0})", '"p0": "pact-groenpact"'):
        assert part in done.stdout
    assert "The database does not run" in done.stderr
    unknown = run(environment, "explain", str(file), "--operation", "C")
    assert unknown.returncode == 1
    assert "no operation named C. It has: A, B." in unknown.stderr
    assert run(environment, "explain", str(file), "--operation", "A", "--variables", "[]").returncode == 2


def test_data_is_checked_without_a_database(environment: dict[str, str]) -> None:
    done = run(environment, "check")
    assert done.returncode == 0
    assert done.stdout.startswith("All is well: ")


def test_wrong_data_is_listed_with_its_place(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "regions.csv"
    file.write_text("id,name,kind,source,confidence\nregion-x,X,PLANET,https://example.org/,HIGH\n")
    done = run(environment, "check", "template", str(file))
    assert done.returncode == 1
    for part in ("regions.csv", "2", "kind", "PLANET"):
        assert part in done.stdout + done.stderr


def test_a_setting_that_makes_no_sense_is_named(environment: dict[str, str]) -> None:
    done = run(environment | {"NEO4J_URI": "https://example.org"}, "load")
    assert done.returncode == 1
    assert "NEO4J_URI" in done.stderr + done.stdout


def test_a_database_elsewhere_is_not_ours_to_stop(environment: dict[str, str]) -> None:
    done = run(environment | {"NEO4J_URI": "bolt://127.0.0.1:1"}, "db", "stop")
    assert done.returncode == 1
    assert "unset NEO4J_URI" in " ".join((done.stderr + done.stdout).split())


def test_without_a_database_the_doctor_says_so(environment: dict[str, str]) -> None:
    done = run(environment | {"NEO4J_URI": "bolt://127.0.0.1:1"}, "doctor")
    assert done.returncode == 1
    assert run(environment, "db", "status").returncode == 1
    assert run(environment, "db", "stop").returncode == 0


def test_a_port_in_use_is_said_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(environment, "up", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port}" in done.stderr + done.stdout
    assert "Starting the database" not in done.stderr + done.stdout


@pytest.fixture
def served(environment: dict[str, str], port: str) -> Generator[subprocess.Popen[str]]:
    """`partnergraph up`, in a process group of its own as in a terminal, once it answers."""
    command = [sys.executable, str(ROOT / "partnergraph.py"), "up", "--port", port]
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client, process)
        yield process
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("number", "said"),
    [(signal.SIGINT, "Loaded: the graph is at revision 1."), (signal.SIGTERM, "Nothing changed")],
    ids=["ctrl-c", "terminated"],
)
def test_what_is_up_stops_with_all_that_it_started(
    served: subprocess.Popen[str], environment: dict[str, str], number: signal.Signals, said: str
) -> None:
    started = psutil.Process(served.pid).children(recursive=True)
    assert any("java" in process.name() for process in started)
    if number is signal.SIGINT:
        os.killpg(served.pid, number)
    else:
        served.send_signal(number)
    output, _ = served.communicate(timeout=60)
    assert said in output
    assert "Traceback" not in output
    _, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
    assert run(environment, "db", "status").returncode == 1


def test_a_database_that_stays_is_used_and_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    query = tmp_path / "pacts.graphql"
    query.write_text("{ pacts { totalCount } }")
    try:
        done = run(environment, "db", "start")
        assert done.returncode == 0
        assert "The database runs at bolt://127.0.0.1:" in done.stdout
        assert run(environment, "db", "status").returncode == 0
        again = run(environment, "load")
        assert again.returncode == 0
        assert "Nothing changed" in again.stdout + again.stderr
        assert run(environment, "doctor").returncode == 0
        profiled = run(environment, "explain", str(query), "--profile")
        assert profiled.returncode == 0
        assert "DB Hits" in profiled.stdout
    finally:
        done = run(environment, "db", "stop")
    assert done.stdout == "Stopped.\n"
    assert run(environment, "db", "status").returncode == 1
