"""The jars that Neo4j consists of: fetched once, checked always, from the Maven repository that jgo knows.

`distribution.lock` pins each jar's coordinates, size and SHA-256; `python -m graph.pin VERSION` writes it.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path
from shutil import disk_usage
from time import sleep

from filelock import FileLock
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.util import http
from platformdirs import user_cache_path
from requests.exceptions import ChunkedEncodingError, RequestException

from graph import progress
from graph.errors import DatabaseError

LOCK = Path(__file__).with_name("distribution.lock")
AT_ONCE = 8
TRIES = 3
TIMEOUT_SECONDS = 30
CHUNK = 1 << 16


@dataclass(frozen=True)
class Jar:
    """One jar: its Maven coordinates (`group:artifact:version` or, with one, `...:classifier`), bytes and SHA-256."""

    coordinates: str
    size: int
    sha256: str

    @property
    def version(self) -> str:
        """Its version."""
        return self.coordinates.split(":")[2]

    @property
    def file(self) -> str:
        """Its file name."""
        return "-".join(self.coordinates.split(":")[1:]) + ".jar"

    @property
    def address(self) -> str:
        """Its path within a Maven repository."""
        group, artifact, version, *_ = self.coordinates.split(":")
        return "/".join((*group.split("."), artifact, version, self.file))

    def is_in(self, folder: Path) -> bool:
        """Whether the folder has it, whole and unharmed."""
        path = folder / self.file
        try:
            if path.stat().st_size != self.size:
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


@cache
def jars() -> tuple[Jar, ...]:
    """Every jar of the pinned Neo4j."""
    lines = (line.split() for line in LOCK.read_text("utf-8").splitlines())
    return tuple(Jar(coordinates, int(size), sha256) for coordinates, size, sha256 in lines)


def version() -> str:
    """The pinned version of Neo4j."""
    return next(jar.version for jar in jars() if jar.coordinates.startswith("org.neo4j:neo4j:"))


def cache_folder() -> Path:
    """Where the jars are kept, apart from any database, so that all databases share them."""
    return user_cache_path("partnergraph", appauthor=False) / f"neo4j-{version()}"


def fetch(folder: Path, repository: str = MAVEN_CENTRAL_URL, wanted: Sequence[Jar] | None = None) -> list[Path]:
    """The paths of the jars `wanted`, or else the pinned ones, in `folder`, after fetching what is missing or harmed.

    Raises DatabaseError where a jar can't be had; what was fetched until then is kept.
    """
    wanted = jars() if wanted is None else wanted
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            _complete(folder, repository, wanted)
    except OSError as error:
        raise DatabaseError(
            f"Neo4j's files can't be kept in {folder}: {error.strerror or error}.",
            "Make room there or give yourself the right to write there, then start again.",
        ) from error
    return [folder / jar.file for jar in wanted]


def _complete(folder: Path, repository: str, wanted: Sequence[Jar]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        present = pool.map(Jar.is_in, wanted, repeat(folder))
        missing = [jar for jar, is_there in zip(wanted, present, strict=True) if not is_there]
    if not missing:
        return
    size = sum(jar.size for jar in missing)
    if disk_usage(folder).free < size:
        raise DatabaseError(
            f"Neo4j's files need {size // 1_000_000 + 1} MB in {folder}, and the disk has less.",
            "Make room there, then start again.",
        )
    doing = f"Downloading Neo4j {version()}: {len(missing)} files, {size / 1e6:.0f} MB"
    with progress.download(doing, size) as advance, ThreadPoolExecutor(AT_ONCE) as pool:
        work = [pool.submit(_fetch, jar, folder, repository, advance) for jar in missing]
        try:
            for each in work:
                each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch(jar: Jar, folder: Path, repository: str, advance: Callable[[int], None]) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            _fetch_once(jar, folder, repository, advance)
        except RequestException as error:
            if attempt == TRIES:
                raise DatabaseError(
                    f"{jar.file} of Neo4j can't be downloaded: {_reason(error)}.",
                    "Check the network (behind a proxy, set HTTPS_PROXY), then start again: what was fetched is kept.",
                ) from error
            sleep(attempt)
        else:
            return


def _fetch_once(jar: Jar, folder: Path, repository: str, advance: Callable[[int], None]) -> None:
    """Fetch under another name, and give the jar its own only when it is whole."""
    unfinished = folder / f"{jar.file}.part"
    received = 0
    digest = hashlib.sha256()
    try:
        with (
            http.get(f"{repository}/{jar.address}", stream=True, timeout=TIMEOUT_SECONDS) as response,
            unfinished.open("wb") as file,
        ):
            response.raise_for_status()
            for chunk in response.iter_content(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                advance(len(chunk))
        if digest.hexdigest() != jar.sha256:
            raise RequestException(f"{received} bytes came that are not the {jar.size} expected")
        unfinished.replace(folder / jar.file)
    except BaseException:
        advance(-received)
        with suppress(OSError):
            unfinished.unlink()
        raise


def _reason(error: RequestException) -> str:
    if error.response is not None:
        return f"the repository answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, ChunkedEncodingError):
        return "the connection broke off"
    return str(error) if type(error) is RequestException else "the repository can't be reached"
