"""Data extension: the values of chosen properties and links, for entities that a spreadsheet was matched with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from api.errors import Code, QueryError
from api.http import parsed
from api.reconcile.queries import bad
from api.reconcile.vocabulary import ROOT, fields, several, term, types
from api.service import Service
from graph.modelling import Kind, LinkField, Model, Property

MAX_IDS = 500
MAX_PROPERTIES = 50
MAX_LINKED = 100
MAX_LETTERS = 200


@dataclass(frozen=True)
class Extension:
    """For which entities the values of which properties and links are wanted."""

    ids: tuple[str, ...]
    names: tuple[str, ...]


def extension(text: str, model: Model) -> Extension:
    """A data extension query, read and checked. Raises QueryError."""
    value = parsed(text.encode(), "The field extend")
    given = cast(dict[str, Any], value) if isinstance(value, dict) else {}
    ids, items = given.get("ids"), given.get("properties")
    if not isinstance(ids, list) or not isinstance(items, list):
        raise bad('The field extend must be as in {"ids": ["partner-nwo"], "properties": [{"id": "website"}]}.')
    known, wanted = cast(list[Any], ids), cast(list[Any], items)
    if len(known) > MAX_IDS or len(wanted) > MAX_PROPERTIES:
        most = f"at most {MAX_IDS} ids and {MAX_PROPERTIES} properties"
        raise QueryError(f"There are {len(known)} ids and {len(wanted)} properties; {most} fit.", Code.TOO_LARGE)
    if not all(isinstance(identity, str) for identity in known):
        raise bad("Each of the ids must be a text.")
    every = fields(model, ROOT)
    names: list[str] = []
    for item in wanted:
        name = cast(dict[str, Any], item).get("id") if isinstance(item, dict) else None
        if not isinstance(name, str) or name not in every:
            raise bad(f"{str(name)[:MAX_LETTERS]} is no property. They are {', '.join(every)}.")
        names.append(name)
    return Extension(tuple(dict.fromkeys(known)), tuple(dict.fromkeys(names)))


async def extend(service: Service, wanted: Extension) -> dict[str, Any]:
    """The values that are wanted, with a list of none for an id that is not known. Raises QueryError."""
    model = service.model
    found = await service.data(document(model, wanted.names), {"ids": list(wanted.ids)})
    rows: dict[str, dict[str, list[Any]]] = {identity: {name: [] for name in wanted.names} for identity in wanted.ids}
    for node in filter(None, found["nodes"]):
        for name, item in _fields(model, node["__typename"], wanted.names).items():
            rows[node["id"]][name] = _values(item, node[f"{node['__typename']}_{name}"])
    return {"meta": [_meta(model, name) for name in wanted.names], "rows": rows}


def proposals(model: Model, given: Mapping[str, str]) -> dict[str, Any]:
    """The properties and links that entities of a type have. Raises QueryError."""
    name, limit = given.get("type") or ROOT, given.get("limit")
    if name not in types(model):
        raise bad(f"{name[:MAX_LETTERS]} is no type. They are {', '.join(types(model))}.")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 9):
        raise bad("limit must be a whole number.")
    found = [term(item).brief for item in fields(model, name).values()]
    chosen = {"limit": int(limit)} if limit else {}
    return {"type": name, **chosen, "properties": found[: chosen.get("limit")]}


def document(model: Model, names: tuple[str, ...]) -> str:
    """The GraphQL query for the values. Each is asked for by the name of its type as well."""
    fragments: list[str] = []
    for node in model.concrete(ROOT):
        asked = (f"{node.name}_{name}: {_asked(item)}" for name, item in _fields(model, node.name, names).items())
        if text := " ".join(asked):
            fragments.append(f"... on {node.name} {{ {text} }}")
    return f"query Extend($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {' '.join(fragments)} }} }}"


def _fields(model: Model, type_name: str, names: tuple[str, ...]) -> dict[str, Property | LinkField]:
    known = fields(model, type_name)
    return {name: known[name] for name in names if name in known}


def _asked(item: Property | LinkField) -> str:
    if isinstance(item, LinkField):
        linked = "id name"
        return (
            f"{item.name} {{ {linked} }}"
            if item.single
            else (f"{item.name}(first: {MAX_LINKED}) {{ nodes {{ {linked} }} }}")
        )
    return f"{item.name} {{ latitude longitude }}" if item.kind is Kind.POINT else item.name


def _values(item: Property | LinkField, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if isinstance(item, LinkField):
        return [value] if item.single else value["nodes"]
    return [_cell(item, each) for each in several(value)]


def _cell(item: Property, value: Any) -> dict[str, Any]:
    match item.kind:
        case Kind.YEAR | Kind.INTEGER:
            return {"int": value}
        case Kind.NUMBER:
            return {"float": value}
        case Kind.BOOLEAN:
            return {"bool": value}
        case Kind.DATE:
            return {"date": f"{value}T00:00:00Z"}
        case Kind.POINT:
            return {"str": f"{value['latitude']},{value['longitude']}"}
        case _:
            return {"str": str(value)}


def _meta(model: Model, name: str) -> dict[str, Any]:
    """What a column is called; where it has entities, their type as well."""
    item = fields(model, ROOT)[name]
    of = {"type": types(model)[item.target].brief} if isinstance(item, LinkField) else {}
    return {**term(item).brief, **of}
