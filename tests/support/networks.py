"""Metrics of a network as networkx finds them, by its own ways."""

# networkx leaves its generics open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false

from collections.abc import Sequence
from itertools import combinations
from math import comb, nan
from typing import Any

import networkx as nx
import numpy as np
from networkx.algorithms import bipartite

from graph.analysis.affiliations import Affiliations


def made(size: int, communities: int, members: list[tuple[int, ...]], direct: list[tuple[int, int]]) -> Affiliations:
    """A network of so many organisations; the first of the contexts, so many, are communities."""
    ids = [f"o{number}" for number in range(size)]
    nothing: list[tuple[str, ...]] = [()] * (size + communities)
    return Affiliations(ids, [f"c{number}" for number in range(communities)], members, direct, nothing, nothing)


def by_networkx(network: Affiliations) -> dict[str, list[Any]]:
    """Each metric over organisations and communities, from the projections and the network itself."""
    organisations, count = range(len(network.organisations)), len(network.organisations)
    whole, plain = affiliation(count, [*network.members, *network.direct]), affiliation(count, network.members)
    measured = range(len(network.measured))
    worked = nx.Graph()
    worked.add_nodes_from(organisations)
    worked.add_weighted_edges_from(pairs_by_networkx(network))
    alike = bipartite.projected_graph(plain, range(count, len(plain)))
    joined = [worked if node < count else alike for node in measured]
    shared = [float(sum(len(plain[item]) > 1 for item in plain[node])) for node in measured if node >= count]
    between = nx.betweenness_centrality_subset(whole, list(organisations), list(organisations))
    bridges = list(nx.bridges(whole))
    parts = [sum(item < len(plain) for item in nx.node_connected_component(whole, node)) for node in measured]
    clustering: list[float] = []
    for node in measured:
        near = list(joined[node][node])
        closed = sum(joined[node].has_edge(*pair) for pair in combinations(near, 2))
        clustering.append(closed / comb(len(near), 2) if len(near) > 1 else nan)
    # nx.pagerank needs scipy: this is the same by its own matrix.
    google = nx.google_matrix(whole, alpha=0.85) if len(whole) else np.eye(1)
    ranks = np.full(len(google), 1 / len(google))
    for _ in range(200):
        ranks = ranks @ google
    return {
        "degree": [len(joined[node][node]) for node in measured],
        "strength": [*(worked.degree(node, weight="weight") for node in organisations), *shared],
        "betweenness": [between[node] / (comb(count - (node < count), 2) or 1) for node in measured],
        "clustering": clustering,
        "pageRank": [ranks[node] for node in measured],
        "bridges": [sum(node in edge for edge in bridges) for node in measured],
        "componentSize": parts,
    }


def pairs_by_networkx(network: Affiliations) -> list[tuple[int, int, float]]:
    """Each pair of organisations that share something, with its strength."""
    count = len(network.organisations)
    # networkx would divide by zero over a context of one.
    contexts = [one for one in (*network.members, *network.direct) if len(one) > 1]
    worked = bipartite.collaboration_weighted_projected_graph(affiliation(count, contexts), range(count))
    return list(worked.edges(data="weight"))


def affiliation(count: int, contexts: Sequence[tuple[int, ...]]) -> Any:
    """The graph of so many organisations and their contexts, which come after them."""
    graph = nx.Graph()
    graph.add_nodes_from(range(count + len(contexts)))
    graph.add_edges_from((member, count + number) for number, one in enumerate(contexts) for member in one)
    return graph


def sorted_components(network: Affiliations) -> list[int]:
    """The number of each node's part, by size and then by its first node."""
    graph = nx.Graph()
    count = len(network.organisations)
    graph.add_nodes_from(range(network.size))
    graph.add_edges_from((member, count + number) for number, one in enumerate(network.members) for member in one)
    graph.add_edges_from(network.direct)
    parts = sorted(map(sorted, nx.connected_components(graph)), key=lambda part: (-len(part), part))
    by_node = {node: number for number, part in enumerate(parts, 1) for node in part}
    return [by_node[node] for node in range(len(network.measured))]
