"""Which revision of the graph is current: asked of the database several times a second, by each process itself."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from api.errors import QueryError
from api.reader import Reader

EVERY_SECONDS = 0.3
CURRENT = """
RETURN head(COLLECT {
  MATCH (r:Revision {id: 'revision'}) RETURN [r.number, r.loadedAt.epochMillis, coalesce(r.analysedAt.epochMillis, 0)]
}) AS data
"""


class Watcher:
    """Knows the current revision.

    `mark` names it, None while unknown: before the first load, and while the database does not answer. `asked`
    counts the times that an answer came, each to a question put after the one before was answered.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.number = 0
        self.mark: str | None = None
        self.asked = 0

    async def watch(self) -> None:
        """Keep asking, for as long as the task lives."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Ask once."""
        try:
            found: list[Any] | None = await self.reader.row(CURRENT, {})
        except QueryError:
            found = None
        self.number = found[0] if found else 0
        self.mark = None if found is None else "-".join(map(str, found))
        self.asked += 1

    async def changes(self) -> AsyncGenerator[int]:
        """The number of the revision that is current, and again each time that the graph has changed."""
        told: str | None = None
        while True:
            if self.mark is not None and self.mark != told:
                told = self.mark
                yield self.number
            await asyncio.sleep(EVERY_SECONDS)
