"""A whole analysis: read the network, measure it, write what was found on the nodes and the revision."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.progress import Progress

from graph import constraints
from graph.analysis.affiliations import Affiliations, read
from graph.analysis.labels import Group, hubs, label_all
from graph.analysis.matrix import matrices
from graph.analysis.measures import Columns, Measured, measure
from graph.analysis.pairs import strongest
from graph.analysis.write import Findings, write
from graph.collaboration import UNITS, pair_key
from graph.database import Database
from graph.modelling import Model

SEED = 1
STATE = """
OPTIONAL MATCH (r:Revision {id: 'revision'})
RETURN coalesce(r.number, 0) AS revision, r.analysedRevision AS analysed
"""


@dataclass(frozen=True)
class Analysis:
    """What an analysis looked at and found, as the revision's node keeps it beside `analysedAt`.

    `betweennessSources` is from how many organisations betweenness was computed, `betweennessError` the largest
    standard error of it. `collaborations` are how many pairs of organisations share something, `collaborationsKept`
    how many of these, the strongest, are kept in their order, and `weakestKept` the strength of the last of those.
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
    collaborations: int
    collaborationsKept: int
    weakestKept: float | None


def is_current(database: Database) -> bool:
    """Whether the metrics there are those of the graph's present revision."""
    (row,) = database.read(STATE)
    return row["analysed"] == row["revision"]


def analyse(database: Database, model: Model, progress: Progress, seed: int = SEED) -> Analysis:
    """Measure the graph as it is now and keep all that was found.

    Raises DatabaseError.
    """
    constraints.apply(database, model)
    (state,) = database.read(STATE)
    affiliations = read(database, model, progress)
    pairs = strongest(affiliations, progress)
    measured = measure(affiliations, seed, progress)
    groups = named_groups(database, affiliations, measured)
    organisations = affiliations.organisations
    analysis = Analysis(
        analysedRevision=state["revision"],
        organisations=len(organisations),
        communities=len(affiliations.communities),
        contexts=len(affiliations.members),
        links=affiliations.links,
        components=measured.components,
        groups=len(groups),
        betweennessSources=measured.sources,
        betweennessError=max(measured.columns["betweennessError"], default=0.0),
        collaborations=sum(measured.columns["degree"][: len(organisations)]) // 2,
        collaborationsKept=len(pairs),
        weakestKept=pairs[-1].units / UNITS if pairs else None,
    )
    findings = Findings(
        values=vars(analysis),
        ids=affiliations.measured,
        columns={**measured.columns, **group_columns(groups, len(affiliations.measured))},
        groups=groups,
        matrices=matrices(database, model, affiliations, progress),
        pairs=[pair_key(pair.units, organisations[pair.one], organisations[pair.other]) for pair in pairs],
    )
    write(database, model, findings, progress)
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
