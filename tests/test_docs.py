"""The docs say what is so: their queries run, their pages of reference are up to date, their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from rich.progress import Progress

from api.errors import Code
from api.service import MAX_TOKENS
from api.vocabulary import MAX_DEPTH, MAX_PAGE
from graph.analysis.analyse import analyse
from graph.database import Database
from graph.model import MODEL
from graph.reference import pages
from graph.settings import Connection, table
from loaders.coverage import COUNT, README, counted
from loaders.load import load
from tests.support.pages import ROOT, blocks
from tests.support.serving import asking

WRITTEN = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md"]


@pytest.fixture(scope="module")
def loaded(module_database: Database) -> Database:
    load(module_database, MODEL, [ROOT / "data"], Progress(disable=True))
    analyse(module_database, MODEL, Progress(disable=True))
    return module_database


def finds_something(value: dict[str, Any]) -> None:
    """A list in pages has nodes, links have edges; a network has plain lists, statistics plain numbers."""
    assert value.get("nodes", True)
    links = value.get("links", True)
    assert links["edges"] if isinstance(links, dict) else links


PAGES = ("docs/graphql.md", "docs/loading.md", "docs/questions.md")


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("query", [query for page in PAGES for query in blocks(page, "graphql")])
def test_queries_find_something(connection: Connection, query: str) -> None:
    with asking(connection, MODEL) as asker:
        found = asker.data(query)
    for value in found.values():
        assert value
        if isinstance(value, dict):
            finds_something(cast(dict[str, Any], value))


@pytest.mark.parametrize("statement", [*blocks("docs/cypher.md", "cypher"), *blocks("docs/loading.md", "cypher")])
def test_statements_find_something(loaded: Database, statement: str) -> None:
    assert loaded.read(statement)


@pytest.mark.parametrize(
    "command",
    [line for block in blocks("docs/formats.md", "sh") for line in block.splitlines() if "https://" not in line],
)
def test_commands_for_files_do_what_they_say(tmp_path: Path, command: str) -> None:
    (tmp_path / "partners.csv").write_text(blocks("docs/formats.md", "csv")[0], "utf-8")
    (tmp_path / "projects.jsonl").write_text(blocks("docs/formats.md", "jsonl")[0], "utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "partnergraph.py", *command.split()[1:]],
        cwd=tmp_path,
        env={"PARTNERGRAPH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", pages(), ids=lambda file: file.name)
def test_reference_is_up_to_date(file: Path) -> None:
    assert file.read_text("utf-8") == pages()[file], "Run: make docs"


def test_counts_are_those_of_the_data() -> None:
    text = README.read_text("utf-8")
    assert text.count("<!-- count ") == len(COUNT.findall(text)) > 10
    assert text == counted(text, README.parent), "Run: make docs"


def test_counts_follow_the_files(tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text("from_id,role\na,lid\na,\nb,lid\n", "utf-8")
    (tmp_path / "links_communities.csv").write_text("from_id,role\na,lid\n", "utf-8")
    questions = {"links": 4, "links from_id=a": 3, "links from_id=a role=*": 2, "links role=": 1, "links from_id=c": 0}
    for question, number in questions.items():
        before = f"<!-- count {question} -->9,999<!-- end --> links"
        assert counted(before, tmp_path) == f"<!-- count {question} -->{number}<!-- end --> links"


def test_every_setting_and_type_is_in_the_reference() -> None:
    settings, model = (text for _, text in sorted(pages().items(), reverse=True))
    assert len(table()) >= 8
    assert all(row.name in settings for row in table())
    assert all(f"### {name}\n" in model for name in (*MODEL.types, *MODEL.link_types))


def test_every_error_code_and_limit_is_explained() -> None:
    page = (ROOT / "docs" / "graphql.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == {code.value for code in Code}
    assert f"at most {MAX_PAGE} items, a query at most {MAX_DEPTH} objects of depth, {MAX_TOKENS} tokens" in page


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", file.read_text("utf-8")):
        if not target.startswith("http"):
            assert (file.parent / target).exists(), target


def test_the_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in re.findall(r"`((?:api|graph|loaders|tests|docs|data)/[\w/]+\.\w+)`", text):
        assert (ROOT / name).exists(), name
