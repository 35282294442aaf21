"""Which Source a `source` cell means; an address that none has yet becomes a new Source."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

from loaders.problems import BadValue
from loaders.values import SLUG, parse_url, parts

SOURCE = "Source"
URL = "url"
LONGEST_ID = 80
HASH_LENGTH = 6


def source_id(url: str) -> str:
    """A readable id for an address; one that would be over 80 letters is cut and ends in a hash."""
    bare = re.sub(r"^https?://(www\.)?", "", url)
    plain = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode().lower()
    slug = "-".join(["source", *re.findall(r"[a-z0-9]+", plain)])
    return slug if len(slug) <= LONGEST_ID else hashed_source_id(url, slug)


def hashed_source_id(url: str, slug: str) -> str:
    """The id of an address whose readable one is too long, or is that of another address."""
    digest = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:HASH_LENGTH]
    return f"{slug[: LONGEST_ID - HASH_LENGTH - 1].rstrip('-')}-{digest}"


def candidate_ids(url: str) -> tuple[str, str]:
    """The ids that a new Source with this address may get."""
    readable = source_id(url)
    return readable, hashed_source_id(url, readable)


class Sources:
    """The known Sources by address and by id, and the `new` ones, by address, that cells have called for."""

    def __init__(self, by_url: Mapping[str, str], is_source: Callable[[str], bool], taken: Callable[[str], bool]):
        self.new: dict[str, str] = {}
        self._by_url = by_url
        self._is_source = is_source
        self._taken = taken
        self._new_ids: set[str] = set()
        self._cells: dict[str, tuple[str, ...]] = {}

    def ids(self, cell: str) -> list[str] | None:
        """The ids of the Sources in a cell, sorted, each once; None where it names none. Raises BadValue."""
        if cell not in self._cells:
            self._cells[cell] = tuple(sorted({self._id(part) for part in parts(cell)}))
        return list(self._cells[cell]) or None

    def _id(self, part: str) -> str:
        if SLUG.fullmatch(part):
            if self._is_source(part):
                return part
            raise BadValue(f"There is no source {part}, in these files or in the graph: give its address instead.")
        url = parse_url(part)
        return self._by_url.get(url) or self.new.get(url) or self._add(url)

    def _add(self, url: str) -> str:
        readable, hashed = candidate_ids(url)
        made = hashed if self._taken(readable) or readable in self._new_ids else readable
        self.new[url] = made
        self._new_ids.add(made)
        return made
