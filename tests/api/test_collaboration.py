"""Who works with whom: compared with plain Python, and networkx, over a small random graph."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any

import networkx as nx
import pytest

from api.service import Request
from graph.collaboration import CONTEXTS, DIRECT, ORGANISATION, participations
from graph.model import MODEL
from tests.support.graphs import Graph, Link, Node
from tests.support.serving import Asker

YEARS = (None, 2016, 2020)
Pair = tuple[str, str]


def is_organisation(node: Node) -> bool:
    return MODEL.is_a(node.type, ORGANISATION)


def holds(values: Mapping[str, Any], year: int | None, start: str = "since", end: str = "until") -> bool:
    return year is None or ((values.get(start) or year) <= year <= (values.get(end) or year))


def shared_things(graph: Graph, year: int | None = None, via: set[str] | None = None) -> list[tuple[Pair, str, int]]:
    """Each thing that each pair shares: the pair, the context's id (or none), and how many take part."""
    members: dict[str, set[str]] = defaultdict(set)
    found: list[tuple[Pair, str, int]] = []
    for link in graph.links:
        if not holds(link.properties, year):
            continue
        ends = (link.source, link.target)
        if link.type in DIRECT and all(map(is_organisation, ends)):
            if via is None or "DIRECT" in via:
                found.append((pair(*(end.id for end in ends)), "", 2))
        elif link.type in participations(MODEL):
            for here, there in (ends, ends[::-1]):
                if is_organisation(here) and there.type in CONTEXTS:
                    members[there.id].add(here.id)
    names: dict[str, str] = dict(zip(CONTEXTS, ("COMMUNITY", "PROJECT", "PACT"), strict=True))
    for context, who in members.items():
        node = graph.nodes[context]
        if (via is None or names[node.type] in via) and holds(node.properties, year, "startYear", "endYear"):
            found += [(pair(*two), context, len(who)) for two in combinations(who, 2)]
    return found


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def strengths(things: list[tuple[Pair, str, int]]) -> dict[Pair, float]:
    found: dict[Pair, float] = defaultdict(float)
    for two, _, size in things:
        found[two] += 1 / (size - 1)
    return {two: round(strength, 6) for two, strength in found.items()}


ALL_PAIRS = """
query Q($activeIn: Int, $via: [CollaborationVia!], $min: Float, $after: String, $between: [ID!]) {
  collaborations(activeIn: $activeIn, via: $via, minStrength: $min, first: 7, after: $after, between: $between) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { strength sharedCount source { id } target { id }
            via { direct communities { id } projects { id } pacts { id } } }
  }
}
"""


