"""A parsed request → everything needed to answer it, kept for the next request like it."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_variable_values,
    type_from_ast,  # pyright: ignore[reportUnknownVariableType]
    visit,
)
from graphql.language import Visitor

from api.compiler.completion import complete
from api.compiler.cypher import Statement, to_cypher
from api.compiler.plan import Plan
from api.compiler.planner import Planner
from api.compiler.selection import Field, Selector
from api.compiler.shaper import Shaper, Violation, to_shaper
from api.compiler.values import Shape, Variables, shape_of_values, symbolic
from api.errors import Code, QueryError
from api.questions.question import ROOT
from api.questions.registry import STRUCTURAL, questions_of
from graph.modelling import Model

CURSOR_ARGUMENTS = ("after", "before")
PLANS_PER_DOCUMENT = 64


@dataclass(frozen=True)
class Answer:
    """A finished response: `data` in the order of the selection, the errors there were, and what is told beside it."""

    data: dict[str, Any] | None
    errors: tuple[GraphQLError, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Compiled:
    """One operation, for all variables of one shape. Without a statement nothing is read from the graph.

    A `slow` one takes long to make its answer of what was read.
    """

    plan: Plan
    statement: Statement | None
    shaper: Shaper
    unchecked: Shaper
    introspects: bool
    slow: bool

    def parameters(self, variables: Variables) -> dict[str, Any]:
        """The statement's parameters. Raises QueryError for a value outside its limits."""
        assert self.statement is not None
        return {name: item.resolve(variables) for name, item in self.statement.parameters}


@dataclass
class Operation:
    """One operation of a document, with its plans by the shape of the variables."""

    schema: GraphQLSchema
    model: Model
    document: DocumentNode
    node: OperationDefinitionNode
    telling: frozenset[str]
    kinds: Mapping[str, Any]
    plans: "OrderedDict[Shape, Compiled]" = field(default_factory=OrderedDict[Shape, Compiled])

    def variables(self, given: Mapping[str, Any]) -> Variables:
        """The variables, coerced. Raises QueryError naming each that does not fit its type."""
        if not self.kinds:
            return {}
        values = get_variable_values(self.schema, self.node.variable_definitions or (), dict(given))
        if isinstance(values, list):
            raise QueryError(" ".join(error.message for error in values), nodes=values[0].nodes)
        return values.coerced

    def compiled(self, variables: Variables) -> Compiled:
        """The plan for these variables, made when none of their shape came before."""
        parts = {name: symbolic(value, self.kinds[name], (name,)) for name, value in variables.items()}
        shape = (
            tuple((name, shape) for name, (_, shape) in parts.items()),
            shape_of_values(variables, self.telling) if self.telling else (),
        )
        found = self.plans.get(shape)
        if found is None:
            found = self._compile({name: value for name, (value, _) in parts.items()}, variables)
            self.plans[shape] = found
            if len(self.plans) > PLANS_PER_DOCUMENT:
                self.plans.popitem(last=False)
        return found

    def _compile(self, references: Mapping[str, Any], variables: Variables) -> Compiled:
        fragments = {
            node.name.value: node for node in self.document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        fields = Selector(self.schema, self.node, fragments, references).select()
        plan = Planner(self.model, variables).plan(fields)
        statement = to_cypher(plan, self.model)
        names = {item: name for name, item in statement.parameters}
        return Compiled(
            plan,
            statement if plan.slots else None,
            to_shaper(plan, names, checked=True),
            to_shaper(plan, names, checked=False),
            introspects=any(item.name in ("__schema", "__type") for item in fields),
            slow=any(self._is_slow(item) for item in fields),
        )

    def _is_slow(self, item: Field) -> bool:
        question = questions_of(self.model, ROOT).get(item.name)
        return bool(question and question.slow and item.arguments.get(question.slow[0]) == question.slow[1])

    def answer(self, compiled: Compiled, variables: Variables, row: list[Any], parameters: Mapping[str, Any]) -> Answer:
        """The response made of what the statement read."""
        if not compiled.introspects:
            try:
                return Answer(compiled.shaper(row, parameters))
            except (Violation, TypeError):
                pass
        name = self.node.name.value if self.node.name else None
        result = complete(self.schema, self.document, name, variables, compiled.unchecked(row, parameters))
        return Answer(result.data, tuple(result.errors or ()))


class _TellingVariables(Visitor):
    """Gathers the variables on whose values the statement depends: cursors, and arguments that shape it."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        for item in node.arguments or ():
            name = item.name.value
            telling = name in CURSOR_ARGUMENTS or (node.name.value, name) in STRUCTURAL
            if telling and isinstance(item.value, VariableNode):
                self.names.add(item.value.name.value)


def find_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises QueryError where the name leaves it open, or names none."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    known = ", ".join(node.name.value for node in operations if node.name)
    if name is None:
        raise QueryError(f"Say which operation to run with operationName: {known}.", Code.OPERATION_FAILED)
    for node in operations:
        if node.name and node.name.value == name:
            return node
    raise QueryError(f"The document has no operation named {name}. It has: {known}.", Code.OPERATION_FAILED)


def prepare(schema: GraphQLSchema, model: Model, document: DocumentNode, name: str | None) -> Operation:
    """An operation of a valid document, ready to be compiled."""
    node = find_operation(document, name)
    if node.operation is not OperationType.QUERY:
        raise QueryError(
            "Only queries are answered here; subscriptions over WebSocket, or as text/event-stream.",
            Code.OPERATION_FAILED,
        )
    found = _TellingVariables()
    visit(document, found)
    kinds: dict[str, Any] = {
        item.variable.name.value: type_from_ast(schema, item.type) for item in node.variable_definitions or ()
    }
    return Operation(schema, model, document, node, frozenset(found.names) & frozenset(kinds), kinds)
