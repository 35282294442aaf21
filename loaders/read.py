"""Files into rows, each with its place: what a file's own form can have wrong is found here."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TextIO

from rich.progress import Progress

from graph.modelling import Model
from loaders.columns import Column, Layout, layout_name, layouts
from loaders.problems import Problem

SUFFIX = ".csv"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HEADINGS_ROW = 1
LONGEST_CELL = 100_000
# What is not UTF-8 is read as lone surrogates, so that each cell with some in it can be named.
NOT_UTF_8 = re.compile("[\udc80-\udcff]")
LOST_LETTER = "\ufffd"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells, in the order of its table's columns. Not `whole` where it had too many or too few."""

    number: int
    cells: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Table:
    """A file's rows. `layout` is None where the file's name says nothing; `columns` has None for an unknown one."""

    file: str
    layout: Layout | None
    columns: tuple[Column | None, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each column stands, by its own heading, whatever the file calls it; by the file's where unknown."""
        both = zip(self.columns, self.headings, strict=True)
        own = [column.heading if column else heading.lower() for column, heading in both]
        return {heading: own.index(heading) for heading in own}

    def cell(self, row: Row, heading: str) -> str:
        """The text of a row's cell, by its column's own heading; empty where there is no such column."""
        at = self.positions.get(heading)
        return "" if at is None else row.cells[at]

    def problem(self, row: Row, heading: str, message: str) -> Problem:
        """A problem of a row's cell, by its column's own heading, but named as the file names it."""
        at = self.positions.get(heading)
        written = heading if at is None else self.headings[at]
        return Problem(self.file, row.number, written, self.cell(row, heading) or None, message)


@dataclass(frozen=True)
class Reading:
    """All that was read: the tables, in the order in which they were named, and what is wrong with them."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]


def read(paths: Sequence[Path], model: Model, progress: Progress) -> Reading:
    """Read files, and all files of folders. Never raises: what can't be read is a problem."""
    known = layouts(model)
    tables: list[Table] = []
    problems: list[Problem] = []
    for path in files(paths, problems):
        table = read_file(path, known, progress, problems)
        if table is not None:
            tables.append(table)
    return Reading(tuple(tables), tuple(problems))


def files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    """The files that paths stand for, each once; a folder stands for those in it, by name."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = sorted(item for item in path.iterdir() if readable(item))
            if not found:
                problems.append(whole_file(path, f"There is no {SUFFIX} file in this folder."))
        elif not path.exists():
            found = []
            problems.append(whole_file(path, "There is no such file or folder: check the name."))
        elif path.suffix.lower() != SUFFIX:
            found = []
            problems.append(whole_file(path, f"Only {SUFFIX} files can be loaded: save it as CSV (UTF-8, commas)."))
        else:
            found = [path]
        for item in found:
            if (real := item.resolve()) not in seen:
                seen.add(real)
                yield item


def readable(path: Path) -> bool:
    """Whether a file in a folder is meant to be loaded; hidden files are an editor's or a spreadsheet's own."""
    return path.suffix.lower() == SUFFIX and path.is_file() and not path.name.startswith(".")


def whole_file(path: Path, message: str) -> Problem:
    """A problem of a file as such."""
    return Problem(str(path), None, None, None, message)


def read_file(path: Path, known: Mapping[str, Layout], progress: Progress, problems: list[Problem]) -> Table | None:
    """One file's table, adding what is wrong to `problems`; None where it has no rows to speak of."""
    name = layout_name(path, known)
    if name is None:
        near = get_close_matches(path.stem.lower(), known, n=1)
        hint = f"did you mean {near[0]}{SUFFIX}?" if near else f"it must begin with one of {', '.join(sorted(known))}."
        problems.append(whole_file(path, f"The file's name says no node type and no links: {hint}"))
    try:
        with path.open("rb") as start:
            if start.read(2) in UTF_16_MARKS:
                problems.append(whole_file(path, "The file is UTF-16: save it as CSV UTF-8."))
                return None
        with progress.open(
            path, "r", encoding="utf-8-sig", errors="surrogateescape", newline="", description=f"Reading {path.name}"
        ) as text:
            return read_table(str(path), text, known[name] if name else None, problems)
    except OSError as error:
        problems.append(whole_file(path, f"The file can't be read: {error.strerror}."))
        return None


def read_table(file: str, text: TextIO, layout: Layout | None, problems: list[Problem]) -> Table | None:
    """The table in an open file, adding what is wrong to `problems`; None where it has no headings."""
    lines = records(file, text, problems)
    number, written = next(lines, (HEADINGS_ROW, list[str]()))
    headings = tuple(legible(clean(heading)) for heading in written)
    if not any(headings):
        problems.append(Problem(file, None, None, None, "The file is empty: it must begin with a row of headings."))
        return None
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(headings) == 1 and mark in headings[0]:
            message = f"The columns are divided by {name}: save the file with commas."
            problems.append(Problem(file, number, None, headings[0], message))
            return None
    columns: tuple[Column | None, ...] = (None,) * len(headings)
    if layout is not None:
        columns = tuple(layout.by_heading.get(heading.lower()) for heading in headings)
        problems.extend(heading_problems(file, number, headings, columns, layout))
    rows = tuple(read_rows(file, lines, headings, problems))
    if not rows:
        problems.append(Problem(file, None, None, None, "The file has headings but no rows."))
    return Table(file, layout, columns, headings, rows)


def records(file: str, text: TextIO, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The file's rows that hold anything, each with its number; one that isn't CSV is a problem."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f'The row is not CSV ({error}): look for a " that is not closed or not doubled.'
            problems.append(Problem(file, number, None, None, message))
            continue
        if cells:
            yield number, cells


def heading_problems(
    file: str, row: int, headings: Sequence[str], columns: Sequence[Column | None], layout: Layout
) -> Iterator[Problem]:
    """Columns that nobody knows, that stand there twice, or that are missing."""
    seen: dict[Column, str] = {}
    for at, (heading, column) in enumerate(zip(headings, columns, strict=True), 1):
        if not heading:
            yield Problem(file, row, f"column {at}", "", "The column has no heading: name it or delete it.")
        elif column is None:
            near = get_close_matches(heading.lower(), layout.by_heading, n=1)
            allowed = ", ".join(item.heading for item in layout.columns)
            hint = f"Did you mean {near[0]}?" if near else f"The columns are: {allowed}."
            yield Problem(file, row, heading, None, f"There is no such column. {hint}")
        elif column in seen:
            before = seen[column]
            same = "stands here twice" if before == heading else f"means the same as the column {before}"
            yield Problem(file, row, heading, None, f"The column {same}: keep one.")
        else:
            seen[column] = heading
    for column in layout.columns:
        if column.required and column not in seen:
            yield Problem(file, row, column.heading, None, "The column is missing: every row needs it.")


def read_rows(
    file: str, lines: Iterable[tuple[int, list[str]]], headings: Sequence[str], problems: list[Problem]
) -> Iterator[Row]:
    """Rows with as many cells as there are headings; those with more, fewer or unreadable ones are problems."""
    for number, written in lines:
        cells = tuple(clean(cell) for cell in written)
        if not any(cells):
            continue
        problems.extend(row_problems(file, number, cells, headings))
        whole = len(cells) == len(headings)
        fitting = cells if whole else (*cells, *[""] * len(headings))[: len(headings)]
        yield Row(number, tuple(legible(cell) for cell in fitting), whole)


def clean(cell: str) -> str:
    """A cell without the space around it, and with each letter in its one composed form."""
    cell = cell.strip()
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)


def row_problems(file: str, number: int, cells: Sequence[str], headings: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a row before its meaning is looked at."""
    if len(cells) != len(headings):
        message = f"The row has {len(cells)} cells, the headings are {len(headings)}: look for a comma too many or few."
        yield Problem(file, number, None, None, message)
    for heading, cell in zip(headings, cells, strict=False):
        if cell.isascii() and cell.isprintable():
            continue
        if NOT_UTF_8.search(cell):
            message = "The cell is not UTF-8: save the file as CSV UTF-8."
            yield Problem(file, number, heading, legible(cell), message)
        elif LOST_LETTER in cell:
            message = "A letter was lost when the file was saved before: type the cell anew and save as CSV UTF-8."
            yield Problem(file, number, heading, cell, message)
        elif CONTROL.search(cell):
            yield Problem(file, number, heading, cell, "The cell has a control character in it: type it anew.")


def legible(cell: str) -> str:
    """A cell as it is if it is UTF-8, else as Windows-1252, which is what such files mostly are."""
    if cell.isascii() or not NOT_UTF_8.search(cell):
        return cell
    return cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
