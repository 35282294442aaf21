"""What the API says when a request cannot be answered: one error class, and its codes."""

from enum import StrEnum
from typing import Any

from graphql import GraphQLError


class Code(StrEnum):
    """The stable values of `extensions.code`, named as the field's other servers name them."""

    BAD_REQUEST = "BAD_REQUEST"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    OPERATION_FAILED = "OPERATION_RESOLUTION_FAILURE"
    TIMEOUT = "QUERY_TIMEOUT"
    TOO_LARGE = "QUERY_TOO_LARGE"
    UNAVAILABLE = "DATABASE_UNAVAILABLE"
    INTERNAL = "INTERNAL_SERVER_ERROR"


class QueryError(GraphQLError):
    """A request that cannot be answered as asked. The message names the field or argument and the remedy."""

    def __init__(self, message: str, code: Code = Code.BAD_USER_INPUT, **options: Any) -> None:
        super().__init__(message, extensions={"code": code.value}, **options)
