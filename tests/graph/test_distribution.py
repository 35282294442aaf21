"""The jars of Neo4j: fetched from a real repository that fails in every way, and never used half."""

import hashlib
import re
import socket
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from graph import distribution
from graph.distribution import Jar, fetch, jars
from graph.errors import DatabaseError

CONTENTS = {name: name.encode() * 100_000 for name in ("one", "two", "three")}
JARS = tuple(
    Jar(f"org.example:{name}:1.0", len(content), hashlib.sha256(content).hexdigest())
    for name, content in CONTENTS.items()
)


@dataclass
class Repository:
    """A Maven repository. `answers` says how each request for a file goes wrong in turn; then all is well."""

    url: str = ""
    answers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    asked: list[str] = field(default_factory=list[str])


class Handler(BaseHTTPRequestHandler):
    """Serves the jars, or fails as it is told to."""

    def __init__(self, repository: Repository, *rest: object) -> None:
        self.repository = repository
        super().__init__(*rest)  # pyright: ignore[reportArgumentType]

    def do_GET(self) -> None:
        name = self.path.split("/")[-3]
        self.repository.asked.append(self.path)
        answers = self.repository.answers.get(name, [])
        answer = answers.pop(0) if answers else "well"
        if answer.isdigit():
            self.send_error(int(answer))
            return
        content = CONTENTS[name]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if answer == "half":
            content = content[: len(content) // 2]
        elif answer == "other":
            content = bytes(len(content))
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository() -> Generator[Repository]:
    """A repository on this machine."""
    repository = Repository()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, repository)) as server:
        repository.url = f"http://127.0.0.1:{server.server_port}/maven2"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield repository
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "neo4j"


def whole(folder: Path) -> bool:
    """Whether all jars are there and nothing else but the lock."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}
    return found == {f"{name}-1.0.jar": content for name, content in CONTENTS.items()}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock"}


class TestPinned:
    """What the lock holds."""

    def test_every_jar_has_its_place_and_hash(self) -> None:
        assert len({jar.file for jar in jars()}) == len(jars()) > 200
        assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.size > 0 for jar in jars())
        assert distribution.version() in {jar.version for jar in jars()}
        assert distribution.cache_folder().name.endswith(distribution.version())

    def test_a_classifier_is_part_of_the_address(self) -> None:
        jar = Jar("io.netty:native:4.1:linux", 1, "")
        assert (jar.version, jar.address) == ("4.1", "io/netty/native/4.1/native-4.1-linux.jar")


class TestFetch:
    """What comes, and when."""

    def test_fetches_everything_once(self, folder: Path, repository: Repository) -> None:
        paths = fetch(folder, repository.url, JARS)
        assert paths == [folder / "one-1.0.jar", folder / "two-1.0.jar", folder / "three-1.0.jar"]
        assert whole(folder)
        assert sorted(repository.asked) == sorted(f"/maven2/{jar.address}" for jar in JARS)
        repository.asked.clear()
        assert fetch(folder, repository.url, JARS) == paths
        assert repository.asked == []

    @pytest.mark.parametrize("harm", [b"", b"tw", bytes(len(CONTENTS["two"]))])
    def test_fetches_again_what_was_harmed_and_only_that(
        self, folder: Path, repository: Repository, harm: bytes
    ) -> None:
        fetch(folder, repository.url, JARS)
        (folder / "two-1.0.jar").write_bytes(harm)
        repository.asked.clear()
        fetch(folder, repository.url, JARS)
        assert whole(folder)
        assert len(repository.asked) == 1

    @pytest.mark.parametrize("failure", ["half", "other", "503", "404"])
    def test_one_failure_is_got_over(self, folder: Path, repository: Repository, failure: str) -> None:
        repository.answers["two"] = [failure]
        fetch(folder, repository.url, JARS)
        assert whole(folder)

    def test_what_a_killed_run_left_behind_is_not_used(self, folder: Path, repository: Repository) -> None:
        folder.mkdir(parents=True)
        (folder / "two-1.0.jar.part").write_bytes(CONTENTS["two"][:1000])
        fetch(folder, repository.url, JARS)
        assert whole(folder)


class TestFailure:
    """What is said when it does not come, and that the next run heals."""

    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            ("half", "the connection broke off"),
            ("other", "300000 bytes came that are not the 300000 expected"),
            ("404", "the repository answered 404 Not Found"),
            ("503", "the repository answered 503 Service Unavailable"),
        ],
    )
    def test_is_explained_and_leaves_no_half_jar(
        self, folder: Path, repository: Repository, failure: str, reason: str
    ) -> None:
        repository.answers["two"] = [failure] * distribution.TRIES
        with pytest.raises(DatabaseError) as raised:
            fetch(folder, repository.url, JARS)
        assert raised.value.message == f"two-1.0.jar of Neo4j can't be downloaded: {reason}."
        assert "start again: what was fetched is kept" in raised.value.remedy
        assert names(folder) == {"one-1.0.jar", "three-1.0.jar"}
        repository.asked.clear()
        fetch(folder, repository.url, JARS)
        assert whole(folder)
        assert len(repository.asked) == 1

    def test_no_network(self, folder: Path, repository: Repository) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with pytest.raises(DatabaseError, match="can't be reached") as raised:
                fetch(folder, nowhere, JARS[:1])
        assert "HTTPS_PROXY" in raised.value.remedy
        assert names(folder) == set()
        fetch(folder, repository.url, JARS)
        assert whole(folder)

    def test_folder_that_cannot_be_made(self, tmp_path: Path, repository: Repository) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DatabaseError, match=r"can't be kept in .*: Not a directory") as raised:
            fetch(tmp_path / "file" / "cache", repository.url, JARS)
        assert "right to write" in raised.value.remedy

    def test_a_folder_in_a_jars_place(self, folder: Path, repository: Repository) -> None:
        (folder / "two-1.0.jar").mkdir(parents=True)
        with pytest.raises(DatabaseError, match="Is a directory"):
            fetch(folder, repository.url, JARS)
        assert not list(folder.glob("*.part"))

    def test_more_than_the_disk_holds_is_not_begun(self, folder: Path, repository: Repository) -> None:
        huge = Jar("org.example:huge:1.0", 10**18, "0" * 64)
        with pytest.raises(DatabaseError, match=r"need 1000000000002 MB in .*disk has less"):
            fetch(folder, repository.url, (*JARS, huge))
        assert repository.asked == []
