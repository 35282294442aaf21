"""The command line: one short function for each command."""

import json
import os
import signal
import socket
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import orjson
import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.app import create_app
from api.explain import Explainer
from api.schema import build_schema
from graph import embedded
from graph.analysis.analyse import analyse as measure_network
from graph.analysis.analyse import is_current
from graph.checks import checks
from graph.database import Database
from graph.decisions import MATCHING
from graph.doctor import examine
from graph.doctor import show as show_findings
from graph.errors import OperatorError, SettingsError
from graph.model import MODEL
from graph.progress import console
from graph.quality import examine as examine_facts
from graph.quality import show as show_report
from graph.settings import Settings
from loaders import history, problems, report
from loaders.bulk import load_in_bulk
from loaders.encodings import Encoding
from loaders.facts import Change
from loaders.fetch import is_address
from loaders.load import check_files, rehearse
from loaders.load import load as load_files
from loaders.log import changes
from loaders.matching import Matching
from loaders.problems import LoadError
from loaders.read import Options
from loaders.read_csv import Delimiter
from loaders.registers import REGISTERS, RegisterName
from loaders.review import review as ask_for_decisions
from loaders.runs import run as one_run
from loaders.runs import runs as all_runs
from loaders.runs import touch as raise_revision
from loaders.template import layout_of
from loaders.template import template as make_template
from loaders.undo import undo as undo_run

DATA = Path(__file__).parent / "data"

app = typer.Typer(
    help="The knowledge graph of the partners and learning communities around the Dutch topsectors.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
db = typer.Typer(help="The Neo4j on this machine, for when NEO4J_URI is not set.", no_args_is_help=True)
app.add_typer(db, name="db")

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
Json = Annotated[bool, typer.Option("--json", help="Print for programs: JSON, for changes one object a line.")]
RunNumber = Annotated[int, typer.Argument(help="The run's number, as `partnergraph runs` shows it.", min=1)]
Host = Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="The port to listen on.", show_default="8000, or PORT", min=1, max=65535)
]
Workers = Annotated[int, typer.Option(help="How many processes answer.", min=1)]


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"this is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise typer.BadParameter('give a JSON object, such as \'{"id": "partner-ser"}\'.')
    return found  # pyright: ignore[reportUnknownVariableType]


QueryFile = Annotated[
    typer.FileText, typer.Argument(encoding="utf-8", help="A GraphQL document; - for standard input.")
]
Variables = Annotated[
    Any,
    typer.Option(parser=_json_object, metavar="JSON", help="The query's variables.", show_default=False),
]
Operation = Annotated[str | None, typer.Option(help="Which of the document's operations.", show_default=False)]
Profile = Annotated[bool, typer.Option("--profile", help="Run it, to see real rows and database hits.")]


@app.command()
def up(host: Host = None, port: Port = None, workers: Workers = 1) -> None:
    """Start the database, load the data where it is not loaded yet, and serve the API until Ctrl-C."""
    settings = Settings()
    _ensure_free(host or settings.host, port or settings.port)
    with embedded.use(settings) as connection:
        with Database(connection) as database:
            _load(database, [DATA], Options(), by=settings.user)
        _serve(settings.using(connection), host, port, workers)


@app.command()
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
        with _progress() as progress:
            done = load_in_bulk(settings, MODEL, _places(files), progress, options, by=settings.user, matching=matching)
        report.show(done, console)
        with embedded.use(settings) as connection, Database(connection) as database:
            _analyse_if_changed(database)
        return
    with embedded.use(settings) as connection, Database(connection) as database:
        if dry_run:
            _rehearse(database, _places(files), options, json, matching)
        else:
            _load(database, _places(files), options, by=settings.user, may_withdraw=yes, matching=matching)


@app.command()
def review() -> None:
    """Ask which organisations the records are that loads could not tell for sure; each answer counts for ever."""
    ask_for_decisions(MATCHING, console)


