"""How the API reads: over sessions that are used again, and that nobody uses again once they broke off."""

import asyncio

import psutil
import pytest

from api import reader as reader_module
from api.errors import QueryError
from api.reader import Reader
from graph.database import connect_async
from graph.settings import Connection

ROW = "RETURN [$given] AS data"
LONG = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN [count(a + b)] AS data"
RUNNING = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH 'UNWIND range' RETURN [count(*)] AS data"


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_sessions_are_used_again(connection: Connection) -> None:
    async with connect_async(connection) as driver, Reader(driver, connection.database, 10) as reader:
        for number in range(5):
            assert await reader.row(ROW, {"given": number}) == [number]
        assert len(reader.idle) == 1
        rows = await asyncio.gather(*(reader.row(ROW, {"given": number}) for number in range(20)))
        assert rows == [[number] for number in range(20)]
        assert 1 < len(reader.idle) <= 20


async def test_what_broke_off_is_not_used_again(connection: Connection) -> None:
    async with connect_async(connection) as driver, Reader(driver, connection.database, 10) as reader:
        with pytest.raises(Exception, match="Invalid input"):
            await reader.row("NONSENSE", {})
        assert not reader.idle
        reading = asyncio.create_task(reader.row(LONG, {}))
        while await reader.row(RUNNING, {}) == [0]:
            await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert len(reader.idle) == 1
        assert await reader.row(ROW, {"given": 1}) == [1]
        while await reader.row(RUNNING, {}) != [0]:
            await asyncio.sleep(0.01)


async def test_a_statement_that_takes_too_long_is_stopped(connection: Connection) -> None:
    async with connect_async(connection) as driver, Reader(driver, connection.database, 1) as reader:
        with pytest.raises(QueryError, match="longer than 1 seconds"):
            await reader.row(LONG, {})
        assert not reader.idle


async def test_a_database_that_hangs_is_waited_for_so_long_only(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "PATIENCE_SECONDS", 0.5)
    port = int(connection.uri.rpartition(":")[2])
    (server,) = {
        one.pid for one in psutil.net_connections() if one.status == "LISTEN" and getattr(one.laddr, "port", 0) == port
    }
    async with connect_async(connection) as driver, Reader(driver, connection.database, 1) as reader:
        assert await reader.row(ROW, {"given": 1}) == [1]
        psutil.Process(server).suspend()
        try:
            with pytest.raises(QueryError, match="cannot be reached"):
                await reader.row(ROW, {"given": 2})
        finally:
            psutil.Process(server).resume()
        assert not reader.idle
        assert await reader.row(ROW, {"given": 3}) == [3]
