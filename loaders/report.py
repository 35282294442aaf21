"""What a load did, by type, and how that is told to a person."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from rich.console import Console
from rich.table import Table

from loaders.resolve import NOTHING, Resolution


@dataclass(frozen=True)
class Count:
    """What a load did with the nodes or links of one type: with how many of them each."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    refused: int = 0


OUTCOMES = tuple(item.name for item in fields(Count))


@dataclass(frozen=True)
class Report:
    """What a load did with the nodes and links of each type; `revision` is the graph's number after it.

    `skipped` are the files that are what they were when they were loaded last, and so were not read again. `matched` is
    what was found of records without ids.
    """

    counts: Mapping[str, Count]
    revision: int
    run: int
    skipped: tuple[str, ...] = ()
    matched: Resolution = NOTHING

    @property
    def changed(self) -> bool:
        """Whether any fact is another than before."""
        return any(count.added or count.changed or count.withdrawn for count in self.counts.values())


def show(report: Report, console: Console) -> None:
    """Print what a load did."""
    console.print(count_table(report.counts))
    if report.changed:
        console.print(f"Loaded: the graph is at revision {report.revision:,}.", highlight=False)
        console.print(f"This was run {report.run}. To take it back: partnergraph undo {report.run}", highlight=False)
    else:
        console.print("Nothing changed: the graph already holds all of this.", highlight=False)
    show_matched(report.matched, console)


def show_matched(matched: Resolution, console: Console) -> None:
    """Print what was found of records without ids, where there were any."""
    if matched.records:
        known, new = len(matched.same), len(matched.new)
        console.print(
            f"Of {len(matched.records):,} records without an id, {known:,} are known, {new:,} are not.",
            highlight=False,
        )
    if matched.questions:
        console.print(
            f"{len(matched.questions):,} may be known and wait for your decision: run partnergraph review, then load "
            "again.",
            highlight=False,
        )


def count_table(counts: Mapping[str, Count]) -> Table:
    """Counts by type as a table, zeros left blank."""
    table = Table("Type")
    for outcome in OUTCOMES:
        table.add_column(outcome.capitalize(), justify="right")
    for name, count in counts.items():
        numbers = (getattr(count, outcome) for outcome in OUTCOMES)
        table.add_row(name, *(f"{number:,}" if number else "" for number in numbers))
    return table
