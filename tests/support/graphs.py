"""Small random graphs over the whole model, in memory and in Neo4j, for comparing answers."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from neo4j.spatial import WGS84Point

from graph.database import Database
from graph.modelling import Kind, Model, Property
from graph.provenance import WITHDRAWN, WITHDRAWN_ON, withdrawn_label, withdrawn_link

NAMES = ["Ámsterdam", "amsterdam", "Amsterdam", "Één", "Zuid", "zuid", "O&O", 'x"y', "Œuvre", "a b", "École"]
YEARS = [2012, 2016, 2019, 2020, 2021]


@dataclass(frozen=True)
class Node:
    """A node: its type and properties; sources are ids."""

    type: str
    properties: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.properties["id"]


@dataclass(frozen=True)
class Link:
    """A link: its type, the nodes it joins and its properties."""

    type: str
    source: Node
    target: Node
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Graph:
    """A graph in memory."""

    model: Model
    nodes: Mapping[str, Node]
    links: tuple[Link, ...]
    withdrawn_nodes: Mapping[str, Node] = field(default_factory=dict[str, Node])
    withdrawn_links: tuple[Link, ...] = ()

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} nodes, {len(self.links)} links)"


def random_graph(model: Model, seed: int, per_type: int = 6, links_per_type: int = 40) -> Graph:
    """A graph with every type of node and link, with ties, accents and missing values."""
    chance = random.Random(seed)
    nodes: dict[str, Node] = {}
    sources = [f"source-{number}" for number in range(per_type)]
    for declared in model.nodes:
        for number in range(per_type):
            identity = sources[number] if declared.name == "Source" else f"{declared.plural.replace('_', '-')}-{number}"
            values = _values(chance, model.properties_of(declared.name), sources)
            if chance.random() < 0.7:
                values |= _metrics(chance, model.metrics_of(declared.name), sources)
            nodes[identity] = Node(declared.name, {**values, "id": identity})
    links: dict[tuple[str, str, str], Link] = {}
    for declared in model.links:
        pairs = sorted(model.pairs(declared))
        single = {field.link.name for name in model.types for field in model.link_fields(name) if field.single}
        for _ in range(links_per_type):
            kinds = chance.choice(pairs)
            ends = [chance.choice([node for node in nodes.values() if node.type == kind]) for kind in kinds]
            if declared.symmetric:
                ends.sort(key=lambda node: node.id)
            source, target = ends
            if declared.name in single:
                taken = any(link.type == declared.name and link.source == source for link in links.values())
                if taken:
                    continue
            if source.id != target.id:
                values = _values(chance, model.properties_of_link(declared), sources)
                links[declared.name, source.id, target.id] = Link(declared.name, source, target, values)
    gone = {
        identity: Node(declared.name, {**_gone(chance, model.properties_of(declared.name), sources), "id": identity})
        for declared in model.concrete("Entity")
        for identity in [f"{declared.plural.replace('_', '-')}-gone-{number}" for number in range(2)]
    }
    closed: dict[tuple[str, str, str], Link] = {}
    for declared in model.links:
        pairs = sorted(model.pairs(declared))
        for _ in range(links_per_type // 2):
            kinds = chance.choice(pairs)
            ends = [
                chance.choice([node for node in (*nodes.values(), *gone.values()) if node.type == kind])
                for kind in kinds
            ]
            if declared.symmetric:
                ends.sort(key=lambda node: node.id)
            source, target = ends
            key = (declared.name, source.id, target.id)
            if key not in links and source.id != target.id:
                values = _gone(chance, model.properties_of_link(declared), sources)
                closed[key] = Link(declared.name, source, target, values)
    return Graph(model, nodes, tuple(links.values()), gone, tuple(closed.values()))


def _gone(chance: random.Random, properties: tuple[Property, ...], sources: list[str]) -> dict[str, Any]:
    """The properties of a withdrawn node or link."""
    return {**_values(chance, properties, sources), WITHDRAWN_ON: date(2026, chance.randint(4, 6), 1)}


def _values(chance: random.Random, properties: tuple[Property, ...], sources: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in properties:
        if item.required or chance.random() < 0.7:
            found[item.name] = _value(chance, item, sources)
    return found


def _metrics(chance: random.Random, metrics: tuple[Property, ...], sources: list[str]) -> dict[str, Any]:
    """Metrics of a node: a group has both its id and its label, or there is none."""
    found = _values(chance, metrics, sources)
    return found if {"group", "groupLabel"} <= found.keys() else {**found, "group": None, "groupLabel": None}


def _value(chance: random.Random, item: Property, sources: list[str]) -> Any:
    if item.kind is Kind.SOURCES:
        return sorted(chance.sample(sources, chance.randint(1, 2)))
    if item.many:
        return sorted(chance.sample(NAMES, chance.randint(0, 2)))
    if item.enum:
        return chance.choice(list(item.enum.values))
    match item.kind:
        case Kind.ID:
            return chance.choice(sources)
        case Kind.YEAR | Kind.INTEGER:
            return chance.choice(YEARS)
        case Kind.NUMBER:
            return chance.choice([0.0, 1.5, 30_000_000.0])
        case Kind.DATE:
            return date(2026, chance.randint(1, 3), 1)
        case Kind.POINT:
            return (52.0 + chance.randint(0, 3) / 10, 5.25)
        case Kind.URL:
            return f"https://example.org/{chance.randint(0, 3)}"
        case _:
            return chance.choice(NAMES)


def write_graph(database: Database, graph: Graph) -> None:
    """Put a graph in memory into Neo4j, beside what is there."""
    nodes: defaultdict[str, list[Node]] = defaultdict(list)
    for node in (*graph.nodes.values(), *graph.withdrawn_nodes.values()):
        closed = [WITHDRAWN, withdrawn_label(node.type)]
        nodes[":".join(closed if node.id in graph.withdrawn_nodes else graph.model.labels(node.type))].append(node)
    places: dict[str, str] = {}
    for labels, alike in nodes.items():
        made = database.write(
            f"UNWIND $rows AS row CREATE (n:{labels}) SET n = row RETURN n.id AS id, elementId(n) AS place",
            {"rows": [_stored(node.properties) for node in alike]},
        )
        places |= {row["id"]: row["place"] for row in made}
    links: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    kinds = [(link, link.type) for link in graph.links]
    kinds += [(link, withdrawn_link(link.type)) for link in graph.withdrawn_links]
    for link, kind in kinds:
        ends = {"source": places[link.source.id], "target": places[link.target.id]}
        links[kind].append({**ends, "properties": _stored(link.properties)})
    for kind, rows in links.items():
        database.write(
            "UNWIND $rows AS row MATCH (a), (b) WHERE elementId(a) = row.source AND elementId(b) = row.target "
            f"CREATE (a)-[r:{kind}]->(b) SET r = row.properties",
            {"rows": rows},
        )


def _stored(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: WGS84Point((value[1], value[0])) if name == "location" else value for name, value in properties.items()
    }
