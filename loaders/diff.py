"""What files state, compared with what the graph holds: only the difference has to be written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from loaders.facts import Facts, LinkFact, LinkKey, NodeFact
from loaders.present import PresentNode
from loaders.report import Count
from loaders.values import Value

OUTCOMES = ("added", "changed", "unchanged")
PresentLinks = Mapping[LinkKey, Mapping[str, Value]]


@dataclass(frozen=True)
class Changes:
    """What a load has to write, and how much that is by type of node or link.

    `nodes` and `links` have only the values that differ. `replaced` are links in the graph that must make
    way for one of `links`.
    """

    nodes: tuple[NodeFact, ...]
    links: tuple[LinkFact, ...]
    replaced: tuple[LinkFact, ...]
    counts: Mapping[str, Count]

    @property
    def none(self) -> bool:
        """Whether the graph already holds all that the files state."""
        return not (self.nodes or self.links)


def compare(facts: Facts, nodes: Mapping[str, PresentNode], links: PresentLinks) -> Changes:
    """The difference between what is stated and what is there."""
    tally: Counter[tuple[str, str]] = Counter()
    new_nodes: list[NodeFact] = []
    for node in facts.nodes:
        there = nodes.get(node.id)
        values = differing(node.values, there.values if there else {})
        tally[node.type, outcome(is_new=there is None, differs=bool(values))] += 1
        if there is None or values:
            new_nodes.append(NodeFact(node.type, node.id, values))
    new_links: list[LinkFact] = []
    replaced: list[LinkFact] = []
    by_end = links_by_end(links)
    for link in facts.links:
        values = differing(link.values, links.get(link.key, {}))
        rivals = [replace(link, key=key, values={}) for key in rivals_of(link, by_end)]
        is_new = link.key not in links
        tally[link.key.type, outcome(is_new=is_new and not rivals, differs=is_new or bool(values))] += 1
        if is_new or values:
            new_links.append(replace(link, values=values))
        replaced.extend(rivals)
    counts = {name: Count(**{word: tally[name, word] for word in OUTCOMES}) for name, _ in tally}
    return Changes(tuple(new_nodes), tuple(new_links), tuple(replaced), counts)


def differing(stated: Mapping[str, Value], there: Mapping[str, Value]) -> dict[str, Value]:
    """The stated values that are not there, None for those that must go."""
    return {name: value for name, value in stated.items() if there.get(name) != value}


def outcome(*, is_new: bool, differs: bool) -> str:
    """What a load does with something: it is new, differs from what is there, or is the same."""
    return OUTCOMES[0] if is_new else OUTCOMES[1] if differs else OUTCOMES[2]


def links_by_end(links: Iterable[LinkKey]) -> dict[tuple[str, str, str], list[LinkKey]]:
    """Links by type and node, at either end."""
    found: dict[tuple[str, str, str], list[LinkKey]] = defaultdict(list)
    for key in links:
        found[key.type, "from", key.from_id].append(key)
        found[key.type, "to", key.to_id].append(key)
    return found


def rivals_of(link: LinkFact, by_end: Mapping[tuple[str, str, str], list[LinkKey]]) -> Iterator[LinkKey]:
    """The links that stand where only this one may."""
    for applies, end, node_id in (
        (link.only_from, "from", link.key.from_id),
        (link.only_to, "to", link.key.to_id),
    ):
        if applies:
            yield from (key for key in by_end.get((link.key.type, end, node_id), ()) if key != link.key)
