"""The affiliation network out of Neo4j: which organisations take part in which communities, projects and pacts.

Two-mode networks of this kind are never projected here: a context with 10,000 participants would be 50 million
pairs, while it is 10,000 edges of the network itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.progress import Progress

from graph.collaboration import COMMUNITY, CONTEXTS, DIRECT, ORGANISATION, participations
from graph.database import Database
from graph.modelling import Model

PAGE = 20_000
TRAITS = """
  COLLECT { MATCH (n)-[:SERVES_SECTOR]->(t:Topsector) RETURN DISTINCT t.name } AS topsectors,
  COLLECT { MATCH (n)-[:LOCATED_IN]->(r:Region) RETURN DISTINCT r.name } AS regions
"""


@dataclass(frozen=True)
class Affiliations:
    """Organisations and their contexts, by number: first all organisations, then all contexts.

    Learning communities are the first of the contexts, so that what has metrics stands at the front. `members` are
    the organisations of each context; `direct` are pairs of organisations that are linked without one. `topsectors`
    and `regions` are the names that go with each organisation and community.
    """

    organisations: Sequence[str]
    communities: Sequence[str]
    members: Sequence[tuple[int, ...]]
    direct: Sequence[tuple[int, int]]
    topsectors: Sequence[tuple[str, ...]]
    regions: Sequence[tuple[str, ...]]

    @cached_property
    def measured(self) -> tuple[str, ...]:
        """The ids of all that gets metrics, in the order of their numbers."""
        return (*self.organisations, *self.communities)

    @property
    def size(self) -> int:
        """The number of organisations and contexts."""
        return len(self.organisations) + len(self.members)

    @property
    def links(self) -> int:
        """The number of participations and direct links."""
        return sum(map(len, self.members)) + len(self.direct)


def read(database: Database, model: Model, progress: Progress) -> Affiliations:
    """The network as the graph has it now, in the order of ids."""
    labels = (ORGANISATION, *CONTEXTS)
    total = sum(database.read(f"MATCH (n:{label}) RETURN count(n) AS n")[0]["n"] for label in labels)
    task = progress.add_task("Reading the network", total=total)
    topsectors: list[tuple[str, ...]] = []
    regions: list[tuple[str, ...]] = []
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}

    def rows(label: str, read: str) -> Iterator[dict[str, Any]]:
        for row in pages(database, label, read):
            if "regions" in row:
                for column, name in ((topsectors, "topsectors"), (regions, "regions")):
                    names = tuple(sorted(row[name]))
                    column.append(kept.setdefault(names, names))
            progress.advance(task)
            yield row

    number: dict[str, int] = {}
    partners: list[tuple[int, list[str]]] = []
    linked = f"(n)-[:{'|'.join(DIRECT)}]->(o:{ORGANISATION}) WHERE o <> n"
    for row in rows(ORGANISATION, f"COLLECT {{ MATCH {linked} RETURN o.id }} AS others, {TRAITS}"):
        number[row["id"]] = len(number)
        if row["others"]:
            partners.append((number[row["id"]], row["others"]))
    direct = sorted((here, number[there]) for here, others in partners for there in others if there in number)
    members: list[tuple[int, ...]] = []
    communities: list[str] = []
    takes_part = f"(n)-[:{'|'.join(participations(model))}]-(o:{ORGANISATION})"
    for label in CONTEXTS:
        traits = f", {TRAITS}" if label == COMMUNITY else ""
        for row in rows(label, f"COLLECT {{ MATCH {takes_part} RETURN DISTINCT o.id }} AS members{traits}"):
            members.append(tuple(sorted(number[item] for item in row["members"] if item in number)))
            if label == COMMUNITY:
                communities.append(row["id"])
    return Affiliations(tuple(number), communities, members, direct, topsectors, regions)


def pages(database: Database, label: str, read: str) -> Iterator[dict[str, Any]]:
    """What is `read` of each node `n` with a label, some thousands at a time, in the order of their ids."""
    statement = f"MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $size RETURN n.id AS id, {read}"
    after = ""
    while True:
        found = database.read(statement, {"after": after, "size": PAGE})
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1]["id"]
