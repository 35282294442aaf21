"""What an analysis found, and suggestions, over the real data: each checked against the graph itself.

Metrics and collaborations are compared with what networkx finds in an export, as an analyst makes it in Cypher.
"""

from collections.abc import Iterator
from math import nan
from typing import Any

import pytest
from rich.progress import Progress

from bench.suggestions import METHODS, Known, compare, is_open, shipped
from graph.analysis.affiliations import Affiliations, read
from graph.analysis.analyse import analyse
from graph.database import Database
from graph.model import MODEL
from tests.support.networks import by_networkx, made, pairs_by_networkx, sorted_components
from tests.support.serving import Asker

QUIET = Progress(disable=True)
SUGGESTIONS = """
query Q($id: ID!, $first: Int!) {
  suggestions(for: $id, first: $first) { score reasons organisation { id name } through { id name } }
}
"""
COLUMNS = "degree strength betweenness betweennessError clustering pageRank bridges component componentSize"


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


@pytest.fixture(scope="module")
def exported(real_graph: Database, network: Affiliations) -> tuple[list[str], Affiliations]:
    """The ids of organisations and communities, and the network of them by number, from Cypher as analysts write it."""
    assert network.organisations
    ids = [
        row["id"]
        for label in ("Organisation", "LearningCommunity", "Project|Pact")
        for row in real_graph.read(f"MATCH (n:{label}) RETURN n.id AS id ORDER BY id")
    ]
    (sizes,) = real_graph.read("RETURN COUNT { (:Organisation) } AS all, COUNT { (:LearningCommunity) } AS communities")
    count: int = sizes["all"]
    measured = count + sizes["communities"]
    numbers = {id_: number for number, id_ in enumerate(ids)}
    members = [set[int]() for _ in ids[count:]]
    for row in real_graph.read(
        "MATCH (o:Organisation)--(c:LearningCommunity|Project|Pact) RETURN DISTINCT o.id AS o, c.id AS c"
    ):
        members[numbers[row["c"]] - count].add(numbers[row["o"]])
    direct = real_graph.read(
        "MATCH (a:Organisation)-[:PARTNER_OF|PART_OF]->(b:Organisation) RETURN a.id AS a, b.id AS b ORDER BY a, b"
    )
    pairs = [(numbers[row["a"]], numbers[row["b"]]) for row in direct]
    return ids[:measured], made(count, measured - count, [tuple(sorted(one)) for one in members], pairs)


def pages(asker: Asker, field: str, node: str) -> Iterator[dict[str, Any]]:
    """All nodes of a connection, page by page."""
    query = f"""query Q($after: String) {{
      page: {field}(first: 1000, after: $after) {{ nodes {{ {node} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    after, more = None, True
    while more:
        page = asker.data(query, {"after": after})["page"]
        yield from page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


def test_metrics_of_all(asker: Asker, exported: tuple[list[str], Affiliations]) -> None:
    ids, network = exported
    found = {
        node["id"]: node["metrics"]
        for field in ("organisations", "learningCommunities")
        for node in pages(asker, field, f"id metrics {{ {COLUMNS} }}")
    }
    assert set(found) == set(ids)
    expected = {**by_networkx(network), "component": sorted_components(network), "betweennessError": [0.0] * len(ids)}
    assert set(expected) == set(COLUMNS.split())
    for name, column in expected.items():
        values = [nan if found[id_][name] is None else found[id_][name] for id_ in ids]
        assert values == pytest.approx(column, rel=1e-4, abs=1e-8, nan_ok=True), name


def test_all_collaborations(asker: Asker, exported: tuple[list[str], Affiliations]) -> None:
    ids, network = exported
    expected = {tuple(sorted((ids[x], ids[y]))): weight for x, y, weight in pairs_by_networkx(network)}
    pairs = list(pages(asker, "collaborations", "strength source { id } target { id }"))
    found = {(pair["source"]["id"], pair["target"]["id"]): pair["strength"] for pair in pairs}
    assert len(found) == len(pairs) > 10_000
    assert found == pytest.approx(expected, abs=1e-8)
    assert [pair["strength"] for pair in pairs] == sorted(found.values(), reverse=True)
