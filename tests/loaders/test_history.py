"""Who says what, since when, and how to take it back: statements, withdrawal, runs and undo."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from graph.database import Database
from graph.fingerprint import fingerprint
from graph.model import MODEL
from graph.provenance import statement
from loaders import load as loading
from loaders import work
from loaders.facts import Action, Change
from loaders.load import rehearse
from loaders.log import changes
from loaders.present import revision
from loaders.problems import LoadError
from loaders.report import Count, Report
from loaders.runs import Outcome, RunError, run, runs, touch
from loaders.undo import undo
from loaders.withdraw import TooMuchWithdrawn
from tests.loaders.support import RIGHT, Rows, loaded, right_files, write_csv

LINK = RIGHT["links"][1]
FUNDS = ("partner-nwo", "FUNDS", "project-lc")


def file(folder: Path, name: str, *rows: dict[str, str]) -> Path:
    """A file with rows, in a folder that is made if need be."""
    folder.mkdir(exist_ok=True)
    return write_csv(folder / f"{name}.csv", rows)


def partner(number: int = 1, /, **cells: str) -> dict[str, str]:
    return {**RIGHT["partners"][0], "id": f"partner-{number}", "name": f"P {number}", "short_name": "", **cells}


def of(database: Database, start: str, kind: str, end: str) -> dict[str, Any] | None:
    """The properties of a link of a type as Neo4j keeps it."""
    found = database.read(
        f"MATCH (a {{id: $start}})-[r:{kind}]->(b {{id: $end}}) RETURN properties(r) AS values",
        {"start": start, "end": end},
    )
    assert len(found) <= 1
    return found[0]["values"] if found else None


def node(database: Database, node_id: str) -> tuple[set[str], dict[str, Any]]:
    """The labels and properties of a node."""
    [row] = database.read("MATCH (n {id: $id}) RETURN labels(n) AS labels, properties(n) AS values", {"id": node_id})
    return set(row["labels"]), row["values"]


def files_of(values: dict[str, Any] | None) -> list[tuple[str, int, int]]:
    """Which file, row and run state a fact."""
    words = [statement(text) for text in (values or {}).get("statements", [])]
    return [(Path(word.file).name, word.row, word.run) for word in words]


def undone(database: Database, number: int) -> Report:
    return undo(database, MODEL, number, "tester")


@pytest.fixture
def begun(tmp_path: Path, database: Database) -> Path:
    """A folder with the right files, which are loaded as run 1."""
    loaded(database, right_files(tmp_path))
    return tmp_path


class TestStatements:
    def test_a_fact_names_its_file_row_and_run(self, begun: Path, database: Database) -> None:
        assert files_of(of(database, *FUNDS)) == [("links.csv", 3, 1)]
        assert node(database, "partner-ser")[1]["statements"] == [f"{begun.name}/partners.csv|3|1"]

    def test_one_link_in_two_files_has_two_statements_until_the_last_goes(
        self, begun: Path, database: Database
    ) -> None:
        other = begun / "other"
        again = {**LINK, "source": "source-b", "confidence": "medium", "since": "2021"}
        loaded(database, file(other, "links_other", again))
        values = of(database, *FUNDS)
        assert values is not None
        assert (values["since"], values["confidence"], values["sources"]) == (2020, "HIGH", ["source-a", "source-b"])
        words = [statement(text) for text in values["statements"]]
        assert [(word.run, (word.values or {})["since"], word.retrieved_on) for word in words] == [
            (1, 2020, "2026-11-24"),
            (2, 2021, None),
        ]
        file(begun, "links", *[row for row in RIGHT["links"] if row is not LINK])
        loaded(database, begun / "links.csv", may_withdraw=True)
        values = of(database, *FUNDS)
        assert values is not None
        assert (values["since"], values["confidence"], values["sources"]) == (2021, "MEDIUM", ["source-b"])
        assert files_of(values) == [("links_other.csv", 2, 2)]
        loaded(database, file(other, "links_other", {**RIGHT["links"][0], "since": "2012"}), may_withdraw=True)
        assert of(database, *FUNDS) is None
        closed = of(database, "partner-nwo", "WITHDRAWN_FUNDS", "project-lc")
        assert closed is not None
        assert closed["withdrawnOn"] is not None
        assert "statements" not in closed
        assert closed["formerStatements"]

    def test_of_two_files_as_sure_the_one_whose_source_was_retrieved_last_counts(
        self, begun: Path, database: Database
    ) -> None:
        newer: dict[str, str] = {"source": "source-a", "website": "https://new.example.org"}
        older = {"source": "source-b", "website": "https://old.example.org"}
        loaded(database, file(begun / "one", "partners", partner(**newer)))
        loaded(database, file(begun / "two", "partners", partner(**older)))
        values = node(database, "partner-1")[1]
        assert values["website"] == "https://new.example.org"
        assert {(statement(text).values or {})["website"] for text in values["statements"]} == {
            "https://new.example.org",
            "https://old.example.org",
        }
        file(begun / "two", "partners", partner(**{**older, "confidence": "high"}))
        file(begun / "one", "partners", partner(**{**newer, "confidence": "low"}))
        loaded(database, begun / "one", begun / "two")
        assert node(database, "partner-1")[1]["website"] == "https://old.example.org"

    def test_a_row_that_only_moved_is_no_change_but_is_found_where_it_is(self, begun: Path, database: Database) -> None:
        before = fingerprint(database)
        report = loaded(database, file(begun, "partners", *RIGHT["partners"][::-1]))
        assert (report.changed, report.counts["Partner"]) == (False, Count(unchanged=2))
        assert files_of(node(database, "partner-ser")[1]) == [("partners.csv", 2, 1)]
        assert fingerprint(database) == before

    def test_a_file_that_is_as_it_was_is_not_read_again_until_the_graph_was_touched(
        self, begun: Path, database: Database
    ) -> None:
        file(begun, "regions", {**RIGHT["regions"][0], "name": "Grunn"}, RIGHT["regions"][1])
        report = loaded(database, begun)
        assert len(report.skipped) == len(RIGHT) - 1
        assert report.counts["Region"] == Count(changed=1, unchanged=1)
        assert report.counts["Partner"] == Count(unchanged=2)
        database.write("MATCH (n:Partner) SET n.name = 'by hand'")
        assert len(loaded(database, begun).skipped) == len(RIGHT)
        touch(database)
        report = loaded(database, begun)
        assert report.skipped == ()
        assert report.counts["Partner"] == Count(changed=2)
        assert node(database, "partner-nwo")[1]["name"] == "NWO"


class TestWithdrawal:
    def test_a_node_closes_with_its_links_and_comes_back_with_those_still_stated(
        self, begun: Path, database: Database
    ) -> None:
        before = fingerprint(database)
        links = [row for row in RIGHT["links"] if "partner-ser" not in row.values()]
        extra = {**RIGHT["links"][1], "from_id": "partner-ser"}
        loaded(database, file(begun / "other", "links_ser", extra))
        with_extra = fingerprint(database)
        file(begun, "partners", RIGHT["partners"][0])
        file(begun, "links", *links)
        report = loaded(database, begun, may_withdraw=True)
        assert report.counts["Partner"] == Count(withdrawn=1, unchanged=1)
        assert report.counts["PARTNER_OF"] == Count(withdrawn=1)
        labels, values = node(database, "partner-ser")
        assert labels == {"Withdrawn", "WithdrawnPartner"}
        assert values["name"] == "SER"
        assert of(database, "partner-ser", "FUNDS", "project-lc") is None
        right_files(begun)
        back = loaded(database, begun)
        assert back.counts["Partner"] == Count(added=1, unchanged=1)
        assert fingerprint(database) == with_extra
        loaded(database, file(begun / "other", "links_ser", {**RIGHT["links"][1]}), may_withdraw=True)
        assert fingerprint(database) != before

    def test_a_row_that_names_what_the_load_withdraws_is_a_mistake_with_its_place(
        self, begun: Path, database: Database
    ) -> None:
        before = fingerprint(database)
        file(begun, "partners", RIGHT["partners"][0])
        for changed in (False, True):
            if changed:
                file(begun, "links", *RIGHT["links"], {**RIGHT["links"][1], "from_id": "partner-ser"})
            with pytest.raises(LoadError) as caught:
                loaded(database, begun, may_withdraw=True)
            found = [(Path(item.place.file).name, item.place.row, item.value) for item in caught.value.problems]
            assert found == [("links.csv", row, "partner-ser") for row in (4, 6)][: 1 + changed]
        assert fingerprint(database) == before

    def test_a_load_that_would_withdraw_over_a_fifth_of_a_type_stops(self, begun: Path, database: Database) -> None:
        before = fingerprint(database)
        file(begun / "more", "partners", *map(partner, range(10)))
        loaded(database, begun / "more")
        with_more = fingerprint(database)
        file(begun / "more", "partners", *map(partner, range(7)))
        with pytest.raises(TooMuchWithdrawn, match=r"3 of 12 Partner \(25%\)"):
            loaded(database, begun / "more")
        assert fingerprint(database) == with_more
        assert runs(database)[0].outcome is Outcome.REFUSED
        loaded(database, file(begun / "more", "partners", *map(partner, range(8))))
        assert node(database, "partner-8")[0] == {"Withdrawn", "WithdrawnPartner"}
        assert fingerprint(database) not in (before, with_more)

    def test_a_source_stays_for_the_facts_that_cite_it(self, begun: Path, database: Database) -> None:
        loaded(database, file(begun, "sources", RIGHT["sources"][0]), may_withdraw=True)
        labels, values = node(database, "source-b")
        assert labels == {"Source"}
        assert "statements" not in values


class TestRuns:
    def test_a_run_tells_who_did_what_with_which_files(self, begun: Path, database: Database) -> None:
        [first] = runs(database)
        assert (first.number, first.outcome, first.revision) == (1, Outcome.DONE, 1)
        assert first.counts["Partner"] == Count(added=2)
        assert {file.name for file in first.files} == {f"{begun.name}/{name}.csv" for name in RIGHT}
        assert all(len(file.sha256) == 64 for file in first.files)
        file(begun, "partners", {**RIGHT["partners"][0], "kind": "x"})
        with pytest.raises(LoadError):
            loaded(database, begun)
        assert (runs(database)[0].outcome, runs(database)[0].problems) == (Outcome.REFUSED, 1)
        assert runs(database)[0].counts == {"Partner": Count(refused=1)}
        assert revision(database) == 1

    def test_the_log_tells_each_property_before_and_after(self, begun: Path, database: Database) -> None:
        file(begun, "partners", {**RIGHT["partners"][0], "name": "NWO!"}, RIGHT["partners"][1])
        loaded(database, begun)
        [change] = changes(database, 2)
        assert (change.action, change.type, change.key.id) == (Action.CHANGED, "Partner", "partner-nwo")
        assert (change.before["name"], change.after["name"]) == ("NWO", "NWO!")
        assert change.before.keys() == {"name", "statements"}
        assert {change.action for change in changes(database, 1)} == {Action.ADDED}

    def test_a_rehearsal_tells_what_the_load_then_does_and_writes_nothing(
        self, begun: Path, database: Database
    ) -> None:
        for rows in ([RIGHT["partners"][0]], RIGHT["partners"], [*RIGHT["partners"], partner()]):
            file(begun, "partners", *rows)
            ids = {row["id"] for row in rows}
            held = [row for row in RIGHT["links"] if row["from_id"] in ids or row["from_id"].startswith("inst-")]
            file(begun, "links", *held)
            before = database.read("MATCH (n) RETURN count(n) AS count")
            told: list[Change] = []
            would = rehearse(database, MODEL, [begun], Progress(disable=True), tell=told.append)
            assert database.read("MATCH (n) RETURN count(n) AS count") == before
            report = loaded(database, begun, may_withdraw=True)
            assert report.counts == would.counts
            assert sorted(told, key=str) == sorted(changes(database, report.run), key=str)


class TestUndo:
    def test_undo_puts_everything_back_and_may_be_undone(self, begun: Path, database: Database) -> None:
        hashes = [fingerprint(database)]
        steps: list[Rows] = [
            [{**RIGHT["partners"][0], "website": "https://www.nwo.nl"}, RIGHT["partners"][1], partner(1)],
            [RIGHT["partners"][0], RIGHT["partners"][1]],
            [*RIGHT["partners"], partner(1, short_name="one"), partner(2, source="https://new.example.org/")],
        ]
        for rows in steps:
            file(begun, "partners", *rows)
            loaded(database, begun, may_withdraw=True)
            hashes.append(fingerprint(database))
        for number in (4, 3, 2):
            undone(database, number)
            assert fingerprint(database) == hashes[number - 2]
        assert undone(database, 7).counts["Partner"] == Count(added=1, changed=1)
        assert fingerprint(database) == hashes[1]
        by = {item.number: item.undone_by for item in runs(database)}
        assert by == {1: None, 2: None, 3: 6, 4: 5, 5: None, 6: None, 7: 8, 8: None}

    def test_an_undone_file_is_loaded_again(self, begun: Path, database: Database) -> None:
        before = fingerprint(database)
        undone(database, 1)
        assert database.read("MATCH (n:Entity|Source) RETURN n") == []
        loaded(database, begun)
        assert fingerprint(database) == before

    def test_a_run_on_which_a_later_one_built_is_not_undone(self, begun: Path, database: Database) -> None:
        loaded(database, file(begun / "other", "links_other", {**LINK, "from_id": "partner-ser"}))
        before = fingerprint(database)
        with pytest.raises(RunError, match="Run 2 built on run 1: it added partner-ser FUNDS project-lc"):
            undone(database, 1)
        assert fingerprint(database) == before
        undone(database, 2)
        undone(database, 1)
        with pytest.raises(RunError, match="undone already, by run 4"):
            undone(database, 1)
        with pytest.raises(RunError, match="no run 9"):
            undone(database, 9)
        assert run(database, 4).undoes == 1

    def test_what_was_changed_in_cypher_since_is_not_undone_unsaid(self, begun: Path, database: Database) -> None:
        file(begun, "partners", {**RIGHT["partners"][0], "website": "https://www.nwo.nl"}, partner(1))
        file(begun, "links", {**LINK, "amount_eur": "1"}, {**LINK, "from_id": "partner-1"}, RIGHT["links"][3])
        loaded(database, begun, may_withdraw=True)

        def refused(statement: str) -> str:
            database.write(statement)
            before = fingerprint(database)
            with pytest.raises(RunError) as caught:
                undone(database, 2)
            assert fingerprint(database) == before
            assert len(runs(database)) == 2
            return caught.value.message

        nwo, one = "MATCH (n {id: 'partner-nwo'})", "MATCH (n {id: 'partner-1'})"
        said = (
            "1 fact of run 2 since, which undoing it would lose:\nthe Partner partner-nwo: its website is 'x' and was"
        )
        assert said in refused(f"{nwo} SET n.website = 'x'")
        database.write(f"{nwo} SET n.website = 'https://www.nwo.nl'")
        assert "partner-1: its note is 'mine' and was left as None" in refused(f"{one} SET n.note = 'mine'")
        database.write(f"{one} REMOVE n.note")
        liked = refused(f"{one}, (b:Project) CREATE (n)-[:LIKES]->(b)")
        assert "partner-1: a link LIKES from partner-1 to project-lc has been added to it" in liked
        database.write("MATCH ()-[r:LIKES]->() DELETE r")
        assert "partner-1: it is withdrawn" in refused(f"{one} SET n:Withdrawn REMOVE n:Entity")
        database.write(f"{one} SET n:Entity REMOVE n:Withdrawn")
        assert "FUNDS project-lc: its amountEur is 2.0" in refused("MATCH ()-[r:FUNDS]->() SET r.amountEur = 2.0")
        assert "partner-nwo FUNDS project-lc: it is not there" in refused("MATCH ()-[r:FUNDS]->() DELETE r")
        assert "the Partner partner-1: it is not there any more" in refused(f"{one} DETACH DELETE n")
        again = "MATCH (n {id: 'partner-ser'}) REMOVE n:Withdrawn:WithdrawnPartner SET n:Entity:Partner"
        assert "the Partner partner-ser: it is current again" in refused(again)

    def test_what_was_changed_in_cypher_beside_the_run_stays(self, begun: Path, database: Database) -> None:
        file(begun, "partners", {**RIGHT["partners"][0], "website": "https://www.nwo.nl"}, RIGHT["partners"][1])
        loaded(database, begun)
        database.write("MATCH (n:Partner) SET n.name = 'by hand', n.degree = 1")
        undone(database, 2)
        values = node(database, "partner-nwo")[1]
        assert (values["name"], values.get("website")) == ("by hand", None)

    def test_a_row_that_moved_on_since_stays_where_a_later_run_found_it(self, begun: Path, database: Database) -> None:
        nwo, ser = RIGHT["partners"]
        loaded(database, file(begun, "partners", {**ser, "website": "https://www.ser.nl"}, nwo))
        loaded(database, file(begun, "partners", partner(1), ser, {**nwo, "name": "NWO!"}), may_withdraw=True)
        undone(database, 3)
        loaded(database, file(begun, "partners", {**ser, "website": "https://www.ser.nl"}, {**nwo, "name": "NWO!"}))
        undone(database, 2)
        assert files_of(node(database, "partner-nwo")[1]) == [("partners.csv", 3, 5)]
        assert "website" not in node(database, "partner-ser")[1]


def test_a_large_run_that_is_broken_off_is_taken_back_by_the_next(
    begun: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(database)
    file(begun / "more", "partners", *map(partner, range(30)))
    loaded(database, begun / "more")
    whole = fingerprint(database)
    undone(database, 2)
    monkeypatch.setattr(work, "BATCH", 4)
    monkeypatch.setattr(work, "LARGEST_TRANSACTION", 8)
    monkeypatch.setattr(work, "LATER_TRANSACTIONS", 8)

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loading, "finish", broken)
        with pytest.raises(KeyboardInterrupt):
            loaded(database, begun / "more")
    assert fingerprint(database) not in (before, whole)
    assert (runs(database)[0].outcome, revision(database)) == (Outcome.UNFINISHED, 3)
    assert undone(database, 3).counts["Partner"] == Count(added=30)
    assert fingerprint(database) == whole
    assert [item.outcome for item in runs(database)] == [Outcome.DONE] * 4


def test_how_files_are_read_is_the_same_in_every_process() -> None:
    command = "from graph.model import MODEL; from loaders.load import read_as; print(read_as(MODEL, None))"
    told = {subprocess.run([sys.executable, "-c", command], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(told) == 1
