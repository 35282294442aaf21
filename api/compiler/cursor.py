"""Opaque cursors: where an item stands in a sorted list, as a text clients hand back unread.

A cursor is URL-safe base64 of the JSON list `[version, signature, value, ...]`: the values of the list's
sort keys at that item, and a signature of the list and its order, so that a cursor cannot be used with another.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

VERSION = 2
SCALARS = (str, int, float, type(None))


def signature(*parts: str) -> str:
    """A short text that differs between lists and orders."""
    return hashlib.blake2s("\x1f".join(parts).encode(), digest_size=4).hexdigest()


def encode(mark: str, values: Sequence[Any]) -> str:
    """The cursor of an item whose sort keys have these values."""
    return urlsafe_b64encode(orjson.dumps([VERSION, mark, *values])).rstrip(b"=").decode()


@lru_cache(maxsize=1024)
def _read(text: str) -> list[Any] | None:
    try:
        parts = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (Base64Error, ValueError):
        return None
    if not isinstance(parts, list) or len(parts) < 3 or parts[0] != VERSION:  # pyright: ignore[reportUnknownArgumentType]
        return None
    return parts if all(isinstance(part, SCALARS) for part in parts) else None  # pyright: ignore[reportUnknownVariableType]


def decode(text: str) -> list[Any] | None:
    """The values in a cursor, or None where the text is none of ours."""
    parts = _read(text)
    return None if parts is None else parts[2:]


def signature_of(text: str) -> str | None:
    """The signature in a cursor, or None where the text is none of ours."""
    parts = _read(text)
    return None if parts is None else parts[1]
