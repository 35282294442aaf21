"""What the last analysis kept, pairs and matrices: the same as those of the graph itself, or not used."""

from collections.abc import Generator
from operator import itemgetter
from typing import Any

import pytest
from rich.progress import Progress

from graph.analysis.analyse import Analysis, analyse
from graph.database import Database
from graph.model import MODEL
from loaders.runs import touch
from tests.support.graphs import Graph
from tests.support.serving import Asker

PAIR = "nodes { strength sharedCount firstYear lastYear source { id } target { id } via { direct communities { id } } }"
PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
QUERY = f"""
query Q($first: Int, $last: Int, $after: String, $before: String, $min: Float, $where: OrganisationWhere) {{
  collaborations(first: $first, last: $last, after: $after, before: $before, minStrength: $min, where: $where) {{
    totalCount {PAGE_INFO} {PAIR}
  }}
}}
"""
Pairs = list[dict[str, Any]]
EVERYONE = {"not": {"id": {"eq": "nobody"}}}
"""A condition that all meet: what is asked with one is always found from the graph itself."""


def ask(asker: Asker, **variables: Any) -> dict[str, Any]:
    return asker.data(QUERY, variables)["collaborations"]


def everything(asker: Asker, **variables: Any) -> Pairs:
    return [_sorted(pair) for pair in ask(asker, first=1000, **variables)["nodes"]]


def _sorted(pair: dict[str, Any]) -> dict[str, Any]:
    pair["via"]["communities"] = sorted(pair["via"]["communities"], key=itemgetter("id"))
    return pair


def forwards(asker: Asker, size: int, **variables: Any) -> Pairs:
    found: Pairs = []
    after = None
    while True:
        page = ask(asker, first=size, after=after, **variables)
        assert page["pageInfo"]["hasPreviousPage"] == bool(found)
        found += map(_sorted, page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


def backwards(asker: Asker, size: int, **variables: Any) -> Pairs:
    found: Pairs = []
    before = None
    while True:
        page = ask(asker, last=size, before=before, **variables)
        assert page["pageInfo"]["hasNextPage"] == bool(found)
        found = [*map(_sorted, page["nodes"]), *found]
        if not page["pageInfo"]["hasPreviousPage"]:
            assert page["totalCount"] == len(found)
            return found
        before = page["pageInfo"]["startCursor"]


@pytest.fixture
def analysis(small_graph: Graph, module_database: Database) -> Analysis:
    assert small_graph
    return analyse(module_database, MODEL, Progress(disable=True))


@pytest.fixture(params=["all", "some", "none", "of an earlier graph"])
def kept(request: pytest.FixtureRequest, analysis: Analysis, module_database: Database) -> Generator[str]:
    """What there is of an analysis."""
    if request.param in ("some", "none"):
        cut_off(module_database, 9 if request.param == "some" else 0)
    if request.param == "of an earlier graph":
        link = "MATCH (a:Partner {id: 'partners-0'}), (b:Partner {id: 'partners-1'}) CREATE (a)-[r:PARTNER_OF]->(b)"
        module_database.write(f"{link} SET r.madeUp = true")
        touch(module_database)
    yield request.param
    module_database.write("MATCH ()-[r:PARTNER_OF {madeUp: true}]->() DELETE r")


def cut_off(database: Database, most: int) -> None:
    """Leave the kept pairs as they would be had no more been kept."""
    database.write("MATCH (c:Collaboration) WITH c ORDER BY c.key SKIP $most DELETE c", {"most": most})
    (last,) = database.read("MATCH (c:Collaboration) RETURN max(c.key) AS key")
    weakest = (10**15 - int(last["key"].split()[0])) / 10**9 if last["key"] else None
    database.write(
        "MATCH (r:Revision) SET r.collaborationsKept = $most, r.weakestKept = $weakest",
        {"most": most, "weakest": weakest},
    )


@pytest.mark.parametrize("least", [None, 0.5])
def test_pages_are_those_of_the_graph_itself(asker: Asker, kept: str, least: float | None) -> None:
    assert kept
    expected = everything(asker, where=EVERYONE, min=least)
    assert len(expected) > 20
    assert everything(asker, min=least) == expected
    assert forwards(asker, 23, min=least) == expected
    assert backwards(asker, 31, min=least) == expected


def test_what_is_kept_is_read(asker: Asker, analysis: Analysis, module_database: Database) -> None:
    """A page, its count and whether there are others read no more than that page's own pairs."""
    assert analysis.collaborations == analysis.collaborationsKept
    first = ask(asker, first=3)
    (told,) = module_database.write(
        "MATCH (c:Collaboration) WITH c ORDER BY c.key LIMIT 1 WITH c, c.key AS key "
        "SET c.key = '000999000000000' + substring(c.key, 15) RETURN key"
    )
    assert told["key"].split()[1] == first["nodes"][0]["source"]["id"]
    assert ask(asker, first=1)["nodes"][0]["strength"] == 999_001.0
    module_database.write("MATCH (r:Revision) SET r.collaborations = 12345, r.collaborationsKept = 12345")
    assert ask(asker, first=3, after=first["pageInfo"]["endCursor"])["totalCount"] == 12345


def test_the_analysis_says_how_far_it_goes(asker: Asker, analysis: Analysis) -> None:
    found = asker.data("{ analysis { collaborations collaborationsKept weakestKept } }")["analysis"]
    pairs = everything(asker, where=EVERYONE)
    assert found == {
        "collaborations": len(pairs),
        "collaborationsKept": len(pairs),
        "weakestKept": pairs[-1]["strength"],
    }
    assert analysis.collaborations == len(pairs)


@pytest.mark.parametrize("by", ["LEVEL", "REGION", "TOPSECTOR", "FORM"])
def test_a_kept_matrix_is_that_of_the_graph(
    asker: Asker, analysis: Analysis, module_database: Database, by: str
) -> None:
    def cells() -> list[dict[str, Any]]:
        sides = "row { id name } column { id name }"
        query = f"{{ collaborationMatrix(by: {by}) {{ {sides} strength sharedCount }} }}"
        return asker.data(query)["collaborationMatrix"]

    assert analysis
    kept = cells()
    (row,) = module_database.read("MATCH (m:CollaborationMatrix {by: $by}) RETURN size(m.rows) AS cells", {"by": by})
    assert row["cells"] == len(kept) > 1
    # What is told comes from there: a wrong count in it shows.
    module_database.write("MATCH (m:CollaborationMatrix) SET m.shared = [s IN m.shared | s + 1]")
    assert cells() == [{**cell, "sharedCount": cell["sharedCount"] + 1} for cell in kept]
    assert touch(module_database)
    assert cells() == kept
