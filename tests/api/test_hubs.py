"""What is asked of a hub with thousands of links answers in bounded work, and what can't in time says so."""

import pytest
from rich.progress import Progress

from graph.analysis.analyse import analyse
from graph.cost import Cost
from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from tests.support.serving import Asker, asking

MEMBERS = 10_000
MOST_HITS = 1_000_000
"""A hundred for each link of the hub; all pairs in it would be fifty million, each of several."""

MAKE = """
CREATE (hub:Entity:LearningCommunity {id: 'hub', name: 'Hub', form: 'FIELDLAB', confidence: 'HIGH', sources: []})
WITH hub UNWIND range(1, $members) AS i
CREATE (o:Entity:Organisation:Partner
    {id: 'partner-' + i, name: 'Partner ' + i, kind: 'OTHER', confidence: 'HIGH', sources: []})
CREATE (o)-[:PARTICIPATES_IN {confidence: 'HIGH', sources: []}]->(hub)
"""
CIRCLES = """
MATCH (busy:Entity {id: 'partner-1'})
UNWIND range(2, 600) AS i
MATCH (o:Entity {id: 'partner-' + i}), (far:Entity {id: 'partner-' + (i + 600)})
CREATE (c:Entity:LearningCommunity
    {id: 'circle-' + i, name: 'Circle ' + i, form: 'FIELDLAB', confidence: 'HIGH', sources: []})
CREATE (busy)-[:PARTICIPATES_IN {confidence: 'HIGH', sources: []}]->(c)
CREATE (o)-[:PARTICIPATES_IN {confidence: 'HIGH', sources: []}]->(c)
CREATE (:Entity:Organisation:Partner
    {id: 'outsider-' + i, name: 'Outsider', kind: 'OTHER', confidence: 'HIGH', sources: []})
    -[:PARTNER_OF {confidence: 'HIGH', sources: []}]->(o)
CREATE (far)-[:PARTNER_OF {confidence: 'HIGH', sources: []}]->(o)
"""
QUESTIONS = {
    "suggestions": '{ suggestions(for: "partner-1", first: 10) { score organisation { id } through { id } } }',
    "collaborators": """{ partner(id: "partner-1") {
        collaborators(first: 10) { totalCount edges { strength sharedCount node { id } } } } }""",
    "paths": '{ paths(from: "partner-7", to: "outsider-9", maxLength: 4, first: 5) { length nodes { id } } }',
    "all collaborations": "{ collaborations(first: 10) { totalCount nodes { strength source { id } target { id } } } }",
    "network": '{ network(roots: ["hub"], depth: 1, limit: 100) { truncated totalNodes nodes { id } links { id } } }',
}


@pytest.fixture(scope="module")
def hub(module_database: Database) -> Database:
    """A community of ten thousand, one member of which also meets six hundred others elsewhere."""
    module_database.write(MAKE, {"members": MEMBERS})
    module_database.write(CIRCLES)
    analyse(module_database, MODEL, Progress(disable=True))
    return module_database


@pytest.mark.parametrize("name", QUESTIONS)
def test_work_is_bounded(asker: Asker, hub: Database, name: str) -> None:
    query = QUESTIONS[name]
    data = asker.data(query)
    assert cost(asker, hub, query).hits < MOST_HITS
    if name == "suggestions":
        assert len(data["suggestions"]) == 10
        assert all(row["organisation"]["id"].startswith("outsider-") for row in data["suggestions"])
    if name == "collaborators":
        assert data["partner"]["collaborators"]["totalCount"] == MEMBERS - 1
        assert data["partner"]["collaborators"]["edges"][0]["strength"] == pytest.approx(1 + 1 / (MEMBERS - 1))
    if name == "paths":
        assert data["paths"][0]["length"] == 4 - 1
    if name == "all collaborations":
        pairs = MEMBERS * (MEMBERS - 1) // 2
        assert data["collaborations"]["totalCount"] == pairs + 599
    if name == "network":
        assert (data["network"]["truncated"], data["network"]["totalNodes"]) == (True, MEMBERS + 1)


def test_what_takes_too_long_is_a_clear_error(connection: Connection, hub: Database) -> None:
    assert hub
    with asking(connection, MODEL, timeout=2) as hurried:
        reply = hurried.ask("{ collaborations(first: 10, via: [COMMUNITY]) { nodes { strength } } }")
    (error,) = reply.errors
    assert (error.extensions or {})["code"] in {"QUERY_TIMEOUT", "QUERY_TOO_LARGE"}


def cost(asker: Asker, database: Database, query: str) -> Cost:
    """What the statement of a query costs."""
    compiled = asker.service.operations[query, None].compiled({})
    assert compiled.statement is not None
    return database.cost(compiled.statement.text, compiled.parameters({}), run=True)
