"""The values a statement is run with: constants of the document, or taken from the variables each time.

A plan serves every request of the same document whose variables have the same shape, so while planning a
variable's scalars are only references. What changes the statement (booleans, enums, nulls, which fields of
an input are given) is part of the shape.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, cast

from graphql import (
    get_nullable_type,  # pyright: ignore[reportUnknownVariableType]
    is_enum_type,
    is_input_object_type,
    is_scalar_type,
)
from graphql.type import GraphQLBoolean

from api.compiler.cursor import decode, signature_of
from api.errors import QueryError
from api.vocabulary import MAX_PAGE
from graph.modelling import Kind

Variables = Mapping[str, Any]
Shape = Any
"""Anything hashable; equal for two sets of variables that one plan can serve."""


class Parameter(Protocol):
    """A statement's parameter: its value for given variables.

    Raises QueryError when the value is outside its limits.
    """

    def resolve(self, variables: Variables) -> Any: ...


@dataclass(frozen=True)
class Reference:
    """A scalar, or a list of scalars, somewhere in the variables."""

    path: tuple[str | int, ...]


def frozen(value: Any) -> Any:
    """The value with lists as tuples, so that a plan which holds it can be compared and hashed."""
    return tuple(cast(list[Any], value)) if isinstance(value, list) else value


def lookup(value: Any, variables: Variables) -> Any:
    """`value` with its references replaced by what the variables hold."""
    if isinstance(value, Reference):
        found: Any = variables
        for step in value.path:
            found = found[step]
        return found
    if isinstance(value, list | tuple):
        return [lookup(item, variables) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


@dataclass(frozen=True)
class Argument:
    """A value as given."""

    value: Any

    def resolve(self, variables: Variables) -> Any:
        return lookup(self.value, variables)


@dataclass(frozen=True)
class Bounded:
    """A value within the limits of its argument, which are those of a number or of the length of a text or list."""

    value: Any
    place: str
    low: float | None
    high: float | None
    made: Callable[[Any], Any] | None = None
    """What is made of the value, if not the value itself is wanted."""

    def resolve(self, variables: Variables) -> Any:
        found: Any = lookup(self.value, variables)
        sized = isinstance(found, str | list)
        size: float = len(cast(list[Any], found)) if sized else found
        if (self.low is None or size >= self.low) and (self.high is None or size <= self.high):
            return self.made(found) if self.made else found
        of = "" if not sized else " characters" if isinstance(found, str) else " values"
        low = "" if self.low is None else f"at least {self.low:g}"
        high = "" if self.high is None else f"at most {self.high:g}"
        limits = " and ".join(limit for limit in (low, high) if limit)
        raise QueryError(f"{self.place} must be {limits}{of}, but is {size:g}{of}.")


@dataclass(frozen=True)
class PageSize:
    """`first` or `last`, checked against its limits; one more is read when `peek`ing for a next page."""

    value: Any
    place: str
    peek: bool = False

    def resolve(self, variables: Variables) -> int:
        size = lookup(self.value, variables)
        if not 0 <= size <= MAX_PAGE:
            raise QueryError(f"{self.place} must be between 0 and {MAX_PAGE}, but is {size}.")
        return size + self.peek


@dataclass(frozen=True)
class Identifiers:
    """A list of ids, no longer than a page."""

    value: Any
    place: str

    def resolve(self, variables: Variables) -> list[str]:
        found = lookup(self.value, variables)
        if len(found) > MAX_PAGE:
            raise QueryError(f"{self.place} takes at most {MAX_PAGE} ids, but got {len(found)}.")
        return found


@dataclass(frozen=True)
class CursorValue:
    """One of the values a cursor holds; the cursor must belong to the list's order."""

    value: Any
    place: str
    signature: str
    index: int
    kind: Kind

    def resolve(self, variables: Variables) -> Any:
        value = read_cursor(lookup(self.value, variables), self.signature, self.place)[self.index]
        try:
            return date.fromisoformat(value) if self.kind is Kind.DATE else value
        except (TypeError, ValueError):
            raise damaged_cursor(self.place) from None


def damaged_cursor(place: str) -> QueryError:
    """The error for a text that is no cursor."""
    return QueryError(f"{place} is not a cursor of this API. Use a cursor that an edge or pageInfo gave.")


def read_cursor(text: str, signature: str, place: str) -> list[Any]:
    """The values in a cursor. Raises QueryError when it is damaged, or of a list in another order."""
    values = decode(text)
    if values is None:
        raise damaged_cursor(place)
    if signature_of(text) != signature:
        raise QueryError(f"{place} is a cursor of another list or order. Use it with the orderBy it came from.")
    return values


def null_pattern(text: str) -> tuple[bool, ...] | None:
    """Which of a cursor's values are null, on which the statement depends; None for a damaged cursor."""
    values = decode(text)
    return None if values is None else tuple(value is None for value in values)


def symbolic(value: Any, kind: Any, path: tuple[str | int, ...]) -> tuple[Any, Shape]:
    """A coerced variable with references for its scalars, and its shape.

    `kind` is the variable's GraphQL input type.
    """
    kind = cast(Any, get_nullable_type(kind))
    if value is None:
        return None, None
    if is_enum_type(kind) or kind is GraphQLBoolean:
        return value, value
    if isinstance(value, list):
        item_kind = kind.of_type
        if is_scalar_type(get_nullable_type(item_kind)):
            return Reference(path), "list"
        items = cast(list[Any], value)
        parts = [symbolic(item, item_kind, (*path, index)) for index, item in enumerate(items)]
        return [part for part, _ in parts], tuple(shape for _, shape in parts)
    if is_input_object_type(kind):
        fields = {key: symbolic(item, kind.fields[key].type, (*path, key)) for key, item in value.items()}
        return (
            {key: part for key, (part, _) in fields.items()},
            tuple((key, shape) for key, (_, shape) in fields.items()),
        )
    return Reference(path), "scalar"


def shape_of_values(variables: Variables, names: Collection[str]) -> Shape:
    """The part of the shape that comes from the values of variables: which parts of a cursor are null, or a number."""
    found = ((name, variables.get(name)) for name in names)
    return tuple((name, null_pattern(value) if isinstance(value, str) else value) for name, value in found)
