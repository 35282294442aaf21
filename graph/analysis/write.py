"""What an analysis found → the graph: metrics on their nodes, groups, the strongest pairs, and the record of it.

One transaction as long as it is of a bearable size, so that no reader sees half of it. What is larger is written in
several: meanwhile the revision's node says that there is no analysis.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rich.progress import Progress

from graph.analysis.labels import Group
from graph.collaboration import ORGANISATION
from graph.database import Database
from graph.modelling import Model
from graph.provenance import COLLABORATION, COLLABORATION_MATRIX, GROUP, TAKE_LOCK

BATCH = 10_000
MEASURED_BATCH = 1_000
"""Metrics stand in some ten indexes each: a node's take Neo4j about 12 kB until they are committed, a pair one."""
TOGETHER = 20
"""The most batches in one transaction: some 240 MB, which fit in Neo4j's share of a heap of 1 GB."""

FORGET = "MATCH (r:Revision {id: 'revision'}) REMOVE r.analysedRevision, r.analysedAt"
RECORD = """
MERGE (r:Revision {id: 'revision'})
ON CREATE SET r.number = 0
SET r += $values, r.analysedAt = datetime()
"""
KEYS = f"MATCH (c:{COLLABORATION}) RETURN c.key AS key"
REMOVE_PAIRS = f"UNWIND $rows AS key MATCH (c:{COLLABORATION} {{key: key}}) DELETE c"
ADD_PAIRS = f"UNWIND $rows AS key CREATE (:{COLLABORATION} {{key: key}})"
REMOVE_GROUPS = f"MATCH (g:{GROUP}) DELETE g"
SET_MATRICES = f"UNWIND $rows AS row MERGE (m:{COLLABORATION_MATRIX} {{by: row.by}}) SET m = row"
ADD_GROUPS = f"UNWIND $rows AS row CREATE (g:{GROUP}) SET g = row"

Batch = tuple[str, list[Any]]
"""A statement and its rows."""


@dataclass(frozen=True)
class Findings:
    """All that is to be kept: `values` of the analysis itself, metrics by name of the nodes with these ids, groups,
    the keys of pairs, and the matrix of each way of grouping as columns."""

    values: Mapping[str, Any]
    ids: Sequence[str]
    columns: Mapping[str, Sequence[Any]]
    groups: Sequence[Group]
    pairs: Sequence[str]
    matrices: Sequence[Mapping[str, Any]]


def write(database: Database, model: Model, findings: Findings, progress: Progress) -> None:
    """Put what was found in the place of what was found before. Raises DatabaseError."""
    known = {row["key"] for row in database.stream(KEYS)}
    wanted = set(findings.pairs)
    gone, new = [key for key in known if key not in wanted], [key for key in findings.pairs if key not in known]
    task = progress.add_task("Writing what was found", total=len(findings.ids) + len(gone) + len(new))
    batches = _batches(model, findings, gone, new)
    first = True
    while True:
        together = list(islice(batches, TOGETHER))
        last = len(together) < TOGETHER
        with database.transaction() as transaction:
            transaction.run(TAKE_LOCK)
            if first and not last:
                transaction.run(FORGET)
            for statement, rows in together:
                transaction.run(statement, {"rows": rows})
                progress.advance(task, len(rows))
            if last:
                transaction.run(RECORD, {"values": findings.values})
        if last:
            return
        first = False


def _batches(model: Model, findings: Findings, gone: Sequence[str], new: Sequence[str]) -> Iterator[Batch]:
    groups = [{"id": group.id, "label": group.label, "size": len(group.members)} for group in findings.groups]
    yield REMOVE_GROUPS, []
    yield from _parts(ADD_GROUPS, groups)
    yield SET_MATRICES, list(findings.matrices)
    yield from _parts(REMOVE_PAIRS, gone)
    yield from _parts(ADD_PAIRS, new)
    root = model.root(ORGANISATION)
    set_metrics = f"UNWIND $rows AS row MATCH (n:{root} {{id: row.id}}) USING INDEX SEEK n:{root}(id) SET n += row"
    for start in range(0, len(findings.ids), MEASURED_BATCH):
        numbers = range(start, min(start + MEASURED_BATCH, len(findings.ids)))
        columns = findings.columns.items()
        yield (
            set_metrics,
            [{"id": findings.ids[at], **{name: column[at] for name, column in columns}} for at in numbers],
        )


def _parts(statement: str, rows: Sequence[Any]) -> Iterator[Batch]:
    for start in range(0, len(rows), BATCH):
        yield statement, list(rows[start : start + BATCH])
