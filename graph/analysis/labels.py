"""A readable label for each group: the sector and region that set it apart, and who stands in its middle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import log

LEAST_SHARE = 0.25
"""A sector or region names a group when at least this share of its members have it."""


@dataclass(frozen=True)
class Group:
    """Organisations and communities that work together more than with others; `members` by their numbers."""

    id: str
    label: str
    members: Sequence[int]


def hubs(groups: Sequence[Sequence[int]], organisations: int, page_rank: Sequence[float]) -> list[int]:
    """The organisation in the middle of each group: the one of highest PageRank."""
    return [max(group, key=lambda node: (node < organisations, page_rank[node], -node)) for group in groups]


def label_all(
    groups: Sequence[Sequence[int]], traits: Sequence[Sequence[tuple[str, ...]]], middles: Sequence[str]
) -> list[Group]:
    """The groups with their ids and labels. `traits` are columns of names, `middles` the names of the hubs."""
    overall = [Counter(chain.from_iterable(column)) for column in traits]
    made: list[Group] = []
    for number, (members, middle) in enumerate(zip(groups, middles, strict=True), 1):
        names = [
            characteristic([column[node] for node in members], counts, len(column))
            for column, counts in zip(traits, overall, strict=True)
        ]
        made.append(Group(f"group-{number}", " · ".join(filter(None, (*names, middle))), members))
    return made


def characteristic(names: Sequence[tuple[str, ...]], overall: Counter[str], size: int) -> str | None:
    """The name that sets a group apart: of those that are more common in it than in all, the most telling.

    Telling is the name's part in the Kullback-Leibler divergence of the group from all, p log(p/q).
    """
    counts = Counter(chain.from_iterable(names))

    def telling(name: str) -> float:
        share = counts[name] / len(names)
        return share * log(share / (overall[name] / size))

    common = [name for name in sorted(counts) if counts[name] >= LEAST_SHARE * len(names) and telling(name) > 0]
    return max(common, key=telling, default=None)
