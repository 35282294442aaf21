"""A bulk load against an ordinary one of the same files: the same graph, to the last property of the last node."""

from collections.abc import Generator
from pathlib import Path

import pytest
from rich.progress import Progress

from graph import constraints
from graph.database import Database
from graph.embedded import use
from graph.errors import DatabaseError
from graph.fingerprint import fingerprint
from graph.model import MODEL
from graph.settings import Connection, Settings
from loaders.bulk import NotEmpty, load_in_bulk
from loaders.load import load
from loaders.problems import LoadError
from loaders.report import Report
from loaders.runs import Outcome, runs
from loaders.undo import undo
from tests.loaders.support import right_files, write_csv

DATA = Path(__file__).parents[2] / "data"
TIMES = ("startedAt", "finishedAt", "loadedAt", "takenAt")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A Neo4j of this module's own, which a bulk load may stop."""
    return Settings(neo4j_uri=None, home=tmp_path_factory.mktemp("bulk"))


@pytest.fixture(scope="module")
def bulk(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Report, Database]]:
    """What a bulk load of the project's own data and more came to after a refused one, and its database."""
    folder = tmp_path_factory.mktemp("bulk-files")
    with use(settings):
        with pytest.raises(LoadError):
            in_bulk(settings, wrong(folder))
        done = in_bulk(settings, DATA, more(folder))
        with use(settings) as connection, Database(connection) as database:
            yield done, database


def in_bulk(settings: Settings, *paths: Path) -> Report:
    return load_in_bulk(settings, MODEL, paths, Progress(disable=True), by="us")


def wrong(folder: Path) -> Path:
    """A file without a name that every row needs."""
    (folder / "wrong").mkdir()
    return write_csv(folder / "wrong" / "partners.csv", [{"id": "partner-nwo", "name": "", "kind": "council"}])


def more(folder: Path) -> Path:
    """A file with all that has to be quoted."""
    (folder / "more").mkdir()
    row = {"id": "partner-x", "name": 'Say "x", y', "kind": "research_funder", "description": "One\nTwo; é\\"}
    said = {"source": "https://example.org/a", "confidence": "low"}
    return write_csv(folder / "more" / "partners.csv", [{**row, "aliases": "A|B, b", **said}])


def everything(database: Database) -> list[str]:
    """All nodes and links with all that they have but for times, sorted."""
    nodes = database.read("MATCH (n) RETURN labels(n) AS labels, properties(n) AS values")
    links = database.read(
        "MATCH (a)-[r]->(b) RETURN [type(r)] AS labels, properties(r) AS values, "
        "coalesce(a.id, a.number) AS from, coalesce(b.id, b.number) AS to"
    )
    for row in (*nodes, *links):
        row["labels"] = sorted(row["labels"])
        row["values"] = sorted((name, value) for name, value in row["values"].items() if name not in TIMES)
    return sorted(map(repr, (*nodes, *links)))


def test_it_makes_the_graph_of_an_ordinary_load(
    bulk: tuple[Report, Database], database: Database, tmp_path: Path
) -> None:
    done, bulk_database = bulk
    with pytest.raises(LoadError):
        load(database, MODEL, [wrong(tmp_path)], Progress(disable=True), by="us")
    usual = load(database, MODEL, [DATA, more(tmp_path)], Progress(disable=True), by="us")
    assert (done.counts, done.revision, done.run) == (usual.counts, usual.revision, usual.run)
    assert fingerprint(bulk_database) == fingerprint(database)
    assert not constraints.missing(bulk_database, MODEL)
    assert everything(bulk_database) == everything(database)


def test_it_can_be_undone(bulk: tuple[Report, Database]) -> None:
    done, database = bulk
    undo(database, MODEL, done.run, "us")
    assert not database.read("MATCH (n:Entity|Source) RETURN n LIMIT 1")
    assert [run.outcome for run in runs(database)] == [Outcome.DONE, Outcome.DONE, Outcome.REFUSED]


def test_it_is_for_an_empty_database(bulk: tuple[Report, Database], settings: Settings, tmp_path: Path) -> None:
    before = fingerprint(bulk[1])
    with pytest.raises(NotEmpty, match="not empty"):
        in_bulk(settings, right_files(tmp_path))
    assert fingerprint(bulk[1]) == before


def test_it_does_not_stop_what_is_not_ours(connection: Connection, tmp_path: Path) -> None:
    settings = Settings(neo4j_uri=connection.uri, home=tmp_path)
    with pytest.raises(DatabaseError, match="not partnergraph's to stop"):
        in_bulk(settings, DATA)
