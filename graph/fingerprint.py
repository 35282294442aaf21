"""A hash of every fact in the graph, the same for the same facts however and whenever they were loaded."""

import hashlib
import json
from typing import Any

from graph.database import Database
from graph.model import METRICS
from graph.provenance import BOOKKEEPING, FORMER_STATEMENTS, READ, STATEMENTS, statement

NODES = f"""
MATCH (n) WHERE none(label IN labels(n) WHERE label IN {list(BOOKKEEPING)})
RETURN labels(n) AS labels, properties(n) AS values
"""
LINKS = f"""
MATCH (a)-[r]->(b) WHERE type(r) <> '{READ}'
RETURN a.id AS from, type(r) AS type, b.id AS to, properties(r) AS values
"""
BITS = 256
METRIC_NAMES = frozenset(item.name for item in METRICS)


def fingerprint(database: Database) -> str:
    """The hash of all facts, current and withdrawn: labels, ids, types, properties, and which files state what.

    Not of how they came to be so: the runs and their log, nor in which row and since which run a file states a fact.
    Nor of what an analysis says of them.
    """
    digests = [digest(row) for statement in (NODES, LINKS) for row in database.stream(statement)]
    return f"{sum(digests) % 2**BITS:064x}"


def digest(row: dict[str, Any]) -> int:
    """The hash of one node or link; sums of these don't depend on the order, and tell two of the same from one."""
    labels = sorted(row.get("labels", ()))
    values = {
        name: said(value) if name in (STATEMENTS, FORMER_STATEMENTS) else value
        for name, value in row["values"].items()
        if name not in METRIC_NAMES
    }
    text = json.dumps({**row, "labels": labels, "values": values}, sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def said(statements: list[str]) -> list[Any]:
    """What of statements does not depend on the order of rows and runs."""
    words = map(statement, statements)
    return sorted(([word.file, word.retrieved_on, word.values] for word in words), key=str)
