"""Questions about the seed's own names, each against Cypher written by hand."""

import pytest

from graph.database import Database
from tests.support.serving import Asker

pytestmark = pytest.mark.usefixtures("real_graph")

SEED_NAMES = [
    "Energie",
    "Agri&Food",
    "Tuinbouw & Uitgangsmaterialen",
    "Life Sciences & Health",
    "HighTech Systemen en Materialen",
    "Chemie",
    "Water & Maritiem",
    "Logistiek",
    "Roadmap Human Capital 2020-2023: samen aan de slag",
    "Kennis- en Innovatieconvenant 2020-2023",
    "NWO",
    "Sociaal-Economische Raad",
    "VNO-NCW",
    "MKB-Nederland",
    "Groenpact",
    "Techniekpact",
    "Platform Talent voor Technologie",
    "Onderzoek arbeidsmarkt ICT met topsectoren",
]


@pytest.mark.parametrize("name", SEED_NAMES)
def test_the_seeds_names_are_there(asker: Asker, name: str) -> None:
    found = asker.data("query($name: String) { entities(where: {name: {eq: $name}}) { totalCount } }", {"name": name})
    assert found["entities"]["totalCount"] == 1


def test_team_ict_the_challenges_and_the_ambition_of_thirty_million(asker: Asker) -> None:
    found = asker.data(
        """{
          topsectors(where: {name: {startsWith: "ICT"}}) { totalCount }
          missions(where: {theme: {eq: CHALLENGE}}) { nodes { name } }
          project(id: "project-nwo-learning-communities") { budgetEur funders { nodes { name } } }
        }"""
    )
    assert found["topsectors"]["totalCount"] == 1
    names = {node["name"] for node in found["missions"]["nodes"]}
    assert {
        "Gezondheid & Zorg",
        "Energietransitie & Duurzaamheid",
        "Landbouw, Water en Voedsel",
        "Veiligheid",
    } <= names
    assert found["project"] == {"budgetEur": 30_000_000.0, "funders": {"nodes": [{"name": "NWO"}]}}


def test_four_levels_forwards(asker: Asker, real_graph: Database) -> None:
    found = asker.data(
        """{ topsector(id: "topsector-water-maritiem") { communities { nodes { id
             participants { nodes { id communities { nodes { id topsectors { nodes { id } } } } } } } } } }"""
    )
    flat = {
        (community["id"], member["id"], other["id"], sector["id"])
        for community in found["topsector"]["communities"]["nodes"]
        for member in community["participants"]["nodes"]
        for other in member["communities"]["nodes"]
        for sector in other["topsectors"]["nodes"]
    }
    rows = real_graph.read(
        "MATCH (:Topsector {id: 'topsector-water-maritiem'})<-[:SERVES_SECTOR]-(c:LearningCommunity)"
        " MATCH (c)<-[:PARTICIPATES_IN]-(m) MATCH (m)-[:PARTICIPATES_IN]->(o:LearningCommunity)"
        " MATCH (o)-[:SERVES_SECTOR]->(s) RETURN DISTINCT c.id AS c, m.id AS m, o.id AS o, s.id AS s"
    )
    assert flat
    assert flat == {(row["c"], row["m"], row["o"], row["s"]) for row in rows}


def test_four_levels_backwards(asker: Asker, real_graph: Database) -> None:
    found = asker.data(
        """{ region(id: "region-zuid-holland") { organisations { nodes { id
             communities { nodes { id missions { nodes { id topsectors { nodes { id } } } } } } } } } }"""
    )
    flat = {
        (member["id"], community["id"], mission["id"], sector["id"])
        for member in found["region"]["organisations"]["nodes"]
        for community in member["communities"]["nodes"]
        for mission in community["missions"]["nodes"]
        for sector in mission["topsectors"]["nodes"]
    }
    rows = real_graph.read(
        "MATCH (:Region {id: 'region-zuid-holland'})<-[:LOCATED_IN]-(m:Organisation)"
        " MATCH (m)-[:PARTICIPATES_IN]->(c:LearningCommunity)-[:ADDRESSES]->(i) MATCH (i)<-[:ADDRESSES]-(s:Topsector)"
        " RETURN DISTINCT m.id AS m, c.id AS c, i.id AS i, s.id AS s"
    )
    assert flat
    assert flat == {(row["m"], row["c"], row["i"], row["s"]) for row in rows}


def test_every_fact_has_a_source(asker: Asker) -> None:
    found = asker.data(
        """{ entities { nodes { id sources { url } links(first: 5) { edges { sources { url } } } } } }"""
    )
    for node in found["entities"]["nodes"]:
        assert node["sources"]
        assert all(edge["sources"] for edge in node["links"]["edges"])
