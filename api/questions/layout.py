"""Where to draw the nodes of a network: the same network gets the same places every time."""

# igraph has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import random
from collections.abc import Sequence
from math import sqrt
from threading import Lock
from typing import Any

from igraph import Graph, set_random_number_generator

SEED = 1
DIGITS = 3
EFFORT = 100_000
"""About how often a node is moved in all: larger networks get fewer rounds, so that none holds up others long."""

PIECE = 5
"""Rounds at a time: while igraph counts, nothing else of this process goes on, so other threads come in between."""
DRAWING = Lock()
"""igraph has one source of chance for all threads."""


def force_layout(ids: Sequence[str], links: Sequence[tuple[str, str, float]]) -> list[tuple[float, float]]:
    """Places by the forces of Fruchterman and Reingold (*Software: Practice and Experience* 21, 1129, 1991).

    Linked nodes attract each other by weight, all others repel. Units are about one length of a link.
    """
    numbers = {node: number for number, node in enumerate(ids)}
    graph = Graph(len(ids), [(numbers[source], numbers[target]) for source, target, _ in links])
    weights = [weight for _, _, weight in links] or None
    chance = random.Random(SEED)
    places: Any = [[chance.uniform(-1, 1), chance.uniform(-1, 1)] for _ in ids]
    pieces = min(500, max(50, EFFORT // max(1, len(ids)))) // PIECE
    for number in range(pieces):
        heat = sqrt(len(ids)) * (1 - number / pieces)
        with DRAWING:
            set_random_number_generator(chance)
            try:
                places = graph.layout_fruchterman_reingold(
                    weights=weights, seed=places, grid="auto", niter=PIECE, start_temp=heat
                )
            finally:
                set_random_number_generator(random)
    return [(round(x, DIGITS), round(y, DIGITS)) for x, y in places]
