"""What goes wrong with a machine while a load runs, and that the next load makes it good.

A longer run: PARTNERGRAPH_KILLS=20 .venv/bin/pytest tests/loaders/test_faults.py
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from shutil import disk_usage, rmtree

import psutil
import pytest

from graph import constraints, embedded, launch
from graph.database import Database
from graph.errors import DatabaseError
from graph.fingerprint import fingerprint
from graph.home import Home
from graph.model import MODEL
from graph.provenance import CHANGES
from graph.settings import Connection, Settings
from loaders.runs import Outcome, runs
from loaders.undo import undo
from tests.conftest import emptied
from tests.loaders.support import RIGHT, loaded, right_files, write_csv

KILLS = int(os.environ.get("PARTNERGRAPH_KILLS", "3"))
"""How often the loader is killed, and how often Neo4j."""
SEED = 6
HEAP = "512m"
WHOLE, IN_PARTS = 50_000, 200
"""How many changes a transaction holds: all of these loads, or a part of them."""
ROOT = Path(__file__).parents[2]
LOADER = """
import sys
from rich.progress import Progress
from graph.database import Database
from graph.errors import OperatorError
from graph.model import MODEL
from graph.settings import Settings
from loaders import work
from loaders.load import load
work.LARGEST_TRANSACTION = work.LATER_TRANSACTIONS = int(sys.argv[1])
try:
    with Database(Settings().connection()) as database:
        load(database, MODEL, sys.argv[2:], Progress(disable=True))
except OperatorError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose load takes seconds."""
    folder = right_files(tmp_path_factory.mktemp("files"))
    chance = random.Random(SEED)
    partners, links = 600, 1_800
    rows = [{**RIGHT["partners"][0], "id": f"partner-{number}", "name": f"P {number}"} for number in range(partners)]
    write_csv(folder / "partners_many.csv", rows)
    pairs = {tuple(sorted(chance.sample(range(partners), 2))) for _ in range(links)}
    stated = [{**RIGHT["links"][2], "from_id": f"partner-{a}", "to_id": f"partner-{b}"} for a, b in sorted(pairs)]
    write_csv(folder / "links_many.csv", stated)
    return folder


def start_load(
    connection: Connection, files: Path | str, together: int, more: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """A load in a process of its own, whose transactions hold so many changes `together`."""
    environment = {
        **os.environ,
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
        "NEO4J_DATABASE": connection.database,
        **(more or {}),
    }
    command = [sys.executable, "-c", LOADER, str(together), str(files)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def await_writing(database: Database, loader: subprocess.Popen[str]) -> None:
    """Wait until a loader has begun to write, or is done."""
    while loader.poll() is None:
        shown = database.read("SHOW TRANSACTIONS YIELD currentQuery")
        if any("UNWIND $rows" in (row["currentQuery"] or "") for row in shown):
            return
        time.sleep(0.005)


def await_quiet(database: Database) -> None:
    """Wait until no transaction but the asking one is left: a killed loader's last one may yet be committed."""
    while len(database.read("SHOW TRANSACTIONS")) > 1:
        time.sleep(0.01)


def moments(database: Database, files: Path) -> list[float]:
    """Random moments of a load, in seconds since it began to write; that beginning is one of them."""
    loader = start_load(database.connection, files, WHOLE)
    await_writing(database, loader)
    began = time.monotonic()
    _, said = loader.communicate()
    assert loader.returncode == 0, said
    chance, took = random.Random(SEED), time.monotonic() - began
    return [0.0, *(chance.uniform(0, took) for _ in range(KILLS - 1))]


def ensure_consistent(database: Database) -> None:
    """Every run is done, and the log of each is whole: its parts and the numbers of its changes have no gaps."""
    found = runs(database)
    assert [run.outcome for run in found] == [Outcome.DONE] * len(found)
    assert [run.number for run in found] == list(range(len(found), 0, -1))
    log = database.read(f"MATCH (c:{CHANGES}) RETURN c.run AS run, c.part AS part, c.first AS first, c.last AS last")
    log.sort(key=lambda part: (part["run"], part["part"]))
    assert {part["run"] for part in log} <= {run.number for run in found}
    following = 1
    for number, part in enumerate(log):
        again = number and log[number - 1]["run"] == part["run"]
        assert part["part"] == (log[number - 1]["part"] + 1 if again else 0)
        if part["first"] is not None:
            assert part["first"] == following
            following = part["last"] + 1


def ensure_undoable(database: Database, nothing: str) -> None:
    """What was loaded can be taken back, so that the log tells all of it."""
    [first] = [run for run in runs(database) if not all(file.skipped for file in run.files)]
    undo(database, MODEL, first.number, "")
    assert fingerprint(database) == nothing


@pytest.mark.parametrize("together", [WHOLE, IN_PARTS])
def test_a_killed_load_is_made_good_by_the_next(files: Path, database: Database, together: int) -> None:
    nothing = fingerprint(database)
    times = moments(database, files)
    whole = fingerprint(database)
    left: set[str] = set()
    for moment in times:
        emptied(database)
        loader = start_load(database.connection, files, together)
        await_writing(database, loader)
        time.sleep(moment)
        loader.kill()
        loader.communicate()
        await_quiet(database)
        left.add(fingerprint(database))
        loaded(database, files)
        assert fingerprint(database) == whole
        ensure_consistent(database)
    assert left - {whole}
    if together == WHOLE:
        assert left <= {nothing, whole}
    ensure_undoable(database, nothing)


