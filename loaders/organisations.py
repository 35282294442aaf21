"""The organisations that the graph knows, as what an incoming record is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.database import Database
from graph.matching import Index, Profile
from graph.model import CONFIDENCE_OF, ID, ORGANISATION, SOURCES
from graph.modelling import Model
from graph.names import name, similarity
from graph.profiles import profile

FACT = (ID, CONFIDENCE_OF, SOURCES)
"""What every fact has, whoever states it."""
SAME_NAME = 100.0


@dataclass(frozen=True)
class Organisations:
    """Every organisation in the graph by id, the region in which each lies, and the provinces by name.

    `needed` are the cells, by column, without which an organisation would be none: its name and sort.
    """

    model: Model
    profiles: Mapping[str, Profile] = field(default_factory=dict[str, Profile])
    needed: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    regions: Mapping[str, str] = field(default_factory=dict[str, str])
    provinces: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def index(self) -> Index:
        """The organisations, ready to be searched; made anew each time."""
        return Index(self.profiles.values())

    def province(self, written: str) -> str | None:
        """The id of the province that a text names, in Dutch, Frisian or English."""
        wanted = name(written)
        found = (at for known, at in self.provinces.items() if similarity(name(known), wanted) == SAME_NAME)
        return next(found, None)


def organisations(database: Database | None, model: Model) -> Organisations:
    """What the graph holds of organisations now."""
    if database is None:
        return Organisations(model)
    types = {node.name for node in model.concrete(ORGANISATION)}
    needs = {kind: [item for item in model.properties_of(kind) if item.required and item not in FACT] for kind in types}
    profiles: dict[str, Profile] = {}
    needed: dict[str, Mapping[str, str]] = {}
    regions: dict[str, str] = {}
    for row in database.read(f"""
        MATCH (n:{ORGANISATION})
        OPTIONAL MATCH (n)-[:LOCATED_IN]->(r:Region)
        RETURN labels(n) AS labels, properties(n) AS values, r.id AS region
    """):
        kind = next((label for label in row["labels"] if label in types), None)
        if kind is None:
            continue
        found = profile(row["values"], kind, model)
        profiles[found.id] = found
        needed[found.id] = {
            item.column: str(row["values"][item.name]) for item in needs[kind] if item.name in row["values"]
        }
        if row["region"]:
            regions[found.id] = row["region"]
    rows = database.read("MATCH (r:Region {kind: 'PROVINCE'}) RETURN r.id AS id, r.name AS name")
    return Organisations(model, profiles, needed, regions, {row["name"]: row["id"] for row in rows})
