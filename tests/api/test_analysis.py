"""What an analysis found, and suggestions, over the real data: each checked against the graph itself."""

import pytest
from rich.progress import Progress

from bench.suggestions import METHODS, Known, compare, is_open, shipped
from graph.analysis.affiliations import Affiliations, read
from graph.analysis.analyse import analyse
from graph.database import Database
from graph.model import MODEL
from tests.support.serving import Asker

QUIET = Progress(disable=True)
SUGGESTIONS = """
query Q($id: ID!, $first: Int!) {
  suggestions(for: $id, first: $first) { score reasons organisation { id name } through { id name } }
}
"""


@pytest.fixture(scope="module")
def network(real_graph: Database) -> Affiliations:
    analyse(real_graph, MODEL, QUIET)
    return read(real_graph, MODEL, QUIET)


def test_suggestions_are_the_best_of_the_shipped_method(asker: Asker, network: Affiliations) -> None:
    known = Known(network, set(), 1)
    busiest = sorted(range(known.size), key=lambda one: -len(known.partners[one]))
    for one in (*busiest[:3], *busiest[100:400:60]):
        found = asker.data(SUGGESTIONS, {"id": network.organisations[one], "first": 5})["suggestions"]
        scores = shipped(known, one)
        best = sorted((score for other, score in scores.items() if is_open(known, one, other)), reverse=True)
        numbers = [network.organisations.index(each["organisation"]["id"]) for each in found]
        assert all(is_open(known, one, other) for other in numbers)
        assert [each["score"] for each in found] == pytest.approx([scores[other] for other in numbers], abs=1e-5)
        # Only who has a partner or, with few partners, a region in common is looked at.
        for each, score in zip(found, best, strict=False):
            assert each["score"] == pytest.approx(score, abs=1e-5) or not each["through"] or score <= 0.6


def test_reasons_are_facts_of_the_graph(asker: Asker, network: Affiliations) -> None:
    known = Known(network, set(), 1)
    one = network.organisations.index("inst-hogeschool-rotterdam")
    found = asker.data(SUGGESTIONS, {"id": network.organisations[one], "first": 10})["suggestions"]
    assert len(found) == 10
    for each in found:
        other = network.organisations.index(each["organisation"]["id"])
        common = known.partners[one] & known.partners[other]
        assert each["reasons"][0].startswith(f"{len(common)} partner")
        assert {network.organisations.index(item["id"]) for item in each["through"]} <= common
        told = "\n".join(each["reasons"])
        assert all(f"Both work with {item['name']}: " in told for item in each["through"])
        sectors = named(each["reasons"], "Both work for ")
        assert sectors == known.sectors[one] & known.sectors[other]
        regions = named(each["reasons"], "Both in ")
        assert regions == known.regions[one] & known.regions[other]


def named(reasons: list[str], beginning: str) -> set[str]:
    return {reason.removeprefix(beginning) for reason in reasons if reason.startswith(beginning)}


def test_suggestions_for_nobody_are_an_error(asker: Asker, network: Affiliations) -> None:
    assert network.organisations
    code, message = asker.error(SUGGESTIONS, {"id": "nobody", "first": 3})
    assert code == "BAD_USER_INPUT"
    assert "nobody" in message


def test_the_shipped_method_beats_popularity(network: Affiliations) -> None:
    found = compare(network, 1)
    assert found.keys() == METHODS.keys()
    best, popular = found["with region and sectors (shipped)"], found["popularity"]
    assert best.auc > popular.auc > 0.5
    assert best.hits > popular.hits


def test_brokers_are_the_organisations_with_most_betweenness(asker: Asker, network: Affiliations) -> None:
    assert network.organisations
    page = "edges { betweenness node { id metrics { betweenness } } } pageInfo { endCursor hasNextPage }"
    first = asker.data(f"{{ brokers(first: 3) {{ totalCount {page} }} }}")["brokers"]
    after = first["pageInfo"]["endCursor"]
    second = asker.data(
        f"query Q($after: String) {{ brokers(first: 3, after: $after) {{ {page} }} }}", {"after": after}
    )
    text = "{ organisations(first: 6, orderBy: [{metrics: {betweenness: DESC}}]) { nodes { id } } }"
    edges = [*first["edges"], *second["brokers"]["edges"]]
    assert [edge["node"]["id"] for edge in edges] == [node["id"] for node in asker.data(text)["organisations"]["nodes"]]
    assert all(edge["betweenness"] == edge["node"]["metrics"]["betweenness"] > 0 for edge in edges)


def test_groups_are_listed_with_those_in_them(asker: Asker, network: Affiliations) -> None:
    assert network.organisations
    member = "topOrganisations { metrics { group { id label } } }"
    groups = f"groups(first: 5) {{ totalCount nodes {{ id label size {member} }} }}"
    found = asker.data(f"{{ analysis {{ isCurrent groups }} {groups} }}")
    assert found["analysis"] == {"isCurrent": True, "groups": found["groups"]["totalCount"]}
    sizes = [group["size"] for group in found["groups"]["nodes"]]
    assert sizes == sorted(sizes, reverse=True)
    for group in found["groups"]["nodes"]:
        assert group["topOrganisations"]
        for one in group["topOrganisations"]:
            assert one["metrics"]["group"] == {"id": group["id"], "label": group["label"]}