@pytest.fixture
def server(tmp_path: Path) -> Generator[Path]:
    """The folder of a Neo4j of the test's own, which runs."""
    folder = tmp_path / "neo4j"
    embedded.start(folder, HEAP, stays=True)
    yield folder
    embedded.stop(folder)


def kill_server(folder: Path) -> None:
    """Kill the Neo4j of a folder."""
    marker = launch.marker(Home(folder.resolve()))
    [server] = [item for item in psutil.process_iter(["cmdline"]) if marker in (item.info["cmdline"] or ())]
    server.kill()
    server.wait()


def test_a_load_whose_database_is_killed_is_made_good_by_the_next(files: Path, server: Path) -> None:
    connection = embedded.start(server, HEAP, stays=True)
    with Database(connection) as database:
        nothing = fingerprint(emptied(database))
        times = moments(database, files)
        whole = fingerprint(database)
    failed = 0
    for at, moment in enumerate(times):
        with Database(connection) as database:
            emptied(database)
            loader = start_load(connection, files, (WHOLE, IN_PARTS)[at % 2])
            await_writing(database, loader)
            time.sleep(moment)
            kill_server(server)
        _, said = loader.communicate()
        assert "Traceback" not in said
        if loader.returncode:
            failed += 1
            assert f"No Neo4j answers at {connection.uri}" in said
        connection = embedded.start(server, HEAP, stays=True)
        with Database(connection) as database:
            loaded(database, files)
            assert fingerprint(database) == whole
            ensure_consistent(database)
    assert failed
    with Database(connection) as database:
        ensure_undoable(database, nothing)


# ---- a bulk load that is killed ----

BULK_LOADER = """
import sys
from rich.progress import Progress
from graph.model import MODEL
from graph.settings import Settings
from loaders.bulk import load_in_bulk
load_in_bulk(Settings(), MODEL, sys.argv[1:], Progress(disable=True))
"""
STAGES = ("bulk/data", "bulk/replaced", "bulk/0.csv")
"""What is in a database's folder while the new one is imported, when it takes the old one's place, and before that."""


@pytest.mark.parametrize("stage", STAGES[: max(1, KILLS // len(STAGES))])
def test_a_killed_bulk_load_is_made_good_by_the_next(
    files: Path, database: Database, tmp_path: Path, stage: str
) -> None:
    loaded(database, files)
    settings = Settings(neo4j_uri=None, home=tmp_path, database_heap=HEAP)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    environment |= {"PARTNERGRAPH_HOME": str(tmp_path), "PARTNERGRAPH_DATABASE_HEAP": HEAP}
    loader = subprocess.Popen([sys.executable, "-c", BULK_LOADER, str(files)], env=environment, cwd=ROOT)
    while not (settings.database_folder / stage).exists():
        assert loader.poll() is None
        time.sleep(0.005)
    time.sleep(random.Random(SEED).uniform(0, 1))
    loader.kill()
    loader.wait()
    with embedded.use(settings) as connection, Database(connection) as own:
        loaded(own, files)
        assert fingerprint(own) == fingerprint(database)
        ensure_consistent(own)


# ---- a full disk ----


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Callable[[str], Path]]:
    """Makes file systems of a given size; no test of them where the machine lets nobody make one."""
    made: list[Path] = []

    def make(size: str) -> Path:
        folder = tmp_path / f"disk-{size}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small file system can be made here: {done.stderr.strip()}")
        made.append(folder)
        return folder

    yield make
    for folder in made:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_for_what_files_state_is_named_and_nothing_is_written(
    files: Path, database: Database, small_disk: Callable[[str], Path]
) -> None:
    nothing = fingerprint(database)
    loaded(database, files)
    whole = fingerprint(database)
    emptied(database)
    disk = small_disk("300k")
    loader = start_load(database.connection, files, WHOLE, {"TMPDIR": str(disk)})
    _, said = loader.communicate()
    assert loader.returncode == 1
    assert said.startswith(f"The disk of {disk} is full")
    assert "set TMPDIR" in said
    assert "Traceback" not in said
    assert list(disk.iterdir()) == []
    assert fingerprint(database) == nothing
    assert runs(database) == []
    loaded(database, files)
    assert fingerprint(database) == whole


def opened(folder: Path) -> Connection:
    """The Neo4j of a folder or, where it cannot recover from a log that was cut off, a new one in its place."""
    try:
        return embedded.start(folder, HEAP, stays=True)
    except DatabaseError:
        embedded.stop(folder)
        rmtree(folder)
        connection = embedded.start(folder, HEAP, stays=True)
        with Database(connection) as database:
            constraints.apply(database, MODEL)
        return connection


def test_a_full_disk_of_the_database_is_named_and_a_load_makes_the_graph_again(
    files: Path, database: Database, small_disk: Callable[[str], Path]
) -> None:
    loaded(database, files)
    whole = fingerprint(database)
    folder = small_disk("500m") / "neo4j"
    connection = embedded.start(folder, HEAP, stays=True)
    try:
        with Database(connection) as own:
            constraints.apply(own, MODEL)
            nothing = fingerprint(own)
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(disk_usage(folder).free - 500_000))
        loader = start_load(connection, files, IN_PARTS)
        _, said = loader.communicate()
        assert loader.returncode == 1
        assert "Traceback" not in said
        assert "disk" in said
        ballast.unlink()
        with Database(opened(folder)) as own:
            loaded(own, files)
            assert fingerprint(own) == whole
            ensure_consistent(own)
            ensure_undoable(own, nothing)
    finally:
        embedded.stop(folder)
