"""Values in the plain form in which facts are compared, kept and told: what JSON knows, and nothing else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from neo4j.spatial import WGS84Point
from neo4j.time import Date

from graph.modelling import Kind, Model
from graph.provenance import WITHDRAWN_ON

Plain = Mapping[str, Any]
"""Properties by name: texts, numbers, lists of texts; a date as 2026-11-24, a point as [longitude, latitude]."""


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as files state them or as Neo4j gives them, in plain form."""
    return {name: plain_value(value) for name, value in values.items()}


def plain_value(value: Any) -> Any:
    """One value in plain form."""
    if isinstance(value, (date, Date)):
        return value.isoformat() if isinstance(value, date) else value.iso_format()
    return list(value) if isinstance(value, WGS84Point) else value


class Native:
    """From the plain form to the values that Neo4j keeps, by the kind of each property."""

    def __init__(self, model: Model) -> None:
        dates: dict[str, frozenset[str]] = {}
        points: dict[str, frozenset[str]] = {}
        properties = {node.name: model.properties_of(node.name) for node in model.nodes}
        properties |= {link.name: model.properties_of_link(link) for link in model.links}
        for name, declared in properties.items():
            dates[name] = frozenset((*(item.name for item in declared if item.kind is Kind.DATE), WITHDRAWN_ON))
            points[name] = frozenset(item.name for item in declared if item.kind is Kind.POINT)
        self._dates, self._points = dates, points

    def values(self, name: str, values: Plain) -> Plain:
        """The values of a node or link of this type."""
        made = {item: date.fromisoformat(values[item]) for item in self._dates[name] if values.get(item) is not None}
        made |= {item: WGS84Point(values[item]) for item in self._points[name] if values.get(item) is not None}
        return {**values, **made} if made else values
