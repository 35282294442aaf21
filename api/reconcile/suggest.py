"""Suggestions while a steward types, of entities, types and properties, and a small card about each."""

from collections.abc import Mapping
from html import escape
from typing import Any

from api.entity import card
from api.entity import read as read_entity
from api.reconcile.queries import bad
from api.reconcile.vocabulary import Term, properties, term, types
from api.service import Service
from graph.modelling import Model, NodeType, readable, type_value

PAGE = 20
FURTHEST = 500
MAX_LETTERS = 200
DOCUMENT = """
query Suggest($text: String!, $id: ID!, $types: [EntityType!], $first: Int!) {
  entity(id: $id) { __typename id name description }
  search(text: $text, types: $types, first: $first) { nodes { __typename id name description } }
}
"""


async def suggest(service: Service, what: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The suggestions for what was typed so far, from `cursor` on. Raises QueryError."""
    prefix, start = given.get("prefix", "").strip(), _cursor(given)
    if len(prefix) > MAX_LETTERS:
        raise bad(f"prefix is longer than {MAX_LETTERS} characters.")
    if what == "entity":
        found = await _entities(service, prefix, given.get("type"), start + PAGE)
    else:
        found = [_brief(item) for item in _terms(service.model, what).values() if _begins(item, prefix)]
    return {"result": found[start : start + PAGE]}


async def flyout(service: Service, what: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A card about an entity, type or property. Raises QueryError."""
    identity = given.get("id", "")
    if what == "entity":
        found = await read_entity(service, identity)
        html = card(service.model, found) if found else None
    else:
        item = _terms(service.model, what).get(identity)
        html = f"<h1>{escape(item.name)}</h1><p>{escape(item.description)}</p>" if item else None
    if html is None:
        raise bad(f"No {what} has the id {identity[:MAX_LETTERS]}.")
    return {"id": identity, "html": html}


def _terms(model: Model, what: str) -> dict[str, Term]:
    if what == "type":
        return types(model)
    return {name: term(item) for name, item in properties(model).items()}


def _begins(item: Term, prefix: str) -> bool:
    """Whether a word of its name or its id begins with what was typed."""
    wanted = prefix.casefold()
    return any(text.casefold().startswith(wanted) for text in (item.id, item.name, *item.name.split()))


def _brief(item: Term) -> dict[str, Any]:
    return {**item.brief, "description": item.description}


async def _entities(service: Service, prefix: str, type_name: str | None, first: int) -> list[dict[str, Any]]:
    if not prefix:
        return []
    if type_name and type_name not in types(service.model):
        raise bad(f"{type_name[:MAX_LETTERS]} is no type. They are {', '.join(types(service.model))}.")
    nodes: tuple[NodeType, ...] = service.model.concrete(type_name) if type_name else ()
    wanted = [type_value(node) for node in nodes] or None
    found = await service.data(DOCUMENT, {"text": prefix, "id": prefix, "types": wanted, "first": first})
    every = [found["entity"], *found["search"]["nodes"]]
    return list({item["id"]: _suggestion(item) for item in every if item}.values())


def _suggestion(item: dict[str, Any]) -> dict[str, Any]:
    kind = item["__typename"]
    return {
        "id": item["id"],
        "name": item["name"],
        "description": item["description"] or "",
        "notable": [{"id": kind, "name": readable(kind)}],
    }


def _cursor(given: Mapping[str, str]) -> int:
    text = given.get("cursor") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= FURTHEST):
        raise bad(f"cursor must be a whole number from 0 to {FURTHEST}: how many suggestions to skip.")
    return int(text)
