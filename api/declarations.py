"""Strawberry types declared by name: each field says its type in GraphQL's own notation, declared yet or not."""

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

from graph.modelling import EnumType, Kind, Model, Property

Fields = dict[str, StrawberryField]

SCALARS = {
    Kind.ID: "ID",
    Kind.STRING: "String",
    Kind.TEXT: "String",
    Kind.URL: "String",
    Kind.YEAR: "Int",
    Kind.INTEGER: "Int",
    Kind.BOOLEAN: "Boolean",
    Kind.NUMBER: "Float",
    Kind.DATE: "Date",
    Kind.POINT: "GeoPoint",
}


class Declarations:
    """The types of one model; `namespace` holds each under its GraphQL name, `made` every field with its notation."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.made: list[tuple[StrawberryField, str]] = []
        self.namespace: dict[str, Any] = {
            "ID": strawberry.ID,
            "String": str,
            "Int": int,
            "Float": float,
            "Boolean": bool,
            "Date": date,
        }

    def field(
        self,
        name: str,
        kind: str,
        description: str,
        arguments: Mapping[str, tuple[str, str]] | None = None,
        defaults: Mapping[str, Any] = {},
    ) -> StrawberryField:
        """An output field. `kind` is GraphQL's own notation: `[Topsector!]!`."""
        made = StrawberryField(
            python_name=name,
            graphql_name=name,
            type_annotation=self.annotation(kind),
            description=description,
        )
        self.made.append((made, kind))
        made.arguments = [
            StrawberryArgument(key, key, self.annotation(of), description=text, default=defaults.get(key, UNSET))
            for key, (of, text) in (arguments or {}).items()
        ]
        return made

    def annotation(self, kind: str) -> StrawberryAnnotation:
        """GraphQL's notation of a type as a Strawberry annotation, read when the schema is made."""
        return StrawberryAnnotation(_python_notation(kind), namespace=self.namespace)

    def add(
        self,
        name: str,
        description: str,
        fields: Iterable[StrawberryField],
        bases: tuple[type, ...] = (),
        **options: Any,
    ) -> type:
        """Declare an output type, or with `is_interface` an interface."""
        body = {item.python_name: item for item in fields}
        made = type(name, bases, {**body, "__annotations__": dict.fromkeys(body, object), "__module__": __name__})
        self.namespace[name] = strawberry.type(made, name=name, description=description, **options)
        return self.namespace[name]

    def add_input(self, name: str, description: str, fields: dict[str, tuple[str, str]], one_of: bool = False) -> None:
        """Declare an input type, all of whose fields may be left out."""
        body: Fields = {}
        for key, (kind, text) in fields.items():
            # `in` and `and` are GraphQL names but Python keywords.
            body[f"{key}_"] = StrawberryField(
                python_name=f"{key}_",
                graphql_name=key,
                type_annotation=self.annotation(kind),
                description=text,
                default=UNSET,
            )
            self.made.append((body[f"{key}_"], kind))
        made = type(name, (), {**body, "__annotations__": dict.fromkeys(body, object), "__module__": __name__})
        self.namespace[name] = strawberry.input(made, name=name, description=description, one_of=one_of)

    def add_enum(self, declared: EnumType) -> None:
        """Declare an enum and the filter on it."""
        values = {key: strawberry.enum_value(key, description=text) for key, text in declared.values.items()}
        self.namespace[declared.name] = strawberry.enum(
            cast(Any, enum.Enum)(declared.name, values), name=declared.name, description=declared.description
        )

    def value_field(self, item: Property) -> StrawberryField:
        """The output field of a property."""
        if item.kind is Kind.SOURCES:
            return self.field(item.name, "[Source!]!", item.description)
        kind = item.enum.name if item.enum else SCALARS[item.kind]
        if item.many:
            return self.field(item.name, f"[{kind}!]!", item.description)
        return self.field(item.name, f"{kind}!" if item.required else kind, item.description)


def _python_notation(kind: str) -> str:
    """`[Topsector!]!` → `list[Topsector]`, `Int` → `Int | None`."""
    required = kind.endswith("!")
    kind = kind.removesuffix("!")
    plain = f"list[{_python_notation(kind[1:-1])}]" if kind.startswith("[") else kind
    return plain if required else f"{plain} | None"
