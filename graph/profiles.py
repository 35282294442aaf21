"""What an organisation's properties say of who it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.matching import Profile
from graph.modelling import Model


def profile(values: Mapping[str, Any], kind: str, model: Model) -> Profile:
    """The profile of an organisation of a type with these properties."""
    naming = [item.name for item in model.properties_of(kind) if item.naming]
    return Profile(
        id=values.get("id", ""),
        names=tuple(dict.fromkeys(text for item in naming for text in listed(values.get(item)))),
        city=values.get("city") or "",
        website=values.get("website") or "",
        identifiers={item.name: values[item.name] for item in model.identifiers(kind) if values.get(item.name)},
        type=kind,
    )


def listed(value: str | Iterable[str] | None) -> Iterable[str]:
    """The texts of a property, however many it has."""
    return () if not value else (value,) if isinstance(value, str) else value
