"""What a request asks for: its fields, merged per type, with their arguments.

Field collection, directives and the coercion of arguments are graphql-core's; this only gathers, ahead of
execution, what its executor would collect for each type an object can have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues, get_argument_values


@dataclass(frozen=True)
class Field:
    """A field of the response: `children` holds the fields asked of it, by the type the object has."""

    key: str
    name: str
    arguments: Mapping[str, Any]
    children: Mapping[str, "tuple[Field, ...]"]
    place: str


class Selector:
    """Collects the fields of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = {name: FragmentDetails(node) for name, node in fragments.items()}
        self.variables = VariableValues({}, dict(variables))
        self.collected: dict[Any, Mapping[str, tuple[Field, ...]]] = {}

    def select(self) -> tuple[Field, ...]:
        """The fields asked of the query root."""
        query = self.schema.query_type
        assert query is not None
        collected = collect_fields(self.schema, self.fragments, self.variables, query, self.operation)
        return self._fields(query, collected.grouped_field_set, "")

    def _fields(self, parent: GraphQLObjectType, grouped: GroupedFieldSet, place: str) -> tuple[Field, ...]:
        return tuple(self._field(parent, key, details, place) for key, details in grouped.items())

    def _field(self, parent: GraphQLObjectType, key: str, details: FieldDetailsList, place: str) -> Field:
        node = details[0].node
        name = node.name.value
        place = f"{place}.{key}" if place else key
        definition = self.schema.get_field(parent, name)
        assert definition is not None
        children = self._children(get_named_type(cast(Any, definition).type), details, place)
        return Field(key, name, get_argument_values(definition, node, self.variables), children, place)

    def _children(self, kind: Any, details: FieldDetailsList, place: str) -> Mapping[str, tuple[Field, ...]]:
        """The fields asked of a field's value, by its type.

        Each is collected once and then shared: many types have the same field, and collecting it anew for each
        would multiply the work at every level.
        """
        asked = (kind.name, place, *(id(item.node) for item in details))
        found = self.collected.get(asked)
        if found is None:
            found = self.collected[asked] = {
                possible.name: self._fields(
                    possible,
                    collect_subfields(
                        self.schema, self.fragments, self.variables, self.operation, possible, details
                    ).grouped_field_set,
                    place,
                )
                for possible in self._possible_types(kind)
            }
        return found

    def _possible_types(self, kind: Any) -> list[GraphQLObjectType]:
        if is_object_type(kind):
            return [kind]
        return list(self.schema.get_possible_types(kind)) if is_abstract_type(kind) else []
