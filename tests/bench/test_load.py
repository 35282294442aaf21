import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bench.load import LoadFailed, Measured, Target, drive


@asynccontextmanager
async def answering(status: str, body: bytes) -> AsyncGenerator[int]:
    """The port of a small HTTP server that answers every request alike."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(2)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.ensure_future(serve(reader, writer)))

    serving: list[asyncio.Future[None]] = []
    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
    await asyncio.sleep(0)


def driven(status: str, body: bytes, expected: bytes = b"") -> Measured:
    async def run() -> Measured:
        async with answering(status, body) as port:
            return await drive(Target(port, "/", b"{}"), 0.05, expected)

    return asyncio.run(run())


def test_every_connection_is_kept_busy() -> None:
    found = driven("200 OK", b"yes", b"yes")
    assert len(found.latencies) >= 8
    assert 0 < found.p50 <= found.p99
    assert found.rate == pytest.approx(len(found.latencies) / found.seconds)


def test_an_error_ends_it() -> None:
    with pytest.raises(LoadFailed, match="500"):
        driven("500 Oops", b"no")


def test_another_answer_ends_it() -> None:
    with pytest.raises(LoadFailed, match="changed"):
        driven("200 OK", b"changed", b"same")


def test_percentiles_are_in_milliseconds() -> None:
    found = Measured(1, tuple(number / 1000 for number in range(101)))
    assert (found.p50, found.p99) == pytest.approx((50, 99))
