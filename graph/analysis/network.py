"""The affiliation network in igraph: what each measure of it is computed with."""

# igraph has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from igraph import Graph, set_random_number_generator

from graph.analysis.affiliations import Affiliations

LEIDEN_ITERATIONS = 4


class Network:
    """Organisations, then contexts, then direct links as contexts of two; an edge is a participation.

    So two organisations that work together are always two steps apart, and every distance between organisations is
    twice that in the collaboration graph.
    """

    def __init__(self, affiliations: Affiliations, contexts: Sequence[tuple[int, ...]] | None = None) -> None:
        self.organisations = len(affiliations.organisations)
        self.size = affiliations.size
        self.contexts = contexts or [*affiliations.members, *affiliations.direct]
        edges = [
            (member, self.organisations + number) for number, members in enumerate(self.contexts) for member in members
        ]
        self.graph = Graph(self.organisations + len(self.contexts), edges)
        self.edges = len(edges)
        self.without_direct = self.graph.induced_subgraph(range(self.size))

    def others(self, first: int, last: int) -> Iterator[list[int]]:
        """For each node from `first` up to `last` the others of its kind with which it shares one."""
        graph = self.graph if first < self.organisations else self.without_direct
        return iter(graph.neighborhood(range(first, last), order=2, mindist=2))

    def betweenness(self, sources: Sequence[int]) -> list[float]:
        """For each node the sum of dependencies of the sources on it, over chains that end in an organisation."""
        found = self.graph.betweenness(directed=False, sources=sources, targets=range(self.organisations))
        # igraph halves what it finds in an undirected graph, for it counts pairs there.
        return [2 * value for value in found]

    def page_rank(self) -> list[float]:
        """The stationary distribution of a walk that jumps with probability 0.15."""
        return self.graph.pagerank(directed=False, damping=0.85)

    def page_rank_from(self, node: int, damping: float) -> list[float]:
        """The same for a walk that jumps to `node` only."""
        return self.graph.personalized_pagerank(directed=False, damping=damping, reset_vertices=[node])

    def bridges(self) -> list[int]:
        """For each node the number of its edges that are bridges."""
        counts: Counter[int] = Counter()
        for edge in self.graph.bridges():
            counts.update(self.graph.es[edge].tuple)
        return [counts[node] for node in range(self.size)]

    def components(self) -> list[list[int]]:
        """The connected parts, the largest first, without the direct links' own nodes."""
        return self._largest_first(list(self.graph.connected_components()))

    def groups(self, seed: int) -> list[list[int]]:
        """The groups that the Leiden algorithm finds for modularity, the largest first."""
        set_random_number_generator(random.Random(seed))
        try:
            found = self.graph.community_leiden(objective_function="modularity", n_iterations=LEIDEN_ITERATIONS)
        finally:
            set_random_number_generator(random)
        return self._largest_first(list(found))

    def _largest_first(self, parts: Sequence[Sequence[int]]) -> list[list[int]]:
        kept = ([node for node in part if node < self.size] for part in parts)
        return sorted((sorted(part) for part in kept if part), key=lambda part: (-len(part), part))
