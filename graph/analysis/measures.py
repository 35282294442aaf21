"""The metrics of each organisation and learning community, by the names that the model gives them.

docs/analysis.md has each formula with its source.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from typing import Any

from rich.progress import Progress

from graph.analysis.affiliations import Affiliations
from graph.analysis.network import Network

EXACT_ORGANISATIONS = 5_000
"""Up to so many organisations betweenness is computed in full; above, from some of them."""

SOURCES, FEWEST_SOURCES = 512, 128
FOLLOWED = 500_000_000
"""Fewer sources are drawn where the ways from SOURCES would follow more links than this, but never less than these."""
BATCHES = 32
"""Betweenness is computed for so many sets of sources; how much these differ tells the error of their mean."""

PAIRS = 400
PAIRS_IN_ALL = 20_000_000
"""Clustering looks at every pair of a node's others where that makes no more than so many in all; else at so many of
those nodes that have most, or as many more as leave it at that."""

CHUNK = 100

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Measured:
    """Metrics by name, each a column over all that is measured; groups of what is measured, largest first.

    `sources` are how many organisations betweenness was computed from.
    """

    columns: Columns
    groups: list[list[int]]
    components: int
    sources: int


def measure(affiliations: Affiliations, seed: int, progress: Progress) -> Measured:
    """All metrics of a network; the same for the same network and seed."""
    network = Network(affiliations)
    measured = len(affiliations.measured)
    components = network.components()
    columns: Columns = {
        "strength": strengths(affiliations),
        "pageRank": network.page_rank()[:measured],
        "bridges": network.bridges()[:measured],
        "component": _spread([number for number, _ in enumerate(components, 1)], components, measured),
        "componentSize": _spread([len(part) for part in components], components, measured),
    }
    columns["degree"], columns["clustering"] = neighbourhoods(network, measured, seed, progress)
    sources = sample(network, seed)
    columns["betweenness"], columns["betweennessError"] = betweenness(network, sources, measured, progress)
    step = progress.add_task("Finding groups", total=1)
    found = ([node for node in group if node < measured] for group in network.groups(seed))
    groups = sorted((group for group in found if len(group) > 1), key=lambda group: (-len(group), group))
    progress.advance(step)
    return Measured(columns, groups, len(components), len(sources))


def strengths(affiliations: Affiliations) -> list[float]:
    """Newman's strength of each organisation and community.

    A context of n gives each participant (n-1) times 1/(n-1): 1 for each context that is shared at all.
    """
    contexts = [*affiliations.members, *affiliations.direct]
    of_organisations = [0.0] * len(affiliations.organisations)
    shared_in = [0] * len(affiliations.organisations)
    for members in contexts:
        if len(members) > 1:
            for member in members:
                of_organisations[member] += 1
    for members in affiliations.members:
        for member in members:
            shared_in[member] += 1
    communities = affiliations.members[: len(affiliations.communities)]
    return [*of_organisations, *(float(sum(shared_in[item] > 1 for item in members)) for members in communities)]


def neighbourhoods(
    network: Network, measured: int, seed: int, progress: Progress
) -> tuple[list[int], list[float | None]]:
    """Degree and clustering: how many others share something with each node, and how many pairs of these do."""
    chance = random.Random(seed)
    sets_of_contexts: list[set[int]] = [set() for _ in range(network.organisations)]
    for number, members in enumerate(network.contexts):
        for member in members:
            sets_of_contexts[member].add(number)
    shares = [*sets_of_contexts, *map(set, network.contexts)]
    task = progress.add_task("Looking at neighbours", total=measured)
    pairs = _pairs_of_each(_most_pairs(network, shares, measured))
    degrees: list[int] = []
    clustering: list[float | None] = []
    # A chunk is all of organisations or all of communities.
    for first, last in ((0, network.organisations), (network.organisations, measured)):
        for start in range(first, last, CHUNK):
            for others in network.others(start, min(start + CHUNK, last)):
                degrees.append(len(others))
                clustering.append(_clustering(others, shares, pairs, chance))
                progress.advance(task)
    return degrees, clustering


def _most_pairs(network: Network, shares: Sequence[set[int]], measured: int) -> list[int]:
    """For each node how many pairs of others it has at most: fewer where it shares several things with one."""
    count = network.organisations
    # What an organisation shares are contexts, which come after all organisations; what a community shares, these.
    starts = [count] * count + [0] * (measured - count)
    return [comb(sum(len(shares[start + item]) - 1 for item in shares[node]), 2) for node, start in enumerate(starts)]


def _pairs_of_each(most: Sequence[int]) -> int:
    """How many pairs of each node's others are looked at."""
    left = PAIRS_IN_ALL
    for number, pairs in enumerate(sorted(most)):
        share = left // (len(most) - number)
        if pairs > share:
            return max(PAIRS, share)
        left -= pairs
    return PAIRS_IN_ALL


def _clustering(others: Sequence[int], shares: Sequence[set[int]], pairs: int, chance: random.Random) -> float | None:
    """The share of pairs of others that share something, from a sample where there are many."""
    count = len(others)
    if count < 2:
        return None
    if comb(count, 2) <= pairs:
        closed = sum(not shares[one].isdisjoint(shares[other]) for one, other in combinations(others, 2))
        return closed / comb(count, 2)
    closed = 0
    for _ in range(pairs):
        one, other = int(chance.random() * count), int(chance.random() * (count - 1))
        closed += not shares[others[one]].isdisjoint(shares[others[other + (other >= one)]])
    return closed / pairs


def sample(network: Network, seed: int) -> list[int]:
    """The organisations from which betweenness is computed, in random order."""
    count = organisations = network.organisations
    if organisations > EXACT_ORGANISATIONS:
        count = min(SOURCES, max(FEWEST_SOURCES, FOLLOWED // max(1, network.edges)))
    return random.Random(seed).sample(range(organisations), count)


def betweenness(
    network: Network, sources: Sequence[int], measured: int, progress: Progress
) -> tuple[list[float], list[float]]:
    """Betweenness of each node as a share of the pairs of other organisations, and its standard error.

    The error is that of a mean of BATCHES independent estimates, with the correction for drawing from a finite
    number of organisations.
    """
    task = progress.add_task("Measuring betweenness", total=len(sources))
    total, squares = [0.0] * measured, [0.0] * measured
    organisations = network.organisations
    size = -(-len(sources) // BATCHES) or 1
    for start in range(0, len(sources), size):
        batch = sources[start : start + size]
        for node, value in enumerate(network.betweenness(batch)[:measured]):
            total[node] += value
            squares[node] += value * value
        progress.advance(task, len(batch))
    exact = len(sources) == organisations
    missed = 1 - len(sources) / organisations if organisations else 0
    shares: list[float] = []
    errors: list[float] = []
    for node in range(measured):
        # Ordered pairs of other organisations, seen from all that are sources.
        others = organisations - (node < organisations)
        pairs = others * (others - 1) or 1
        scale = organisations / len(sources) / pairs if sources else 0.0
        shares.append(total[node] * scale)
        variance = max(0.0, squares[node] - total[node] ** 2 / BATCHES) / (BATCHES - 1) * BATCHES
        errors.append(0.0 if exact else sqrt(variance * missed) * scale)
    return shares, errors


def _spread(values: Sequence[int], parts: Sequence[Sequence[int]], measured: int) -> list[int]:
    """Each part's value, for each of its nodes."""
    found = [0] * measured
    for value, part in zip(values, parts, strict=True):
        for node in part:
            if node < measured:
                found[node] = value
    return found
