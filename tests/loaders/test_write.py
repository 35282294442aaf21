"""What a load does to the graph: only the difference, all of it or nothing, and never two loads mixed."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from neo4j.time import Date
from rich.progress import Progress

from graph.database import Database
from graph.fingerprint import fingerprint
from graph.model import MODEL
from loaders.facts import Action, Change
from loaders.load import rehearse
from loaders.present import revision
from loaders.report import Count
from tests.loaders.support import RIGHT, loaded, right_files, with_cell, write_csv

Things = Mapping[str, Mapping[str, Any]]


def nodes(database: Database) -> Things:
    """Every current node's properties by id, but for who states it."""
    rows = database.read("MATCH (n:Entity|Source) RETURN n.id AS id, n {.*, statements: null} AS values")
    return {row["id"]: without_nothing(row["values"]) for row in rows}


def links(database: Database) -> Things:
    """Every current link's properties by its ends and type, but for who states it."""
    rows = database.read(
        "MATCH (a:Entity)-[r]->(b:Entity) WHERE NOT type(r) STARTS WITH 'WITHDRAWN_' "
        "RETURN a.id + ' ' + type(r) + ' ' + b.id AS key, r {.*, statements: null} AS values"
    )
    assert len({row["key"] for row in rows}) == len(rows)
    return {row["key"]: without_nothing(row["values"]) for row in rows}


def without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def differences(before: Things, after: Things) -> set[tuple[str, str]]:
    """The id and name of every property that is not the same."""
    return {
        (key, name)
        for key in before.keys() | after.keys()
        for name in before.get(key, {}).keys() | after.get(key, {}).keys()
        if before.get(key, {}).get(name) != after.get(key, {}).get(name)
    }


