"""Search over the real data: ranking, typing errors, pages, filters, highlights, and texts that mean to break it."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.words import folded, words
from tests.support.serving import Asker

pytestmark = pytest.mark.usefixtures("real_graph")

LOOK_UPS = Path(__file__).with_name("look_ups.csv")
SEARCH = """
query Q($text: String!, $first: Int, $after: String, $types: [EntityType!], $where: EntityWhere) {
  search(text: $text, first: $first, after: $after, types: $types, where: $where) {
    totalCount
    edges { cursor score node { id name __typename } highlights { field parts { text isMatch } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def search(asker: Asker, text: str, **variables: Any) -> dict[str, Any]:
    return asker.data(SEARCH, {"text": text, **variables})["search"]


def names(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in found["edges"]]


def test_a_name_itself_comes_first(asker: Asker) -> None:
    found = search(asker, "nwo", first=3)
    assert names(found)[0] == "NWO"
    assert found["edges"][0]["score"] > 30
    assert names(search(asker, "NWO", first=3)) == names(found)


def test_what_people_look_for_comes_first(asker: Asker) -> None:
    """Mean reciprocal rank over look-ups whose answer was written down by hand."""
    with LOOK_UPS.open(encoding="utf-8") as file:
        look_ups = [(row["text"], row["id"]) for row in csv.DictReader(file)]
    ranks: dict[str, int | None] = {}
    for text, wanted in look_ups:
        found = [edge["node"]["id"] for edge in search(asker, text, first=10)["edges"]]
        ranks[text] = found.index(wanted) + 1 if wanted in found else None
    reciprocal = [1 / rank if rank else 0 for rank in ranks.values()]
    mean, first = sum(reciprocal) / len(reciprocal), sum(rank == 1 for rank in ranks.values()) / len(ranks)
    print(
        f"MRR {mean:.3f}, hit@1 {first:.3f}; not first: { {text: rank for text, rank in ranks.items() if rank != 1} }"
    )
    assert len(look_ups) >= 100
    assert mean >= 0.9


def test_suggestions_while_typing(asker: Asker) -> None:
    text = "query Q($p: String!, $t: [EntityType!]) { suggest(prefix: $p, types: $t, first: 5) { text node { id } } }"

    def typed(prefix: str, types: list[str] | None = None) -> list[str]:
        return [row["node"]["id"] for row in asker.data(text, {"p": prefix, "t": types})["suggest"]]

    assert typed("groenp")[0] == "pact-groenpact"
    assert typed("tu de")[0] == "inst-technische-universiteit-delft"
    assert typed("hogeschool rott")[0] == "inst-hogeschool-rotterdam"
    assert typed("energie", ["TOPSECTOR"]) == ["topsector-energie"]
    assert typed('"*') == []


def test_accents_case_and_typing_errors_do_not_matter(asker: Asker) -> None:
    assert names(search(asker, "groenpakt"))[0] == "Groenpact"
    assert names(search(asker, "fryslan"))[0] == "Fryslân"
    assert names(search(asker, "MKB nederland"))[0] == "MKB-Nederland"


def test_pages_follow_each_other(asker: Asker) -> None:
    whole = search(asker, "hogeschool", first=1000)
    assert whole["totalCount"] == len(whole["edges"]) > 20
    scores = [edge["score"] for edge in whole["edges"]]
    assert scores == sorted(scores, reverse=True)
    found: list[str] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = search(asker, "hogeschool", first=7, after=page["pageInfo"]["endCursor"])
        found += names(page)
    assert found == names(whole)


def test_types_and_conditions_narrow_it(asker: Asker) -> None:
    found = search(asker, "energie", types=["TOPSECTOR", "MISSION"])
    assert {edge["node"]["__typename"] for edge in found["edges"]} == {"Topsector", "Mission"}
    assert search(asker, "energie", types=[])["edges"] == []
    at = search(asker, "techniek", where={"region": {"name": {"eq": "Zuid-Holland"}}})
    assert at["totalCount"] > 0


def test_what_is_found_can_be_asked_anything(asker: Asker) -> None:
    text = """{ search(text: "groenpact", first: 1) { nodes { id ... on Pact { startYear sources { url }
        links(first: 1) { totalCount edges { node { name } } } } } } }"""
    (node,) = asker.data(text)["search"]["nodes"]
    assert node["id"] == "pact-groenpact"
    assert node["links"]["edges"][0]["node"]["name"]


def test_highlights_mark_the_words(asker: Asker) -> None:
    edge = search(asker, "gezondheid zorg", first=1)["edges"][0]
    (name,) = [each for each in edge["highlights"] if each["field"] == "name"]
    assert "".join(part["text"] for part in name["parts"]) == edge["node"]["name"]
    assert [part["text"] for part in name["parts"] if part["isMatch"]] == ["Gezondheid", "Zorg"]


def test_a_long_text_is_refused_with_its_limit(asker: Asker) -> None:
    code, message = asker.error(SEARCH, {"text": "x" * 201})
    assert code == "BAD_USER_INPUT"
    assert message == "search(text) must be at most 200 characters, but is 201 characters."


@given(text=st.text(max_size=40) | st.text('"*~?^:\\/()[]{}+-&|! ANDORTabc', max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_no_text_breaks_it(asker: Asker, text: str) -> None:
    found = search(asker, text, first=2)
    assert found["totalCount"] >= len(found["edges"])


@pytest.mark.parametrize(("text", "expected"), [("Één", "een"), ("Œuvre", "oeuvre"), ("STRASSE ß", "strasse ss")])
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_words() -> None:
    assert words("MKB-Nederland & O&O!") == ["mkb", "nederland", "o", "o"]
