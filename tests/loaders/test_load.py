"""Whole loads: the real facts, a type of one's own, killed loads, and files with any mistake."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress

from graph import constraints
from graph.database import Database
from graph.fingerprint import fingerprint
from graph.model import MODEL
from graph.modelling import Ends, LinkType, NodeType, View
from loaders.load import load
from loaders.problems import LoadError
from loaders.report import show
from tests.loaders.support import RIGHT, loaded, problems, right_files, write_csv

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"

SEED = {
    "Topsector": [
        "Energie",
        "Agri&Food",
        "Tuinbouw & Uitgangsmaterialen",
        "Life Sciences & Health",
        "HighTech Systemen en Materialen",
        "Chemie",
        "Water & Maritiem",
        "Logistiek",
        "team ICT",
    ],
    "Pact": ["Roadmap Human Capital 2020-2023", "KIC 2020-2023", "Groenpact", "Techniekpact"],
    "Partner": [
        "NWO",
        "SER",
        "VNO-NCW",
        "MKB-Nederland",
        "Platform Talent voor Technologie",
        "MBO Raad",
        "Vereniging Hogescholen",
        "Universiteiten van Nederland",
        "Ministerie van Onderwijs, Cultuur en Wetenschap",
        "Ministerie van Economische Zaken en Klimaat",
        "Ministerie van Sociale Zaken en Werkgelegenheid",
        "Ministerie van Landbouw, Natuur en Voedselkwaliteit",
        "Ministerie van Volksgezondheid, Welzijn en Sport",
        "Ministerie van Infrastructuur en Waterstaat",
    ],
    "Mission": [
        "Gezondheid & Zorg",
        "Energietransitie & Duurzaamheid",
        "Landbouw, Water en Voedsel",
        "Veiligheid",
    ],
    "Project": ["Onderzoek arbeidsmarkt ICT met topsectoren"],
}


@pytest.fixture(scope="module")
def real(module_database: Database) -> Database:
    """The project's own facts, loaded."""
    loaded(module_database, DATA)
    return module_database


class TestTheProjectsOwnFacts:
    @pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SEED.items() for name in names])
    def test_every_name_of_the_seed_is_there(self, real: Database, kind: str, name: str) -> None:
        statement = f"""
        MATCH (n:{kind})
        WHERE toLower($name) IN [known IN [n.name, n.shortName] + coalesce(n.aliases, []) | toLower(known)]
        RETURN n.id AS id
        """
        assert len(real.read(statement, {"name": name})) == 1

    def test_the_research_programme_has_its_ambition_of_30_million(self, real: Database) -> None:
        found = real.read("MATCH (p:Project {budgetEur: 30000000.0})<-[:FUNDS|COORDINATES]-(n) RETURN n.name AS name")
        assert {"name": "NWO"} in found

    def test_there_are_o_and_o_funds(self, real: Database) -> None:
        [row] = real.read("MATCH (n:OOFund) RETURN count(n) AS funds")
        assert row["funds"] >= 28

    def test_every_source_that_is_named_is_there(self, real: Database) -> None:
        [row] = real.read(
            "CALL () { MATCH (n:Entity) RETURN n.sources AS ids UNION ALL MATCH ()-[r]->() RETURN r.sources AS ids } "
            "UNWIND ids AS id WITH DISTINCT id WHERE NOT EXISTS { (:Source {id: id}) } RETURN count(*) AS lost"
        )
        assert row["lost"] == 0

    def test_loading_them_again_changes_nothing(self, real: Database) -> None:
        before = fingerprint(real)
        report = loaded(real, DATA)
        assert not report.changed
        assert fingerprint(real) == before
        page = io.StringIO()
        show(report, Console(file=page))
        assert "Nothing changed" in page.getvalue()


def test_a_report_prints_each_type_with_what_was_done(tmp_path: Path, database: Database) -> None:
    report = loaded(database, right_files(tmp_path))
    page = io.StringIO()
    show(report, Console(file=page))
    partner = next(line for line in page.getvalue().splitlines() if "Partner" in line)
    assert [cell.strip() for cell in partner.strip("│").split("│")] == ["Partner", "2", "", "", "", ""]
    assert "revision 1" in page.getvalue()


def test_progress_names_each_file(tmp_path: Path, database: Database) -> None:
    with Progress(console=Console(file=io.StringIO())) as progress:
        load(database, MODEL, [right_files(tmp_path)], progress)
        shown = [task.description for task in progress.tasks]
        assert all(task.finished for task in progress.tasks)
    assert {f"Reading {name}.csv" for name in RIGHT} <= set(shown)


