"""Facts that no file states any more: gone by default, given with their day when asked for."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from api.explain import Explainer
from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from tests.loaders.support import RIGHT, loaded, right_files, write_csv
from tests.support.serving import Asker, asking, served

LIST = """
query Q($too: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
  organisations(includeWithdrawn: $too, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { cursor node { __typename id withdrawnOn } }
    pageInfo { hasNextPage hasPreviousPage }
  }
}
"""


@pytest.fixture(scope="module")
def asker(
    module_database: Database, connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Asker]:
    """A graph of which a second load withdrew NWO with its links."""
    folder = tmp_path_factory.mktemp("files")
    loaded(module_database, right_files(folder))
    write_csv(folder / "partners.csv", RIGHT["partners"][1:])
    write_csv(folder / "links.csv", [row for row in RIGHT["links"] if stays(row)])
    loaded(module_database, folder, may_withdraw=True)
    with asking(connection, MODEL) as asker:
        yield asker


def stays(row: dict[str, str]) -> bool:
    return "partner-nwo" not in row.values()


@pytest.fixture(scope="module")
def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_a_list_gives_them_only_when_asked(asker: Asker, today: str) -> None:
    current = asker.data(LIST)["organisations"]
    everything = asker.data(LIST, {"too": True})["organisations"]
    gone = {"__typename": "Partner", "id": "partner-nwo", "withdrawnOn": today}
    assert all(edge["node"]["withdrawnOn"] is None for edge in current["edges"])
    assert everything["totalCount"] == current["totalCount"] + 1
    assert [edge for edge in everything["edges"] if edge not in current["edges"]] == [
        {"cursor": everything["edges"][everything["totalCount"] - 2]["cursor"], "node": gone}
    ]


@pytest.mark.parametrize("way", [("first", "after", 0, "hasNextPage"), ("last", "before", 0, "hasPreviousPage")])
def test_pages_hold_both_kinds_in_one_order(asker: Asker, way: tuple[str, str, int, str]) -> None:
    size, bound, end, more = way
    whole = [edge["cursor"] for edge in asker.data(LIST, {"too": True})["organisations"]["edges"]]
    found: list[str] = []
    given: dict[str, Any] = {"too": True, size: 1}
    while True:
        page = asker.data(LIST, given)["organisations"]
        found += [edge["cursor"] for edge in page["edges"]]
        if not page["pageInfo"][more]:
            break
        given[bound] = page["edges"][end]["cursor"]
    assert found == (whole if size == "first" else whole[::-1])


def test_an_id_that_was_kept_still_finds_it(asker: Asker, today: str) -> None:
    text = """query Q($too: Boolean) {
      node(id: "partner-nwo", includeWithdrawn: $too) { __typename id }
      partner(id: "partner-nwo", includeWithdrawn: $too) { name withdrawnOn statements { file row } }
      entity(id: "partner-nwo", includeWithdrawn: $too) { ... on Partner { kind } }
      educationInstitution(id: "partner-nwo", includeWithdrawn: $too) { id }
      nodes(ids: ["partner-nwo", "partner-ser"], includeWithdrawn: $too) { id }
    }"""
    none = {"node": None, "partner": None, "entity": None, "educationInstitution": None}
    assert asker.data(text) == {**none, "nodes": [None, {"id": "partner-ser"}]}
    found = asker.data(text, {"too": True})
    assert found["node"] == {"__typename": "Partner", "id": "partner-nwo"}
    (said,) = found["partner"].pop("statements")
    assert said["file"].endswith("partners.csv")
    assert said["row"] == 2
    assert found["partner"] == {"name": "NWO", "withdrawnOn": today}
    assert found["entity"] == {"kind": "RESEARCH_FUNDER"}
    assert found["educationInstitution"] is None
    assert found["nodes"] == [{"id": "partner-nwo"}, {"id": "partner-ser"}]


def test_links_are_given_with_the_ends_that_they_had(asker: Asker, today: str) -> None:
    text = """query Q($too: Boolean) {
      project(id: "project-lc") {
        funders(includeWithdrawn: $too) { totalCount edges { withdrawnOn node { id withdrawnOn } } }
        links(types: [FUNDS], includeWithdrawn: $too) { nodes { id } edges { type direction withdrawnOn } }
      }
    }"""
    current = asker.data(text)["project"]
    assert current == {"funders": {"totalCount": 0, "edges": []}, "links": {"nodes": [], "edges": []}}
    found = asker.data(text, {"too": True})["project"]
    node = {"id": "partner-nwo", "withdrawnOn": today}
    assert found["funders"] == {"totalCount": 1, "edges": [{"withdrawnOn": today, "node": node}]}
    edge = {"type": "FUNDS", "direction": "INCOMING", "withdrawnOn": today}
    assert found["links"] == {"nodes": [{"id": "partner-nwo"}], "edges": [edge]}


def test_who_stated_a_link_last_is_told(asker: Asker) -> None:
    text = """{ project(id: "project-lc") { funders(includeWithdrawn: true) { edges { statements { file } } } } }"""
    (edge,) = asker.data(text)["project"]["funders"]["edges"]
    assert [said["file"].rpartition("/")[2] for said in edge["statements"]] == ["links.csv"]


def test_conditions_and_facets_know_them(asker: Asker) -> None:
    text = """query Q($too: Boolean) {
      entities(includeWithdrawn: $too, where: {type: {eq: PARTNER}}) {
        totalCount facets(by: [TYPE]) { values { id count } }
      }
    }"""
    counts = {
        too: (found["totalCount"], found["facets"][0]["values"])
        for too in (False, True)
        for found in [asker.data(text, {"too": too})["entities"]]
    }
    assert counts == {False: (1, [{"id": "PARTNER", "count": 1}]), True: (2, [{"id": "PARTNER", "count": 2}])}


def test_nothing_of_it_is_read_by_default(asker: Asker) -> None:
    text = "{ organisations(first: 2) { totalCount nodes { id links(first: 1) { totalCount } } } }"
    assert "WITHDRAWN" not in Explainer(MODEL).explain(text, {}).text.upper()


def test_current_ones_still_come_by_index(asker: Asker, module_database: Database) -> None:
    text = "{ organisations(first: 2, includeWithdrawn: true) { nodes { id } } }"
    explained = Explainer(MODEL).explain(text, {})
    operators = module_database.cost(explained.text, explained.parameters).operators
    assert "NodeIndexScan" in operators
    assert "NodeByLabelScan" not in operators


@pytest.mark.usefixtures("asker")
def test_the_page_of_a_withdrawn_entity_says_so(connection: Connection, today: str) -> None:
    with served(connection) as client:
        gone = client.get("/entity/partner-nwo")
        unknown = client.get("/entity/no-such-thing")
    assert gone.status_code == 410
    assert f"Withdrawn on {today}" in gone.text
    assert unknown.status_code == 404
