"""`orderBy` and the arguments of a page → sort keys, and which part of the sorted list to read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from api.compiler.pattern import LINK_DIRECTION, LINK_TYPE, Subject
from api.compiler.plan import Bound, Page, SortKey
from api.compiler.selection import Field
from api.compiler.values import CursorValue, PageSize, Parameter, damaged_cursor, lookup, read_cursor
from api.errors import QueryError
from api.vocabulary import MAX_PAGE, METRICS_FIELD, Family, link_properties, metrics, properties
from graph.modelling import Kind, Model, Property

DEFAULT_ORDER = "name"
ID = Subject("id", nullable=False, kind=Kind.ID)


def sort_keys(model: Model, family: Family, order: Sequence[Mapping[str, Any]] | None) -> tuple[SortKey, ...]:
    """The sort keys, ending with as many as make every item's place unique: by id in the last key's direction."""
    declared = properties(model, family.target)
    own = model.properties_of(family.target)
    keys: list[SortKey] = []
    for choice in order or ():
        for name, value in choice.items():
            if name == "link":
                linked = link_properties(model, family.link)
                always = model.properties_of_link(family.link) if family.link else model.link_properties
                for key, way in value.items():
                    keys.append(_sort_key(linked[key], way, always, of_link=True))
            elif name == METRICS_FIELD:
                for key, way in value.items():
                    keys.append(SortKey(_metric(model, family, key), way == "DESC"))
            else:
                keys.append(_sort_key(declared[name], value, own))
    if not order and DEFAULT_ORDER in declared:
        keys.append(_sort_key(declared[DEFAULT_ORDER], "ASC", own))
    found: dict[Subject, SortKey] = {}
    for key in keys:
        found.setdefault(key.subject, key)
    if ID not in found:
        found[ID] = SortKey(ID, bool(found) and [*found.values()][-1].descending)
    if not family.any_link:
        return tuple(found.values())[: [*found].index(ID) + 1]
    for tie in (LINK_TYPE, LINK_DIRECTION):
        found.setdefault(tie, SortKey(tie))
    return tuple(found.values())


def metrics_in(model: Model, family: Family, order: Sequence[Mapping[str, Any]] | None) -> Iterator[Subject]:
    """The metrics of an order: whatever has no value for one is left out, so that an index gives the order."""
    for choice in order or ():
        for key in choice.get(METRICS_FIELD) or ():
            yield _metric(model, family, key)


def _metric(model: Model, family: Family, name: str) -> Subject:
    return Subject(name, nullable=False, kind=metrics(model, family.target)[name].kind)


def page(field: Field, keys: tuple[SortKey, ...], mark: str, variables: Mapping[str, Any], *, peek: bool) -> Page:
    """The part of a sorted list that a field asks for. Raises QueryError."""
    first, last = field.arguments.get("first"), field.arguments.get("last")
    if first is not None and last is not None:
        raise QueryError(f"{field.place} has both first and last. Give one of them.")
    backwards = last is not None
    given = last if backwards else first
    size = PageSize(MAX_PAGE if given is None else given, f"{field.place}({'last' if backwards else 'first'})", peek)
    bounds = [_bound(field, name, keys, mark, variables) for name in ("after", "before")]
    return Page(keys, size, backwards, peek, bounds[0], bounds[1], mark)


def _bound(field: Field, name: str, keys: tuple[SortKey, ...], mark: str, variables: Mapping[str, Any]) -> Bound | None:
    given = field.arguments.get(name)
    if given is None:
        return None
    place = f"{field.place}({name})"
    values = read_cursor(lookup(given, variables), mark, place)
    if len(values) != len(keys):
        raise damaged_cursor(place)
    bound: list[Parameter | None] = [
        None if value is None else CursorValue(given, place, mark, index, key.subject.kind)
        for index, (value, key) in enumerate(zip(values, keys, strict=True))
    ]
    if any(value is None and not key.subject.nullable for value, key in zip(bound, keys, strict=True)):
        raise damaged_cursor(place)
    return Bound(tuple(bound))


def _sort_key(item: Property, way: str, always: Collection[Property], *, of_link: bool = False) -> SortKey:
    """The sort key of a property; what is not `always` there, but only on some of the listed types, may be null."""
    own = item in always
    subject = Subject(item.name, of_link, not (item.required and own), item.kind)
    indexed = item.indexed and own
    return SortKey(subject, way == "DESC", indexed, indexed and item.repeats)
