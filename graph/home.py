"""The folder of a Neo4j on this machine, and the small files in it: its lock, password, port and users."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from filelock import FileLock

from graph.errors import DatabaseError
from graph.settings import Connection

USERNAME = "neo4j"
USUAL_PORT = 7687


@dataclass
class Users:
    """Who uses the server: (process id, time it was created) of each, and whether it stays when all have left."""

    stays: bool = False
    processes: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])


@dataclass(frozen=True)
class Home:
    """The folder of one Neo4j."""

    folder: Path

    @property
    def password_file(self) -> Path:
        """The file with the password, which only its owner can read."""
        return self.folder / "password"

    @property
    def log(self) -> Path:
        """What the server last started has said."""
        return self.folder / "logs" / "console.log"

    @property
    def debug_log(self) -> Path:
        """What its servers have said in detail, a JSON object a line."""
        return self.folder / "logs" / "debug.log"

    @property
    def data(self) -> Path:
        """All that its servers keep."""
        return self.folder / "data"

    @property
    def has_data(self) -> bool:
        """Whether a server was ever started here."""
        return (self.data / "databases" / "system").exists()

    @property
    def port(self) -> int:
        """The port on which its server listens, or last did, or else Neo4j's usual one."""
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError):
            return USUAL_PORT

    @property
    def connection(self) -> Connection:
        """How to get in. Raises DatabaseError where the password is gone."""
        try:
            password = self.password_file.read_text("utf-8").strip()
        except FileNotFoundError as error:
            raise self.locked_out(f"{self.password_file}, the password of the database, is gone") from error
        return Connection(f"bolt://127.0.0.1:{self.port}", USERNAME, password)

    def locked_out(self, what: str) -> DatabaseError:
        """That nobody can get in, because of `what`."""
        return DatabaseError(
            f"{what}, so nobody can get in.",
            f"Put the right password back; or stop the database, remove {self.folder} and load the data again.",
        )

    def users(self) -> Users:
        """Those who use the server and are still alive."""
        try:
            stored = json.loads((self.folder / "users.json").read_text())
            users = Users(stored["stays"], [(pid, created) for pid, created in stored["processes"]])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Users()
        users.processes = [user for user in users.processes if _is_alive(*user)]
        return users

    def set_users(self, users: Users) -> None:
        """Remember who uses the server."""
        _write(self.folder / "users.json", json.dumps(asdict(users)))

    def set_port(self, port: int) -> None:
        """Remember the port."""
        _write(self.folder / "port", str(port))

    def set_password(self, password: str) -> None:
        """Keep the password."""
        _write(self.password_file, password)


@contextmanager
def locked(folder: Path) -> Generator[Home]:
    """The home in a folder, made if need be, in which no other process may start or stop a server meanwhile."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            yield Home(folder.resolve())
    except OSError as error:
        raise DatabaseError(
            f"The database's folder {folder} can't be used: {error.strerror or error}.",
            "Make room there or give yourself the right to write there, or set PARTNERGRAPH_HOME to another folder.",
        ) from error


def me() -> tuple[int, float]:
    """This process, as a user."""
    process = psutil.Process()
    return process.pid, process.create_time()


def _is_alive(pid: int, created: float) -> bool:
    try:
        process = psutil.Process(pid)
        return process.create_time() == created and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all, that only its owner can read."""
    unfinished = path.with_name(f"{path.name}.new")
    with open(unfinished, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    unfinished.replace(path)
