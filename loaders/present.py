"""What the graph holds now of the nodes and links that files name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from neo4j.time import Date
from rich.progress import Progress

from graph.database import Database
from graph.modelling import Model
from loaders.facts import LinkFact, LinkKey
from loaders.sources import SOURCE, URL
from loaders.values import Value

BATCH = 10_000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PresentNode:
    """A node in the graph: its type and its properties but for the id."""

    type: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class PresentNodes:
    """Nodes in the graph by id, and the ids of Sources by address."""

    nodes: Mapping[str, PresentNode] = field(default_factory=dict[str, PresentNode])
    sources: Mapping[str, str] = field(default_factory=dict[str, str])


def revision(database: Database) -> int:
    """How many loads have changed the graph."""
    rows = database.read("MATCH (r:Revision {id: 'revision'}) RETURN r.number AS number")
    return rows[0]["number"] if rows else 0


def by_id(variable: str, label: str, value: str) -> str:
    """A clause that finds a node by id through the index: on stale statistics the planner would scan instead."""
    return f"MATCH ({variable}:{label} {{id: {value}}}) USING INDEX SEEK {variable}:{label}(id)"


def present_nodes(
    database: Database, model: Model, ids: Collection[str], urls: Collection[str], progress: Progress
) -> PresentNodes:
    """The nodes that have one of these ids, and the Sources that have one of these addresses."""
    types = {node.name for node in model.nodes}
    nodes: dict[str, PresentNode] = {}
    sources: dict[str, str] = {}
    task = progress.add_task("Looking up nodes", total=len(ids) * len(model.roots) + len(urls))
    for root in model.roots:
        statement = f"UNWIND $ids AS id {by_id('n', root, 'id')} RETURN labels(n) AS labels, properties(n) AS values"
        for batch in batches(ids):
            for row in database.read(statement, {"ids": batch}):
                values = native(row["values"])
                name = next((label for label in row["labels"] if label in types), root)
                nodes[str(values.pop("id"))] = PresentNode(name, values)
            progress.advance(task, len(batch))
    found = f"MATCH (n:{SOURCE} {{{URL}: url}}) USING INDEX SEEK n:{SOURCE}({URL})"
    for batch in batches(urls):
        rows = database.read(f"UNWIND $urls AS url {found} RETURN url, n.id AS id", {"urls": batch})
        sources.update((row["url"], row["id"]) for row in rows)
        progress.advance(task, len(batch))
    return PresentNodes(nodes, sources)


def present_links(
    database: Database, model: Model, links: Collection[LinkFact], progress: Progress
) -> dict[LinkKey, Mapping[str, Value]]:
    """Properties of the links in the graph that have the same key as one of these, or stand in its place.

    Others from the same nodes are found too: following all of a node's links once costs less than looking
    for each of them among the many of a hub.
    """
    found: dict[LinkKey, Mapping[str, Value]] = {}
    task = progress.add_task("Looking up links", total=len(links))
    for (name, from_root, to_root), group in by_shape(links, model).items():
        for root, pattern, ids in (
            (from_root, f"(n)-[r:{name}]->()", {link.key.from_id for link in group}),
            (to_root, f"()-[r:{name}]->(n)", {link.key.to_id for link in group if link.only_to}),
        ):
            statement = f"""
            UNWIND $ids AS id {by_id("n", root, "id")}
            MATCH {pattern}
            RETURN startNode(r).id AS from_id, endNode(r).id AS to_id, properties(r) AS values
            """
            for batch in batches(ids):
                for row in database.read(statement, {"ids": batch}):
                    found[LinkKey(name, row["from_id"], row["to_id"])] = native(row["values"])
        progress.advance(task, len(group))
    return found


def by_shape(links: Iterable[LinkFact], model: Model) -> dict[tuple[str, str, str], list[LinkFact]]:
    """Links by type and by the labels in which their ends' ids are unique: what one statement can treat."""
    groups: dict[tuple[str, str, str], list[LinkFact]] = defaultdict(list)
    for link in links:
        groups[link.key.type, model.root(link.from_type), model.root(link.to_type)].append(link)
    return groups


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of as many as one statement takes."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def native(values: Mapping[str, Any]) -> dict[str, Value]:
    """Properties as files state them: the driver has a date type of its own."""
    return {name: value.to_native() if isinstance(value, Date) else value for name, value in values.items()}
