"""The pages for people: looking something up, and what is then shown of it."""

import re

import httpx
import pytest

from graph.database import Database

pytestmark = pytest.mark.usefixtures("real_graph")


def hits(page: httpx.Response) -> list[str]:
    assert page.status_code == 200
    return re.findall(r'<li><a href="/entity/([^"]+)"', page.text)


def test_the_first_page_leads_to_the_search(client: httpx.Client) -> None:
    assert '<form action="/find" role="search">' in client.get("/").text
    assert 'name="q" value=""' in client.get("/find").text


def test_an_abbreviation_finds_who_has_it(client: httpx.Client) -> None:
    page = client.get("/find", params={"q": "tud"})
    assert hits(page)[0] == "inst-technische-universiteit-delft"
    assert 'name="q" value="tud"' in page.text


def test_more_goes_on_where_the_page_ended(client: httpx.Client) -> None:
    first = client.get("/find", params={"q": "hogeschool"})
    (address,) = re.findall(r'href="(/find\?[^"]+)"', first.text)
    second = client.get(address.replace("&amp;", "&"))
    assert len(hits(first)) == 20
    assert hits(second)
    assert not set(hits(first)) & set(hits(second))


def test_what_nobody_has_is_said_and_a_text_is_only_text(client: httpx.Client) -> None:
    page = client.get("/find", params={"q": '"><script>alert(1)</script>'})
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Nothing is known by" in client.get("/find", params={"q": "qqqqzzzz"}).text
    assert client.get("/find", params={"q": "x" * 201}).status_code == 422
    assert "cursor" in client.get("/find", params={"q": "hu", "after": "nonsense"}).text


def test_a_page_tells_with_whom_one_works_and_through_how_much(client: httpx.Client, real_graph: Database) -> None:
    page = client.get("/entity/inst-technische-universiteit-delft").text
    assert "<h2>Works most with</h2>" in page
    assert re.search(r'<a href="/entity/inst-[^"]+">[^<]+</a> <span class="small">\d+ shared</span>', page)
    assert "Works most with" not in client.get("/entity/topsector-energie").text
