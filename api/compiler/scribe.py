"""What a question's clauses are written with: its arguments, and names that nothing else in the statement uses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from api.compiler.pattern import Asked, Literal, Predicate
from api.compiler.values import Bounded, Parameter
from graph.modelling import Model


class Statement(Protocol):
    """The statement being written."""

    scopes: int

    def parameter(self, value: Parameter) -> str: ...
    def condition(self, predicate: Predicate, variable: str) -> str: ...


@dataclass(frozen=True)
class QuestionScribe:
    """One asking of a question, as its clauses see it (`api.questions.question.Scribe`)."""

    statement: Statement
    asked: Asked
    model: Model
    here: str
    read: frozenset[str]

    def has(self, argument: str) -> bool:
        return self._given(argument) is not None

    def value(self, argument: str, made: Callable[[Any], Any] | None = None) -> str:
        found = self._given(argument)
        assert isinstance(found, Bounded)
        return self.statement.parameter(replace(found, made=made))

    def literal(self, argument: str) -> Any:
        found = self._given(argument)
        return found.value if isinstance(found, Literal) else None

    def where(self, argument: str, variable: str) -> str:
        found = self._given(argument)
        if found is None:
            return "true"
        assert not isinstance(found, Bounded | Literal)
        return self.statement.condition(found, variable)

    def reads(self, *columns: str) -> bool:
        return not self.read.isdisjoint(columns)

    def names(self, *words: str) -> tuple[str, ...]:
        self.statement.scopes += 1
        return tuple(f"{word}{self.statement.scopes}" for word in words)

    def _given(self, argument: str) -> Bounded | Literal | Predicate | None:
        return dict(self.asked.arguments).get(argument)
