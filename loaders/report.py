"""What a load did, by type, and how that is told to a person."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Count:
    """How many nodes or links of one type a load added, changed, left as they were, and refused."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Report:
    """What a load did with the nodes and links of each type; `revision` is the graph's number after it."""

    counts: Mapping[str, Count]
    revision: int

    @property
    def changed(self) -> bool:
        """Whether the load wrote anything."""
        return any(count.added or count.changed for count in self.counts.values())


def show(report: Report, console: Console) -> None:
    """Print what a load did."""
    console.print(count_table(report.counts))
    if report.changed:
        console.print(f"Loaded: the graph is at revision {report.revision:,}.", highlight=False)
    else:
        console.print("Nothing changed: the graph already holds all of this.", highlight=False)


def count_table(counts: Mapping[str, Count]) -> Table:
    """Counts by type as a table, zeros left blank."""
    table = Table("Type")
    for heading in ("Added", "Changed", "Unchanged", "Refused"):
        table.add_column(heading, justify="right")
    for name, count in counts.items():
        numbers = (count.added, count.changed, count.unchanged, count.refused)
        table.add_row(name, *(f"{number:,}" if number else "" for number in numbers))
    return table
