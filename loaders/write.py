"""The difference into Neo4j: one transaction, so a load that is killed half-way leaves the graph as it was."""

from collections import defaultdict
from collections.abc import Callable

from rich.progress import Progress

from graph.database import Database, Transaction
from graph.modelling import Model
from loaders.diff import Changes
from loaders.facts import NodeFact
from loaders.present import batches, by_id, by_shape

RAISE_REVISION = """
MERGE (r:Revision {id: 'revision'})
SET r.number = coalesce(r.number, 0) + 1, r.loadedAt = datetime()
RETURN r.number AS number
"""


class Overtaken(Exception):
    """Another load changed the graph after this one had looked at it, so nothing was written."""


def write(database: Database, model: Model, changes: Changes, revision: int, progress: Progress) -> None:
    """Write all changes or none, and raise the graph's revision, which was `revision` when they were worked out.

    Raises Overtaken. The lock on the revision makes a second load wait here until the first is done.
    """
    total = len(changes.nodes) + len(changes.links) + len(changes.replaced)
    task = progress.add_task("Writing", total=total)
    with database.transaction() as transaction:
        raised = transaction.run(RAISE_REVISION)
        if raised != [{"number": revision + 1}]:
            raise Overtaken
        write_nodes(transaction, model, changes, lambda count: progress.advance(task, count))
        write_links(transaction, model, changes, lambda count: progress.advance(task, count))


def touch(database: Database) -> int:
    """Raise the graph's revision, which is returned, for what was changed by other ways than a load."""
    (row,) = database.write(RAISE_REVISION)
    return row["number"]


def write_nodes(transaction: Transaction, model: Model, changes: Changes, advance: Callable[[int], None]) -> None:
    """Make nodes, or set the values that differ."""
    groups: dict[str, list[NodeFact]] = defaultdict(list)
    for node in changes.nodes:
        groups[node.type].append(node)
    for name, nodes in groups.items():
        labels = "".join(f":{label}" for label in model.labels(name))
        statement = f"""
        UNWIND $rows AS row
        MERGE (n:{model.root(name)} {{id: row.id}})
        SET n{labels}, n += row.values
        """
        for batch in batches(nodes):
            rows = [{"id": node.id, "values": node.values} for node in batch]
            transaction.run(statement, {"rows": rows})
            advance(len(batch))


def write_links(transaction: Transaction, model: Model, changes: Changes, advance: Callable[[int], None]) -> None:
    """Take away links that make way for others, then make links, or set the values that differ."""
    for links, action in (
        (changes.replaced, "MATCH (a)-[r:{name}]->(b) DELETE r"),
        (changes.links, "MERGE (a)-[r:{name}]->(b) SET r += row.values"),
    ):
        for (name, from_root, to_root), group in by_shape(links, model).items():
            statement = f"""
            UNWIND $rows AS row
            {by_id("a", from_root, "row.from")}
            {by_id("b", to_root, "row.to")}
            {action.format(name=name)}
            """
            for batch in batches(group):
                rows = [{"from": link.key.from_id, "to": link.key.to_id, "values": link.values} for link in batch]
                transaction.run(statement, {"rows": rows})
                advance(len(batch))
