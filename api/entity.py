"""An entity as a small page at /entity/{id}: what it is, what it is linked with, and who says so."""

from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from api.errors import QueryError
from api.http import status_of
from api.pages import page
from api.service import Service
from graph.modelling import Kind, Model, Property, readable

LINKS = 100
COLLABORATORS = 10
SHARED = "Entity"
WITHDRAWN = "query Withdrawn($id: ID!) { entity(id: $id, includeWithdrawn: true) { name withdrawnOn } }"
IN_THE_HEAD = ("id", "name", "description")


def add_routes(app: FastAPI) -> None:
    """Declare the address."""

    @app.get("/entity/{identity}", summary="An entity, as a small page", response_class=HTMLResponse)
    async def entity(request: Request, identity: str) -> HTMLResponse:
        service: Service = request.app.state.service
        try:
            found = await read(service, identity)
            gone = None if found else (await service.data(WITHDRAWN, {"id": identity}))["entity"]
        except QueryError as error:
            return page("partnergraph", f"<p>{escape(error.message)}</p>", status_of(error))
        if found:
            return page(found["name"], body(service.model, found))
        if gone:
            told = f"Withdrawn on {gone['withdrawnOn']}: since that day none of the loaded files states it."
            return page(gone["name"], f"<h1>{escape(gone['name'])}</h1><p>{told}</p>", 410)
        return page("Not found", f"<h1>Not found</h1><p>Nothing has the id {escape(identity)}.</p>", 404)


async def read(service: Service, identity: str) -> dict[str, Any] | None:
    """All that the page tells of an entity; None where there is none. Raises QueryError."""
    found = await service.data(document(service.model), {"id": identity})
    return found["entity"]


@cache
def document(model: Model) -> str:
    """The GraphQL query for an entity of any type. A property is asked for by the name of its type as well."""
    fragments = [
        f"... on {node.name} {{ {' '.join(f'{_alias(node.name, item)}: {_asked(item)}' for item in own)} }}"
        for node in model.concrete(SHARED)
        if (own := _told(model, node.name))
    ]
    return f"""
    query Page($id: ID!) {{
      entity(id: $id) {{
        __typename id name description
        {" ".join(fragments)}
        ... on Organisation {{ collaborators(first: {COLLABORATORS}) {{ edges {{ sharedCount node {{ id name }} }} }} }}
        sources {{ url title }}
        links(first: {LINKS}) {{ totalCount edges {{ type direction role since until node {{ id name __typename }} }} }}
      }}
    }}
    """


def body(model: Model, found: dict[str, Any]) -> str:
    """An entity as HTML."""
    links, kind = found["links"], found["__typename"]
    rest = links["totalCount"] - len(links["edges"])
    more = f"<li>… and {rest:,} more</li>" if rest else ""
    sources = "".join(f"<li>{_link(item['url'], item['title'] or item['url'])}</li>" for item in found["sources"])
    return f"""
{card(model, found)}
{_collaborators(found)}
<h2>Linked with</h2>
<ul>{"".join(map(_edge, links["edges"]))}{more}</ul>
<h2>Sources</h2>
<ul>{sources}</ul>
<p class="small">{escape(kind)} {escape(found["id"])} · <a href="/">partnergraph</a></p>
"""


def _collaborators(found: dict[str, Any]) -> str:
    """With whom an organisation works most, if with anybody; nothing of what is no organisation."""
    items = [
        f'{link(edge["node"]["id"], edge["node"]["name"])} <span class="small">{edge["sharedCount"]} shared</span>'
        for edge in found.get("collaborators", {}).get("edges", ())
    ]
    return f"<h2>Works most with</h2><ul><li>{'</li><li>'.join(items)}</li></ul>" if items else ""


def card(model: Model, found: dict[str, Any]) -> str:
    """What an entity is, as a piece of HTML that can stand anywhere."""
    kind = found["__typename"]
    told = ((item, found[_alias(kind, item)]) for item in _told(model, kind))
    rows = "".join(f"<dt>{readable(item.name)}</dt><dd>{_value(item, value)}</dd>" for item, value in told if value)
    return f"""<h1>{escape(found["name"])}</h1>
<p>{escape(readable(kind))}. {escape(found["description"] or "")}</p>
<dl>{rows}</dl>"""


def _told(model: Model, type_name: str) -> list[Property]:
    """The properties that a card tells as rows."""
    every = model.properties_of(type_name)
    return [item for item in every if item.name not in IN_THE_HEAD and item.kind is not Kind.SOURCES]


def _alias(type_name: str, item: Property) -> str:
    return f"{type_name}_{item.name}"


def _asked(item: Property) -> str:
    return f"{item.name} {{ latitude longitude }}" if item.kind is Kind.POINT else item.name


def _value(item: Property, value: Any) -> str:
    if item.many:
        return escape(", ".join(value))
    if item.kind is Kind.POINT:
        return f"{value['latitude']:g}, {value['longitude']:g}"
    return _link(str(value), str(value)) if item.kind is Kind.URL else escape(str(value))


def _edge(edge: dict[str, Any]) -> str:
    node, years = edge["node"], "-".join(str(edge[year] or "") for year in ("since", "until"))
    said = ", ".join(filter(None, (edge["role"], years if years != "-" else "")))
    arrow = "←" if edge["direction"] == "INCOMING" else "→"
    title = f"{arrow} {readable(edge['type']).lower()} {said}"
    return f'<li>{link(node["id"], node["name"])} <span class="small">{escape(title)}</span></li>'


def link(identity: str, name: str) -> str:
    """A link to an entity's page."""
    return f'<a href="/entity/{quote(identity, safe="")}">{escape(name)}</a>'


def _link(address: str, text: str) -> str:
    if not address.startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(address)}" rel="noreferrer">{escape(text)}</a>'