@app.command()
def runs(json: Json = False) -> None:
    """List every load and undo, newest first: when, by whom, which files, and what came of it."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        found = all_runs(database)
    if json:
        sys.stdout.buffer.write(history.runs_json(found))
    else:
        history.show_runs(found, Console())


@app.command()
def diff(run: RunNumber, json: Json = False) -> None:
    """Show what a run changed, property by property."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        one_run(database, run)
        _show_changes(changes(database, run), json)


@app.command()
def undo(run: RunNumber) -> None:
    """Put the graph back as it was before a run; refused where a later run built on it."""
    settings = Settings()
    with embedded.use(settings) as connection, Database(connection) as database:
        done = undo_run(database, MODEL, run, settings.user)
        console.print(report.count_table(done.counts))
        console.print(f"Undone: run {done.run} took run {run} back.", highlight=False)
        _analyse_if_changed(database)


@app.command()
def check(files: Files = None, encoding: AnEncoding = None, delimiter: ADelimiter = None) -> None:
    """Say everything that is wrong with files, and touch nothing.

    Links may lead to what the graph already holds, where its database runs; else the files stand alone.
    """
    with _database_if_running(Settings()) as database, _progress() as progress:
        nodes, links = check_files(database, MODEL, _places(files), progress, Options(encoding, delimiter))
    print(f"All is well: {nodes:,} nodes and {links:,} links.")


@app.command()
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


@app.command()
def analyse() -> None:
    """Measure the network anew: brokers, groups, isolated parts; a load that changes the graph does so by itself."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        _analyse(database)


@app.command()
def touch() -> None:
    """Say that the graph was changed in Cypher, so that no server gives an answer from before."""
    with embedded.use(Settings()) as connection, Database(connection) as database:
        print(f"The graph is at revision {raise_revision(database)}.")


@app.command()
def serve(host: Host = None, port: Port = None, workers: Workers = 1) -> None:
    """Serve the API until Ctrl-C; load nothing."""
    settings = Settings()
    _ensure_free(host or settings.host, port or settings.port)
    with embedded.use(settings) as connection:
        _serve(settings.using(connection), host, port, workers)


@app.command()
def schema() -> None:
    """Print the GraphQL schema (schema.graphql is this command's output)."""
    print(build_schema(MODEL).as_str())


@app.command()
def explain(
    query_file: QueryFile, variables: Variables = "{}", operation: Operation = None, profile: Profile = False
) -> None:
    """Show what becomes of a GraphQL query: its plan, its Cypher with parameters and, where the database runs,
    how that would carry it out.
    """
    explained = Explainer(MODEL).explain(query_file.read(), variables, operation, query_file.name)
    print(explained.outline())
    if explained.text:
        print(
            f"\n{explained.cypher()}\n\n{json.dumps(explained.parameters, indent=2, ensure_ascii=False, default=str)}"
        )
        with _database_if_running(Settings()) as database:
            if database is None:
                console.print("The database does not run. To see its plan: partnergraph db start")
            else:
                print(f"\n{database.cost(explained.text, explained.parameters, run=profile).table}")


@app.command()
def doctor() -> None:
    """Look whether all is well, and say what to do about each thing that is not."""
    findings = examine(Settings(), MODEL)
    show_findings(findings)
    raise typer.Exit(any(not finding.well for finding in findings))


@app.command()
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


@db.command()
def start() -> None:
    """Start the database and leave it running."""
    settings = _of_this_machine()
    connection = embedded.start(settings.database_folder, settings.database_heap, stays=True)
    print(f"The database runs at {connection.uri}, user {connection.username}.")
    print(f"Its password is in {settings.database_folder / 'password'}.")


@db.command()
def stop() -> None:
    """Stop the database, whoever uses it."""
    print("Stopped." if embedded.stop(_of_this_machine().database_folder) else "The database was not running.")


@db.command()
def status() -> None:
    """Say whether the database runs, and where."""
    connection = embedded.status(_of_this_machine().database_folder)
    print(f"Runs at {connection.uri}." if connection else "Not running. To start it: partnergraph db start")
    raise typer.Exit(connection is None)


def _of_this_machine() -> Settings:
    """The settings, where they leave the database to us."""
    settings = Settings()
    if settings.neo4j_uri is not None:
        raise SettingsError(
            f"NEO4J_URI is set, so the database at {settings.neo4j_uri} is used and none on this machine.",
            "Start and stop that one where it runs, or unset NEO4J_URI.",
        )
    return settings


def _places(names: list[str] | None) -> list[Path | str]:
    """Where the files are that a user names."""
    return [name if is_address(name) else Path(name) for name in names or [str(DATA)]]


def _load(
    database: Database,
    paths: Sequence[Path | str],
    options: Options,
    *,
    by: str,
    may_withdraw: bool = False,
    matching: Matching | None = None,
) -> None:
    with _progress() as progress:
        done = load_files(
            database, MODEL, paths, progress, options, by=by, may_withdraw=may_withdraw, matching=matching
        )
    report.show(done, console)
    _analyse_if_changed(database)


def _analyse_if_changed(database: Database) -> None:
    if not is_current(database):
        _analyse(database)


def _analyse(database: Database) -> None:
    with _progress() as progress:
        found = measure_network(database, MODEL, progress)
    about = f"{found.organisations:,} organisations in {found.contexts:,} communities, projects and pacts"
    console.print(f"Analysed: {about}; {found.groups:,} groups, {found.components:,} parts.", highlight=False)
    if found.betweennessError:
        console.print(
            f"Betweenness is estimated from {found.betweennessSources:,} organisations; "
            f"its standard error is at most {found.betweennessError:.2g}.",
            highlight=False,
        )


def _rehearse(
    database: Database, paths: Sequence[Path | str], options: Options, json: bool, matching: Matching
) -> None:
    told: list[Change] = []
    with _progress() as progress:
        would = rehearse(database, MODEL, paths, progress, options, tell=told.append, matching=matching)
    _show_changes(told, json)
    console.print(report.count_table(would.counts))
    report.show_matched(would.matched, console)
    console.print("Nothing was written: this is what the load would do.", highlight=False)


def _show_changes(told: Iterable[Change], json: bool) -> None:
    if json:
        for text in history.change_lines(told):
            sys.stdout.buffer.write(text + b"\n")
    else:
        history.show_changes(told, Console())


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)


