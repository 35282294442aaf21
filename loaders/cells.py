"""A row's cells into the values of its properties."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from graph.modelling import Kind, Property, snake_case
from loaders.columns import LATITUDE, LONGITUDE
from loaders.plain import plain_value
from loaders.problems import BadValue, Problem
from loaders.sources import Sources
from loaders.table import Row, Table
from loaders.values import PERIODS, BadCoordinate, parse, parse_point

REPEATED = {Kind.STRING, Kind.YEAR, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE}
"""Kinds of which many rows have the same value: it is worked out once."""
REMEMBERED = 10_000
"""How many values of one column are remembered."""


class Cells:
    """The cells of one table, read as values of some properties in plain form; worked out once for all its rows."""

    def __init__(self, table: Table, properties: Iterable[Property], sources: Sources) -> None:
        wanted = frozenset(properties)
        stated = [
            (at, column.heading, column.property)
            for at, column in enumerate(table.columns)
            if column is not None and column.property is not None
        ]
        self._table = table
        self._sources = sources
        # A point stands in two columns, and is read once.
        mine = list({place[2]: place for place in reversed(stated) if place[2] in wanted}.values())[::-1]
        self._mine = [(at, heading, item.name, self._reader(item)) for at, heading, item in mine]
        self.foreign = [place for place in stated if place[2] not in wanted]
        """Position, heading and property of the columns that are of other properties."""

    def values(self, row: Row, problems: list[Problem]) -> dict[str, Any]:
        """The properties' values by name, None where a cell is empty; what is wrong goes to `problems`."""
        values: dict[str, Any] = {}
        for at, heading, name, read in self._mine:
            try:
                values[name] = read(row.cells[at]) if read else point(self._table, row)
            except BadCoordinate as error:
                problems.append(self._table.problem(row, error.which, str(error)))
            except BadValue as error:
                problems.append(self._table.problem(row, heading, str(error)))
        problems.extend(period_problems(self._table, row, values))
        return values

    def _reader(self, item: Property) -> Callable[[str], Any] | None:
        """What makes a property's value of a cell's text, or raises BadValue; None for a point, which has two cells."""
        if item.kind is Kind.POINT:
            return None
        parsed = self._sources.ids if item.kind is Kind.SOURCES else partial(parse, item)

        def read(text: str) -> Any:
            found = plain_value(parsed(text)) if text else None
            if found is None and item.required:
                raise BadValue("The cell is empty: every row needs a value here.")
            return found

        return lru_cache(REMEMBERED)(read) if item.kind in REPEATED and not item.many else read


def point(table: Table, row: Row) -> Any:
    """The place that a row's two coordinates give, in plain form; None where both are empty. Raises BadValue."""
    north, east = (table.cell(row, heading) for heading in (LATITUDE, LONGITUDE))
    return plain_value(parse_point(north, east)) if north or east else None


def period_problems(table: Table, row: Row, values: Mapping[str, Any]) -> Iterator[Problem]:
    """The problem of a period that ends before it begins."""
    for last, start in backwards(values):
        yield table.problem(row, snake_case(last), f"It ends before it begins, in {start}.")


def backwards(values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The property with the end of each period that ends before it begins, and when it begins."""
    for first, last in PERIODS:
        start, end = values.get(first), values.get(last)
        if isinstance(start, int) and isinstance(end, int) and start > end:
            yield last, start