def all_pairs(asker: Asker, **variables: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = asker.data(ALL_PAIRS, {**variables, "after": after})["collaborations"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("via", [None, ["COMMUNITY"], ["PROJECT", "DIRECT"]])
def test_all_pairs(asker: Asker, small_graph: Graph, year: int | None, via: list[str] | None) -> None:
    things = shared_things(small_graph, year, set(via) if via else None)
    expected = strengths(things)
    found = all_pairs(asker, activeIn=year, via=via)
    assert {(row["source"]["id"], row["target"]["id"]): round(row["strength"], 6) for row in found} == expected
    assert [row["strength"] for row in found] == sorted((row["strength"] for row in found), reverse=True)
    for row in found:
        mine = [context for two, context, _ in things if two == (row["source"]["id"], row["target"]["id"])]
        shown = [node["id"] for kind in ("communities", "projects", "pacts") for node in row["via"][kind]]
        assert sorted(shown) == sorted(filter(None, mine))
        assert row["via"]["direct"] == mine.count("")
        assert row["sharedCount"] == len(mine)


def test_narrower(asker: Asker, small_graph: Graph) -> None:
    expected = strengths(shared_things(small_graph))
    strong = all_pairs(asker, min=1)
    assert len(strong) == sum(strength >= 1 for strength in expected.values()) > 0
    chosen = sorted({end for two in expected for end in two})[:6]
    among = all_pairs(asker, between=chosen)
    assert {(row["source"]["id"], row["target"]["id"]) for row in among} == {
        two for two in expected if set(two) <= set(chosen)
    }


def test_of_one_organisation(asker: Asker, small_graph: Graph) -> None:
    expected = strengths(shared_things(small_graph, 2020))
    nodes = asker.data(
        "{ organisations(first: 1000) { nodes { id collaborators(activeIn: 2020) {"
        " totalCount edges { strength node { id } } } } } }"
    )["organisations"]["nodes"]
    found = {
        pair(node["id"], edge["node"]["id"]): round(edge["strength"], 6)
        for node in nodes
        for edge in node["collaborators"]["edges"]
    }
    assert found == expected
    assert sum(node["collaborators"]["totalCount"] for node in nodes) == 2 * len(expected)


def test_through_a_topsector(asker: Asker, small_graph: Graph) -> None:
    served = {
        link.source.id
        for link in small_graph.links
        if link.type == "SERVES_SECTOR" and link.target.id == "topsectors-1"
    }
    things = [
        thing for thing in shared_things(small_graph) if (thing[1] in served if thing[1] else set(thing[0]) <= served)
    ]
    found = asker.data(
        '{ collaborations(topsector: "topsectors-1", first: 1000) { nodes { strength source { id } target { id } } } }'
    )["collaborations"]["nodes"]
    assert {(row["source"]["id"], row["target"]["id"]): round(row["strength"], 6) for row in found} == strengths(things)


@pytest.mark.parametrize(
    "query",
    [
        'collaborations(topsector: "nowhere") { totalCount }',
        'collaborations(between: ["partners-1", "nowhere"], first: 2) { nodes { strength } pageInfo { hasNextPage } }',
        'partner(id: "partners-1") { collaborators(topsector: "nowhere") { edges { strength } } }',
        'collaborationMatrix(by: LEVEL, topsector: "nowhere") { strength }',
    ],
)
def test_unknown_ids_are_errors(asker: Asker, small_graph: Graph, query: str) -> None:
    assert small_graph
    code, message = asker.error(f"{{ {query} }}")
    assert code == "BAD_USER_INPUT"
    assert "nothing has the id nowhere" in message


@pytest.mark.parametrize("by", ["LEVEL", "REGION", "TOPSECTOR", "FORM"])
def test_matrix(asker: Asker, small_graph: Graph, by: str) -> None:
    groups: dict[str, set[str]] = defaultdict(set)
    for node in small_graph.nodes.values():
        if by == "LEVEL" and node.type == "EducationInstitution":
            groups[node.id].add(node.properties["level"])
    for link in small_graph.links:
        if (by, link.type) in (("REGION", "LOCATED_IN"), ("TOPSECTOR", "SERVES_SECTOR")):
            groups[link.source.id].add(link.target.id)
        if by == "FORM" and link.type in participations(MODEL):
            for here, there in ((link.source, link.target), (link.target, link.source)):
                if is_organisation(here) and there.type == "LearningCommunity":
                    groups[here.id].add(there.properties["form"])
    expected: dict[Pair, float] = defaultdict(float)
    for (one, other), strength in strengths(shared_things(small_graph)).items():
        for x in groups[one]:
            for y in groups[other]:
                expected[pair(x, y)] += strength
    cells = asker.data(f"{{ collaborationMatrix(by: {by}) {{ row {{ id }} column {{ id }} strength }} }}")
    found = {(cell["row"]["id"], cell["column"]["id"]): cell["strength"] for cell in cells["collaborationMatrix"]}
    assert found.keys() == expected.keys()
    assert all(found[two] == pytest.approx(strength, abs=1e-4) for two, strength in expected.items())


# ---- paths ----


def entity_graph(graph: Graph, year: int | None = None, types: set[str] | None = None) -> "nx.Graph[str]":
    made: nx.Graph[str] = nx.Graph()
    made.add_nodes_from(node.id for node in graph.nodes.values() if node.type != "Source")
    made.add_edges_from(
        (link.source.id, link.target.id)
        for link in graph.links
        if holds(link.properties, year) and (types is None or link.type in types)
    )
    return made


PATHS = """
query Q($from: ID!, $to: ID!, $n: Int, $k: Int, $year: Int, $linkTypes: [LinkType!], $by: PathOrder) {
  paths(from: $from, to: $to, maxLength: $n, first: $k, activeIn: $year, linkTypes: $linkTypes, orderBy: $by) {
    length weight nodes { id } links { id type source target since until }
  }
}
"""


@pytest.mark.parametrize("year", YEARS)
def test_the_shortest_paths(asker: Asker, small_graph: Graph, year: int | None) -> None:
    whole = entity_graph(small_graph, year)
    ids = sorted(whole)
    for start, end in zip(ids[::5], ids[3::7], strict=False):
        if start == end:
            continue
        variables = {"from": start, "to": end, "n": 4, "k": 5, "year": year}
        found = asker.data(PATHS, variables)["paths"]
        expected: list[int] = []
        if nx.has_path(whole, start, end):
            for nodes in nx.shortest_simple_paths(whole, start, end):
                if len(nodes) > 5 or len(expected) == 5:
                    break
                expected.append(len(nodes) - 1)
        assert [path["length"] for path in found] == expected
        chains = [tuple(node["id"] for node in path["nodes"]) for path in found]
        assert len(set(chains)) == len(chains)
        for chain, path in zip(chains, found, strict=True):
            assert (chain[0], chain[-1]) == (start, end)
            assert len(set(chain)) == len(chain)
            for (here, there), link in zip(pairwise(chain), path["links"], strict=True):
                assert {link["source"], link["target"]} == {here, there}
                assert holds(link, year)


def test_the_strongest_paths(asker: Asker, small_graph: Graph) -> None:
    degrees: dict[str, int] = defaultdict(int)
    for link in small_graph.links:
        degrees[link.source.id] += 1
        degrees[link.target.id] += 1
    found = asker.data(PATHS, {"from": "partners-1", "to": "pacts-2", "n": 3, "k": 5, "by": "STRONGEST"})["paths"]
    assert len(found) == 5
    weights = [path["weight"] for path in found]
    assert weights == sorted(weights, reverse=True)
    for path in found:
        between = [degrees[node["id"]] - 1 for node in path["nodes"][1:-1]]
        assert path["weight"] == pytest.approx(1 / (1 + sum(between)), abs=1e-8)


def test_no_path_is_an_empty_list_and_an_unknown_id_an_error(asker: Asker, small_graph: Graph) -> None:
    assert asker.data(PATHS, {"from": "partners-1", "to": "pacts-2", "linkTypes": []})["paths"] == []
    code, message = asker.error(PATHS, {"from": "partners-1", "to": "nowhere"})
    assert code == "BAD_USER_INPUT"
    assert "nowhere" in message
    code, message = asker.error(PATHS, {"from": "partners-1", "to": "pacts-2", "n": 9})
    assert message == "paths(maxLength) must be at least 1 and at most 8, but is 9."


# ---- networks ----

NETWORK = """
query Q($roots: [ID!], $depth: Int, $limit: Int, $year: Int, $years: [Int!], $types: [EntityType!],
        $where: EntityWhere, $project: NetworkProjection, $layout: NetworkLayout) {
  network(roots: $roots, depth: $depth, limit: $limit, activeIn: $year, activeBetween: $years, types: $types,
          where: $where, project: $project, layout: $layout) {
    nodes { id name type degree x y } links { id source target type weight since until }
    truncated totalNodes totalLinks
  }
}
"""


def network(asker: Asker, **variables: Any) -> dict[str, Any]:
    return asker.data(NETWORK, variables)["network"]


def links_among(graph: Graph, ids: set[str], year: int | None = None) -> list[Link]:
    return [link for link in graph.links if {link.source.id, link.target.id} <= ids and holds(link.properties, year)]


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("year", [None, 2016])
def test_around_roots(asker: Asker, small_graph: Graph, depth: int, year: int | None) -> None:
    found = network(asker, roots=["partners-1"], depth=depth, limit=1000, year=year)
    distances: dict[str, int] = nx.single_source_shortest_path_length(entity_graph(small_graph, year), "partners-1")
    expected = {node for node, distance in distances.items() if distance <= depth}
    ids = {node["id"] for node in found["nodes"]}
    assert ids == expected
    assert found["totalNodes"] == len(expected)
    links = links_among(small_graph, expected, year)
    assert sorted(link["id"] for link in found["links"]) == sorted(
        f"{link.source.id} {link.type} {link.target.id}" for link in links
    )
    assert found["totalLinks"] == len(links)
    assert not found["truncated"]
    for node in found["nodes"]:
        assert node["degree"] == sum(node["id"] in (link.source.id, link.target.id) for link in links)


def test_the_limit_is_said(asker: Asker, small_graph: Graph) -> None:
    whole = network(asker, limit=2000)
    assert whole["totalNodes"] == sum(node.type != "Source" for node in small_graph.nodes.values())
    assert (whole["totalLinks"], whole["truncated"]) == (len(small_graph.links), False)
    cut = network(asker, limit=10)
    assert (len(cut["nodes"]), cut["truncated"]) == (10, True)
    assert (cut["totalNodes"], cut["totalLinks"]) == (whole["totalNodes"], whole["totalLinks"])
    degrees = {node["id"]: node["degree"] for node in whole["nodes"]}
    strength = {node.id: node.properties.get("strength") or 0 for node in small_graph.nodes.values()}
    ranked = sorted(degrees, key=lambda node: (-strength[node], -degrees[node], node))
    assert {node["id"] for node in cut["nodes"]} == set(ranked[:10])
    ids = {node["id"] for node in cut["nodes"]}
    assert all({link["source"], link["target"]} <= ids for link in cut["links"])


def test_conditions_and_years(asker: Asker, small_graph: Graph) -> None:
    found = network(asker, types=["PARTNER", "PACT"], where={"confidence": {"eq": "HIGH"}}, years=[2012, 2016])
    expected = {
        node.id
        for node in small_graph.nodes.values()
        if node.type in ("Partner", "Pact") and node.properties["confidence"] == "HIGH"
    }
    assert {node["id"] for node in found["nodes"]} == expected
    links = [
        link
        for link in links_among(small_graph, expected)
        if (link.properties.get("since") or 2016) <= 2016 and (link.properties.get("until") or 2012) >= 2012
    ]
    assert len(found["links"]) == len(links) == found["totalLinks"]


def test_folded_to_organisations(asker: Asker, small_graph: Graph) -> None:
    found = network(asker, project="ORGANISATIONS", limit=2000)
    expected = strengths(shared_things(small_graph))
    assert {(link["source"], link["target"]): round(link["weight"], 6) for link in found["links"]} == expected
    assert found["totalLinks"] == len(expected)
    assert {node["type"] for node in found["nodes"]} == {"EDUCATION_INSTITUTION", "OO_FUND", "PARTNER"}


def test_places_are_the_same_each_time(asker: Asker, small_graph: Graph) -> None:
    first = network(asker, layout="FORCE", limit=30)
    requests = [Request(NETWORK, {"layout": "FORCE", "limit": limit}) for limit in (30, 20, 30, 20, 30)]

    async def at_once() -> list[Any]:
        return [reply.data for reply in await asyncio.gather(*map(asker.service.answer, requests))]

    again, less, *others = asker.runner.run(at_once())
    assert again == {"network": first}
    assert others == [again, less, again]
    assert len({(node["x"], node["y"]) for node in first["nodes"]}) == 30
    for node in network(asker, layout="GEO")["nodes"]:
        place = small_graph.nodes[node["id"]].properties.get("location")
        if place:
            assert (node["y"], node["x"]) == place
    assert all(node["x"] is None for node in network(asker)["nodes"])


# ---- time and gaps ----


def test_timeline(asker: Asker, small_graph: Graph) -> None:
    rows = asker.data(
        '{ timeline(of: "partners-1") { year started ended active startedWith { id } endedWith { id } } }'
    )
    mine = [link for link in small_graph.links if "partners-1" in (link.source.id, link.target.id)]
    assert rows["timeline"]
    for row in rows["timeline"]:
        year = row["year"]
        begun = [link for link in mine if link.properties.get("since") == year]
        ended = [link for link in mine if link.properties.get("until") == year]
        active = [link for link in mine if "since" in link.properties and holds(link.properties, year)]
        assert (row["started"], row["ended"], row["active"]) == (len(begun), len(ended), len(active))
        others = {link.source.id if link.target.id == "partners-1" else link.target.id for link in begun}
        assert {node["id"] for node in row["startedWith"]} == others
    whole = asker.data("{ timeline { year started ended } }")["timeline"]
    assert sum(row["started"] for row in whole) == sum("since" in link.properties for link in small_graph.links)
    assert sum(row["ended"] for row in whole) == sum("until" in link.properties for link in small_graph.links)


def test_gaps(asker: Asker, small_graph: Graph) -> None:
    ends = {(link.type, link.source.id, link.target.id) for link in small_graph.links}
    rows = asker.data(
        "{ gaps { of { id } communityCount missionsWithoutCommunity { id } topsectorsWithoutFund { id } "
        "communitiesWithoutMbo { id } } }"
    )["gaps"]
    assert len(rows) == 6
    for row in rows:
        sector = row["of"]["id"]
        communities = {
            source
            for kind, source, target in ends
            if (kind, target) == ("SERVES_SECTOR", sector) and small_graph.nodes[source].type == "LearningCommunity"
        }
        assert row["communityCount"] == len(communities)
        missions = {target for kind, source, target in ends if (kind, source) == ("ADDRESSES", sector)}
        worked_on = {target for kind, source, target in ends if kind == "ADDRESSES" and source in communities}
        assert {node["id"] for node in row["missionsWithoutCommunity"]} == missions - worked_on
        funded = any(
            kind == "SERVES_SECTOR" and target == sector and small_graph.nodes[source].type == "OOFund"
            for kind, source, target in ends
        )
        assert [node["id"] for node in row["topsectorsWithoutFund"]] == ([] if funded else [sector])
        with_mbo = {
            target
            for kind, source, target in ends
            if kind in ("PARTICIPATES_IN", "COORDINATES") and small_graph.nodes[source].properties.get("level") == "MBO"
        }
        assert {node["id"] for node in row["communitiesWithoutMbo"]} == communities - with_mbo
    code, message = asker.error('{ gaps(per: REGION, of: "nowhere") { communityCount } }')
    assert (code, "nowhere" in message) == ("BAD_USER_INPUT", True)


def test_progress(asker: Asker, small_graph: Graph) -> None:
    communities = [node for node in small_graph.nodes.values() if node.type == "LearningCommunity"]
    rows = asker.data("{ roadmapProgress(from: 2012, to: 2021) { year target running undated started { id } } }")
    for row in rows["roadmapProgress"]:
        year = row["year"]
        running = [
            node
            for node in communities
            if "startYear" in node.properties and holds(node.properties, year, "startYear", "endYear")
        ]
        assert (row["target"], row["running"]) == (100, len(running))
        started = {node.id for node in communities if node.properties.get("startYear") == year}
        assert {node["id"] for node in row["started"]} == started
        assert row["undated"] == sum("startYear" not in node.properties for node in communities)


def test_statistics(asker: Asker, small_graph: Graph) -> None:
    found = asker.data("{ statistics { entities links sources byType { type count } byConfidence { count } } }")
    numbers = found["statistics"]
    assert numbers["links"] == len(small_graph.links)
    assert numbers["entities"] == sum(row["count"] for row in numbers["byType"])
    assert numbers["entities"] == sum(row["count"] for row in numbers["byConfidence"])
    assert numbers["sources"] == 6
