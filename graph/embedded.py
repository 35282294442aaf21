"""A real Neo4j on this machine, for when NEO4J_URI is not set: started, joined, found again and stopped.

Whoever starts or joins it is written down as its user, and the last to leave stops it, unless it was told to
stay. A process that was killed can't leave: it no longer counts, and the next to come finds the server by its
command line.
"""

import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree, disk_usage, ignore_patterns
from time import monotonic, sleep

import psutil
from filelock import FileLock
from neo4j.exceptions import AuthError, DatabaseUnavailable
from neo4j.exceptions import DatabaseError as ServerFault

from graph import distribution, launch, progress
from graph.database import Database, connect
from graph.errors import DatabaseError
from graph.home import Home, Users, locked, me
from graph.settings import Connection, Settings

START_SECONDS = 300
STOP_SECONDS = 60
POLL_SECONDS = 0.1
ROOM_BYTES = 100_000_000


@contextmanager
def use(settings: Settings) -> Generator[Connection]:
    """The database that the settings name, or the one of this machine, started for as long as somebody uses it."""
    if settings.neo4j_uri is not None:
        yield settings.connection()
        return
    connection = start(settings.database_folder, settings.database_heap)
    try:
        yield connection
    finally:
        leave(settings.database_folder)


def start(folder: Path, heap: str, *, stays: bool = False) -> Connection:
    """Start the server of `folder`, or join it where it runs; with `stays`, until it is told to stop.

    Raises DatabaseError where it can't be.
    """
    with locked(folder) as home:
        server = _find(home)
        if server is not None and _is_broken(home):
            _stop(server)
            server = None
        if server is None:
            _launch(home, heap)
            users = Users()
        else:
            _await_answer(home, server)
            users = home.users()
        if stays:
            users.stays = True
        else:
            users.processes.append(me())
        home.set_users(users)
        return home.connection


def leave(folder: Path) -> None:
    """Stop using the server of `folder`; the last to leave stops it."""
    with locked(folder) as home:
        users = home.users()
        with suppress(ValueError):
            users.processes.remove(me())
        home.set_users(users)
        if not users.processes and not users.stays:
            _stop(_find(home))


def ensure_mine(settings: Settings) -> None:
    """Raise DatabaseError unless this process, which uses the server of this machine, may stop it."""
    if settings.neo4j_uri is not None:
        raise DatabaseError(
            f"The Neo4j at {settings.neo4j_uri} is not partnergraph's to stop, as a bulk load must.",
            "Load without --bulk; or unset NEO4J_URI, to load into the Neo4j of this machine.",
        )
    _ensure_alone(Home(settings.database_folder))


def import_files(scratch: Path, heap: str, arguments: list[str]) -> None:
    """Make a database of files by Neo4j's own bulk import, in the folder `scratch`. Raises DatabaseError."""
    jars = distribution.fetch(distribution.cache_folder())
    with progress.step("Importing"):
        launch.bulk_import(Home(scratch), jars, heap, arguments)


def exchange(folder: Path, heap: str, scratch: Path) -> Connection:
    """Put the database that was imported in `scratch` in the place of that of `folder`, whose server this process uses.

    Broken off anywhere, it leaves the new database, the old one, or an empty one. Raises DatabaseError where others use
    the server too.
    """
    with locked(folder) as home:
        _ensure_alone(home)
        new = Home(scratch)
        _stop(_find(home))
        # All else, such as users and passwords, stays.
        copytree(home.data, new.data, ignore=ignore_patterns(launch.DATABASE), dirs_exist_ok=True)
        home.data.rename(scratch / "replaced")
        new.data.rename(home.data)
        _launch(home, heap)
        return home.connection


def _ensure_alone(home: Home) -> None:
    """Raise DatabaseError where another process uses the server."""
    others = [pid for pid, created in home.users().processes if (pid, created) != me()]
    if others:
        raise DatabaseError(
            f"Another process uses the database, which a bulk load must stop: {', '.join(map(str, others))}.",
            "End it and load again, or load without --bulk.",
        )


def stop(folder: Path) -> bool:
    """Stop the server of `folder`, whoever uses it. Returns whether it ran."""
    with locked(folder) as home:
        server = _find(home)
        _stop(server)
        return server is not None


