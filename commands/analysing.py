"""Commands about the graph as a whole: its analysis, its quality, its health."""

from typing import Annotated

import orjson
import typer
from rich.console import Console

from commands.output import progress_bars
from graph import embedded
from graph.analysis.analyse import analyse as measure_network
from graph.analysis.analyse import is_current
from graph.checks import checks
from graph.database import Database
from graph.doctor import examine
from graph.doctor import show as show_findings
from graph.model import MODEL
from graph.progress import console
from graph.quality import examine as examine_facts
from graph.quality import show as show_report
from graph.settings import Settings
from loaders.runs import touch as raise_revision


def analyse() -> None:
    """Measure the network anew: brokers, groups, isolated parts; a load that changes the graph does so by itself."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        _analyse(database)


def touch() -> None:
    """Say that the graph was changed in Cypher, so that no server gives an answer from before."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        print(f"The graph is at revision {raise_revision(database)}.")


def doctor() -> None:
    """Look whether all is well, and say what to do about each thing that is not."""
    findings = examine(Settings(), MODEL)
    show_findings(findings)
    raise typer.Exit(any(not finding.well for finding in findings))


def quality(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON, for machines.")] = False,
) -> None:
    """Say what is wrong or thin in the graph's facts; the exit code is 1 where anything is wrong."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        found = examine_facts(database, checks(MODEL))
    if as_json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        show_report(found, Console())
    raise typer.Exit(found.errors > 0)


def analyse_if_changed(database: Database) -> None:
    """Measure the network anew where the last analysis is of an earlier graph."""
    if not is_current(database):
        _analyse(database)


def _analyse(database: Database) -> None:
    with progress_bars() as progress:
        found = measure_network(database, MODEL, progress)
    about = f"{found.organisations:,} organisations in {found.contexts:,} communities, projects and pacts"
    console.print(f"Analysed: {about}; {found.groups:,} groups, {found.components:,} parts.", highlight=False)
    if found.betweennessError:
        console.print(
            f"Betweenness is estimated from {found.betweennessSources:,} organisations; "
            f"its standard error is at most {found.betweennessError:.2g}.",
            highlight=False,
        )
