"""A hash of everything in the graph, the same for the same facts however and whenever they were loaded."""

import hashlib
import json
from typing import Any

from graph.database import Database

NODES = """
MATCH (n) WHERE NOT n:Revision
RETURN labels(n) AS labels, properties(n) AS values
"""
LINKS = """
MATCH (a)-[r]->(b)
RETURN a.id AS from, type(r) AS type, b.id AS to, properties(r) AS values
"""
BITS = 256


def fingerprint(database: Database) -> str:
    """The hash of all nodes and links: their labels, ids, types and properties, but not how often they were loaded."""
    digests = [digest(row) for statement in (NODES, LINKS) for row in database.read(statement)]
    return f"{sum(digests) % 2**BITS:064x}"


def digest(row: dict[str, Any]) -> int:
    """The hash of one node or link; sums of these don't depend on the order, and tell two of the same from one."""
    labels = sorted(row.get("labels", ()))
    text = json.dumps({**row, "labels": labels}, sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(text.encode()).digest())
