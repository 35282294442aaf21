"""Where to draw the nodes of a network: the same network gets the same places every time."""

# igraph has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false

import random
from collections.abc import Sequence

from igraph import Graph, set_random_number_generator

SEED = 1
DIGITS = 3


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
        weights = [weight for _, _, weight in links] or None
        found = graph.layout_fruchterman_reingold(weights=weights, seed=start, grid="auto")
    finally:
        set_random_number_generator(random)
    return [(round(x, DIGITS), round(y, DIGITS)) for x, y in found.coords]
