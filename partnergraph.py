"""The command line: the commands of `commands/`, in the order of their list."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from commands import analysing, database, history, loading, queries, serving
from graph.errors import OperatorError
from graph.progress import console
from loaders import problems
from loaders.problems import LoadError

app = typer.Typer(
    help="The knowledge graph of the partners and learning communities around the Dutch topsectors.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    serving.up,
    loading.load,
    loading.review,
    history.runs,
    history.diff,
    history.undo,
    loading.check,
    loading.template,
    analysing.analyse,
    analysing.touch,
    serving.serve,
    queries.schema,
    queries.explain,
    analysing.doctor,
    analysing.quality,
):
    app.command()(command)

db = typer.Typer(help="The Neo4j on this machine, for when NEO4J_URI is not set.", no_args_is_help=True)
for command in (database.start, database.stop, database.status):
    db.command()(command)
app.add_typer(db, name="db")


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
