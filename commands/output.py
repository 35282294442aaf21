"""How commands show what goes on and what changed."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from graph.progress import console
from loaders import history
from loaders.facts import Change

Json = Annotated[bool, typer.Option("--json", help="Print for programs: JSON, for changes one object a line.")]


def progress_bars() -> Progress:
    """Bars that go once they are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)


def show_changes(told: Iterable[Change], json: bool) -> None:
    """Changes for people, or one JSON object a line."""
    if json:
        for text in history.change_lines(told):
            sys.stdout.buffer.write(text + b"\n")
    else:
        history.show_changes(told, Console())
