"""Are these two records one organisation? Identifiers first, then website with name, then name with city.

Pure functions over `Profile`s, for loads, for the review of what they leave open, and for any client that asks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import product
from urllib.parse import urlsplit

from graph.names import Name, differ_in_kind, name, place, same_place, similarity


class Verdict(Enum):
    """What may be done with two records."""

    CERTAIN = "CERTAIN"
    """They are one: merge them."""
    LIKELY = "LIKELY"
    """They may be one: ask a person."""
    NO = "NO"
    """They are two, as far as can be seen."""


@dataclass(frozen=True)
class Profile:
    """What is known of an organisation that helps to recognise it.

    `names` are its name and its aliases, abbreviations among them. `identifiers` are by property, in the spelling
    of the model. `type` is its node type; empty where unknown, as with any other text.
    """

    id: str
    names: tuple[str, ...]
    city: str = ""
    website: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict[str, str])
    type: str = ""

    @cached_property
    def full_names(self) -> tuple[Name, ...]:
        """Its names but for abbreviations."""
        return tuple(item for item in map(name, self.names) if not item.abbreviation)

    @cached_property
    def abbreviations(self) -> tuple[Name, ...]:
        """Those of its names that are abbreviations."""
        return tuple(item for item in map(name, self.names) if item.abbreviation)

    @cached_property
    def domain(self) -> str:
        """The domain of its website, without www; empty where it has none."""
        host = (urlsplit(self.website).hostname or "") if self.website else ""
        return host.removeprefix("www.").removeprefix("english.")


@dataclass(frozen=True)
class Features:
    """In what two records agree and differ; None where one of them does not say.

    `identifiers` are the properties in which they agree, `contradicting` those in which they differ. `name` is from
    0 to 100. `domain` is None as well where only the ends differ, as in saxion.nl and saxion.edu.
    """

    identifiers: tuple[str, ...]
    contradicting: tuple[str, ...]
    domain: bool | None
    name: float
    city: bool | None
    type: bool | None


@dataclass(frozen=True)
class Match:
    """A known organisation that an incoming one may be, the verdict on that, and what it rests on.

    `score` ranks candidates, from 0 to 100.
    """

    known: Profile
    verdict: Verdict
    score: float
    features: Features


SAME_NAME, NAME_ELSEWHERE, AGREEING_NAME, LIKELY_NAME, NEAR_NAME, RELATED_NAME = 99.0, 95.0, 88.0, 85.0, 75.0, 50.0
SAME_ABBREVIATION, ABBREVIATED = 90.0, 86.0
TELLING_ABBREVIATION = 3
"""The letters that an abbreviation has at least; shorter ones have many meanings."""
NAME_WEIGHT, DOMAIN_WEIGHT, CITY_WEIGHT = 0.7, 20.0, 10.0


def compare(known: Profile, incoming: Profile) -> Match:
    """The verdict on two records."""
    shared = known.identifiers.keys() & incoming.identifiers.keys()
    agreeing = sorted(item for item in shared if known.identifiers[item] == incoming.identifiers[item])
    features = Features(
        identifiers=tuple(agreeing),
        contradicting=tuple(sorted(shared - set(agreeing))),
        domain=same_domain(known.domain, incoming.domain),
        name=name_score(known, incoming),
        city=same_place(known.city, incoming.city),
        type=known.type == incoming.type if known.type and incoming.type else None,
    )
    return Match(known, verdict(features), score(features), features)


def verdict(features: Features) -> Verdict:
    """What may be done, in the order of the evidence's worth. A contradiction never merges by itself."""
    found = verdict_by_identifier(features) or verdict_by_name(features)
    if features.contradicting:
        return Verdict.LIKELY if found is Verdict.CERTAIN else Verdict.NO
    return found


def verdict_by_identifier(features: Features) -> Verdict | None:
    """The verdict where an identifier agrees; None where none does."""
    return Verdict.CERTAIN if features.identifiers else None


def verdict_by_name(features: Features) -> Verdict:
    """The verdict by website and name, or by name and city."""
    by_domain = features.domain is True and features.name >= AGREEING_NAME
    by_city = features.name >= SAME_NAME and features.city is True and features.domain is not False
    if (by_domain or by_city) and features.type is not False:
        return Verdict.CERTAIN
    near = features.name >= NEAR_NAME and features.city is True and features.domain is not False
    related = features.name >= RELATED_NAME and features.domain is True
    alike = features.name >= (NAME_ELSEWHERE if features.domain is False else LIKELY_NAME)
    return Verdict.LIKELY if by_domain or by_city or near or related or alike else Verdict.NO


