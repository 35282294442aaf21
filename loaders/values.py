"""The text of a cell into the value that Neo4j keeps, by the kind of its property."""

import math
import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit

from neo4j.spatial import Point, WGS84Point

from graph.modelling import Identifier, Kind, Property

Value = str | int | float | date | Point | list[str] | None

SEPARATOR = "|"
FIRST_YEAR, LAST_YEAR = 1800, 2100
NORTH_POLE, DATE_LINE = 90.0, 180.0
# Neo4j can't index a string of over about 8 kB; these keep well below it, and catch a lost quote.
LONGEST = {Kind.ID: 200, Kind.STRING: 1_000, Kind.URL: 2_000, Kind.TEXT: 20_000}

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
YEAR = re.compile(r"[0-9]{4}")
NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+")


class BadValue(Exception):
    """A cell's text is not a value of its kind; the message says what would be."""


def parse(item: Property, text: str) -> Value:
    """The value of a cell that is not empty.

    Raises BadValue. Not for points, which stand in two cells, nor for sources, which are looked up.
    """
    if not item.many:
        return parse_one(item, text)
    return list(dict.fromkeys(str(parse_one(item, part)) for part in parts(text))) or None


def parts(text: str) -> list[str]:
    """The several values in one cell, divided by `|`."""
    return [part for part in map(str.strip, text.split(SEPARATOR)) if part]


def parse_one(item: Property, text: str) -> str | int | float | date:
    """One value of a property. Raises BadValue."""
    longest = LONGEST.get(item.kind)
    if longest is not None and len(text) > longest:
        raise BadValue(f"This is {len(text):,} characters; at most {longest:,} fit.")
    if item.enum is not None:
        return parse_enum(item, text)
    if item.identifier is not None:
        return parse_identifier(item.identifier, text)
    return PARSERS[item.kind](text)


def parse_enum(item: Property, text: str) -> str:
    """One of the values of an enum, in capitals, however it was typed."""
    assert item.enum is not None
    value = text.upper()
    if value in item.enum.values:
        return value
    near = get_close_matches(value, item.enum.values, n=1)
    hint = f"Did you mean {near[0].lower()}? " if near else ""
    allowed = ", ".join(name.lower() for name in item.enum.values)
    raise BadValue(f"{hint}It is one of {allowed}.")


def parse_identifier(identifier: Identifier, text: str) -> str:
    """An identifier in its one spelling, however it was typed."""
    found = identifier.canonical(text)
    if found is None:
        raise BadValue(f"This is not such an identifier: it is written as in {identifier.example}.")
    return found


def parse_id(text: str) -> str:
    """An id: small letters a-z and digits, in words joined by single hyphens."""
    if not SLUG.fullmatch(text):
        raise BadValue("An id has only a-z, 0-9 and single hyphens between them, as in partner-nwo.")
    return text


def parse_year(text: str) -> int:
    """A year of the calendar, from 1800 to 2100."""
    if not YEAR.fullmatch(text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise BadValue(f"A year is four digits, from {FIRST_YEAR} to {LAST_YEAR}.")
    return int(text)


def parse_number(text: str) -> float:
    """A number in plain digits."""
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise BadValue("A number has digits only, with a point for decimals, as in 30000000 or 12.5.")
    return float(text)


def parse_date(text: str) -> date:
    """A day of the calendar."""
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadValue("A date is year-month-day, as in 2026-11-24.")


def parse_url(text: str) -> str:
    """An address on the web, with a host that has a dot in it."""
    try:
        split = urlsplit(text)
        host, _ = split.hostname, split.port
    except ValueError:
        host, split = None, None
    if split is None or split.scheme not in ("http", "https"):
        raise BadValue("An address begins with http:// or https://, as in https://www.nwo.nl.")
    if not host or not HOST.fullmatch(host) or re.search(r"[\s<>\"|\\^`{}]", text):
        raise BadValue("An address has a host and no spaces or quotes, as in https://www.nwo.nl.")
    return text


def parse_point(latitude: str, longitude: str) -> Point:
    """A place on earth from two cells in degrees (WGS 84).

    Raises BadCoordinate, which says which of the two is wrong.
    """
    north, east = degrees(latitude, NORTH_POLE, "latitude"), degrees(longitude, DATE_LINE, "longitude")
    return WGS84Point((east, north))


class BadCoordinate(BadValue):
    """One of a point's two cells is wrong; `which` is its column."""

    def __init__(self, which: str, message: str) -> None:
        super().__init__(message)
        self.which = which


def degrees(text: str, limit: float, which: str) -> float:
    """A latitude or longitude of at most `limit` degrees either way. Raises BadCoordinate."""
    if not text:
        raise BadCoordinate(which, "Coordinates need both a latitude and a longitude.")
    if not NUMBER.fullmatch(text) or abs(float(text)) > limit:
        raise BadCoordinate(which, f"A {which} is in degrees from -{limit:g} to {limit:g}, as in 52.37.")
    return float(text)


PARSERS: dict[Kind, Callable[[str], str | int | float | date]] = {
    Kind.ID: parse_id,
    Kind.STRING: str,
    Kind.TEXT: str,
    Kind.URL: parse_url,
    Kind.YEAR: parse_year,
    Kind.NUMBER: parse_number,
    Kind.DATE: parse_date,
}
