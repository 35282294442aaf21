"""Lists without ids: who their rows are, what waits for a decision, and what the decision does."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from graph.database import Database
from graph.decisions import DECIDED, OPEN, BadDecision, open_rows, read_decisions
from graph.model import MODEL
from loaders.load import check_files, load
from loaders.matching import Matching
from loaders.problems import LoadError
from loaders.report import Report, show
from loaders.review import review
from tests.loaders.support import SOURCE, loaded, write_csv

HU = {"name": "Hogeschool Utrecht", "level": "hbo", "city": "Utrecht", "website": "https://www.hu.nl"}
UU = {"name": "Universiteit Utrecht", "level": "wo", "city": "Utrecht", "website": "https://www.uu.nl"}
KNOWN = [{"id": "inst-hu", **HU, "brin": "25DW", **SOURCE}, {"id": "inst-uu", **UU, "brin": "21PD", **SOURCE}]
LIST = [
    {"foreign_id": "1", **UU, "name": "Utrecht University", "address": "Heidelberglaan 8", **SOURCE},
    {"foreign_id": "2", **HU, "website": "", "city": "", "address": "Oudenoord 330", **SOURCE},
    {"foreign_id": "3", **HU, "name": "MBO Utrecht", "level": "mbo", "website": "", "address": "", **SOURCE},
]
LINKS = [
    {"from_id": "1", "type": "PARTNER_OF", "to_id": "3", **SOURCE},
    {"from_id": "1", "type": "PARTNER_OF", "to_id": "2", **SOURCE},
]


@pytest.fixture
def graph(database: Database, tmp_path: Path) -> Database:
    """A graph that knows two institutions."""
    loaded(database, write_csv(tmp_path / "education_institutions.csv", KNOWN))
    return database


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A partner's list, and links between its rows."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    write_csv(folder / "education_institutions_theirs.csv", LIST)
    write_csv(folder / "links_theirs.csv", LINKS)
    return folder


def matched(database: Database, path: Path, folder: Path) -> Report:
    """Load a list, with decisions in a folder."""
    return load(database, MODEL, [path], Progress(disable=True), matching=Matching(folder))


def addresses(database: Database) -> dict[str, str | None]:
    """Every institution's address by name."""
    rows = database.read("MATCH (n:EducationInstitution) RETURN n.name AS name, n.address AS address")
    return {row["name"]: row["address"] for row in rows}


def partners(database: Database) -> int:
    """How many links there are between partners."""
    return database.read("MATCH ()-[r:PARTNER_OF]->() RETURN count(r) AS count")[0]["count"]


def test_a_known_one_is_filled_in_a_likely_one_waits_and_an_unknown_one_is_new(
    graph: Database, theirs: Path, tmp_path: Path
) -> None:
    report = matched(graph, theirs, tmp_path)
    assert len(report.matched.same) == len(report.matched.new) == len(report.matched.questions) == 1
    assert addresses(graph) == {
        "Hogeschool Utrecht": None,
        "Utrecht University": "Heidelberglaan 8",
        "MBO Utrecht": None,
    }
    assert partners(graph) == 1
    [row] = open_rows(tmp_path)
    assert (row["record"], row["organisation"]) == ("education_institutions_theirs.csv: 2", "inst-hu")
    page = io.StringIO()
    show(report, Console(file=page, width=200))
    assert "Of 3 records without an id, 1 are known, 1 are not." in page.getvalue()
    assert "partnergraph review" in page.getvalue()
    # What was new is itself again, and nothing is asked twice.
    again = matched(graph, theirs, tmp_path)
    assert not again.changed
    assert len(again.matched.same) == 2
    assert len(open_rows(tmp_path)) == 1


@pytest.mark.parametrize(("answer", "institutions"), [("ja", 3), ("nee", 4)])
def test_a_decision_in_the_file_of_questions_counts_for_ever(
    graph: Database, theirs: Path, tmp_path: Path, answer: str, institutions: int
) -> None:
    matched(graph, theirs, tmp_path)
    text = (tmp_path / OPEN).read_text("utf-8")
    (tmp_path / OPEN).write_text(text.rstrip("\n") + answer + "\n", "utf-8")
    matched(graph, theirs, tmp_path)
    [row] = graph.read("MATCH (n:EducationInstitution) RETURN count(n) AS count")
    assert (row["count"], partners(graph)) == (institutions, 2)
    assert not open_rows(tmp_path)
    (tmp_path / OPEN).unlink()
    assert not matched(graph, theirs, tmp_path).changed
    assert not open_rows(tmp_path)


def test_the_dialogue_asks_and_keeps_the_answer(
    graph: Database, theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(graph, theirs, tmp_path)
    page = io.StringIO()
    for answer, left in (("s", "1 left"), ("q", "1 left"), ("1", "Nothing is open")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{answer}\n"))
        review(tmp_path, Console(file=page, width=200))
        assert left in page.getvalue().splitlines()[-1]
    assert "Hogeschool Utrecht (inst-hu)" in page.getvalue()
    assert read_decisions(tmp_path).same == {"education_institutions_theirs.csv: 2": "inst-hu"}
    matched(graph, theirs, tmp_path)
    assert addresses(graph)["Hogeschool Utrecht"] == "Oudenoord 330"


def test_a_brin_code_is_enough_and_a_wrong_one_is_named(graph: Database, tmp_path: Path) -> None:
    row = {"brin": "25dw", "name": "HU", "level": "hbo", "address": "Oudenoord 330", **SOURCE}
    path = write_csv(tmp_path / "education_institutions_b.csv", [row])
    assert matched(graph, path, tmp_path).matched.same == {"education_institutions_b.csv: HU": "inst-hu"}
    write_csv(path, [{**row, "brin": "25"}])
    with pytest.raises(LoadError) as caught:
        matched(graph, path, tmp_path)
    assert [(problem.column, problem.value) for problem in caught.value.problems] == [("brin", "25")]


def test_a_list_can_be_checked_without_a_database(theirs: Path) -> None:
    assert check_files(None, MODEL, [theirs], Progress(disable=True)) == (len(LIST) + 1, len(LINKS))


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        (DECIDED, "record,name,organisation,same\na,b,c,maybe\n", "row 2"),
        (DECIDED, "record,name,organisation,same\na,b,c,\n", "row 2"),
        (OPEN, "record,name\na,b\n", "no column"),
    ],
)
def test_a_file_of_decisions_that_makes_no_sense_is_refused(tmp_path: Path, name: str, text: str, where: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadDecision, match=where):
        read_decisions(tmp_path)
