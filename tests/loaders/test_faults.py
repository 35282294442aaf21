"""What goes wrong with a machine while a load runs, and that the next load makes it good."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest

from graph.database import Database
from graph.fingerprint import fingerprint
from graph.settings import Connection
from loaders.runs import runs
from tests.conftest import emptied
from tests.loaders.support import RIGHT, loaded, right_files, write_csv

SEED = 6
ROOT = Path(__file__).parents[2]
LOADER = """
import sys
from rich.progress import Progress
from graph.database import Database
from graph.errors import OperatorError
from graph.model import MODEL
from graph.settings import Settings
from loaders.load import load
try:
    with Database(Settings().connection()) as database:
        load(database, MODEL, sys.argv[1:], Progress(disable=True))
except OperatorError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose load takes seconds."""
    folder = right_files(tmp_path_factory.mktemp("files"))
    chance = random.Random(SEED)
    partners, links = 800, 2_400
    rows = [{**RIGHT["partners"][0], "id": f"partner-{number}", "name": f"P {number}"} for number in range(partners)]
    write_csv(folder / "partners_many.csv", rows)
    pairs = {tuple(sorted(chance.sample(range(partners), 2))) for _ in range(links)}
    stated = [{**RIGHT["links"][2], "from_id": f"partner-{a}", "to_id": f"partner-{b}"} for a, b in sorted(pairs)]
    write_csv(folder / "links_many.csv", stated)
    return folder


def start_load(connection: Connection, files: Path, more: Mapping[str, str]) -> subprocess.Popen[str]:
    """A load in a process of its own, with `more` in its environment."""
    environment = {
        **os.environ,
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
        "NEO4J_DATABASE": connection.database,
        **more,
    }
    command = [sys.executable, "-c", LOADER, str(files)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


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
    loader = start_load(database.connection, files, {"TMPDIR": str(disk)})
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
