"""Files with any mistake, in any format: they load as a plain CSV file would, or each mistake is listed with its place.

A longer run: PARTNERGRAPH_FUZZ=5000 .venv/bin/pytest tests/loaders/test_fuzz.py
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from loaders.problems import LoadError, Problem
from tests.loaders.support import RIGHT, checked

MANY = int(os.environ.get("PARTNERGRAPH_FUZZ", "0"))
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]
CHECKS = settings(
    max_examples=MANY or 40, derandomize=not MANY, database=None, deadline=None, suppress_health_check=UNHURRIED
)

BROKEN = ["", "|", "\0", "\ufffd", "\x85", '"', "-1", "1e9", "https://", "http://[", "https://a.nl:x", "x" * 3000]
FITTING = ["2021", "source-a", "partner-nwo", "region-drenthe", "LOCATED_IN", "partner_of", "high", "https://a.nl"]
DUTCH = ["2021/22", "1-9-2021", "1.250.000,50", "1.250", "hoog", "bedrijf", "Coöperatie é", "€ 5,-", "a;b", "a\tb"]
CELLS = st.one_of(st.sampled_from(BROKEN), st.sampled_from(FITTING), st.sampled_from(DUTCH), st.text(max_size=8))
"""Texts that are wrong in most columns and right in some."""
MUTATIONS = ["cell", "cell", "cell", "drop cell", "add cell", "drop row", "copy row", "drop column"]
FORMATS = ["csv", "xlsx", "jsonl"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
SHARES = 10_000
NOT_XML = set("\r\ufffe\uffff")

Cells = list[list[str]]
Place = tuple[str, int | None, str | None]


@dataclass(frozen=True)
class Spoilt:
    """The right tables with a few mistakes, and the form in which they are written."""

    tables: Mapping[str, Cells]
    files: Mapping[str, bytes]
    headings_as_they_were: bool


@st.composite
def spoilt(draw: st.DrawFn) -> Spoilt:
    """The right tables with a few cells, rows and columns changed, each in a form of its own."""
    tables = {name: [list(rows[0]), *[list(row.values()) for row in rows]] for name, rows in RIGHT.items()}
    right = {name: list(table[0]) for name, table in tables.items()}
    for _ in range(draw(st.integers(0, 4))):
        mutate(draw, tables[draw(st.sampled_from(sorted(tables)))])
    files = dict(written(draw, name, table) for name, table in tables.items())
    return Spoilt(tables, files, all(table[0] == right[name] for name, table in tables.items()))


def mutate(draw: st.DrawFn, table: Cells) -> None:
    """Change a cell, row or column of a table."""
    row = draw(st.integers(0, len(table) - 1))
    at = draw(st.integers(0, len(table[row]) - 1)) if table[row] else 0
    match draw(st.sampled_from(MUTATIONS)):
        case "cell" if table[row]:
            table[row][at] = draw(CELLS)
        case "drop cell" if table[row]:
            del table[row][at]
        case "add cell":
            table[row].insert(at, draw(CELLS))
        case "drop row" if row:
            del table[row]
        case "copy row":
            table.append(list(table[row]))
        case _:
            for cells in table:
                del cells[at : at + 1]


def written(draw: st.DrawFn, name: str, table: Cells) -> tuple[str, bytes]:
    """A table in one of the forms that can hold it, and its file's name."""
    everything = "".join("".join(row) for row in table)
    headings = table[0]
    # A sheet has no cells after the last that is filled, so that no row is too short.
    whole = all(len(row) == len(headings) for row in table) and all(headings)
    match draw(st.sampled_from(FORMATS)):
        case "xlsx" if whole and not (ILLEGAL_CHARACTERS_RE.search(everything) or NOT_XML & set(everything)):
            return f"{name}.xlsx", as_xlsx(name, table, typed=draw(st.booleans()))
        case "jsonl" if whole and len(set(headings)) == len(headings) and table[1:]:
            lines = (json.dumps(dict(zip(headings, row, strict=True))) for row in table[1:])
            return f"{name}.jsonl", "\n".join(lines).encode()
        case _:
            text = as_csv(table, draw(st.sampled_from(",;\t")))
            return f"{name}.csv", encoded(text, draw(st.sampled_from(ENCODINGS)))


