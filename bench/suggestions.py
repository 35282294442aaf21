"""Which way of suggesting partners finds those that are really there: `python -m bench.suggestions --seeds 5`.

Hides a tenth of all participations and direct links by seed. Each organisation that lost a partner by it gets a ranking
of all with whom it does not work any more: a method is good when the lost partners stand high in it.
"""

import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from statistics import mean
from typing import Annotated

import typer
from rich.progress import Progress, track
from rich.table import Table

from api.questions.suggestions import BETWEEN, SAME_REGION, SAME_SECTORS
from bench.databases import REAL, filled
from graph.analysis.affiliations import Affiliations, read
from graph.analysis.network import Network
from graph.database import Database
from graph.model import MODEL
from graph.progress import console

HIDDEN = 0.1
TOP = 10
RETURN = 0.5
"""The probability with which a personalised walk goes on; else it starts again."""


class Known:
    """A network with links hidden, and what methods ask of it."""

    def __init__(self, affiliations: Affiliations, hidden: set[tuple[int, int]], seed: int) -> None:
        self.ids = affiliations.organisations
        self.size = len(self.ids)
        self.chance = random.Random(seed)
        self.contexts = [
            tuple(member for member in members if (member, number) not in hidden)
            for number, members in enumerate((*affiliations.members, *affiliations.direct))
        ]
        self.partners = partners_in(self.contexts, self.size)
        self.network = Network(affiliations, self.contexts)
        self.regions = [set(names) for names in affiliations.regions[: self.size]]
        self.sectors = [set(names) for names in affiliations.topsectors[: self.size]]
        for number in range(len(affiliations.communities)):
            for member in self.contexts[number]:
                self.sectors[member].update(affiliations.topsectors[self.size + number])

    def rank(self, one: int) -> tuple[int, str]:
        """What organisations are sorted by to have those with the fewest partners first."""
        return len(self.partners[one]), self.ids[one]


def partners_in(contexts: list[tuple[int, ...]], size: int) -> list[set[int]]:
    """With whom each organisation works."""
    found: list[set[int]] = [set() for _ in range(size)]
    for members in contexts:
        for member in members:
            found[member].update(members)
    for one, others in enumerate(found):
        others.discard(one)
    return found


Method = Callable[[Known, int], Mapping[int, float]]
"""From an organisation to a score for each other; 0 for those it leaves out."""


def in_common(weight: Callable[[int], float], most: int | None = None) -> Method:
    """A method that sums a weight over partners in common, by how many partners each of these has.

    Of an organisation's partners at `most` so many are looked through, those with the fewest partners first.
    """

    def scores(known: Known, one: int) -> Mapping[int, float]:
        found: dict[int, float] = defaultdict(float)
        for between in sorted(known.partners[one], key=known.rank)[:most]:
            for other in known.partners[between]:
                found[other] += weight(len(known.partners[between]))
        return found

    return scores


def at_random(known: Known, _: int) -> Mapping[int, float]:
    """No method at all."""
    return {other: known.chance.random() for other in range(known.size)}


def popularity(known: Known, _: int) -> Mapping[int, float]:
    """Who has the most partners."""
    return {other: float(len(found)) for other, found in enumerate(known.partners)}


def page_rank(known: Known, one: int) -> Mapping[int, float]:
    """Where a random walk is that starts at the organisation again and again."""
    return dict(enumerate(known.network.page_rank_from(one, RETURN)[: known.size]))


def shipped(known: Known, one: int) -> Mapping[int, float]:
    """What `suggestions` does: resource allocation, with the same region and sectors beside it."""
    shared = LOOKED_THROUGH(known, one)
    most = max((score for other, score in shared.items() if is_open(known, one, other)), default=0.0) or 1.0
    found: dict[int, float] = {}
    for other in range(known.size):
        every = known.sectors[one] | known.sectors[other]
        sectors = len(known.sectors[one] & known.sectors[other]) / len(every) if every else 0.0
        region = not known.regions[one].isdisjoint(known.regions[other])
        found[other] = shared.get(other, 0.0) / most + SAME_REGION * region + SAME_SECTORS * sectors
    return found


def is_open(known: Known, one: int, other: int) -> bool:
    """Whether two organisations could work together and, as far as is known, do not."""
    return other != one and other not in known.partners[one]


LOOKED_THROUGH = in_common(lambda count: 1 / count, BETWEEN)
METHODS: Mapping[str, Method] = {
    "random": at_random,
    "popularity": popularity,
    "common neighbours": in_common(lambda _: 1),
    "Adamic-Adar": in_common(lambda count: 1 / log(max(count, 2))),
    "resource allocation": in_common(lambda count: 1 / count),
    "personalised PageRank": page_rank,
    "with region and sectors (shipped)": shipped,
}


@dataclass(frozen=True)
class Result:
    """How well a method did, as means over organisations that lost a partner.

    `auc`: the probability that a lost partner stands above one that never was. `hits`: the share of organisations that
    find a lost partner among the first TOP.
    """

    auc: float
    hits: float


def compare(affiliations: Affiliations, seed: int) -> dict[str, Result]:
    """Each method's result when the links that `seed` draws are hidden."""
    size = len(affiliations.organisations)
    contexts = [*affiliations.members, *affiliations.direct]
    links = [(member, number) for number, members in enumerate(contexts) for member in members]
    known = Known(affiliations, set(random.Random(seed).sample(links, int(HIDDEN * len(links)))), seed)
    really = partners_in(contexts, size)
    askers = [one for one in range(size) if really[one] - known.partners[one]]
    return {name: result(method, known, really, askers) for name, method in METHODS.items()}


def result(method: Method, known: Known, really: list[set[int]], askers: list[int]) -> Result:
    """How well a method did; those with equal scores stand in an order that is drawn by lot."""
    areas: list[float] = []
    hits: list[bool] = []
    for one in askers:
        scores = method(known, one)
        ranked = [(scores.get(other, 0.0), known.chance.random(), other) for other in range(known.size)]
        ranked = sorted((item for item in ranked if is_open(known, one, item[2])), reverse=True)
        others = sorted(score for score, _, other in ranked if other not in really[one])
        lost = [score for score, _, other in ranked if other in really[one]]
        if others:
            below = sum(bisect_left(others, score) + bisect_right(others, score) for score in lost)
            areas.append(below / 2 / len(lost) / len(others))
        hits.append(any(other in really[one] for _, _, other in ranked[:TOP]))
    return Result(mean(areas), mean(hits))


def main(
    size: Annotated[str, typer.Option(help="The graph: real, or a number of nodes.")] = REAL,
    seeds: Annotated[int, typer.Option(help="How often links are hidden, each time others.", min=1)] = 5,
    heap: Annotated[str, typer.Option(help="The database's heap.")] = "1g",
) -> None:
    """Compare all methods and print a table."""
    with filled(size, heap) as ready, Database(ready.connection) as database:
        affiliations = read(database, MODEL, Progress(disable=True))
    rounds = [compare(affiliations, seed) for seed in track(range(seeds), "Comparing", console=console)]
    table = Table("method", "AUC", f"hits@{TOP}", title=f"{size}: means over {seeds} seeds")
    for name in METHODS:
        found = [one[name] for one in rounds]
        table.add_row(name, f"{mean(one.auc for one in found):.3f}", f"{mean(one.hits for one in found):.3f}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