def test_nodes_carry_their_labels_and_values(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    [row] = database.read("MATCH (n:Entity {id: 'inst-hanze'}) RETURN labels(n) AS labels, n.location AS location")
    assert set(row["labels"]) == {"Entity", "Organisation", "EducationInstitution"}
    assert (row["location"].latitude, row["location"].longitude, row["location"].srid) == (53.24, 6.53, 4326)
    source = nodes(database)["source-a"]
    assert source["retrievedOn"] == Date.from_native(date(2026, 11, 24))
    assert nodes(database)["project-lc"]["budgetEur"] == 30_000_000.0


def test_links_carry_their_values_and_sources(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    assert links(database)["partner-nwo FUNDS project-lc"] == {
        "since": 2020,
        "until": 2023,
        "amountEur": 1_500_000.5,
        "confidence": "HIGH",
        "sources": ["source-a"],
    }


def test_loading_twice_changes_nothing_and_writes_nothing(tmp_path: Path, database: Database) -> None:
    first = loaded(database, right_files(tmp_path))
    before, loaded_at = fingerprint(database), database.read("MATCH (r:Revision) RETURN r.loadedAt AS at")
    second = loaded(database, tmp_path)
    assert first.counts["Partner"] == Count(added=2)
    assert second.counts["Partner"] == Count(unchanged=2)
    assert first.changed
    assert not second.changed
    assert second.counts.keys() == first.counts.keys()
    assert fingerprint(database) == before
    assert database.read("MATCH (r:Revision) RETURN r.loadedAt AS at") == loaded_at
    assert (first.revision, second.revision, revision(database)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "at", "column", "value", "changed"),
    [
        ("partners", 0, "name", "NWO!", {("partner-nwo", "name")}),
        ("partners", 0, "website", "https://www.nwo.nl", {("partner-nwo", "website")}),
        ("partners", 0, "short_name", "", {("partner-nwo", "shortName")}),
        ("partners", 0, "source", "source-b", {("partner-nwo", "sources")}),
        ("education_institutions", 0, "latitude", "53.25", {("inst-hanze", "location")}),
        ("education_institutions", 0, "aliases", "Hanze", {("inst-hanze", "aliases")}),
        ("sources", 0, "retrieved_on", "2026-11-23", {("source-a", "retrievedOn")}),
        ("links", 1, "since", "2021", {("partner-nwo FUNDS project-lc", "since")}),
        ("links", 1, "amount_eur", "", {("partner-nwo FUNDS project-lc", "amountEur")}),
    ],
)
def test_a_changed_cell_changes_one_property(
    tmp_path: Path, database: Database, name: str, at: int, column: str, value: str, changed: set[tuple[str, str]]
) -> None:
    loaded(database, right_files(tmp_path))
    before = {**nodes(database), **links(database)}
    report = loaded(database, with_cell(tmp_path, name, at, column, value))
    assert differences(before, {**nodes(database), **links(database)}) == changed
    assert sum(count.changed for count in report.counts.values()) == 1
    assert sum(count.added for count in report.counts.values()) == 0
    assert revision(database) == 2


def test_only_the_difference_is_written(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    folder = with_cell(tmp_path, "partners", 0, "short_name", "")
    told: list[Change] = []
    rehearse(database, MODEL, [folder], Progress(disable=True), tell=told.append)
    [change] = told
    assert (change.action, change.key.id, change.before["shortName"]) == (Action.CHANGED, "partner-nwo", "NWO")
    assert change.after.keys() == {"shortName", "statements"}
    assert change.after["shortName"] is None


def test_a_column_that_is_absent_leaves_its_property_alone(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    before = nodes(database)
    few = [{name: row[name] for name in ("id", "name", "kind", "source", "confidence")} for row in RIGHT["partners"]]
    report = loaded(database, write_csv(tmp_path / "partners.csv", few))
    assert not report.changed
    assert nodes(database) == before


def test_a_file_may_lean_on_what_was_loaded_before(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    alone = write_csv(
        tmp_path / "links_alone.csv", [{**RIGHT["links"][1], "from_id": "partner-ser", "source": "source-b"}]
    )
    assert loaded(database, alone).counts == {"FUNDS": Count(added=1)}


def test_a_new_region_takes_the_place_of_the_old_one(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    report = loaded(database, with_cell(tmp_path, "links", 3, "to_id", "region-drenthe"))
    assert report.counts["LOCATED_IN"] == Count(changed=1)
    assert [key for key in links(database) if "LOCATED_IN" in key] == ["inst-hanze LOCATED_IN region-drenthe"]


def test_the_order_of_files_and_rows_makes_no_difference(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    expected = fingerprint(database)
    database.write("MATCH (n) DETACH DELETE n")
    for name, rows in RIGHT.items():
        write_csv(tmp_path / f"{name}.csv", rows[::-1])
    loaded(database, *sorted(tmp_path.glob("*.csv"), reverse=True))
    assert fingerprint(database) == expected


def test_the_fingerprint_tells_a_changed_value_from_the_old_one(tmp_path: Path, database: Database) -> None:
    loaded(database, right_files(tmp_path))
    before = fingerprint(database)
    database.write("MATCH (:Entity {id: 'partner-nwo'})-[r:FUNDS]->() SET r.since = 2019")
    assert fingerprint(database) != before


def test_loads_at_once_wait_for_each_other(tmp_path: Path, database: Database) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    for number, folder in enumerate(folders):
        folder.mkdir()
        with_cell(folder, "partners", 0, "short_name", f"N{number}")
    with ThreadPoolExecutor(len(folders)) as pool:
        reports = list(pool.map(partial(loaded, database), folders))
    assert sorted(report.revision for report in reports) == [1, 2, 3, 4]
    assert sum(report.counts["Partner"].added for report in reports) == 2
    last = max(range(4), key=lambda number: reports[number].revision)
    assert nodes(database)["partner-nwo"]["shortName"] == f"N{last}"
    assert len(database.read("MATCH (r:Revision) RETURN r")) == 1
