"""The limit: the raw driver runs the very statement that the compiler made, and orjson writes what it read.

There are two of it. `drive` runs in this process with nothing around it. `app`, served by uvicorn as a bare
ASGI application, adds what any HTTP server in Python must: a request read and a response sent. Neither makes
GraphQL's response of what was read.
"""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import orjson
from neo4j import READ_ACCESS, AsyncDriver

from bench.load import CONNECTIONS, Measured
from graph.database import connect_async
from graph.settings import Connection, Settings


async def ask(driver: AsyncDriver, text: str, parameters: Mapping[str, Any]) -> bytes:
    """What a statement reads, as JSON."""
    async with driver.session(default_access_mode=READ_ACCESS, fetch_size=-1) as session:  # pyright: ignore[reportUnknownMemberType]
        result = await session.run(text, dict(parameters))  # pyright: ignore[reportArgumentType]
        record = await result.single(strict=True)
        return orjson.dumps(record[0])


async def drive(
    connection: Connection,
    text: str,
    parameters: Mapping[str, Any],
    seconds: float,
    sessions: int = CONNECTIONS,
) -> Measured:
    """Keep as many sessions busy with the statement as the load tool has connections."""
    latencies: list[float] = []
    async with connect_async(connection) as driver:
        began = perf_counter()

        async def client() -> None:
            now = perf_counter()
            while now < began + seconds:
                await ask(driver, text, parameters)
                latencies.append(perf_counter() - now)
                now = perf_counter()

        await asyncio.gather(*(client() for _ in range(sessions)))
        return Measured(perf_counter() - began, tuple(latencies))


class App:
    """An ASGI application that answers a request with what the statement in it reads."""

    def __init__(self) -> None:
        self.driver: AsyncDriver | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if self.driver is None:
            self.driver = connect_async(Settings().connection())
        given = orjson.loads(body)
        found = await ask(self.driver, given["statement"], given["parameters"])
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(found)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found})


app = App()
