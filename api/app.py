"""The web application: its routes, what it opens when it starts, and whether it is well."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from api.cache import ResponseCache
from api.entity import add_routes as add_entity
from api.errors import QueryError
from api.find import add_routes as add_find
from api.http import respond
from api.live import EVENT_STREAM, Sockets, listen
from api.quality import Quality
from api.quality import add_routes as add_quality
from api.reader import Reader
from api.reconcile.routes import add_routes as add_reconcile
from api.revision import Watcher
from api.service import Service
from graph.database import connect_async
from graph.model import MODEL
from graph.modelling import Model
from graph.settings import Settings

WEB = Path(__file__).parent.parent / "web"
PATH = "/graphql"
METHODS = ("GET", "POST")
# Anybody may read the graph, from any page: it holds public facts only and no cookie is looked at.
OPEN_TO_ALL = partial(
    CORSMiddleware, allow_origins=["*"], allow_methods=METHODS, allow_headers=["*"], expose_headers=["ETag"]
)
IS_LOADED = "RETURN [EXISTS { (:Entity) }] AS data"


def create_app(settings: Settings | None = None, model: Model = MODEL) -> FastAPI:
    """The application, reading the Neo4j that the settings (by default the environment's) name."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        connection = chosen.connection()
        async with (
            connect_async(connection) as driver,
            Reader(driver, connection.database, chosen.query_timeout) as reader,
        ):
            watcher = Watcher(reader)
            app.state.service = Service(model, reader, show_cypher=chosen.show_cypher)
            app.state.cache = ResponseCache(watcher)
            app.state.quality = Quality(model, reader, watcher)
            app.state.sockets = Sockets(app.state.service, watcher)
            app.state.watcher = watcher
            watching = asyncio.create_task(watcher.watch())
            yield
            watching.cancel()

    app = Application(
        title="partnergraph",
        summary="The partners and learning communities around the Dutch topsectors.",
        lifespan=lifespan,
    )
    app.add_middleware(OPEN_TO_ALL)
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    for add in (add_routes, add_entity, add_find, add_quality, add_reconcile):
        add(app)
    return app


class Application(FastAPI):
    """FastAPI, with /graphql in front of its layers, which would cost more than answering a small query."""

    def build_middleware_stack(self) -> ASGIApp:
        """All layers around the routes."""
        return GraphQL(super().build_middleware_stack())


class GraphQL:
    """Answers /graphql over HTTP, and leaves all else to the application within."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        headers = OPEN_TO_ALL(app).simple_headers
        self.cross_origin = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            await self.app(scope, receive, send)
            return
        response = await self.answer(request)
        # With or without an origin, so that a shared cache may give any client what another asked for.
        response.raw_headers.extend(self.cross_origin)
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The response to a request, whatever it asks for."""
        if request.method not in METHODS:
            return PlainTextResponse("Method Not Allowed", 405, {"allow": ", ".join(METHODS)})
        accepts = request.headers.get("accept", "")
        if request.method == "GET" and "text/html" in accepts and "query" not in request.query_params:
            return FileResponse(WEB / "graphiql" / "index.html")
        state = request.app.state
        if EVENT_STREAM in accepts:
            return await listen(state.service, state.watcher, request)
        return await respond(state.service, state.cache, request)


def service_of(request: Request) -> Service:
    """The service that this application runs."""
    return request.app.state.service


Running = Annotated[Service, Depends(service_of)]


def add_routes(app: FastAPI) -> None:
    """Declare every address."""

    @app.websocket(PATH)
    async def sockets(socket: WebSocket) -> None:
        await socket.app.state.sockets.run(socket)

    @app.get("/", include_in_schema=False)
    def start() -> FileResponse:
        return FileResponse(WEB / "index.html")

    @app.get("/schema.graphql", summary="The GraphQL schema", response_class=PlainTextResponse)
    def schema(service: Running) -> str:
        return service.strawberry.as_str()

    @app.get("/healthz", summary="Whether this process is alive")
    def healthy() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", summary="Whether the database answers and the graph is loaded")
    async def ready(service: Running) -> JSONResponse:
        try:
            (loaded,) = await service.reader.row(IS_LOADED, {})
        except QueryError as error:
            return _not_ready(error.message)
        if not loaded:
            return _not_ready("The graph is empty. Load the data: partnergraph load")
        return JSONResponse({"status": "ready"})


def _not_ready(reason: str) -> JSONResponse:
    body: dict[str, Any] = {"status": "not ready", "reason": reason}
    return JSONResponse(body, status_code=503)
