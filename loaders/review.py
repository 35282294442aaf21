"""The dialogue in which a person says which organisation a record is, one open question after another."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt
from rich.table import Table

from graph.decisions import KNOWN, NAME, OPEN, RECORD, Cells, decide, open_rows

NONE, LATER, STOP = "n", "s", "q"


def review(folder: Path, console: Console) -> None:
    """Ask of every open record which organisation it is; each answer is kept at once. Raises BadDecision."""
    questions = list(open_questions(folder))
    for number, (record, rows) in enumerate(questions, 1):
        console.print(candidates(f"{number} of {len(questions)}: {record}", rows))
        numbers = [str(at) for at in range(1, len(rows) + 1)]
        answer = Prompt.ask(
            f"Is it {' or '.join(numbers)}, {NONE} for none of these, {LATER} for later, {STOP} to stop?",
            choices=[*numbers, NONE, LATER, STOP],
            console=console,
            show_choices=False,
        )
        if answer == STOP:
            break
        if answer != LATER:
            decide(folder, record, None if answer == NONE else rows[int(answer) - 1][KNOWN])
    left = len(list(open_questions(folder)))
    console.print(
        f"{left} left in {folder / OPEN}." if left else "Nothing is open. Load the lists and registers again."
    )


def open_questions(folder: Path) -> Iterator[tuple[str, list[Cells]]]:
    """Every open record, with a row for each organisation that it may be."""
    for record, rows in groupby(open_rows(folder), key=lambda row: row[RECORD]):
        yield record, list(rows)


def candidates(title: str, rows: Sequence[Cells]) -> Table:
    """A record and the organisations that it may be, side by side."""
    table = Table("", "Name", "City", "Website", "Score", title=escape(title), title_justify="left")
    first = rows[0]
    table.add_row("", *(escape(first[column]) for column in (NAME, "city", "website")), "", end_section=True)
    for number, row in enumerate(rows, 1):
        cells = (f"{row['its_name']} ({row[KNOWN]})", row["its_city"], row["its_website"], row["score"])
        table.add_row(str(number), *map(escape, cells))
    return table