def status(folder: Path) -> Connection | None:
    """How to get into the server of `folder`, or None where it does not run."""
    with locked(folder) as home:
        return None if _find(home) is None else home.connection


def _launch(home: Home, heap: str) -> None:
    """Start the server and wait until it answers; stop it where it does not, or where we are interrupted."""
    if disk_usage(home.folder).free < ROOM_BYTES:
        raise DatabaseError(
            f"The disk of {home.folder} has less than {ROOM_BYTES // 1_000_000} MB left.",
            "Make room there, or set PARTNERGRAPH_HOME to another folder.",
        )
    cache = distribution.cache_folder()
    jars = distribution.fetch(cache)
    # One start at a time on this machine, so that no two choose the same port.
    with FileLock(cache / ".start"), progress.step("Starting the database"):
        _choose_port(home)
        launch.configure(home, heap)
        _ensure_password(home, jars)
        server = psutil.Process(launch.spawn(home, jars, heap))
        try:
            _await_answer(home, server)
        except BaseException:
            _stop(server)
            raise


def _await_answer(home: Home, server: psutil.Process) -> None:
    deadline = monotonic() + START_SECONDS
    while not _answers(home):
        if not _runs(server):
            raise launch.failure(home, home.log.read_text("utf-8", errors="replace"))
        if monotonic() > deadline:
            raise DatabaseError(
                f"The database did not answer within {START_SECONDS} seconds.",
                f"Its log may say why: {home.log}. To stop it: partnergraph db stop",
            )
        sleep(POLL_SECONDS)


def _answers(home: Home) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", home.port)):
            return False
    try:
        with Database(home.connection):
            return True
    except DatabaseError as error:
        if isinstance(error.__cause__, AuthError):
            raise home.locked_out(f"{home.password_file} does not hold the password of the database") from error
        if isinstance(error.__cause__, DatabaseUnavailable):
            _ensure_opening(home)
        return False


def _ensure_opening(home: Home) -> None:
    """Raise DatabaseError where the server, which itself answers, has given up opening its database."""
    name = home.connection.database
    with connect(home.connection) as driver:
        shown = driver.execute_query(
            "SHOW DATABASE $name YIELD currentStatus, statusMessage", {"name": name}, database_="system"
        )
    if any(row["currentStatus"] == "offline" and row["statusMessage"] for row in shown.records):
        raise launch.unopened(home)


def _is_broken(home: Home) -> bool:
    """Whether the server gave up on its database as it ran, as it does when its disk is full: it never mends itself."""
    try:
        with Database(home.connection):
            return False
    except DatabaseError as error:
        return isinstance(error.__cause__, ServerFault)


def _find(home: Home) -> psutil.Process | None:
    """The server of `home`, if it runs."""
    return next((process for process in psutil.process_iter() if _serves(process, home)), None)


def _serves(process: psutil.Process, home: Home) -> bool:
    try:
        return launch.marker(home) in process.cmdline()
    except psutil.Error:
        return False


def _runs(server: psutil.Process) -> bool:
    """Whether it lives; its command line does not tell, for that is empty while Java's launcher replaces itself."""
    try:
        return server.is_running() and server.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _stop(server: psutil.Process | None) -> None:
    if server is None:
        return
    with progress.step("Stopping the database"), suppress(psutil.NoSuchProcess):
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            server.kill()
            server.wait()


def _ensure_password(home: Home, jars: list[Path]) -> None:
    if not home.has_data:
        home.set_password(secrets.token_hex(16))
        launch.set_password(home, jars)
    _ = home.connection  # Raises where the password is gone.
    home.password_file.chmod(0o600)


def _choose_port(home: Home) -> None:
    """Take the port of last time, or Neo4j's usual one; where another program has it, any that is free."""
    wanted = home.port
    port = _bindable(wanted) or _bindable(0) or wanted
    if port != wanted:
        progress.note(f"Port {wanted} is taken by another program, so the database will listen on {port}.")
    home.set_port(port)


def _bindable(port: int) -> int | None:
    """The port (any free one for 0), if a server may listen on it."""
    with socket.socket() as probe:
        # As servers do: a port of which only connections that were closed remain is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return probe.getsockname()[1]