def score(features: Features) -> float:
    """How good a candidate it is, from 0 to 100."""
    if features.identifiers and not features.contradicting:
        return 100.0
    weighed = ((features.domain, DOMAIN_WEIGHT), (features.city, CITY_WEIGHT))
    return features.name * NAME_WEIGHT + sum(
        weight / 2 if agrees is None else weight * agrees for agrees, weight in weighed
    )


def same_domain(one: str, other: str) -> bool | None:
    """Whether two domains are the same; None where one is unknown or only their ends differ."""
    if not one or not other:
        return None
    return True if one == other else None if one.rpartition(".")[0] == other.rpartition(".")[0] else False


def name_score(known: Profile, incoming: Profile) -> float:
    """How well the best two of their names agree, from 0 to 100.

    An abbreviation counts in full only where one of the two has no other name: many share one.
    """
    towns = place(known.city) | place(incoming.city)
    pairs = product(known.full_names, incoming.full_names)
    full = max((similarity(one, other, towns) for one, other in pairs), default=0.0)
    if full >= LIKELY_NAME:
        return full
    shared = {
        one.written
        for one, other in product(map(name, known.names), map(name, incoming.names))
        if one.written == other.written and (one.abbreviation or other.abbreviation)
    }
    if shared:
        others = (any(item.written not in shared for item in one.full_names) for one in (known, incoming))
        return max(full, RELATED_NAME if all(others) else SAME_ABBREVIATION)
    letters = max(map(len, (*abbreviations(known, incoming), *abbreviations(incoming, known))), default=0)
    return max(full, ABBREVIATED if letters >= TELLING_ABBREVIATION else NEAR_NAME if letters else 0.0)


def abbreviations(short: Profile, full: Profile) -> Iterator[str]:
    """The abbreviations of one record's names that are all that the other has for a name."""
    for item in map(name, short.names):
        if not set(short.full_names) - {item}:
            for other in full.full_names:
                if item.short in other.initials and not differ_in_kind(item, other):
                    yield item.short


MOST_COMMON = 200
"""A key that more organisations have than this says too little to look them all up for it."""
MOST_CANDIDATES = 50
PARTS_OF_WORDS = START, END = ("start", "end")
WHOLE = 10
"""What a shared identifier, domain or name counts for, where a part of a word counts for one."""


class Index:
    """Known organisations by what they may be recognised by, so that few need be compared with an incoming one."""

    def __init__(self, known: Iterable[Profile]) -> None:
        self._by_key: dict[tuple[str, str], list[Profile]] = defaultdict(list)
        self._ids: set[str] = set()
        for profile in known:
            self._ids.add(profile.id)
            for key in dict.fromkeys(keys(profile)):
                self._by_key[key].append(profile)

    def __contains__(self, known_id: str) -> bool:
        """Whether there is an organisation with this id."""
        return known_id in self._ids

    def candidates(self, incoming: Profile) -> list[Profile]:
        """The known organisations that share most of what is telling with an incoming one."""
        found: dict[str, Profile] = {}
        tally: Counter[str] = Counter()
        for key in dict.fromkeys(keys(incoming)):
            sharing = self._by_key.get(key, ())
            if len(sharing) <= MOST_COMMON:
                weight = 1 if key[0] in PARTS_OF_WORDS else WHOLE
                for profile in sharing:
                    found[profile.id] = profile
                    tally[profile.id] += weight
        return [found[known_id] for known_id, _ in tally.most_common(MOST_CANDIDATES)]

    def matches(self, incoming: Profile) -> list[Match]:
        """The known organisations that an incoming one is or may be: the certain ones first, then by score."""
        found = (compare(known, incoming) for known in self.candidates(incoming))
        likely = [match for match in found if match.verdict is not Verdict.NO]
        return sorted(likely, key=lambda match: (match.verdict is not Verdict.CERTAIN, -match.score, match.known.id))


def keys(profile: Profile) -> Iterator[tuple[str, str]]:
    """What an organisation may be recognised by.

    Both ends of each word stand for it, so that a misspelling in one half is found by the other.
    """
    yield from profile.identifiers.items()
    if profile.domain:
        yield "domain", profile.domain
    for item in map(name, profile.names):
        yield "name", " ".join(item.sorted_words)
        yield "name", "".join(item.words)
        for short in (item.written, item.short, *item.initials):
            if short:
                yield "short", short
        for word in item.own:
            yield START, word[:5]
            yield END, word[-5:]
