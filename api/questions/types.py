"""Questions in the schema: their object types, and the field that each is."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from strawberry.types.field import StrawberryField

from api.questions.question import Argument, Field, Form, Linked, Nested, ObjectType, Question
from graph.modelling import EnumType, Property

Arguments = Mapping[str, tuple[str, str]]


class Builder(Protocol):
    """What declares types and fields."""

    namespace: dict[str, Any]

    def add(self, name: str, description: str, fields: Iterable[StrawberryField]) -> type: ...
    def add_enum(self, declared: EnumType) -> None: ...
    def value_field(self, item: Property) -> StrawberryField: ...
    def connection_type(
        self, prefix: str, node: StrawberryField, about: str, more: Iterable[StrawberryField]
    ) -> None: ...
    def field(
        self,
        name: str,
        kind: str,
        description: str,
        arguments: Arguments | None = None,
        defaults: Mapping[str, Any] = ...,
    ) -> StrawberryField: ...


def declare_types(builder: Builder, question: Question) -> None:
    """Declare the types of a question's answer, each once."""
    for declared in question.enums:
        if declared.name not in builder.namespace:
            builder.add_enum(declared)
    if question.form is not Form.CONNECTION:
        declare_object(builder, question.type)
        return
    fields = {item.name: _field(builder, item) for item in question.type.fields}
    node = fields.pop("node")
    builder.connection_type(question.type.name, node, question.type.description, fields.values())


def question_field(builder: Builder, question: Question, pages: Arguments) -> StrawberryField:
    """The field by which a question is asked."""
    own = {item.name: (item.kind, _told(item)) for item in question.arguments}
    arguments = {**own, **pages} if question.form is Form.CONNECTION else own
    defaults = {item.name: item.default for item in question.arguments if item.default is not None}
    return builder.field(question.name, question.kind, question.description, arguments, defaults)


def _told(item: Argument) -> str:
    """An argument's description, with its limits."""
    bounds = [f"at least {item.low:g}"] if item.low is not None else []
    bounds += [f"at most {item.high:g}"] if item.high is not None else []
    of = " characters" if item.bare_kind == "String" and not item.kind.startswith("[") else ""
    of = " of them" if item.kind.startswith("[") else of
    limits = f" ({', '.join(bounds)}{of})" if bounds else ""
    return f"{item.description.removesuffix('.')}{limits}."


def declare_object(builder: Builder, kind: ObjectType) -> None:
    """Declare the type of an object, unless it is there."""
    if kind.name not in builder.namespace:
        builder.add(kind.name, kind.description, [_field(builder, item) for item in kind.fields])


def _field(builder: Builder, item: Field) -> StrawberryField:
    match item:
        case Linked():
            kind = f"[{item.target}!]!" if item.many else item.target + "!" * item.required
            return builder.field(item.name, kind, item.description)
        case Nested():
            declare_object(builder, item.type)
            return builder.field(
                item.name, f"[{item.type.name}!]!" if item.many else f"{item.type.name}!", item.description
            )
        case _:
            return builder.value_field(item)
