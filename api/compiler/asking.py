"""A question's arguments → what its clauses are written with."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.compiler.conditions import node_condition
from api.compiler.pattern import Asked, Literal, Predicate, Subject
from api.compiler.plan import Known, SortKey
from api.compiler.selection import Field
from api.compiler.values import Bounded, Variables, frozen, lookup
from api.questions.question import WHERE, Argument, Question
from graph.modelling import Model


def asked(model: Model, question: Question, field: Field, variables: Variables) -> Asked:
    """The question as this field asks it. Raises QueryError for a structural value outside its limits."""
    return Asked(question, tuple(_given(model, question.arguments, field, variables)))


def order_of(question: Question) -> tuple[SortKey, ...]:
    """The sort keys of a question's rows."""
    return tuple(
        SortKey(Subject(key.column, nullable=key.nullable, kind=key.kind, of_row=True), key.descending)
        for key in question.order
    )


def known_ids(origin: Asked) -> tuple[Known, ...]:
    """The ids among a question's arguments."""
    given = dict(origin.arguments)
    found = ((item, given.get(item.name)) for item in origin.question.arguments if item.of)
    return tuple(
        Known(item.of, value, item.kind.startswith("["))
        for item, value in found
        if item.of and isinstance(value, Bounded)
    )


def _given(
    model: Model, arguments: tuple[Argument, ...], field: Field, variables: Mapping[str, Any]
) -> Iterator[tuple[str, Bounded | Literal | Predicate]]:
    for item in arguments:
        value = field.arguments.get(item.name)
        if value is None:
            continue
        if item.is_where:
            yield item.name, node_condition(model, item.bare_kind.removesuffix(WHERE), value)
            continue
        limited = Bounded(frozen(value), f"{field.place}({item.name})", item.low, item.high)
        if item.structural:
            yield item.name, Literal(limited.resolve(variables))
        else:
            yield item.name, Literal(frozen(lookup(value, variables))) if item.is_literal else limited
