"""Answers GraphQL requests: known ones straight from their plan, new ones by way of Strawberry.

Strawberry parses and validates; the extension here then answers in place of its resolvers, with one
statement, and keeps what it compiled for the next request with the same text.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
)
from strawberry import Schema
from strawberry.extensions import MaxTokensLimiter, SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.compiler.compiler import Answer, Operation, find_operation, prepare
from api.errors import Code, QueryError
from api.reader import Reader
from api.schema import build_schema as build_strawberry
from graph.modelling import Model

MAX_DOCUMENTS = 1000
MAX_TOKENS = 5000


@dataclass(frozen=True)
class Request:
    """What a client sent, as the GraphQL over HTTP specification names it."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    operation_name: str | None = None


@dataclass(frozen=True)
class Reply:
    """The outcome of a request; `refused` when it was not executed, so that there is no `data` at all."""

    data: dict[str, Any] | None
    errors: tuple[GraphQLError, ...] = ()
    refused: bool = False
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Service:
    """Answers requests on one graph; with `show_cypher` each answer has its statement in `extensions.cypher`."""

    def __init__(self, model: Model, reader: Reader, *, show_cypher: bool = False) -> None:
        self.model = model
        self.reader = reader
        self.show_cypher = show_cypher
        self.operations: OrderedDict[tuple[str, str | None], Operation] = OrderedDict()
        self.strawberry = build_strawberry(model, [lambda: MaxTokensLimiter(MAX_TOKENS), lambda: _Compiler(self)])
        self.schema = executable(self.strawberry)

    async def answer(self, request: Request) -> Reply:
        """The reply to a request; what is wrong with the request is part of it."""
        known = self.operations.get((request.query, request.operation_name))
        if known is None:
            return await self._introduce(request)
        try:
            found = await self.run(known, request.variables)
        except QueryError as error:
            return Reply(None, (error,), refused=True)
        return Reply(found.data, tuple(map(coded, found.errors)), extensions=found.extensions)

    async def data(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a query of our own. Raises QueryError."""
        reply = await self.answer(Request(query, variables))
        for error in reply.errors:
            raise QueryError(error.message, Code((error.extensions or {})["code"]))
        assert reply.data is not None
        return reply.data

    async def run(self, operation: Operation, given: Mapping[str, Any]) -> Answer:
        """Answer an operation with one statement. Raises QueryError."""
        variables = operation.variables(given)
        compiled = operation.compiled(variables)
        if compiled.statement is None:
            return operation.answer(compiled, variables, [], {})
        parameters = compiled.parameters(variables)
        row = await self.reader.row(compiled.statement.text, parameters)
        if compiled.slow:
            found = await asyncio.to_thread(operation.answer, compiled, variables, row, parameters)
        else:
            found = operation.answer(compiled, variables, row, parameters)
        if not self.show_cypher:
            return found
        return replace(found, extensions={"cypher": {"statement": compiled.statement.text, "parameters": parameters}})

    async def _introduce(self, request: Request) -> Reply:
        """Answer a request whose text was not seen before."""
        try:
            result = await self.strawberry.execute(
                request.query,
                variable_values=dict(request.variables),
                operation_name=request.operation_name,
            )
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            named = f" named {request.operation_name}" if request.operation_name else ""
            error = QueryError(f"The document has no query{named}.", Code.OPERATION_FAILED)
            return Reply(None, (error,), refused=True)
        refused = isinstance(result, PreExecutionError)
        for error in result.errors or ():
            if refused and error.original_error and not isinstance(error.original_error, GraphQLError):
                raise error.original_error
        return Reply(result.data, tuple(map(coded, result.errors or ())), refused, result.extensions or {})

    def remember(self, request: Request, operation: Operation) -> None:
        """Keep an operation for the next request with the same text."""
        self.operations[request.query, request.operation_name] = operation
        if len(self.operations) > MAX_DOCUMENTS:
            self.operations.popitem(last=False)


class _Compiler(SchemaExtension):
    """Puts the compiled answer in the place of Strawberry's own execution."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.results: dict[str, Any] = {}

    def get_results(self) -> dict[str, Any]:
        """The `extensions` of the answer."""
        return self.results

    async def on_execute(self) -> AsyncIterator[None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        context = self.execution_context
        assert context.query is not None
        assert context.graphql_document is not None
        # Where none is given, `operation_name` is that of the document's first operation.
        name = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]
        find_operation(context.graphql_document, name)
        if context.operation_type is OperationType.SUBSCRIPTION and context.context:
            yield
            return
        request = Request(context.query, context.variables or {}, name)
        operation = prepare(self.service.schema, self.service.model, context.graphql_document, name)
        self.service.remember(request, operation)
        found = await self.service.run(operation, request.variables)
        self.results = dict(found.extensions)
        context.result = ExecutionResult(found.data, list(found.errors) or None)
        yield


def executable(schema: Schema) -> GraphQLSchema:
    """The schema as graphql-core alone sees it, with enums as plain names and dates as dates."""
    made = build_schema(schema.as_str())
    kind = made.type_map["Date"]
    assert isinstance(kind, GraphQLScalarType)
    kind.parse_value = kind.coerce_input_value = _parse_date
    return made


def _parse_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is not a date. Write it as year-month-day: 2026-11-24.") from None


def coded(error: GraphQLError) -> GraphQLError:
    """The error with a code, by the stage in which it arose."""
    if "code" in (error.extensions or {}):
        return error
    if isinstance(error, GraphQLSyntaxError):
        code = Code.PARSE_FAILED
    else:
        code = Code.INTERNAL if error.path else Code.VALIDATION_FAILED
    error.extensions = {**(error.extensions or {}), "code": code.value}
    return error
