"""What is wrong with the files of a load, each thing with its place, and how that is told to a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loaders.report import Count, count_table

LONGEST_VALUE = 60


class Place(NamedTuple):
    """Where something stands: in a file, on a sheet where it has several, in a row as a spreadsheet numbers it."""

    file: str
    sheet: str | None = None
    row: int | None = None

    def __str__(self) -> str:
        """The place as a message names it."""
        sheet = None if self.sheet is None else f"sheet {self.sheet}"
        row = None if self.row is None else f"row {self.row}"
        return ", ".join(part for part in (self.file, sheet, row) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    The place's row, `column` and `value` are None where it is that of the whole file, the whole row or a missing
    value.
    """

    place: Place
    column: str | None
    value: str | None
    message: str

    def __str__(self) -> str:
        """The problem on one line: `file:row: column = value: message`, for a sheet `file[sheet]:row: …`."""
        file, sheet, row = self.place
        place = file + ("" if sheet is None else f"[{sheet}]") + ("" if row is None else f":{row}")
        cell = " = ".join(part for part in (self.column, shown(self.value)) if part is not None)
        return printable(": ".join(part for part in (place, cell, self.message) if part))


class BadValue(Exception):
    """A cell's text is not a value of its kind; the message says what would be."""


class LoadError(Exception):
    """The files can't be loaded, and nothing of them was.

    `problems` are all that were found, by place; `refused` says how many rows of each type have one.
    """

    def __init__(self, problems: Sequence[Problem], refused: Counter[str]) -> None:
        super().__init__(total(problems))
        self.problems = tuple(problems)
        self.refused = refused


def total(problems: Sequence[Problem]) -> str:
    """How many problems there are, in how many files, and what to do."""
    files = len({problem.place.file for problem in problems})
    count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
    where = "1 file" if files == 1 else f"{files:,} files"
    return f"{count} in {where}. Nothing was loaded: mend the rows named here and load again."


def show(error: LoadError, console: Console) -> None:
    """Print every problem: a table on a terminal, else a line each, for editors and grep."""
    if console.is_terminal:
        console.print(table(error.problems))
    else:
        for problem in error.problems:
            console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    if error.refused:
        console.print(count_table({name: Count(refused=rows) for name, rows in error.refused.items()}))
    console.print(total(error.problems), style="bold red", highlight=False, soft_wrap=True)


def table(problems: Sequence[Problem]) -> Table:
    """The problems as a table for a terminal."""
    made = Table("File", "Row", "Column", "Value", "What is wrong", show_lines=False)
    for problem in problems:
        file = str(problem.place._replace(row=None))
        row = "" if problem.place.row is None else str(problem.place.row)
        cells = (file, row, problem.column or "", shown(problem.value) or "", problem.message)
        made.add_row(*(escape(printable(cell)) for cell in cells))
    return made


def shown(value: str | None) -> str | None:
    """A value quoted, and not too long."""
    if value is None:
        return None
    cut = value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
    return f"'{cut}'"


def printable(text: str) -> str:
    """A text on one line without what a terminal would obey or can't show."""
    return "".join(letter if letter.isprintable() else " " if letter == "\n" else "\ufffd" for letter in text)
