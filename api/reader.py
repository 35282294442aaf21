"""How the API reads the graph: one auto-commit statement on the event loop, with a time limit and retries."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, LiteralString, Self, cast

from neo4j import READ_ACCESS, AsyncDriver, AsyncSession, Query
from neo4j.api import AsyncBookmarkManager
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from api.errors import Code, QueryError

RETRIES = 3
FIRST_WAIT_SECONDS = 0.05
PATIENCE_SECONDS = 5
"""How much longer than a statement may take its answer is waited for, which the database itself should have sent."""
TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOut"
OUT_OF_MEMORY = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
UNREACHABLE = "The database cannot be reached just now. Try again in a moment."


class Reader:
    """Reads from one Neo4j database. Statements taking over `timeout` seconds are stopped by the database.

    A context manager. Sessions are used again, since making one is a good part of what the driver does.
    """

    def __init__(self, driver: AsyncDriver, database: str, timeout: float) -> None:
        self.driver = driver
        self.database = database
        self.timeout = timeout
        self.idle: list[AsyncSession] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self.idle:
            await self.idle.pop().close()

    async def row(self, text: str, parameters: Mapping[str, Any]) -> list[Any]:
        """The first value of the only record of a statement.

        Raises QueryError (QUERY_TIMEOUT, QUERY_TOO_LARGE, DATABASE_UNAVAILABLE).
        """
        query = Query(cast(LiteralString, text), timeout=self.timeout)
        for attempt in range(RETRIES + 1):
            try:
                # Reads are idempotent, so retrying here spares the cost of an explicit transaction.
                async with asyncio.timeout(self.timeout + PATIENCE_SECONDS):
                    return await self._once(query, dict(parameters))
            except TimeoutError as error:
                raise QueryError(UNREACHABLE, Code.UNAVAILABLE) from error
            except (DriverError, Neo4jError) as error:
                if attempt == RETRIES or not error.is_retryable() or _code(error) == OUT_OF_MEMORY:
                    raise self._explained(error) from error
                await asyncio.sleep(FIRST_WAIT_SECONDS * 2**attempt)
        raise AssertionError("the loop above returns or raises")

    async def _once(self, query: Query, parameters: dict[str, Any]) -> list[Any]:
        session = self.idle.pop() if self.idle else self._session()
        try:
            result = await session.run(query, parameters)
            record = await result.single(strict=True)
        except BaseException:
            # The session ends as it must for what went wrong, and is not used again.
            async with session:
                raise
        self.idle.append(session)
        return record[0]

    def _session(self) -> AsyncSession:
        return self.driver.session(  # pyright: ignore[reportUnknownMemberType]
            database=self.database,
            default_access_mode=READ_ACCESS,
            fetch_size=-1,
            bookmark_manager=NoBookmarks(),
        )

    def _explained(self, error: DriverError | Neo4jError) -> Exception:
        code = _code(error)
        if code.startswith(TIMED_OUT):
            return QueryError(
                f"The query took longer than {self.timeout:g} seconds and was stopped. "
                "Ask for smaller pages (first), fewer levels, or narrower conditions (where).",
                Code.TIMEOUT,
            )
        if code == OUT_OF_MEMORY:
            return QueryError(
                "The answer would need more memory than a query may use. "
                "Ask for smaller pages (first) or fewer levels.",
                Code.TOO_LARGE,
            )
        if isinstance(error, DriverError | AuthError | ConfigurationError) or error.is_retryable():
            return QueryError(UNREACHABLE, Code.UNAVAILABLE)
        return error


class NoBookmarks(AsyncBookmarkManager):
    """Keeps a session from waiting for what it has seen, which a database that was loaded in bulk may never have."""

    async def update_bookmarks(self, previous_bookmarks: Collection[str], new_bookmarks: Collection[str]) -> None:
        """What a statement ended with is forgotten."""

    async def get_bookmarks(self) -> Collection[str]:
        """A statement waits for nothing."""
        return ()


def _code(error: DriverError | Neo4jError) -> str:
    return (error.code or "") if isinstance(error, Neo4jError) else ""
