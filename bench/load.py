"""The load tool: keeps some connections busy with one request and measures the answers.

Every side is driven by it alike. A connection sends its next request as soon as its last was answered, so
that the latency is what a client meets when as many others are asking.
"""

import asyncio
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from typing import cast

import httptools

CONNECTIONS = 8
PATIENCE_SECONDS = 300


class LoadFailed(Exception):
    """A server answered with another status than 200, or not what it answered before, or not at all."""


@dataclass(frozen=True)
class Target:
    """A request to send time and again."""

    port: int
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def message(self) -> bytes:
        """The whole HTTP request."""
        lines = (
            f"POST {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Content-Type: application/json",
            "Accept: application/json",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        )
        return "\r\n".join((*lines, "", "")).encode() + self.body


@dataclass(frozen=True)
class Measured:
    """How a server did under load. Latencies are in seconds, in the order in which the answers came."""

    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def p50(self) -> float:
        """The latency in milliseconds that half of the answers stayed under."""
        return self._percentile(50)

    @property
    def p99(self) -> float:
        """The latency in milliseconds that 99 in 100 answers stayed under."""
        return self._percentile(99)

    def _percentile(self, share: int) -> float:
        if len(self.latencies) < 2:
            return 1000 * sum(self.latencies)
        return 1000 * quantiles(self.latencies, n=100, method="inclusive")[share - 1]


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, message: bytes, expected: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.message = message
        self.expected = expected
        self.until = until
        self.done = done
        self.latencies: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of a class of their own.
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.sent = perf_counter()
        self.transport.write(self.message)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        now = perf_counter()
        self.latencies.append(now - self.sent)
        if self.parser.get_status_code() != 200 or (self.expected and bytes(self.body) != self.expected):
            self.finish(LoadFailed(f"status {self.parser.get_status_code()}: {self.body[:500].decode()}"))
        elif now < self.until:
            # Not from within the parser, which must first come to its end.
            asyncio.get_running_loop().call_soon(self.send)
        else:
            self.finish()

    def connection_lost(self, exc: Exception | None) -> None:
        self.finish(LoadFailed("the server closed the connection"))

    def finish(self, error: Exception | None = None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
            self.transport.close()


async def drive(target: Target, seconds: float, expected: bytes = b"", connections: int = CONNECTIONS) -> Measured:
    """Send the request over all connections for so many seconds.

    Raises LoadFailed, also where an answer is not the `expected` one to the byte.
    """
    loop = asyncio.get_running_loop()
    began = perf_counter()
    message = target.message()
    clients = [_Client(message, expected, began + seconds, loop.create_future()) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", target.port)
    try:
        async with asyncio.timeout(seconds + PATIENCE_SECONDS):
            await asyncio.gather(*(client.done for client in clients))
    except TimeoutError:
        raise LoadFailed(f"no answer within {PATIENCE_SECONDS} seconds") from None
    took = perf_counter() - began
    return Measured(took, tuple(latency for client in clients for latency in client.latencies))
