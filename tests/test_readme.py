"""Each command and query in the README works."""

import re
import subprocess
import sys

import pytest
from rich.progress import Progress

from graph.database import Database
from graph.model import MODEL
from graph.settings import Connection
from loaders.load import load
from tests.support.pages import ROOT, blocks
from tests.support.serving import asking

README = "README.md"
COMMANDS = [
    line.split("#")[0].removeprefix(".venv/bin/partnergraph ").split()
    for block in blocks(README, "sh")
    for line in block.splitlines()
    if line.startswith(".venv/bin/partnergraph")
]


@pytest.fixture(scope="module")
def loaded(module_database: Database) -> Database:
    load(module_database, MODEL, [ROOT / "data"], Progress(disable=True))
    return module_database


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("query", blocks(README, "graphql"))
def test_queries(connection: Connection, query: str) -> None:
    with asking(connection, MODEL) as asker:
        found = asker.data(query, {"id": "topsector-energie"})
    assert all(found.values())


@pytest.mark.parametrize("statement", blocks(README, "cypher"))
def test_cypher(loaded: Database, statement: str) -> None:
    assert loaded.read(statement)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(connection: Connection, command: list[str]) -> None:
    settings = {
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
    }
    done = subprocess.run(
        [sys.executable, "partnergraph.py", *command],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if command == ["db", "status"]:
        assert done.returncode == 1
        assert "NEO4J_URI is set" in done.stderr
    else:
        assert done.returncode == 0, done.stderr


def test_the_commands_of_make_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / README).read_text("utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
