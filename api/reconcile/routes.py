"""The addresses of the service: parameters in, JSON out, or JSONP where a callback is named."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.errors import Code, QueryError
from api.http import JSON, code_of, received, status_of
from api.reconcile.candidates import candidates
from api.reconcile.extend import extend, extension, proposals
from api.reconcile.manifest import SUGGESTED, manifest
from api.reconcile.queries import bad, batch
from api.reconcile.suggest import flyout, suggest
from api.service import Service

logger = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
MAX_FIELDS = 20
Given = Mapping[str, str]


def add_routes(app: FastAPI) -> None:
    """Declare every address of the service."""

    @app.get("/reconcile", summary="Reconciliation service: its manifest, or the answer to queries or extend")
    async def ask(request: Request) -> Response:
        return await answered(request, _service)

    @app.post("/reconcile", summary="Reconciliation service: the answer to the form field queries or extend")
    async def send(request: Request) -> Response:
        return await answered(request, _service)

    @app.get("/reconcile/properties", summary="Reconciliation service: what can be fetched of a type")
    async def propose(request: Request) -> Response:
        async def answer(service: Service, _: Request, given: Given) -> Any:
            return proposals(service.model, given)

        return await answered(request, answer)

    @app.get("/reconcile/suggest/{what}", summary="Reconciliation service: entities, types or properties by prefix")
    async def suggestions(request: Request, what: str) -> Response:
        return await answered(request, _about(what, suggest))

    @app.get("/reconcile/flyout/{what}", summary="Reconciliation service: a card about an entity, type or property")
    async def cards(request: Request, what: str) -> Response:
        return await answered(request, _about(what, flyout))


async def _service(service: Service, request: Request, given: Given) -> Any:
    if "queries" in given:
        return await candidates(service.reader, service.model, batch(given["queries"], service.model))
    if "extend" in given:
        return await extend(service, extension(given["extend"], service.model))
    if request.method == "POST":
        raise bad("The form has neither a field queries nor a field extend.")
    return manifest(service.model, str(request.base_url))


def _about(
    what: str, find: Callable[[Service, str, Given], Awaitable[Any]]
) -> Callable[[Service, Request, Given], Awaitable[Any]]:
    async def answer(service: Service, _: Request, given: Given) -> Any:
        if what not in SUGGESTED:
            raise bad(f"There is nothing to suggest of {what[:100]}: it is {', '.join(SUGGESTED)}.")
        return await find(service, what, given)

    return answer


async def answered(request: Request, answer: Callable[[Service, Request, Given], Awaitable[Any]]) -> Response:
    """The response to a request; what is wrong with it is said in JSON, with a status of its own."""
    callback: str | None = None
    try:
        given = await _given(request)
        callback = _callback(given)
        return _written(await answer(request.app.state.service, request, given), callback)
    except QueryError as error:
        said, status = {"status": "error", "code": code_of(error), "message": error.message}, status_of(error)
    except Exception:
        mark = uuid.uuid4().hex[:8]
        logger.exception("Request %s failed", mark)
        message = f"Something went wrong on our side. It is logged as {mark}."
        said, status = {"status": "error", "code": Code.INTERNAL, "message": message}, 500
    return _written(said, callback, status)


def _written(value: Any, callback: str | None, status: int = 200) -> Response:
    text = orjson.dumps(value)
    if callback is None:
        return Response(text, status, media_type=JSON)
    # The comment keeps a browser from taking the answer for anything but a script.
    script = b"/**/" + callback.encode() + b"(" + text + b");"
    # A page that waits for a script hears of no other status.
    return Response(script, headers={"x-content-type-options": "nosniff"}, media_type="text/javascript")


async def _given(request: Request) -> Given:
    """The parameters of the address and, of a POST, those of its form."""
    given = dict(request.query_params)
    if request.method == "POST":
        kind = request.headers.get("content-type", "")
        if not kind.startswith(FORM):
            raise bad(f"Send the request as {FORM}, not as {kind[:100] or 'nothing'}.")
        try:
            text = (await received(request)).decode()
            given |= parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        except ValueError:
            raise bad(f"The form is not valid: it has at most {MAX_FIELDS} fields, encoded in UTF-8.") from None
    return given


def _callback(given: Given) -> str | None:
    name = given.get("callback")
    if name is not None and not CALLBACK.fullmatch(name):
        raise bad("callback must be the name of a JavaScript function.")
    return name
