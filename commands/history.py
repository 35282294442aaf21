"""Commands about what loads did to the graph."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from commands.analysing import analyse_if_changed
from commands.output import Json, show_changes
from graph import embedded
from graph.database import Database
from graph.model import MODEL
from graph.progress import console
from graph.settings import Settings
from loaders import history, report
from loaders.log import changes
from loaders.runs import run as one_run
from loaders.runs import runs as all_runs
from loaders.undo import undo as undo_run

RunNumber = Annotated[int, typer.Argument(help="The run's number, as `partnergraph runs` shows it.", min=1)]


def runs(json: Json = False) -> None:
    """List every load and undo, newest first: when, by whom, which files, and what came of it."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        found = all_runs(database)
    if json:
        sys.stdout.buffer.write(history.runs_json(found))
    else:
        history.show_runs(found, Console())


def diff(run: RunNumber, json: Json = False) -> None:
    """Show what a run changed, property by property."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        one_run(database, run)
        show_changes(changes(database, run), json)


def undo(run: RunNumber) -> None:
    """Put the graph back as it was before a run; refused where a later run built on it."""
    settings = Settings()
    with embedded.use(settings) as connection, Database(connection) as database:
        done = undo_run(database, MODEL, run, settings.user)
        console.print(report.count_table(done.counts))
        console.print(f"Undone: run {done.run} took run {run} back.", highlight=False)
        analyse_if_changed(database)
