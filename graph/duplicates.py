"""Organisations that may be in the graph twice: those that matching would take for one, as a check of quality."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graph.decisions import DECIDED, MATCHING, told_apart
from graph.matching import Index, Match, Profile
from graph.model import ID, ORGANISATION
from graph.modelling import Model
from graph.profiles import profile
from graph.quality import EXAMPLES, Check, Read, Severity

MOST_COMPARED = 10_000
"""So many organisations are compared at most, for about a millisecond each."""
WHERE = ("city", "website")
TWO = ("PART_OF", "SUCCEEDS")
"""Links whose two ends are two organisations, however alike."""


def duplicates(model: Model, folder: Path = MATCHING) -> Check:
    """The check, which leaves out those that decisions in a folder tell apart. Its `read` raises BadDecision."""
    types = [node.name for node in model.concrete(ORGANISATION)]
    kind = f"head([label IN labels(n) WHERE label IN {types}])"
    telling = [item for name in types for item in model.properties_of(name) if item.naming or item.identifier]
    shown = ", ".join(f".{name}" for name in dict.fromkeys((ID.name, *WHERE, *(item.name for item in telling))))
    linked = f"MATCH (a:{ORGANISATION})-[:{'|'.join(TWO)}]->(b:{ORGANISATION}) RETURN [a.id, b.id]"
    return Check(
        "ORGANISATION_DUPLICATED",
        Severity.WARNING,
        "Pairs of organisations that may be one.",
        f"Make them one, or say in {folder.name}/{DECIDED} that they are two.",
        f"MATCH (n:{ORGANISATION}) WITH n ORDER BY n.id LIMIT {MOST_COMPARED} "
        f"WITH collect([{kind}, n {{{shown}}}]) AS found RETURN [found, COLLECT {{ {linked} }}] AS value",
        lambda value: read(model, folder, *value),
    )


def read(
    model: Model, folder: Path, found: Iterable[tuple[str, Mapping[str, Any]]], linked: Iterable[Collection[str]]
) -> Read:
    """The finding: pairs by type, the likeliest first. Of a pair of two types, by that of the one whose id is first."""
    profiles = [profile(values, kind, model) for kind, values in found]
    two = {*map(frozenset, linked), *told_apart(folder)}
    by_type: dict[str, list[tuple[Profile, Match]]] = defaultdict(list)
    for one, match in sorted(pairs(profiles, two), key=lambda pair: -pair[1].score):
        by_type[one.type].append((one, match))
    groups = [
        (kind, len(alike), [([subject(one), subject(match.known)], why(match)) for one, match in alike[:EXAMPLES]])
        for kind, alike in by_type.items()
    ]
    return len(profiles), groups


def pairs(profiles: Collection[Profile], two: Collection[frozenset[str]]) -> Iterator[tuple[Profile, Match]]:
    """Every pair that may be one, once: the one whose id is first, and how the other matches it."""
    index = Index(profiles)
    seen = {frozenset((one.id,)) for one in profiles}
    for one in profiles:
        for match in index.matches(one):
            pair = frozenset((one.id, match.known.id))
            if pair not in seen and pair not in two:
                seen.add(pair)
                yield one, match


def subject(known: Profile) -> tuple[str, str, str]:
    """The id, name and type of an organisation."""
    return known.id, next(iter(known.names), known.id), known.type


def why(match: Match) -> str:
    """The score of a pair, and what it rests on."""
    features = match.features
    agreeing = [f"name {features.name:.0f}", *(f"same {item}" for item in features.identifiers)]
    agreeing += [f"same {what}" for what, same in (("domain", features.domain), ("city", features.city)) if same]
    return f"{match.score:.0f} of 100: {', '.join(agreeing)}"
