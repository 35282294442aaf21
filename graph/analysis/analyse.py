"""A whole analysis: read the network, measure it, write what was found on the nodes and the revision."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.progress import Progress

from graph import constraints
from graph.analysis.affiliations import Affiliations, read
from graph.analysis.labels import Group, hubs, label_all
from graph.analysis.measures import Columns, Measured, measure
from graph.collaboration import ORGANISATION
from graph.database import Database, Transaction
from graph.modelling import Model
from graph.provenance import GROUP, TAKE_LOCK

SEED = 1
BATCH = 10_000
STATE = """
OPTIONAL MATCH (r:Revision {id: 'revision'})
RETURN coalesce(r.number, 0) AS revision, r.analysedRevision AS analysed
"""
RECORD = """
MERGE (r:Revision {id: 'revision'})
ON CREATE SET r.number = 0
SET r += $values, r.analysedAt = datetime()
"""


@dataclass(frozen=True)
class Analysis:
    """What an analysis looked at and found, as the revision's node keeps it beside `analysedAt`.

    `betweennessSources` is from how many organisations betweenness was computed, `betweennessError` the largest
    standard error of it.
    """

    analysedRevision: int
    organisations: int
    communities: int
    contexts: int
    links: int
    components: int
    groups: int
    betweennessSources: int
    betweennessError: float


def is_current(database: Database) -> bool:
    """Whether the metrics there are those of the graph's present revision."""
    (row,) = database.read(STATE)
    return row["analysed"] == row["revision"]


def analyse(database: Database, model: Model, progress: Progress, seed: int = SEED) -> Analysis:
    """Measure the graph as it is now and keep all that was found, or nothing.

    Raises DatabaseError.
    """
    constraints.apply(database, model)
    (state,) = database.read(STATE)
    affiliations = read(database, model, progress)
    measured = measure(affiliations, seed, progress)
    groups = named_groups(database, affiliations, measured)
    analysis = Analysis(
        analysedRevision=state["revision"],
        organisations=len(affiliations.organisations),
        communities=len(affiliations.communities),
        contexts=len(affiliations.members),
        links=affiliations.links,
        components=measured.components,
        groups=len(groups),
        betweennessSources=measured.sources,
        betweennessError=max(measured.columns["betweennessError"], default=0.0),
    )
    task = progress.add_task("Writing metrics", total=len(affiliations.measured))
    with database.transaction() as transaction:
        transaction.run(TAKE_LOCK)
        transaction.run(RECORD, {"values": vars(analysis)})
        write_groups(transaction, groups)
        columns = {**measured.columns, **group_columns(groups, len(affiliations.measured))}
        root = model.root(ORGANISATION)
        for batch in rows(affiliations.measured, columns):
            statement = (
                f"UNWIND $rows AS row MATCH (n:{root} {{id: row.id}}) USING INDEX SEEK n:{root}(id) SET n += row"
            )
            transaction.run(statement, {"rows": batch})
            progress.advance(task, len(batch))
    return analysis


def named_groups(database: Database, affiliations: Affiliations, measured: Measured) -> list[Group]:
    """The groups with their labels."""
    middles = hubs(measured.groups, len(affiliations.organisations), measured.columns["pageRank"])
    ids = [affiliations.measured[node] for node in middles]
    found = database.read("UNWIND $ids AS id MATCH (n:Entity {id: id}) RETURN id, n.name AS name", {"ids": ids})
    names = {row["id"]: row["name"] for row in found}
    traits = (affiliations.topsectors, affiliations.regions)
    return label_all(measured.groups, traits, [names.get(item, item) for item in ids])


def group_columns(groups: Sequence[Group], measured: int) -> Columns:
    """The id and label of each node's group; None for those in no group."""
    ids: list[str | None] = [None] * measured
    labels: list[str | None] = [None] * measured
    for group in groups:
        for node in group.members:
            ids[node], labels[node] = group.id, group.label
    return {"group": ids, "groupLabel": labels}


def write_groups(transaction: Transaction, groups: Sequence[Group]) -> None:
    """Put these groups in the place of those there were."""
    transaction.run(f"MATCH (g:{GROUP}) DELETE g")
    made = [{"id": group.id, "label": group.label, "size": len(group.members)} for group in groups]
    transaction.run(f"UNWIND $rows AS row CREATE (g:{GROUP}) SET g = row", {"rows": made})


def rows(ids: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> Iterator[list[dict[str, Any]]]:
    """The metrics of each node by name, some thousands at a time."""
    for start in range(0, len(ids), BATCH):
        numbers = range(start, min(start + BATCH, len(ids)))
        yield [{"id": ids[node], **{name: column[node] for name, column in columns.items()}} for node in numbers]
