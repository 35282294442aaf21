"""Runs and what they changed, told to a person as tables or to a program as JSON."""

from collections.abc import Iterable, Iterator

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.provenance import KEPT
from loaders.facts import Action, Change
from loaders.log import line
from loaders.problems import printable
from loaders.report import OUTCOMES
from loaders.runs import Outcome, Run

LONGEST_VALUE = 80
MARKS = {
    Action.ADDED: "[green]+[/green]",
    Action.RESTORED: "[green]+[/green]",
    Action.CHANGED: "[yellow]~[/yellow]",
    Action.WITHDRAWN: "[red]-[/red]",
    Action.REMOVED: "[red]-[/red]",
}


def show_runs(runs: Iterable[Run], console: Console) -> None:
    """Print runs, one in a row."""
    table = Table("Run", "Started", "Took", "By", "What came of it", "Files")
    for run in runs:
        started = run.started.astimezone().strftime("%Y-%m-%d %H:%M")
        took = f"{(run.finished - run.started).total_seconds():.1f} s" if run.finished else ""
        files = [f"{file.name} ({file.sha256[:8]}{', the same' if file.skipped else ''})" for file in run.files]
        table.add_row(str(run.number), started, took, escape(run.by), what_came(run), escape("\n".join(files)))
    console.print(table)


def what_came(run: Run) -> str:
    """What came of a run, in a few words."""
    if run.outcome is Outcome.UNFINISHED:
        return "unfinished: the next run takes it back"
    totals = {word: sum(getattr(count, word) for count in run.counts.values()) for word in OUTCOMES}
    told = ", ".join(f"{number:,} {word}" for word, number in totals.items() if number) or "nothing to do"
    if run.outcome is Outcome.REFUSED:
        told = f"refused: {run.problems:,} problems" if run.problems else "refused: it would withdraw too much"
    if run.undoes is not None:
        told = f"undid run {run.undoes}: {told}"
    return f"{told}; undone by run {run.undone_by}" if run.undone_by is not None else told


def runs_json(runs: Iterable[Run]) -> bytes:
    """Runs as JSON."""
    return orjson.dumps(list(runs), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def change_lines(changes: Iterable[Change]) -> Iterator[bytes]:
    """Changes as JSON Lines: one object each."""
    for change in changes:
        if change.action is not Action.MOVED:
            yield line(change)


def show_changes(changes: Iterable[Change], console: Console) -> None:
    """Print changes, a row for each property of each that differs."""
    table = Table("", "Type", "Of what", "Property", "Before", "After")
    for change in changes:
        if change.action is Action.MOVED:
            continue
        first = [MARKS[change.action], change.type, escape(printable(of_what(change)))]
        for name in told_properties(change):
            values = (escape(shown(side.get(name))) for side in (change.before, change.after))
            table.add_row(*first, name, *values)
            first = ["", "", ""]
        if first[0]:
            table.add_row(*first, change.action, "", "")
    console.print(table)


def told_properties(change: Change) -> list[str]:
    """The properties of which a change is told: not the history, unless nothing else differs."""
    differing = list(dict.fromkeys((*change.before, *change.after)))
    return [name for name in differing if name not in KEPT] or (
        ["statements"] if change.action is Action.CHANGED and "statements" in differing else []
    )


def of_what(change: Change) -> str:
    """What a change is of."""
    return f"{change.key.id} → {change.key.to_id}" if change.key.link else change.key.id


def shown(value: str | float | list[str] | None) -> str:
    """A value on one line, and not too long."""
    if value is None:
        return ""
    text = printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
