"""The slow, exact way to finish a response: graphql-core's own executor over what was read.

Used where the data breaks its types (a null where none may be, a value outside an enum), for the
specification's error rules, and where introspection is asked for beside data.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType]
)

from api.compiler.shaper import TYPE_TAG


def complete(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any],
    data: dict[str, Any],
) -> ExecutionResult:
    """The result of the request for which `data` was read and shaped without checks."""
    return execute_sync(
        schema,
        document,
        root_value=data,
        variable_values=dict(variables),
        operation_name=operation_name,
        field_resolver=_by_response_key,
        type_resolver=_by_tag,
    )


def _by_response_key(source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    return source[str(info.path.key)]


def _by_tag(value: Mapping[str, Any], *_: Any) -> str:
    return value[TYPE_TAG]
