"""Makes large graphs in the project's own model: seeded, five links for each node, skewed as real ones are.

The same size and seed give the same graph. Ids are made of the type and a number, so that a link can be made
without keeping the nodes in memory.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.model import (
    COMMUNITY_FORM,
    CONFIDENCE,
    EDUCATION_LEVEL,
    MISSION_THEME,
    MODEL,
    PACT_KIND,
    PARTNER_KIND,
    PROJECT_KIND,
    REGION_KIND,
)
from graph.modelling import EnumType

LINKS_PER_NODE = 5
HUB_LINKS = 10_000
FIXED = {"Topsector": 10, "Mission": 30, "Region": 50}
SHARES = {
    "EducationInstitution": 0.06,
    "OOFund": 0.01,
    "LearningCommunity": 0.20,
    "Project": 0.15,
    "Pact": 0.03,
    "Source": 0.10,
}
ORGANISATIONS = tuple(node.name for node in MODEL.concrete("Organisation"))
KINDS = {"EducationInstitution": "Instituut", "OOFund": "Fonds", "Pact": "Akkoord", "Source": "Bericht"}
FIRST = ("Één", "Coöperatief", "Nationaal", "Regionaal", "Fries", "Zeeuws", "Überregionaal", "Vrij", "Jong", "Groot")
SECOND = ("Ambacht", "Energie", "Zorg", "Techniek", "Café", "Logistiek", "Water", "Chemie", "Agro", "Çeramiek", "ICT")
PLACES = ("Utrecht", "Fryslân", "Zoetermeer", "Almelo", "Curaçao", "Ede", "Zürich", "Ørsted", "Groningen", "Ameland")
ROLES = ("deelnemer", "partner", "lid", "kennispartner", None)


@dataclass(frozen=True)
class Node:
    """A node of a concrete type, with its properties as Neo4j stores them."""

    type: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Link:
    """A link between the nodes with these ids."""

    type: str
    from_type: str
    from_id: str
    to_type: str
    to_id: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """How many of what to make, and from which seed."""

    size: int
    seed: int = 1

    def __post_init__(self) -> None:
        if self.size < 1000:
            raise ValueError(f"A made graph has at least 1,000 nodes, not {self.size}.")

    @property
    def counts(self) -> dict[str, int]:
        """The number of nodes of each type."""
        found = FIXED | {name: int(share * self.size) for name, share in SHARES.items()}
        return found | {"Partner": self.size - sum(found.values())}

    @property
    def links(self) -> int:
        """The number of links."""
        return LINKS_PER_NODE * self.size

    @property
    def hubs(self) -> int:
        """The number of learning communities in which HUB_LINKS organisations take part, or all there are."""
        return max(2, min(10, self.size // 100_000))

    @property
    def hub_links(self) -> int:
        """The number of organisations in a hub."""
        return min(HUB_LINKS, sum(self.counts[name] for name in ORGANISATIONS))

    def id_of(self, kind: str, number: int) -> str:
        """The id of the given node of a type."""
        return f"{kind.lower()}-{number:07}"


def nodes(recipe: Recipe) -> Iterator[Node]:
    """All nodes, type by type."""
    chance = random.Random(f"{recipe.seed} nodes")
    sources = recipe.counts["Source"]
    for kind, count in recipe.counts.items():
        for number in range(count):
            identity = recipe.id_of(kind, number)
            if kind == "Source":
                yield Node(kind, _source(chance, identity))
                continue
            name = " ".join((_one(chance, FIRST), KINDS.get(kind, kind), _one(chance, SECOND), _one(chance, PLACES)))
            # One in ten shares its name with others.
            values: dict[str, Any] = {
                "id": identity,
                "name": name if chance.random() < 0.1 else f"{name} {chance.randrange(10**6)}",
                "aliases": [f"{_one(chance, SECOND)} {number}"] if chance.random() < 0.3 else [],
                "description": f"{_one(chance, FIRST)} werken en leren aan {_one(chance, SECOND)}",
                "confidence": _member(chance, CONFIDENCE),
                "sources": [recipe.id_of("Source", _skewed(chance, sources))],
                **_own(chance, kind, number),
            }
            yield Node(kind, {key: value for key, value in values.items() if value is not None})


def links(recipe: Recipe) -> Iterator[Link]:
    """All links; no two of one type join the same nodes."""
    return _Links(recipe).all()


class _Links:
    """Makes the links of one graph."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.counts = recipe.counts
        self.chance = random.Random(f"{recipe.seed} links")
        self.organisations = sum(self.counts[name] for name in ORGANISATIONS)

    def all(self) -> Iterator[Link]:
        made = 0
        for link in self.plain():
            made += 1
            yield link
        for link in self.hubs():
            made += 1
            yield link
        yield from self.participations(self.recipe.links - made)

    def plain(self) -> Iterator[Link]:
        """What every node of a type has: its sector, region, coordinator and so on."""
        chance, count = self.chance, self.counts
        for kind in ("LearningCommunity", *ORGANISATIONS):
            for number in range(count[kind]):
                yield self.link("LOCATED_IN", (kind, number), ("Region", _skewed(chance, count["Region"])))
        for kind, each in (("LearningCommunity", 2), *((name, 1) for name in (*ORGANISATIONS, "Project", "Pact"))):
            for number in range(count[kind]):
                for sector in chance.sample(range(count["Topsector"]), each):
                    yield self.link("SERVES_SECTOR", (kind, number), ("Topsector", sector))
        for number in range(count["LearningCommunity"]):
            here = ("LearningCommunity", number)
            yield self.link("ADDRESSES", here, ("Mission", _skewed(chance, count["Mission"])))
            yield self.link("COORDINATES", self.organisation(), here)
        for number in range(count["Project"]):
            here = ("Project", number)
            yield self.link("COORDINATES", self.organisation(), here)
            yield self.link("FUNDS", self.organisation(), here, amountEur=float(chance.randrange(10**7)))
            yield self.link("STUDIES", here, ("LearningCommunity", _skewed(chance, count["LearningCommunity"])))
        for number in range(count["Pact"]):
            for signatory in chance.sample(range(self.organisations), 5):
                yield self.link("SIGNED", self.numbered(signatory), ("Pact", number))
        for number in range(1, self.organisations, 4):
            yield self.link("PARTNER_OF", self.numbered(chance.randrange(number)), self.numbered(number))
        for number in range(1, self.organisations, 10):
            yield self.link("PART_OF", self.numbered(number), self.numbered(_skewed(chance, number)))

    def hubs(self) -> Iterator[Link]:
        for hub in range(self.recipe.hubs):
            for number in range(self.recipe.hub_links):
                yield self.link("PARTICIPATES_IN", self.numbered(number), ("LearningCommunity", hub))

    def participations(self, wanted: int) -> Iterator[Link]:
        """Organisations in communities and projects, with a few that take part in very much."""
        kinds = ("LearningCommunity", "Project")
        least = {"LearningCommunity": self.recipe.hubs, "Project": 0}
        seen: set[tuple[int, int]] = set()
        while len(seen) < wanted:
            kind = _one(self.chance, kinds)
            number = least[kind] + _skewed(self.chance, self.counts[kind] - least[kind])
            source = _skewed(self.chance, self.organisations)
            # Communities have even numbers here, projects odd ones.
            pair = (source, 2 * number + kinds.index(kind))
            if pair not in seen:
                seen.add(pair)
                yield self.link("PARTICIPATES_IN", self.numbered(source), (kind, number))

    def organisation(self) -> tuple[str, int]:
        return self.numbered(_skewed(self.chance, self.organisations))

    def numbered(self, number: int) -> tuple[str, int]:
        """The given organisation of any type."""
        for kind in ORGANISATIONS:
            if number < self.counts[kind]:
                return kind, number
            number -= self.counts[kind]
        raise IndexError(number)

    def link(self, kind: str, source: tuple[str, int], target: tuple[str, int], **more: Any) -> Link:
        chance = self.chance
        values: dict[str, Any] = {
            "role": _one(chance, ROLES),
            "since": _year(chance),
            "confidence": _member(chance, CONFIDENCE),
            "sources": [self.recipe.id_of("Source", _skewed(chance, self.counts["Source"]))],
            **more,
        }
        kept = {key: value for key, value in values.items() if value is not None}
        return Link(kind, source[0], self.recipe.id_of(*source), target[0], self.recipe.id_of(*target), kept)


