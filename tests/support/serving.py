"""The API as tests meet it: in this process, and as a real server."""

import asyncio
import socket
import subprocess
from collections.abc import Generator, Mapping
from contextlib import AsyncExitStack, contextmanager
from threading import Thread
from time import sleep
from typing import Any

import httpx
import uvicorn

from api.app import create_app
from api.reader import Reader
from api.service import Reply, Request, Service
from graph.database import connect_async
from graph.modelling import Model
from graph.settings import Connection, Settings

TIMEOUT_SECONDS = 30


class Asker:
    """Asks a service in this process, waiting for each answer."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        self.service = service
        self.runner = runner

    def ask(self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None) -> Reply:
        return self.runner.run(self.service.answer(Request(query, variables or {}, operation_name)))

    def data(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of an answer that must be without errors."""
        reply = self.ask(query, variables)
        assert not reply.errors, reply.errors
        assert reply.data is not None
        return reply.data

    def error(self, query: str, variables: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """Code and message of the only error of a request that must be refused."""
        reply = self.ask(query, variables)
        assert reply.refused
        (error,) = reply.errors
        assert error.extensions is not None
        return error.extensions["code"], error.message


@contextmanager
def asking(connection: Connection, model: Model, timeout: float = TIMEOUT_SECONDS) -> Generator[Asker]:
    """A service on a database, in this process."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def opened() -> Reader:
            driver = await stack.enter_async_context(connect_async(connection))
            return await stack.enter_async_context(Reader(driver, connection.database, timeout))

        try:
            yield Asker(Service(model, runner.run(opened())), runner)
        finally:
            runner.run(stack.aclose())


@contextmanager
def served(connection: Connection, **settings: Any) -> Generator[httpx.Client]:
    """A real uvicorn on a port of its own, and a client of it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = create_app(Settings(**settings).using(connection))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                sleep(0.02)
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def wait_until_ready(client: httpx.Client, process: "subprocess.Popen[str]") -> None:
    """Wait until a server that was started as a process says that it is ready."""
    while process.poll() is None:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        sleep(0.1)
    raise AssertionError(f"The server stopped:\n{process.communicate()[0]}")
