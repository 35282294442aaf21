"""Ready answers, kept as long as the graph stays at one revision.

A revision only ever goes up. So an answer is wholly of one revision when that revision was current both before
the answer was read and at a question put after it: only then is it given to others. Until that question is
answered it waits.
"""

import hashlib
from dataclasses import dataclass

import orjson
from cachetools import LRUCache

from api.revision import Watcher
from api.service import Request

MAX_BYTES = 32_000_000
ENTRY_BYTES = 1_000
"""About what an entry costs beside its body."""


@dataclass(frozen=True)
class Entry:
    """An answer's body, and how often the watcher had asked when it was there."""

    body: bytes
    asked: int


class ResponseCache:
    """Answers to requests by their key, at most MAX_BYTES of them; emptied when the revision changes."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.mark = watcher.mark
        self.entries: LRUCache[bytes, Entry] = LRUCache(MAX_BYTES, lambda entry: len(entry.body) + ENTRY_BYTES)

    def tag(self, key: bytes) -> str | None:
        """The strong ETag of a request's answer at the current revision, None while that is unknown."""
        mark = self.watcher.mark
        return f'"{mark}-{key.hex()}"' if mark else None

    def get(self, key: bytes) -> bytes | None:
        """The body of the answer, if it is known to be of the current revision."""
        self._keep_up()
        entry = self.entries.get(key)
        # The question under way when the answer came may have been put before: the one after that was not.
        return entry.body if entry and self.watcher.asked >= entry.asked + 2 else None

    def put(self, key: bytes, body: bytes, tag: str) -> None:
        """Keep an answer that was read after its `tag` was made."""
        self._keep_up()
        if tag == self.tag(key) and key not in self.entries and len(body) + ENTRY_BYTES <= MAX_BYTES:
            self.entries[key] = Entry(body, self.watcher.asked)

    def _keep_up(self) -> None:
        if self.mark != self.watcher.mark:
            self.entries.clear()
            self.mark = self.watcher.mark


def key_of(request: Request) -> bytes:
    """What tells a request from all others: its text, its variables and the operation that it names."""
    parts = [request.query, request.operation_name, request.variables]
    text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).digest()
