"""The text of a cell into the value that Neo4j keeps, by the kind of its property."""

import math
import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from functools import cache
from urllib.parse import urlsplit

from neo4j.spatial import Point, WGS84Point

from graph.modelling import EnumType, Identifier, Kind, Property
from loaders.columns import LATITUDE, LONGITUDE, simplified
from loaders.dutch import parse_boolean, parse_date, parse_degrees, parse_number, parse_year
from loaders.problems import BadValue

Value = str | bool | int | float | date | Point | list[str] | None

SEPARATOR = "|"
# A school year in the second of these stands for its last year.
PERIODS = (("startYear", "endYear"), ("since", "until"))
LAST_YEARS = {last for _, last in PERIODS}
NORTH_POLE, DATE_LINE = 90.0, 180.0
# Neo4j can't index a string of over about 8 kB; these keep well below it, and catch a lost quote.
LONGEST = {Kind.ID: 200, Kind.STRING: 1_000, Kind.URL: 2_000, Kind.TEXT: 20_000}

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+")


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


def parse_one(item: Property, text: str) -> str | bool | int | float | date:
    """One value of a property. Raises BadValue."""
    longest = LONGEST.get(item.kind)
    if longest is not None and len(text) > longest:
        raise BadValue(f"This is {len(text):,} characters; at most {longest:,} fit.")
    if item.digits is not None and item.digits is not any(map(str.isdecimal, text)):
        raise BadValue(f"There {'are no' if item.digits else 'are'} digits in it: does it belong in another column?")
    if item.enum is not None:
        return parse_enum(item.enum, text)
    if item.identifier is not None:
        return parse_identifier(item.identifier, text)
    if item.kind is Kind.YEAR:
        return parse_year(text, last=item.name in LAST_YEARS)
    return PARSERS[item.kind](text)


def parse_enum(enum: EnumType, text: str) -> str:
    """One of the values of an enum, in capitals, however it was typed and in Dutch too. Raises BadValue."""
    words = enum_words(enum)
    word = simplified(text)
    if word in words:
        return words[word]
    near = get_close_matches(word, words, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    allowed = ", ".join(name.lower() for name in enum.values)
    raise BadValue(f"{hint}It is one of {allowed}.")


@cache
def enum_words(enum: EnumType) -> dict[str, str]:
    """The values of an enum by every word for them, simplified."""
    return {
        simplified(word): name
        for words in ({name: name for name in enum.values}, enum.dutch)
        for name, word in words.items()
    }


def parse_identifier(identifier: Identifier, text: str) -> str:
    """An identifier in its one spelling, however it was typed. Raises BadValue."""
    found = identifier.canonical(text)
    if found is None:
        raise BadValue(f"This is not such an identifier: it is written as in {identifier.example}.")
    return found


def parse_id(text: str) -> str:
    """An id: small letters a-z and digits, in words joined by single hyphens."""
    if not SLUG.fullmatch(text):
        raise BadValue("An id has only a-z, 0-9 and single hyphens between them, as in partner-nwo.")
    return text


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
    north, east = degrees(latitude, NORTH_POLE, LATITUDE), degrees(longitude, DATE_LINE, LONGITUDE)
    if within_netherlands(east, north) and not within_netherlands(north, east):
        raise BadCoordinate(LATITUDE, "Latitude and longitude have changed places: the Netherlands are near 52 and 5.")
    return WGS84Point((east, north))


def within_netherlands(north: float, east: float) -> bool:
    """Whether a place is in the Netherlands in Europe or just over their border."""
    return 50.5 <= north <= 53.8 and 3.0 <= east <= 7.5


class BadCoordinate(BadValue):
    """One of a point's two cells is wrong; `which` is its column."""

    def __init__(self, which: str, message: str) -> None:
        super().__init__(message)
        self.which = which


def degrees(text: str, limit: float, which: str) -> float:
    """A latitude or longitude of at most `limit` degrees either way. Raises BadCoordinate."""
    if not text:
        raise BadCoordinate(which, "Coordinates need both a latitude and a longitude.")
    try:
        found = parse_degrees(text)
    except BadValue:
        found = math.inf
    if abs(found) > limit:
        raise BadCoordinate(which, f"A {which} is in degrees from -{limit:g} to {limit:g}, as in 52.37.")
    return found


PARSERS: dict[Kind, Callable[[str], str | bool | int | float | date]] = {
    Kind.ID: parse_id,
    Kind.STRING: str,
    Kind.TEXT: str,
    Kind.URL: parse_url,
    Kind.NUMBER: parse_number,
    Kind.BOOLEAN: parse_boolean,
    Kind.DATE: parse_date,
}
