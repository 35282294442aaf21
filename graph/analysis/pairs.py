"""The pairs of organisations that work together most, exactly and in order, without making every pair there is.

A context of n gives each of its pairs 1/(n-1), so large contexts make very many pairs that are all very weak. Pairs
are made of small contexts only. What large ones can give any one pair is known beforehand: a pair stronger than that
must share a small one too, and so has been made.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import comb
from typing import NamedTuple

from rich.progress import Progress

from graph.analysis.affiliations import Affiliations
from graph.collaboration import in_units

KEPT = 1_000_000
"""The most pairs that are kept."""

MADE = 30_000_000
"""Contexts are small, from the smallest up, as long as they have no more pairs than this together."""

ROUNDING = 1
"""How many units a sum can be off by the order in which it was summed."""

BITS = 32
"""The width of an organisation's number in a pair that is packed into one integer."""


class Pair(NamedTuple):
    """Two organisations by their numbers, the lesser first, and their strength in billionths."""

    units: int
    one: int
    other: int


def strongest(affiliations: Affiliations, progress: Progress, kept: int = KEPT, made: int = MADE) -> list[Pair]:
    """The strongest pairs, in order: by strength, then by both numbers. No pair is left out before the last.

    There are at most as many as are `kept`, and fewer where contexts with `made` pairs together do not tell more.
    """
    direct = (tuple(sorted(pair)) for pair in affiliations.direct)
    contexts = [members for members in (*affiliations.members, *direct) if len(members) > 1]
    small, large = _divided(contexts, made)
    count = len(affiliations.organisations)
    within: list[list[int]] = [[] for _ in range(count)]
    for number, members in enumerate(small):
        for member in members:
            within[member].append(number)
    beside: list[set[int]] = [set() for _ in range(count)]
    for number, members in enumerate(large):
        for member in members:
            beside[member].add(number)
    weights = [1 / (len(members) - 1) for members in large]
    weak = [sum(weights[number] for number in shared) for shared in beside]
    # Of a pair that shares no small context, both have at least its strength from large ones.
    least = in_units(sorted(weak)[-2]) + ROUNDING if large else 0

    found: list[int] = []
    task = progress.add_task("Ranking pairs", total=count)
    for one in range(count):
        for other, strength in _others(one, within[one], small):
            # What can't be kept whatever large contexts add is not looked at further.
            if in_units(strength + min(weak[one], weak[other])) + ROUNDING > least:
                shared = beside[one] & beside[other]
                units = in_units(strength + sum(weights[number] for number in sorted(shared)))
                if units > least:
                    found.append((-units << 2 * BITS) + (one << BITS) + other)
        if len(found) > 2 * kept:
            least = max(least, _cut(found, kept) - 1)
        progress.advance(task)
    _cut(found, kept)
    mask = (1 << BITS) - 1
    return [Pair(-(item >> 2 * BITS), item >> BITS & mask, item & mask) for item in found]


def _divided(contexts: Sequence[tuple[int, ...]], made: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Small contexts and large ones."""
    ordered = sorted(contexts, key=len)
    pairs = 0
    for number, members in enumerate(ordered):
        pairs += comb(len(members), 2)
        if pairs > made:
            return ordered[:number], ordered[number:]
    return ordered, []


def _others(one: int, within: Sequence[int], contexts: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, float]]:
    """The others of a higher number with which an organisation shares a context, each with the strength by those."""
    found: dict[int, float] = {}
    for number in within:
        members = contexts[number]
        weight = 1 / (len(members) - 1)
        for other in members[bisect_right(members, one) :]:
            found[other] = found.get(other, 0.0) + weight
    yield from found.items()


def _cut(found: list[int], kept: int) -> int:
    """Sort what was found and leave so many of it; the units of the last, 0 where fewer were found."""
    found.sort()
    del found[kept:]
    return -(found[-1] >> 2 * BITS) if len(found) == kept else 0
