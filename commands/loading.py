"""Commands that take files: load, check, review, and the empty ones to fill in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from commands.analysing import analyse_if_changed
from commands.database import database_if_running
from commands.output import Json, progress_bars, show_changes
from graph import embedded
from graph.database import Database
from graph.decisions import MATCHING
from graph.errors import SettingsError
from graph.model import MODEL
from graph.progress import console
from graph.settings import Settings
from loaders import report
from loaders.bulk import load_in_bulk
from loaders.encodings import Encoding
from loaders.facts import Change
from loaders.fetch import is_address
from loaders.load import check_files, rehearse
from loaders.load import load as load_files
from loaders.matching import Matching
from loaders.read import Options
from loaders.read_csv import Delimiter
from loaders.registers import REGISTERS, RegisterName
from loaders.review import review as ask_for_decisions
from loaders.template import layout_of
from loaders.template import template as make_template

DATA = Path(__file__).parents[1] / "data"

Files = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, folders of files, or addresses of files; the project's own data when none are given.",
        show_default=False,
    ),
]
AnEncoding = Annotated[
    Encoding | None,
    typer.Option("--encoding", help="What CSV files are written in, where that can't be told from their bytes."),
]
ARegister = Annotated[
    RegisterName | None,
    typer.Option("--from", help="The register whose files these are, which fills in the organisations that we know."),
]
ADelimiter = Annotated[
    Delimiter | None,
    typer.Option("--delimiter", help="What divides the cells of CSV files, where their headings don't tell."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show every change that the load would make; write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Load even if that withdraws over 20 % of a type.")]
Bulk = Annotated[
    bool, typer.Option("--bulk", help="First load of very much: by Neo4j's own bulk import, into an empty database.")
]


def load(
    files: Files = None,
    encoding: AnEncoding = None,
    delimiter: ADelimiter = None,
    register: ARegister = None,
    *,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,
    bulk: Bulk = False,
) -> None:
    """Load CSV, .xlsx and .jsonl files into the graph: all of them or, where anything is wrong with one, nothing.

    What a file stated before and no longer does is withdrawn, unless another file states it.
    """
    settings, options = Settings(), Options(encoding, delimiter)
    if register and not files:
        raise typer.BadParameter(f"Name the files of {register}, or the folder they are in.", param_hint="FILES")
    matching = Matching(MATCHING, REGISTERS[register] if register else None)
    if bulk and dry_run:
        raise typer.BadParameter("A dry run writes nothing, so it is the same for every load.", param_hint="--bulk")
    if bulk:
        with progress_bars() as progress:
            done = load_in_bulk(settings, MODEL, _places(files), progress, options, by=settings.user, matching=matching)
        report.show(done, console)
        with embedded.use(settings) as connection, Database(connection) as database:
            analyse_if_changed(database)
        return
    with embedded.use(settings) as connection, Database(connection) as database:
        if dry_run:
            _rehearse(database, _places(files), options, json, matching)
        else:
            load_and_analyse(database, _places(files), options, by=settings.user, may_withdraw=yes, matching=matching)


def review() -> None:
    """Ask which organisations the records are that loads could not tell for sure; each answer counts for ever."""
    ask_for_decisions(MATCHING, console)


def check(files: Files = None, encoding: AnEncoding = None, delimiter: ADelimiter = None) -> None:
    """Say everything that is wrong with files, and touch nothing.

    Links may lead to what the graph already holds, where its database runs; else the files stand alone.
    """
    with database_if_running(Settings()) as database, progress_bars() as progress:
        nodes, links = check_files(database, MODEL, _places(files), progress, Options(encoding, delimiter))
    print(f"All is well: {nodes:,} nodes and {links:,} links.")


def template(
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="A type of the model, such as partners, or links.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write.", show_default="TYPE.xlsx")
    ] = None,
) -> None:
    """Write an empty Excel file for a type: its columns, what they mean, and drop-downs for their values."""
    layout = layout_of(kind, MODEL)
    if layout is None:
        names = ", ".join(["links", *(node.plural for node in MODEL.nodes)])
        raise typer.BadParameter(f"There is no type {kind!r}: it is one of {names}.", param_hint="TYPE")
    path = output or Path(f"{layout.name}.xlsx")
    try:
        with path.open("xb") as file:
            make_template(layout, MODEL).save(file)
    except OSError as error:
        raise SettingsError(f"{path} can't be written: {error.strerror}.", "Give another name: -o FILE") from None
    print(f"Fill in {path}, then: partnergraph load {path}")


def load_and_analyse(
    database: Database,
    paths: Sequence[Path | str],
    options: Options,
    *,
    by: str,
    may_withdraw: bool = False,
    matching: Matching | None = None,
) -> None:
    """Load files as `load` does, say what came of it, and measure the network anew."""
    with progress_bars() as progress:
        done = load_files(
            database, MODEL, paths, progress, options, by=by, may_withdraw=may_withdraw, matching=matching
        )
    report.show(done, console)
    analyse_if_changed(database)


def _places(names: list[str] | None) -> list[Path | str]:
    """Where the files are that a user names."""
    return [name if is_address(name) else Path(name) for name in names or [str(DATA)]]


def _rehearse(
    database: Database, paths: Sequence[Path | str], options: Options, json: bool, matching: Matching
) -> None:
    told: list[Change] = []
    with progress_bars() as progress:
        would = rehearse(database, MODEL, paths, progress, options, tell=told.append, matching=matching)
    show_changes(told, json)
    console.print(report.count_table(would.counts))
    report.show_matched(would.matched, console)
    console.print("Nothing was written: this is what the load would do.", highlight=False)