def test_a_type_and_a_link_of_one_s_own_need_only_the_model_and_a_file(tmp_path: Path, database: Database) -> None:
    form = next(item for item in MODEL.properties_of("LearningCommunity") if item.name == "startYear")
    event = NodeType("Event", "events", "A meeting of partners.", (replace(form, name="year", required=True),))
    ends = Ends(("Organisation",), "Event", View("events", "Events it holds."), View("hosts", "Who holds it."))
    model = MODEL.extended([event], [LinkType("HOLDS", "An organisation holds an event.", (ends,))])
    right_files(tmp_path)
    fact = {"source": "source-a", "confidence": "low"}
    write_csv(tmp_path / "events.csv", [{"id": "event-day", "name": "Dag", "year": "2026", **fact}])
    write_csv(
        tmp_path / "links_events.csv", [{"from_id": "partner-nwo", "type": "holds", "to_id": "event-day", **fact}]
    )
    report = loaded(database, tmp_path, model=model)
    assert (report.counts["Event"].added, report.counts["HOLDS"].added) == (1, 1)
    assert database.read("MATCH (:Partner {id: 'partner-nwo'})-[:HOLDS]->(n:Entity:Event) RETURN n.year AS year") == [
        {"year": 2026}
    ]
    assert not constraints.missing(database, model)
    write_csv(tmp_path / "events.csv", [{"id": "event-day", "name": "Dag", "year": "soon", **fact}])
    with pytest.raises(LoadError) as caught:
        loaded(database, tmp_path, model=model)
    assert [(problem.place.row, problem.column) for problem in caught.value.problems] == [(2, "year")]


# ---- files with any mistake ----

BROKEN = ["", "|", "\0", "\ufffd", "\x85", '"', "-1", "1e9", "https://", "http://[", "https://a.nl:x", "x" * 3000]
FITTING = ["2021", "source-a", "partner-nwo", "region-drenthe", "LOCATED_IN", "partner_of", "high", "https://a.nl"]
CELLS = st.one_of(st.sampled_from(BROKEN), st.sampled_from(FITTING), st.text(max_size=8))
"""Texts that are wrong in most columns and right in some."""
MUTATIONS = ["cell", "cell", "cell", "drop cell", "add cell", "drop row", "copy row", "drop column"]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, bytes]:
    """The right files with a few cells, rows, columns, names or bytes changed."""
    tables = {name: [list(rows[0]), *[list(row.values()) for row in rows]] for name, rows in RIGHT.items()}
    for _ in range(draw(st.integers(0, 4))):
        table = tables[draw(st.sampled_from(sorted(tables)))]
        row = draw(st.integers(0, len(table) - 1))
        at = draw(st.integers(0, len(table[row]) - 1)) if table[row] else 0
        match draw(st.sampled_from(MUTATIONS)):
            case "cell" if table[row]:
                table[row][at] = draw(CELLS)
            case "drop cell" if table[row]:
                del table[row][at]
            case "add cell":
                table[row].insert(at, draw(CELLS))
            case "drop row" if len(table) > 1:
                del table[row]
            case "copy row":
                table.append(list(table[row]))
            case _:
                for cells in table:
                    del cells[at : at + 1]
    files = {f"{name}.csv": as_csv(table) for name, table in tables.items()}
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(files)))
        at = draw(st.integers(0, len(files[name])))
        files[name] = files[name][:at] + draw(st.binary(max_size=3)) + files[name][at + draw(st.integers(0, 3)) :]
    if draw(st.integers(0, 9)) == 0:
        renamed = draw(st.sampled_from(sorted(files)))
        files[draw(st.sampled_from(["partner.csv", "links_.csv", "x.csv"]))] = files.pop(renamed)
    return files


def as_csv(table: list[list[str]]) -> bytes:
    """Rows of cells as a file."""
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder each time."""
    counter = tmp_path_factory.mktemp("mutated")
    return (counter / str(number) for number in range(10**6))


@given(files=mutated())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_files_are_right_or_every_mistake_is_listed(folders: Iterator[Path], files: dict[str, bytes]) -> None:
    folder = next(folders)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    found = problems(folder)
    assert all(Path(problem.place.file).parent == folder for problem in found)
    assert all(problem.message and str(problem).isprintable() for problem in found)


@given(files=mutated())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_any_files_load_whole_or_leave_the_graph_alone(
    folders: Iterator[Path], kept_database: Database, files: dict[str, bytes]
) -> None:
    folder = next(folders)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    kept_database.write("MATCH (n) DETACH DELETE n")
    empty = fingerprint(kept_database)
    try:
        loaded(kept_database, folder)
    except LoadError:
        assert fingerprint(kept_database) == empty
    else:
        assert not loaded(kept_database, folder).changed
