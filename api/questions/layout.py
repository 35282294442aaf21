"""Where to draw the nodes of a network: the same network gets the same places every time."""

# igraph has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import random
from collections.abc import Sequence

from igraph import Graph, set_random_number_generator

SEED = 1
DIGITS = 3
EFFORT = 100_000
"""About how often a node is moved in all: larger networks get fewer rounds, so that none holds up others long."""


def force_layout(ids: Sequence[str], links: Sequence[tuple[str, str, float]]) -> list[tuple[float, float]]:
    """Places by the forces of Fruchterman and Reingold (*Software: Practice and Experience* 21, 1129, 1991).

    Linked nodes attract each other by weight, all others repel. Units are about one length of a link.
    """
    numbers = {node: number for number, node in enumerate(ids)}
    graph = Graph(len(ids), [(numbers[source], numbers[target]) for source, target, _ in links])
    chance = random.Random(SEED)
    start = [[chance.uniform(-1, 1), chance.uniform(-1, 1)] for _ in ids]
    set_random_number_generator(chance)
    try:
        rounds = min(500, max(50, EFFORT // max(1, len(ids))))
        weights = [weight for _, _, weight in links] or None
        found = graph.layout_fruchterman_reingold(weights=weights, seed=start, grid="auto", niter=rounds)
    finally:
        set_random_number_generator(random)
    return [(round(x, DIGITS), round(y, DIGITS)) for x, y in found.coords]
