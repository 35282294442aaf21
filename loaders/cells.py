"""A row's cells into the values of its properties."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.modelling import Kind, Property, snake_case
from loaders.columns import LATITUDE, LONGITUDE
from loaders.problems import BadValue, Problem
from loaders.sources import Sources
from loaders.table import Row, Table
from loaders.values import PERIODS, BadCoordinate, Value, parse, parse_point


class Cells:
    """The cells of one table, read as values of some properties; worked out once for all its rows."""

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
        self._mine = list({place[2]: place for place in reversed(stated) if place[2] in wanted}.values())[::-1]
        self.foreign = [place for place in stated if place[2] not in wanted]
        """Position, heading and property of the columns that are of other properties."""

    def values(self, row: Row, problems: list[Problem]) -> dict[str, Value]:
        """The properties' values by name, None where a cell is empty; what is wrong goes to `problems`."""
        values: dict[str, Value] = {}
        for at, heading, item in self._mine:
            try:
                if item.kind is Kind.POINT:
                    values[item.name] = point(self._table, row)
                else:
                    values[item.name] = self._value(item, row.cells[at])
            except BadCoordinate as error:
                problems.append(self._table.problem(row, error.which, str(error)))
            except BadValue as error:
                problems.append(self._table.problem(row, heading, str(error)))
        problems.extend(period_problems(self._table, row, values))
        return values

    def _value(self, item: Property, text: str) -> Value:
        found: Value = None
        if text:
            found = self._sources.ids(text) or None if item.kind is Kind.SOURCES else parse(item, text)
        if found is None and item.required:
            raise BadValue("The cell is empty: every row needs a value here.")
        return found


def point(table: Table, row: Row) -> Value:
    """The place that a row's two coordinates give; None where both are empty. Raises BadValue."""
    north, east = (table.cell(row, heading) for heading in (LATITUDE, LONGITUDE))
    return parse_point(north, east) if north or east else None


def period_problems(table: Table, row: Row, values: Mapping[str, Value]) -> Iterator[Problem]:
    """The problem of a period that ends before it begins."""
    for last, start in backwards(values):
        yield table.problem(row, snake_case(last), f"It ends before it begins, in {start}.")


def backwards(values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The property with the end of each period that ends before it begins, and when it begins."""
    for first, last in PERIODS:
        start, end = values.get(first), values.get(last)
        if isinstance(start, int) and isinstance(end, int) and start > end:
            yield last, start
