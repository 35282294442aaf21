"""Files from the web: fetched within limits, and kept so that one which hasn't changed is not fetched again."""

import errno
import hashlib
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from urllib.parse import unquote

import httpx
import orjson
from rich.progress import Progress

from graph.settings import Settings
from loaders.addresses import FetchError, addresses

MOST_REDIRECTS = 5
SILENCE_SECONDS = 30.0
SUFFIX_OF = {
    "text/csv": ".csv",
    "application/csv": ".csv",
    "text/tab-separated-values": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/jsonl": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
}
ABOUT = "about.json"


@dataclass(frozen=True)
class Kept:
    """A file that was fetched before: its own name, by what the server knows its version, and where it is kept."""

    title: str
    etag: str | None
    modified: str | None
    file: str

    @property
    def headers(self) -> dict[str, str]:
        """What asks a server for the file only if it has changed (RFC 9110, 13.1)."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}


def is_address(name: str) -> bool:
    """Whether a name is that of a file on the web."""
    return name.lower().startswith(("http://", "https://"))


def kept_in(folder: Path) -> Kept | None:
    """What a folder of the cache holds, if it is whole."""
    try:
        kept = Kept(**orjson.loads((folder / ABOUT).read_bytes()))
        with (folder / kept.file).open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.file == sha256 else None


class Fetch:
    """The fetching of one file, which must be done before its `deadline` on the monotonic clock."""

    def __init__(self, suffixes: Sequence[str], settings: Settings, progress: Progress) -> None:
        self.suffixes = suffixes
        self.settings = settings
        self.progress = progress
        self.deadline = time.monotonic() + settings.fetch_timeout

    def file(self, address: str) -> tuple[Path, str]:
        """The file at an address: where its bytes are now, and its own name, which ends in one of the suffixes.

        Raises FetchError, and OSError where the cache can't be written.
        """
        try:
            return self._file(address)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            cache = self.settings.cache
            raise FetchError(f"the disk of {cache} is full: make room there, or set PARTNERGRAPH_CACHE") from error

    def _file(self, address: str) -> tuple[Path, str]:
        folder = self.settings.cache / "files" / hashlib.sha256(address.encode()).hexdigest()[:32]
        kept = kept_in(folder)
        try:
            with self._answer(httpx.URL(address), kept.headers if kept else {}) as answer:
                if answer.status_code == HTTPStatus.NOT_MODIFIED and kept:
                    return folder / kept.file, kept.title
                if answer.status_code != HTTPStatus.OK:
                    raise FetchError(f"the server says {answer.status_code} {answer.reason_phrase}".rstrip())
                title = title_of(answer, self.suffixes)
                file = self._keep(answer, folder)
                new = Kept(title, answer.headers.get("etag"), answer.headers.get("last-modified"), file.name)
        except httpx.InvalidURL as error:
            raise FetchError(f"that is no address: {error}") from None
        except httpx.TimeoutException:
            raise FetchError(f"the server said nothing for {SILENCE_SECONDS:g} seconds") from None
        except httpx.HTTPError as error:
            raise FetchError(str(error) or type(error).__name__) from None
        about = folder / f"{file.name}.{ABOUT}"
        about.write_bytes(orjson.dumps(asdict(new)))
        about.replace(folder / ABOUT)
        for old in folder.iterdir():
            if old.name not in (ABOUT, new.file):
                old.unlink(missing_ok=True)
        return file, title

    @contextmanager
    def _answer(self, url: httpx.URL, headers: dict[str, str]) -> Generator[httpx.Response]:
        """The answer at the end of all redirects. Raises FetchError, and httpx's errors."""
        timeout = min(SILENCE_SECONDS, self.settings.fetch_timeout)
        # No proxy of the environment's: it would connect to what it finds by itself.
        with httpx.Client(timeout=timeout, trust_env=False, verify=httpx.create_ssl_context()) as client:
            for _ in range(MOST_REDIRECTS + 1):
                self._be_in_time()
                with closing(self._ask(client, url, headers)) as answer:
                    if not answer.has_redirect_location:
                        yield answer
                        return
                onward = url.join(answer.headers["location"])
                if url.scheme == "https" and onward.scheme != "https":
                    raise FetchError(f"it leads on to {onward}, which is not https")
                url = onward
        raise FetchError(f"it leads on more than {MOST_REDIRECTS} times")

    def _ask(self, client: httpx.Client, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        """The answer of the first of a host's addresses that answers. Raises FetchError, and httpx's errors."""
        if url.scheme not in ("http", "https") or not url.host:
            raise FetchError(f"{url} is no address that begins with http:// or https://")
        if url.userinfo:
            raise FetchError("an address with a password in it would be kept with the facts: leave it out")
        failure: httpx.TransportError | None = None
        for address in addresses(url, self.settings.allowed_networks):
            request = client.build_request(
                "GET",
                url.copy_with(host=str(address)),
                headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
                # The certificate must be the host's, although the connection is to its address.
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            try:
                return client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or FetchError(f"there is no host {url.host}")

    def _keep(self, answer: httpx.Response, folder: Path) -> Path:
        """Write an answer's body into a folder of the cache, named after the hash of its bytes.

        Raises FetchError, OSError, and httpx's errors.
        """
        limit = self.settings.fetch_megabytes * 1_000_000
        too_large = FetchError(f"it is larger than {self.settings.fetch_megabytes:,} MB (PARTNERGRAPH_FETCH_MEGABYTES)")
        size = int(length) if (length := answer.headers.get("content-length", "")).isdecimal() else None
        if size is not None and size > limit:
            raise too_large
        digest, got = hashlib.sha256(), 0
        task = self.progress.add_task("Fetching", total=size)
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            made = Path(file.name)
            try:
                for chunk in answer.iter_bytes():
                    got += len(chunk)
                    if got > limit:
                        raise too_large
                    self._be_in_time()
                    digest.update(chunk)
                    file.write(chunk)
                    self.progress.advance(task, len(chunk))
                file.flush()
            except BaseException:
                made.unlink()
                raise
        self.progress.update(task, total=got)
        return made.replace(folder / digest.hexdigest())

    def _be_in_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise FetchError(f"it took more than {self.settings.fetch_timeout:g} s (PARTNERGRAPH_FETCH_TIMEOUT)")


def title_of(answer: httpx.Response, suffixes: Sequence[str]) -> str:
    """The name that a server gives its file, or the last part of its address, with the suffix of its format.

    Raises FetchError where nothing tells the format.
    """
    headers = Message()
    for name in ("content-type", "content-disposition"):
        if name in answer.headers:
            headers[name] = answer.headers[name]
    kind = headers.get_content_type()
    if kind == "text/html":
        raise FetchError("that is a web page, not a file: look for the address of the file itself")
    named = headers.get_filename() or PurePosixPath(unquote(answer.url.path)).name
    title = PurePosixPath(named.replace("\\", "/")).name
    if PurePosixPath(title).suffix.lower() in suffixes:
        return title
    if kind in SUFFIX_OF:
        return title + SUFFIX_OF[kind]
    raise FetchError(f"neither its name {title!r} nor its type {kind} says that it is {' or '.join(suffixes)}")