@contextmanager
def _database_if_running(settings: Settings) -> Generator[Database | None]:
    """The graph's database, unless it is one of this machine that does not run."""
    connection = settings.connection() if settings.neo4j_uri else embedded.status(settings.database_folder)
    if connection is None:
        yield None
        return
    with Database(connection) as database:
        yield database


def _ensure_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"The API can't listen on {host}, port {port}: {error.strerror}.",
                "Choose another port: PORT=8001 make run, or --port 8001.",
            ) from error


def _serve(settings: Settings, host: str | None, port: int | None, workers: int) -> None:
    host, port = host or settings.host, port or settings.port
    console.print(f"[bold]partnergraph answers at http://{host}:{port}[/bold] (Ctrl-C stops it)", highlight=False)
    if workers == 1:
        uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", access_log=False)
        return
    # Each worker is a process of its own, which finds its settings in the environment.
    os.environ.update(settings.environment())
    uvicorn.run(
        "api.app:create_app", factory=True, host=host, port=port, workers=workers, log_level="warning", access_log=False
    )


def _leave(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 the data or the world is wrong, 2 usage."""
    # So that whatever we started is stopped in order, as with Ctrl-C.
    signal.signal(signal.SIGTERM, _leave)
    try:
        app()
    except LoadError as error:
        problems.show(error, console)
        sys.exit(1)
    except OperatorError as error:
        console.print(f"[bold red]{error.message}[/bold red]", highlight=False, soft_wrap=True)
        console.print(error.remedy, highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
