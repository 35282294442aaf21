"""Files from the web: a real server on this machine, allowed by its setting, and what is refused elsewhere."""

import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from graph.settings import Settings
from loaders.problems import LoadError
from loaders.read import Options
from tests.loaders.support import RIGHT, checked, write_csv
from tests.support.website import Answer, Site, answer, website


@pytest.fixture
def site() -> Generator[Site]:
    with website() as site:
        yield site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache", fetch_allow="127.0.0.1", fetch_timeout=20)


def partners(folder: Path) -> bytes:
    """The right partners as CSV."""
    rows = [row | {"source": "https://example.org/a"} for row in RIGHT["partners"]]
    return write_csv(folder / "right.csv", rows).read_bytes()


def ids(address: str, settings: Settings) -> list[str]:
    """The ids of the partners in the file at an address. Raises LoadError."""
    facts = checked(address, options=Options(settings=settings))
    return [node.id for node in facts.nodes if node.type == "Partner"]


def refused(address: str, settings: Settings) -> str:
    """Why the file at an address is refused."""
    with pytest.raises(LoadError) as caught:
        ids(address, settings)
    [problem] = caught.value.problems
    assert problem.place == (address, None, None)
    return problem.message


def test_a_file_is_loaded_from_its_address(tmp_path: Path, site: Site, settings: Settings) -> None:
    site.answers["/some/partners.csv"] = answer(partners(tmp_path), Content_Type="text/plain")
    assert ids(site.address("/some/partners.csv"), settings) == ["partner-nwo", "partner-ser"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Disposition": 'attachment; filename="partners.csv"'},
        {"Content_Disposition": "attachment; filename*=UTF-8''partners%20north.csv"},
        {"Content_Type": "text/csv; charset=utf-8"},
    ],
)
def test_the_server_may_say_the_name_or_the_format(
    tmp_path: Path, site: Site, settings: Settings, headers: dict[str, str]
) -> None:
    site.answers["/partners?export=1"] = answer(partners(tmp_path), 200, **headers)
    assert len(ids(site.address("/partners?export=1"), settings)) == 2


@pytest.mark.parametrize(
    ("version", "asked"),
    [
        ({"ETag": '"one"'}, ("if-none-match", '"one"')),
        (
            {"Last_Modified": "Tue, 24 Nov 2026 10:00:00 GMT"},
            ("if-modified-since", "Tue, 24 Nov 2026 10:00:00 GMT"),
        ),
    ],
)
def test_a_file_that_has_not_changed_is_not_fetched_again(
    tmp_path: Path, site: Site, settings: Settings, version: dict[str, str], asked: tuple[str, str]
) -> None:
    address = site.address("/partners.csv")
    site.answers["/partners.csv"] = answer(partners(tmp_path), 200, **version)
    first = ids(address, settings)
    site.answers["/partners.csv"] = answer(b"", 304)
    assert ids(address, settings) == first
    assert asked not in site.asked[0][1].items()
    assert asked in site.asked[1][1].items()
    for kept in (settings.cache / "files").glob("*/[0-9a-f]*"):
        kept.write_bytes(b"spoilt")
    site.answers["/partners.csv"] = answer(partners(tmp_path))
    assert ids(address, settings) == first
    assert asked not in site.asked[2][1].items()


def test_redirects_are_followed_each_to_an_address_that_is_checked(
    tmp_path: Path, site: Site, settings: Settings
) -> None:
    site.answers["/partners.csv"] = answer(partners(tmp_path))
    site.answers["/a"] = answer(b"", 302, Location="/b")
    site.answers["/b"] = answer(b"", 301, Location=site.address("/partners.csv"))
    assert len(ids(site.address("/a"), settings)) == 2
    site.answers["/b"] = answer(b"", 307, Location="http://127.0.0.2:1/partners.csv")
    assert "127.0.0.2, which is no address of the public internet" in refused(site.address("/a"), settings)
    site.answers["/b"] = answer(b"", 307, Location="file:///etc/passwd")
    assert "no address that begins with http" in refused(site.address("/a"), settings)
    site.answers["/b"] = answer(b"", 307, Location="/a")
    assert "more than 5 times" in refused(site.address("/a"), settings)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[::ffff:127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::ffff:a00:1]"),
    ],
)
def test_private_addresses_are_refused_however_they_are_written(tmp_path: Path, host: str) -> None:
    found = refused(f"http://{host}:1/partners.csv", Settings(cache=tmp_path, fetch_allow=""))
    assert "which is no address of the public internet" in found or "no host" in found


def test_a_host_with_one_private_address_among_others_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)  # pyright: ignore
    assert "is at 10.0.0.1" in refused("http://files.example.org/partners.csv", Settings(cache=tmp_path))


def test_the_checked_address_is_connected_to_whatever_the_name_means_a_moment_later(
    tmp_path: Path, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", 80))]])
    real, resolved = __import__("socket").getaddrinfo, list[str]()

    def resolve(host: str, *arguments: Any, **named: Any) -> Any:
        resolved.append(host)
        return next(answers) if host == "files.example.org" else real(host, *arguments, **named)

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    site.answers["/partners.csv"] = answer(partners(tmp_path))
    assert len(ids(site.address("/partners.csv", "files.example.org"), settings)) == 2
    assert resolved.count("files.example.org") == 1
    assert site.asked[0][1]["host"] == f"files.example.org:{site.port}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(b"", 404), "404 Not Found"),
        (answer(b"<html>", Content_Type="text/html"), "a web page"),
        (answer(b"x", Content_Type="application/pdf"), "application/pdf"),
        (answer(b"x" * 1_000_001, Content_Type="text/csv"), "larger than 1 MB"),
        (answer(b"", Content_Type="text/csv", Content_Length="2000000"), "larger than 1 MB"),
    ],
)
def test_what_is_no_file_or_too_large_is_refused(site: Site, settings: Settings, given: Answer, said: str) -> None:
    site.answers["/partners"] = given
    small = settings.model_copy(update={"fetch_megabytes": 1})
    assert said in refused(site.address("/partners"), small)
    assert not list((settings.cache).glob("files/*/*"))


def test_a_body_without_an_end_is_cut_off(site: Site, settings: Settings) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/csv")
        request.end_headers()
        for _ in range(100):
            try:
                request.wfile.write(b"x" * 100_000)
            except OSError:
                return

    site.answers["/partners"] = endless
    assert "larger than 1 MB" in refused(site.address("/partners"), settings.model_copy(update={"fetch_megabytes": 1}))


def test_a_server_that_takes_too_long_is_given_up(site: Site, settings: Settings) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/csv")
        request.end_headers()
        for _ in range(50):
            try:
                request.wfile.write(b"x")
            except OSError:
                return
            time.sleep(0.1)

    site.answers["/partners"] = slow
    hasty = settings.model_copy(update={"fetch_timeout": 0.5})
    assert "it took more than 0.5 s" in refused(site.address("/partners"), hasty)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://user:secret@127.0.0.1/partners.csv", "password"),
        ("http://127.0.0.1:1/partners.csv", "refused"),
        ("http://no-such-host.invalid/partners.csv", "no host"),
        ("http://", "no address"),
        ("http://[/partners.csv", "no host"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused(settings: Settings, address: str, said: str) -> None:
    assert said in refused(address, settings)
