"""News for clients that stay connected: operations over WebSocket, and as server-sent events.

The protocols are graphql-transport-ws and the distinct connections mode of GraphQL over SSE.
"""

from collections.abc import AsyncIterator

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from api.errors import QueryError
from api.http import JSON, body_of, read, write
from api.revision import Watcher
from api.service import Reply, Request, Service, coded
from api.subscription import Context

EVENT_STREAM = "text/event-stream"
MAX_SUBSCRIPTIONS = 20
"""The most that one connection may have at a time."""


class Sockets(GraphQL[Context, None]):
    """Operations over WebSocket."""

    def __init__(self, service: Service, watcher: Watcher) -> None:
        super().__init__(
            service.strawberry,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            max_subscriptions_per_connection=MAX_SUBSCRIPTIONS,
        )
        self.watcher = watcher

    async def get_context(self, request: HttpRequest | WebSocket, response: Response | WebSocket) -> Context:
        """What resolvers may use."""
        return {"watcher": self.watcher}


async def listen(service: Service, watcher: Watcher, http: HttpRequest) -> Response:
    """Answer a request with a stream of events, for as long as the client listens."""
    try:
        request = await read(http)
    except QueryError as error:
        return write(Reply(None, (error,), refused=True), JSON)
    return EventSourceResponse(events(service, watcher, request))


async def events(service: Service, watcher: Watcher, request: Request) -> AsyncIterator[ServerSentEvent]:
    """The answers to a request as they come, each an event `next`, then `complete`."""
    if _is_subscription(request):
        results = await service.strawberry.subscribe(
            request.query, dict(request.variables), {"watcher": watcher}, operation_name=request.operation_name
        )
        async for result in results:
            yield _next(Reply(result.data, tuple(map(coded, result.errors or ())), refused=result.data is None))
    else:
        yield _next(await service.answer(request))
    yield ServerSentEvent(event="complete", data="")


def _is_subscription(request: Request) -> bool:
    try:
        operation = get_operation_ast(parse(request.query), request.operation_name)
    except GraphQLError:
        return False
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def _next(reply: Reply) -> ServerSentEvent:
    return ServerSentEvent(event="next", data=orjson.dumps(body_of(reply)).decode())
