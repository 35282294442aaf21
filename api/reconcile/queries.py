"""Reconciliation queries: a batch in JSON, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from api.errors import Code, QueryError
from api.http import parsed
from api.reconcile.vocabulary import ROOT, properties, several, types
from graph.modelling import Model

MAX_BATCH = 50
MAX_LETTERS = 500
MAX_LIMIT = 100
MAX_VALUES = 20
DEFAULT_LIMIT = 10


@dataclass(frozen=True)
class Query:
    """What is known of an entity that is looked for: at most `limit` candidates of these node types are wanted."""

    text: str
    types: tuple[str, ...]
    limit: int
    properties: Mapping[str, tuple[str, ...]]


def batch(text: str, model: Model) -> dict[str, Query]:
    """The queries of a batch, by their keys. Raises QueryError naming the query and what is wrong with it."""
    given = parsed(text.encode(), "The field queries")
    if not isinstance(given, dict):
        raise bad('The field queries must be a JSON object, as in {"q0": {"query": "NWO"}}.')
    queries = cast(dict[str, Any], given)
    if len(queries) > MAX_BATCH:
        raise QueryError(f"There are {len(queries):,} queries; at most {MAX_BATCH} fit in a batch.", Code.TOO_LARGE)
    return {key: _query(f"Query {key[:MAX_LETTERS]}", value, model) for key, value in queries.items()}


def bad(message: str) -> QueryError:
    """The error of a request that can't be understood."""
    return QueryError(message, Code.BAD_REQUEST)


def _query(what: str, value: Any, model: Model) -> Query:
    if not isinstance(value, dict):
        raise bad(f"{what} must be a JSON object with the field query.")
    given = cast(dict[str, Any], value)
    text, limit = given.get("query") or "", given.get("limit", DEFAULT_LIMIT)
    values: Any = given.get("properties") or []
    if not isinstance(text, str) or len(text) > MAX_LETTERS:
        raise bad(f"{what}: query must be a text of at most {MAX_LETTERS} characters.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        raise bad(f"{what}: limit must be a whole number from 1 to {MAX_LIMIT}.")
    if not isinstance(values, list):
        raise bad(f'{what}: properties must be a list, as in [{{"pid": "city", "v": "Utrecht"}}].')
    known = _properties(what, cast(list[Any], values), model)
    if not text.strip() and not known:
        raise bad(f"{what} has neither a query nor properties.")
    return Query(text.strip(), _types(what, given.get("type"), model), limit, known)


def _types(what: str, value: Any, model: Model) -> tuple[str, ...]:
    found: list[str] = []
    for item in several(value or ROOT):
        name: Any = cast(dict[str, Any], item).get("id") if isinstance(item, dict) else item
        if name not in types(model):
            raise bad(f"{what}: {str(name)[:MAX_LETTERS]} is no type. They are {', '.join(types(model))}.")
        found += [node.name for node in model.concrete(name)]
    return tuple(dict.fromkeys(found))


def _properties(what: str, items: list[Any], model: Model) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for item in items:
        pair = cast(dict[str, Any], item) if isinstance(item, dict) else {}
        name = pair.get("pid")
        if not isinstance(name, str) or name not in properties(model):
            raise bad(f"{what}: {str(name)[:MAX_LETTERS]} is no property. They are {', '.join(properties(model))}.")
        texts = tuple(text for text in map(_text, several(pair.get("v"))) if text)
        if len(texts) > MAX_VALUES or any(len(text) > MAX_LETTERS for text in texts):
            raise bad(f"{what}: {name} may have {MAX_VALUES} values of {MAX_LETTERS} characters.")
        if texts:
            known[name] = (*known.get(name, ()), *texts)
    return known


def _text(value: Any) -> str:
    """A property's value as text: of an entity its name, or else its id."""
    if isinstance(value, dict):
        entity = cast(dict[str, Any], value)
        value = entity.get("name") or entity.get("id")
    return "" if value is None else str(value).strip()
