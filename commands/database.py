"""Commands for the Neo4j on this machine, and whether there is one to ask."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from graph import embedded
from graph.database import Database
from graph.errors import SettingsError
from graph.settings import Settings


def start() -> None:
    """Start the database and leave it running."""
    settings = _of_this_machine()
    connection = embedded.start(settings.database_folder, settings.database_heap, stays=True)
    print(f"The database runs at {connection.uri}, user {connection.username}.")
    print(f"Its password is in {settings.database_folder / 'password'}.")


def stop() -> None:
    """Stop the database, whoever uses it."""
    print("Stopped." if embedded.stop(_of_this_machine().database_folder) else "The database was not running.")


def status() -> None:
    """Say whether the database runs, and where."""
    connection = embedded.status(_of_this_machine().database_folder)
    print(f"Runs at {connection.uri}." if connection else "Not running. To start it: partnergraph db start")
    raise typer.Exit(connection is None)


@contextmanager
def database_if_running(settings: Settings) -> Generator[Database | None]:
    """The graph's database, unless it is one of this machine that does not run."""
    connection = settings.connection() if settings.neo4j_uri else embedded.status(settings.database_folder)
    if connection is None:
        yield None
        return
    with Database(connection) as database:
        yield database


def _of_this_machine() -> Settings:
    """The settings, where they leave the database to us."""
    settings = Settings()
    if settings.neo4j_uri is not None:
        raise SettingsError(
            f"NEO4J_URI is set, so the database at {settings.neo4j_uri} is used and none on this machine.",
            "Start and stop that one where it runs, or unset NEO4J_URI.",
        )
    return settings