def _own(chance: random.Random, kind: str, number: int) -> dict[str, Any]:
    """The properties that only this type has."""
    years = {"startYear": _year(chance), "endYear": None}
    match kind:
        case "Topsector" | "Partner":
            own: dict[str, Any] = {"shortName": f"{kind[:2].upper()}{number}"}
            return own | ({"kind": _member(chance, PARTNER_KIND)} if kind == "Partner" else {})
        case "LearningCommunity":
            return {"form": _member(chance, COMMUNITY_FORM), "city": _one(chance, PLACES), **years}
        case "EducationInstitution":
            return {"level": _member(chance, EDUCATION_LEVEL), "city": _one(chance, PLACES)}
        case "OOFund":
            return {"sector": _one(chance, SECOND)}
        case "Pact":
            return {"kind": _member(chance, PACT_KIND), **years}
        case "Project":
            return {"kind": _member(chance, PROJECT_KIND), "budgetEur": float(chance.randrange(10**7)), **years}
        case "Mission":
            return {"theme": _member(chance, MISSION_THEME)}
        case _:
            return {"kind": _member(chance, REGION_KIND)}


def _source(chance: random.Random, identity: str) -> dict[str, Any]:
    return {
        "id": identity,
        "url": f"https://example.org/{identity}",
        "title": f"{_one(chance, FIRST)} {_one(chance, SECOND)}",
        "publisher": _one(chance, PLACES),
        "retrievedOn": date(2026, chance.randint(1, 11), chance.randint(1, 28)),
    }


def _skewed(chance: random.Random, count: int) -> int:
    """A number below `count`: the lower, the likelier, so that a few nodes have very many links."""
    return int(count * chance.random() ** 2)


def _year(chance: random.Random) -> int | None:
    """A year with many ties, unknown for one in five."""
    return None if chance.random() < 0.2 else 2026 - _skewed(chance, 20)


def _one(chance: random.Random, values: tuple[Any, ...]) -> Any:
    return values[int(chance.random() * len(values))]


def _member(chance: random.Random, enum: EnumType) -> str:
    return _one(chance, tuple(enum.values))
