"""JSON Lines files: an object a line, and each mistake with its line."""

import json
from pathlib import Path

import pytest

from tests.loaders.support import checked, problems

RIGHT = {"id": "project-x", "name": "X", "kind": "call", "source": "https://example.org/x", "confidence": "high"}


def projects(folder: Path, *lines: object) -> Path:
    """A file of projects with these objects, or lines as they are."""
    path = folder / "projects.jsonl"
    written = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(written), "utf-8")
    return path


def test_objects_are_rows_with_typed_values(tmp_path: Path) -> None:
    more = {
        "startjaar": 2021,
        "budget": 1250000.125,
        "aliases": ["Één", "Two"],
        "description": None,
        "source": ["https://example.org/x", "https://example.org/y"],
    }
    facts = checked(projects(tmp_path, RIGHT | more, "", {**RIGHT, "id": "project-y"}))
    first, second = facts.nodes[:2]
    assert first.values["startYear"] == 2021
    assert first.values["budgetEur"] == 1_250_000.125
    assert first.values["aliases"] == ["Één", "Two"]
    assert first.values["description"] is None
    assert len(first.values["sources"]) == 2  # pyright: ignore
    assert second.values["startYear"] is None


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("nonsense", None, "not JSON"),
        ('{"id": "project-y"', None, "not JSON"),
        ("[1]", None, "not a JSON object"),
        ('"text"', None, "not a JSON object"),
        (RIGHT | {"kind": {"deep": 1}}, "kind", "An object can't be a value"),
        (RIGHT | {"aliases": ["a | b"]}, "aliases", "A list can't have"),
        (RIGHT | {"aliases": [["a"]]}, "aliases", "A list can't have"),
        (RIGHT | {"kind": True}, "kind", "It is one of"),
        ('{"id": "' + "x" * 1_000_001, None, "longer than"),
    ],
)
def test_each_mistake_has_its_line(tmp_path: Path, line: object, column: str | None, said: str) -> None:
    [problem] = problems(projects(tmp_path, {**RIGHT, "id": "project-first"}, "", line))
    assert (problem.place.row, problem.column) == (3, column)
    assert said in problem.message


def test_keys_are_headings_and_their_mistakes_those_of_the_file(tmp_path: Path) -> None:
    [problem] = problems(projects(tmp_path, RIGHT, {**RIGHT, "id": "project-y", "colour": "red"}))
    assert (problem.place.row, problem.column) == (None, "colour")
    assert [problem.column for problem in problems(projects(tmp_path, {"id": "project-x"}))] == [
        "name",
        "confidence",
        "sources",
        "kind",
    ]


def test_a_file_without_objects_is_empty(tmp_path: Path) -> None:
    [problem] = problems(projects(tmp_path, "", ""))
    assert "empty" in problem.message
