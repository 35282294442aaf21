"""GraphQL over HTTP: the request in, the reply out, as the specification of that name says."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any, cast

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.cache import ResponseCache, key_of
from api.errors import Code, QueryError
from api.service import Reply, Request, Service

logger = logging.getLogger(__name__)

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
MAX_BODY_BYTES = 1_000_000
ALONE = {
    Code.BAD_REQUEST: 400,
    Code.BAD_USER_INPUT: 400,
    Code.TOO_LARGE: 413,
    Code.UNAVAILABLE: 503,
    Code.TIMEOUT: 503,
}
"""The status of a response that is nothing but an error."""
STATUS = {Code.BAD_REQUEST: 400, Code.UNAVAILABLE: 503, Code.INTERNAL: 500}


async def respond(service: Service, cache: ResponseCache, http: HttpRequest) -> Response:
    """Answer one HTTP request for GraphQL."""
    media_type = GRAPHQL_JSON if GRAPHQL_JSON in http.headers.get("accept", "") else JSON
    try:
        return await _answer(service, cache, await read(http), http, media_type)
    except QueryError as error:
        reply = Reply(None, (error,), refused=True)
    except Exception:
        mark = uuid.uuid4().hex[:8]
        logger.exception("Request %s failed", mark)
        error = QueryError(f"Something went wrong on our side. It is logged as {mark}.", Code.INTERNAL)
        reply = Reply(None, (error,), refused=True)
    return write(reply, media_type)


async def _answer(
    service: Service, cache: ResponseCache, request: Request, http: HttpRequest, media_type: str
) -> Response:
    """The answer that the client or we still have, unless the client wants it fresh; else read from the graph."""
    key = key_of(request)
    tag = cache.tag(key)
    if tag and "no-cache" not in http.headers.get("cache-control", ""):
        if tag in http.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=_headers(tag))
        body = cache.get(key)
        if body is not None:
            return Response(body, headers=_headers(tag), media_type=media_type)
    reply = await service.answer(request)
    if tag is None or reply.errors or reply.extensions:
        return write(reply, media_type)
    response = write(reply, media_type, _headers(tag))
    cache.put(key, bytes(response.body), tag)
    return response


def _headers(tag: str) -> dict[str, str]:
    """Anybody may keep the answer, but must ask each time whether it still holds."""
    return {"etag": tag, "cache-control": "public, no-cache", "vary": "accept"}


async def read(http: HttpRequest) -> Request:
    """The GraphQL request in an HTTP request. Raises QueryError saying what is wrong with it."""
    if http.method == "GET":
        fields: Mapping[str, Any] = http.query_params
        given = fields.get("variables")
        variables = parsed(given.encode(), "The variables in the address") if given else None
    else:
        kind = http.headers.get("content-type", "")
        if not kind.startswith(JSON):
            raise QueryError(f"Send the request as {JSON}, not as {kind or 'nothing'}.", Code.BAD_REQUEST)
        fields = parsed(await received(http), "The request")
        if not isinstance(fields, dict):
            raise QueryError("The request must be one JSON object with the field query.", Code.BAD_REQUEST)
        variables = fields.get("variables")
    query, name = fields.get("query"), fields.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise QueryError("The request has no query: give a GraphQL document as text.", Code.BAD_REQUEST)
    if variables is not None and not isinstance(variables, dict):
        raise QueryError("The variables must be a JSON object.", Code.BAD_REQUEST)
    if name is not None and not isinstance(name, str):
        raise QueryError("The operationName must be a text.", Code.BAD_REQUEST)
    return Request(query, cast(dict[str, Any], variables or {}), name or None)


async def received(http: HttpRequest) -> bytes:
    """The body of a request. Raises QueryError where it is too large."""
    body = bytearray()
    try:
        async for chunk in http.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise QueryError(f"The request is larger than {MAX_BODY_BYTES:,} bytes.", Code.BAD_REQUEST)
    except ClientDisconnect:
        raise QueryError("The request was cut off.", Code.BAD_REQUEST) from None
    return bytes(body)


def parsed(text: bytes, what: str) -> Any:
    """The value of a text in JSON. Raises QueryError, which calls it `what`."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise QueryError(
            f"{what} is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno}).", Code.BAD_REQUEST
        ) from None


def write(reply: Reply, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP response that carries a reply."""
    status = _status(reply, media_type) if reply.errors else 200
    return Response(orjson.dumps(body_of(reply)), status, headers, media_type)


def body_of(reply: Reply) -> dict[str, Any]:
    """A reply as the GraphQL specification lays out a response."""
    body: dict[str, Any] = {} if reply.refused else {"data": reply.data}
    if reply.extensions:
        body["extensions"] = reply.extensions
    return {"errors": [formatted(error) for error in reply.errors], **body} if reply.errors else body


def _status(reply: Reply, media_type: str) -> int:
    """200 once there is `data`; a refusal has a status of its own, except in plain JSON, for older clients."""
    if not reply.refused:
        return 200
    return STATUS.get(code_of(reply.errors[0]), 400 if media_type == GRAPHQL_JSON else 200)


def status_of(error: QueryError) -> int:
    """The status of a response that is nothing but this error."""
    return ALONE.get(code_of(error), 500)


def code_of(error: GraphQLError) -> Code:
    """The code of an error."""
    return Code((error.extensions or {})["code"])


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as the GraphQL specification lays it out."""
    return {**error.formatted}
