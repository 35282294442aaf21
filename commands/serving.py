"""Commands that serve the API."""

import os
import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from commands.loading import DATA, load_and_analyse
from graph import embedded
from graph.database import Database
from graph.errors import SettingsError
from graph.progress import console
from graph.settings import Settings
from loaders.read import Options

Host = Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="The port to listen on.", show_default="8000, or PORT", min=1, max=65535)
]
Workers = Annotated[int, typer.Option(help="How many processes answer.", min=1)]


def up(host: Host = None, port: Port = None, workers: Workers = 1) -> None:
    """Start the database, load the data where it is not loaded yet, and serve the API until Ctrl-C."""
    settings = Settings()
    _ensure_free(host or settings.host, port or settings.port)
    with embedded.use(settings) as connection:
        with Database(connection) as database:
            load_and_analyse(database, [DATA], Options(), by=settings.user)
        _serve(settings.using(connection), host, port, workers)


def serve(host: Host = None, port: Port = None, workers: Workers = 1) -> None:
    """Serve the API until Ctrl-C; load nothing."""
    settings = Settings()
    _ensure_free(host or settings.host, port or settings.port)
    with embedded.use(settings) as connection:
        _serve(settings.using(connection), host, port, workers)


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
