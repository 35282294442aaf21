"""What clients learn of loads: runs, changes, and who states each fact."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from loaders.undo import undo
from tests.loaders.support import RIGHT, loaded, right_files, write_csv
from tests.support.serving import Asker, asking

RUNS = """
query Q($first: Int, $after: String) {
  loadRuns(first: $first, after: $after) {
    totalCount
    nodes {
      number outcome startedAt finishedAt by revision problems undoes undoneBy
      counts { type added changed withdrawn unchanged refused }
      files { file sha256 skipped }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
CHANGES = """
query Q($since: Int, $first: Int, $after: String) {
  changes(since: $since, first: $first, after: $after) {
    totalCount
    nodes { number run action type id toId properties { name before after } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SAID = """
{
  partner(id: "partner-nwo") { statements { file row run retrievedOn confidence sourceIds values { name value } } }
  project(id: "project-lc") {
    funders { edges { since statements { file row run retrievedOn confidence sourceIds values { name value } } } }
  }
}
"""


@pytest.fixture(scope="module")
def asker(
    module_database: Database, connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Asker]:
    """A graph after three loads and an undo."""
    folder = tmp_path_factory.mktemp("files")
    loaded(module_database, right_files(folder))
    write_csv(folder / "partners.csv", [{**RIGHT["partners"][0], "name": "NWO!"}, RIGHT["partners"][1]])
    loaded(module_database, folder)
    other = folder / "other"
    other.mkdir()
    loaded(
        module_database, write_csv(other / "links.csv", [{**RIGHT["links"][1], "since": "2021", "confidence": "low"}])
    )
    undo(module_database, MODEL, 2, "tester")
    with asking(connection, MODEL) as asker:
        yield asker


def pages(asker: Asker, query: str, field: str, first: int, **variables: Any) -> list[dict[str, Any]]:
    """All items of a list, read in pages."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = asker.data(query, {"first": first, "after": after, **variables})[field]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found


def test_runs_come_newest_first(asker: Asker) -> None:
    runs = pages(asker, RUNS, "loadRuns", 3)
    assert [run["number"] for run in runs] == [4, 3, 2, 1]
    assert [run["undoes"] for run in runs] == [2, None, None, None]
    assert [run["undoneBy"] for run in runs] == [None, None, 4, None]
    assert {run["outcome"] for run in runs} == {"DONE"}
    assert [run["revision"] for run in runs] == [4, 3, 2, 1]
    first = runs[-1]
    assert first["startedAt"] <= first["finishedAt"]
    assert {Path(file["file"]).name for file in first["files"]} == {f"{name}.csv" for name in RIGHT}
    assert {"type": "Partner", "added": 2, "changed": 0, "withdrawn": 0, "unchanged": 0, "refused": 0} in first[
        "counts"
    ]
    assert [file["skipped"] for file in runs[2]["files"]].count(False) == 1


def test_changes_come_newest_first_and_tell_each_property(asker: Asker) -> None:
    changes = pages(asker, CHANGES, "changes", 4)
    numbers = [change["number"] for change in changes]
    assert numbers == sorted(numbers, reverse=True)
    assert sum(change["run"] == 1 for change in changes) == sum(map(len, RIGHT.values()))
    newest, link, renamed = changes[:3]
    assert (newest["action"], newest["run"], newest["id"], newest["toId"]) == ("CHANGED", 4, "partner-nwo", None)
    assert newest["properties"] == [{"name": "name", "before": '"NWO!"', "after": '"NWO"'}]
    assert (link["type"], link["id"], link["toId"]) == ("FUNDS", "partner-nwo", "project-lc")
    assert renamed["properties"] == [{"name": "name", "before": '"NWO"', "after": '"NWO!"'}]
    assert pages(asker, CHANGES, "changes", 10, since=1) == changes[:3]
    assert pages(asker, CHANGES, "changes", 10, since=4) == []


def test_a_fact_tells_who_states_it(asker: Asker) -> None:
    found = asker.data(SAID)
    [word] = found["partner"]["statements"]
    assert (Path(word["file"]).name, word["row"], word["run"]) == ("partners.csv", 2, 1)
    assert (word["confidence"], word["sourceIds"], word["retrievedOn"]) == ("HIGH", ["source-a"], "2026-11-24")
    assert {item["name"]: json.loads(item["value"]) for item in word["values"]} == {
        "name": "NWO",
        "kind": "RESEARCH_FUNDER",
        "shortName": "NWO",
    }
    [edge] = found["project"]["funders"]["edges"]
    assert edge["since"] == 2020
    words = edge["statements"]
    assert [(word["run"], word["confidence"]) for word in words] == [(1, "HIGH"), (3, "LOW")]
    since = [item["value"] for word in words for item in word["values"] if item["name"] == "since"]
    assert since == ["2020", "2021"]
