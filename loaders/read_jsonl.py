"""JSON Lines files into records: an object a line, with headings for its keys (jsonlines.org)."""

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import orjson

from loaders.files import File
from loaders.problems import Place
from loaders.table import Fault, Record, Sheet, plain
from loaders.values import SEPARATOR

LONGEST_LINE = 1_000_000
MOST_KEYS = 1_000


def read_jsonl(file: File) -> Sheet:
    """The one sheet of a JSON Lines file, with a heading for every key that a line has. Raises OSError."""
    headings: dict[str, int] = {}
    for _, found in lines(file):
        for key in found if isinstance(found, dict) and len(headings) <= MOST_KEYS else ():
            headings.setdefault(key, len(headings))
    return Sheet(Place(file.name), Record(None, tuple(headings)), partial(records, file, headings))


def records(file: File, headings: dict[str, int]) -> Iterator[Record]:
    """Every line as a record; a key that it leaves out is an empty cell. Raises OSError."""
    for number, found in lines(file):
        if isinstance(found, Fault):
            yield Record(number, (), (found,))
            continue
        cells = [""] * len(headings)
        faults: list[Fault] = []
        for key, value in found.items():
            at = headings.get(key)
            if at is None:
                faults.append(Fault(None, f"The file has more than {MOST_KEYS:,} keys."))
                break
            try:
                cells[at] = text(value)
            except ValueError as error:
                faults.append(Fault(at, str(error)))
        yield Record(number, cells, faults)


def lines(file: File) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """The object of every line that is not blank, or what is wrong with it, and its number. Raises OSError."""
    with file.opened() as raw:
        number = 0
        whole = True
        for piece in iter(partial(raw.readline, LONGEST_LINE), b""):
            began, whole = whole, piece.endswith(b"\n")
            number += began
            if not began:
                continue
            if not whole and len(piece) == LONGEST_LINE:
                yield number, Fault(None, f"The line is longer than {LONGEST_LINE:,} bytes.")
            elif line := piece.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip():
                yield number, parsed(line)


def parsed(line: bytes) -> dict[str, Any] | Fault:
    """A line's object, or what is wrong with it."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Fault(None, f"The line is not JSON in UTF-8: {error.msg}, at character {error.colno}.")
    if not isinstance(found, dict):
        return Fault(None, 'The line is not a JSON object: write it as {"id": "…", "name": "…"}.')
    return cast(dict[str, Any], found)


def text(value: object) -> str:
    """A value as the text of a cell, a list's divided by `|`. Raises ValueError."""
    if isinstance(value, list):
        items = cast(list[object], value)
        parts = [text(item) for item in items]
        if any(SEPARATOR in part for part in parts) or any(isinstance(item, list) for item in items):
            raise ValueError(f"A list can't have lists, or texts with a {SEPARATOR}, in it.")
        return f" {SEPARATOR} ".join(parts)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, str):
        return value
    raise ValueError("An object can't be a value here: give a text, a number or a list of texts.")