def as_csv(table: Cells, delimiter: str = ",") -> str:
    """Rows of cells as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue()


def encoded(text: str, encoding: str) -> bytes:
    """A text in an encoding, or in UTF-8 where it can't be in that, or would look like UTF-8 there."""
    try:
        raw = text.encode(encoding)
        if encoding == "cp1252" and raw.decode("utf-8") != text:
            return text.encode()
    except UnicodeEncodeError:
        return text.encode()
    except UnicodeDecodeError:
        return text.encode(encoding)
    return raw


def as_xlsx(name: str, table: Cells, *, typed: bool) -> bytes:
    """Rows of cells as a workbook, with whole numbers as such where `typed`."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for at, row in enumerate(table, 1):
        for column, text in enumerate(row, 1):
            if text:
                if typed and text.isdecimal() and text.isascii() and str(int(text)) == text:
                    sheet.cell(at, column, int(text))
                else:
                    sheet.cell(at, column, text).data_type = "s"
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


@st.composite
def bitten(draw: st.DrawFn) -> Mapping[str, bytes]:
    """Files in any form of which one has a few bytes changed, or another name."""
    files = dict(draw(spoilt()).files)
    name = draw(st.sampled_from(sorted(files)))
    for _ in range(draw(st.integers(1, 3))):
        # A share of the length, since a workbook with the time in it is not always as long.
        at = draw(st.integers(0, SHARES)) * len(files[name]) // SHARES
        files[name] = files[name][:at] + draw(st.binary(max_size=3)) + files[name][at + draw(st.integers(0, 30)) :]
    if draw(st.integers(0, 9)) == 0:
        files[draw(st.sampled_from(["partner", "links_", "x"])) + Path(name).suffix] = files.pop(name)
    return files


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder each time."""
    counter = tmp_path_factory.mktemp("spoilt")
    return (counter / str(number) for number in range(10**6))


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a new folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def outcome(folder: Path) -> tuple[dict[Any, Any], list[Problem]]:
    """What the files of a folder state, or all that is wrong with them, each at a place in one of them."""
    try:
        facts = checked(folder)
    except LoadError as error:
        files = {str(file) for file in folder.iterdir()}
        for problem in error.problems:
            assert problem.place.file in files
            assert problem.place.row is None or problem.place.row >= 1
            assert problem.message
            assert str(problem).isprintable()
        return {}, list(error.problems)
    return {said.key: (said.type, dict(said.values)) for said in (*facts.nodes, *facts.links)}, []


def places(found: list[Problem]) -> set[Place]:
    """Where problems are, with the rows of JSON Lines counted as those of CSV."""
    return {of_csv(problem) for problem in found}


def of_csv(problem: Problem) -> Place:
    path, row = Path(problem.place.file), problem.place.row
    if path.suffix == ".jsonl":
        row = 1 if row is None and problem.column is not None else row and row + 1
    return path.stem, row, problem.column


@given(made=spoilt())
@CHECKS
def test_a_table_means_the_same_in_every_form_or_is_refused(folders: Iterator[Path], made: Spoilt) -> None:
    plain = {f"{name}.csv": as_csv(table).encode() for name, table in made.tables.items()}
    expected, wrong = outcome(put(next(folders), plain))
    facts, found = outcome(put(next(folders), made.files))
    if found:
        by_form = [problem for problem in found if "--" in problem.message or "not UTF-8" in problem.message]
        assert wrong or by_form
        if made.headings_as_they_were and not by_form:
            assert places(found) == places(wrong)
    else:
        assert facts == expected


@given(files=bitten())
@CHECKS
def test_files_with_wrong_bytes_are_read_or_every_mistake_is_listed(
    folders: Iterator[Path], files: Mapping[str, bytes]
) -> None:
    facts, found = outcome(put(next(folders), files))
    assert facts or found
