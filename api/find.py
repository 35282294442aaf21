"""A search as a small page at /find: whoever opens the graph looks themselves up first."""

from collections.abc import Mapping
from html import escape
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse

from api.entity import link
from api.errors import QueryError
from api.http import status_of
from api.pages import page
from api.questions.search import MAX_LETTERS
from api.service import Service
from graph.modelling import readable

ASKED = """
query Find($text: String!, $after: String) {
  search(text: $text, first: 20, after: $after) {
    totalCount
    nodes { __typename id name description }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def add_routes(app: FastAPI) -> None:
    """Declare the address."""

    @app.get("/find", summary="What a text finds, as a small page", response_class=HTMLResponse)
    async def find(
        request: Request, q: Annotated[str, Query(max_length=MAX_LETTERS)] = "", after: str | None = None
    ) -> HTMLResponse:
        service: Service = request.app.state.service
        if not q.strip():
            return page("Find", form(""))
        try:
            found = await service.data(ASKED, {"text": q, "after": after})
        except QueryError as error:
            return page("Find", f"{form(q)}<p>{escape(error.message)}</p>", status_of(error))
        return page(q, form(q) + body(q, found["search"]))


def form(text: str) -> str:
    """The place to type in what to look for."""
    return f"""<form action="/find" role="search">
<input type="search" name="q" value="{escape(text)}" maxlength="{MAX_LETTERS}" aria-label="What to look for" required>
<button>Find</button> <a class="small" href="/">partnergraph</a></form>"""


def body(text: str, found: Mapping[str, Any]) -> str:
    """What was found, as HTML."""
    if not found["nodes"]:
        return f"<p>Nothing is known by “{escape(text)}”. Try fewer words, or an abbreviation.</p>"
    items = "".join(map(_item, found["nodes"]))
    facts = found["pageInfo"]
    rest = urlencode({"q": text, "after": facts["endCursor"]})
    more = f'<p><a href="/find?{escape(rest)}">More</a></p>' if facts["hasNextPage"] else ""
    return f"<p>{found['totalCount']:,} found</p><ul>{items}</ul>{more}"


def _item(node: Mapping[str, Any]) -> str:
    kind = f'<span class="small">{escape(readable(node["__typename"]).lower())}</span>'
    return f"<li>{link(node['id'], node['name'])} {kind}<br>{escape(node['description'] or '')}</li>"
