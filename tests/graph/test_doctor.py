"""The doctor finds each thing that is not well, and says what to do about it."""

from pathlib import Path

import pytest

from graph import constraints, doctor
from graph.database import Database
from graph.distribution import version
from graph.doctor import Finding, examine
from graph.model import MODEL
from graph.settings import Connection, Settings


@pytest.fixture
def settings(connection: Connection, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "not" / "made").using(connection)


def found(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings, MODEL)}


def test_all_is_well_with_a_loaded_graph(settings: Settings, connection: Connection, database: Database) -> None:
    database.write("CREATE (:Entity:Region {id: 'a'})-[:PARTNER_OF]->(:Entity:Region {id: 'b'})")
    findings = found(settings)
    assert [finding for finding in findings.values() if not finding.well] == []
    assert findings["Database"].found == f"answers at {connection.uri}"
    assert findings["Neo4j"].found == f"{version()} community"
    assert findings["Regions"].found == "2"
    assert findings["Links"].found == "1"
    assert findings["Constraints and indexes"].found == f"all {len(constraints.rules(MODEL))} are there"


def test_an_empty_graph(settings: Settings, database: Database) -> None:
    assert found(settings)["Links"].remedy == "The graph is empty. Load the data: partnergraph load"


def test_a_constraint_that_is_missing(settings: Settings, database: Database) -> None:
    rule = constraints.rules(MODEL)[0]
    (dropped,) = [row for row in database.read("SHOW CONSTRAINTS YIELD name") if row["name"] == rule.name]
    database.write(f"DROP CONSTRAINT {dropped['name']}")
    finding = found(settings)["Constraints and indexes"]
    assert finding.found == f"missing: {rule.name}"
    assert finding.remedy == "Create them: partnergraph load"
    constraints.apply(database, MODEL)
    assert found(settings)["Constraints and indexes"].well


def test_a_database_that_does_not_answer(settings: Settings) -> None:
    finding = found(settings.using(Connection("bolt://127.0.0.1:1", "neo4j", "secret")))["Database"]
    assert finding.found == "No Neo4j answers at bolt://127.0.0.1:1."
    assert finding.remedy is not None
    assert "NEO4J_URI" in finding.remedy


def test_a_database_of_this_machine_that_does_not_run(tmp_path: Path) -> None:
    finding = found(Settings(neo4j_uri=None, home=tmp_path))["Database"]
    assert finding.remedy == "Start it: partnergraph db start"


def test_a_disk_that_is_nearly_full(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(settings)["Disk"].well
    monkeypatch.setattr(doctor, "ENOUGH_BYTES", 10**18)
    assert found(settings)["Disk"].remedy == "Make room, or set PARTNERGRAPH_HOME to a folder elsewhere."


def test_what_is_not_well_is_marked_with_what_to_do(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    doctor.show(examine(settings, MODEL))
    lines = capsys.readouterr().out.splitlines()
    (links,) = [line for line in lines if " Links " in line]
    assert "✗" in links
    assert "partnergraph load" in links
    (python,) = [line for line in lines if " Python " in line]
    assert "✓" in python
