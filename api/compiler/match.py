"""Pattern → MATCH and WHERE: how the nodes of a list are found, and what must hold of them, in Cypher.

Identifiers come from the model, values are always parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from api.compiler.pattern import (
    LINK_DIRECTION,
    LINK_TYPE,
    All,
    AnyOf,
    Compare,
    Count,
    Exists,
    Hop,
    IsA,
    IsNull,
    IsSet,
    Not,
    Predicate,
    Scan,
    SourceHop,
    Subject,
)
from api.compiler.values import Parameter
from api.questions.question import Columns, Each
from graph.modelling import Direction, LinkType, Model
from graph.provenance import link_type, withdrawn_label, withdrawn_link

OPERATORS = {
    "eq": "{subject} = {value}",
    "in": "{subject} IN {value}",
    "contains": "{subject} CONTAINS {value}",
    "startsWith": "{subject} STARTS WITH {value}",
    "gt": "{subject} > {value}",
    "gte": "{subject} >= {value}",
    "lt": "{subject} < {value}",
    "lte": "{subject} <= {value}",
    "has": "{value} IN {subject}",
}


@dataclass(frozen=True)
class Scope:
    """What is in sight: the current node, the link it was reached by, the node it was reached from.

    In a row that answers a question, also the expressions of its columns. Where `withdrawn`, node and link may be.
    """

    node: str
    link: str = ""
    origin: str = ""
    withdrawn: bool = False
    columns: Columns = field(default_factory=dict[str, "str | Each | Columns"])

    def column(self, name: str) -> str:
        """The expression of a plain column."""
        found = self.columns[name]
        assert isinstance(found, str)
        return found


class Matcher:
    """Writes the patterns and conditions of one statement, collecting its parameters and handing out variables."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.parameters: list[Parameter] = []
        self.scopes = 0

    def parameter(self, value: Parameter) -> str:
        if value not in self.parameters:
            self.parameters.append(value)
        return f"$p{self.parameters.index(value)}"

    def scope(self, origin: str = "", *, withdrawn: bool = False) -> Scope:
        self.scopes += 1
        return Scope(f"n{self.scopes}", f"r{self.scopes}", origin, withdrawn)

    # ---- where nodes come from ----

    def pattern(self, origin: Scan | Hop, scope: Scope, *, named: bool = True) -> str:
        node, link = (scope.node, scope.link) if named else ("", "")
        match origin:
            case Scan(label, withdrawn):
                return f"({node}:{self.any_label([label], scope) if withdrawn else label})"
            case Hop(links, direction, label, only_from=only_from):
                types = self.link_types(links, scope)
                start = f":{self.any_label(only_from, scope)}" if only_from else ""
                left = "<-" if direction is Direction.INCOMING else "-"
                right = "->" if direction is Direction.OUTGOING else "-"
                kind = f":{self.any_label([label], scope)}" if label else ""
                return f"({scope.origin}{start}){left}[{link}:{types}]{right}({node}{kind})"

    def any_label(self, names: Sequence[str], scope: Scope) -> str:
        """The labels that the nodes of some types have."""
        return "|".join([*names, *(self.withdrawn_labels(names) if scope.withdrawn else ())])

    def withdrawn_labels(self, names: Sequence[str]) -> list[str]:
        """The labels that they have when they are withdrawn."""
        nodes = {node.name for name in names for node in self.model.concrete(name)}
        return [withdrawn_label(node.name) for node in self.model.nodes if node.name in nodes]

    def link_types(self, links: Sequence[LinkType], scope: Scope) -> str:
        """The types that some links have."""
        names = [item.name for item in links]
        return "|".join([*names, *(map(withdrawn_link, names) if scope.withdrawn else ())])

    def match(self, origin: Hop | SourceHop, inner: Scope, outer: Scope) -> str:
        if isinstance(origin, Hop):
            return f"MATCH {self.pattern(origin, inner)}"
        # Sources are kept as ids in a list, since a link cannot itself be linked.
        holder = outer.link if origin.of_link else outer.node
        return f"UNWIND {holder}.sources AS {inner.link} MATCH ({inner.node}:Source {{id: {inner.link}}})"

    # ---- conditions ----

    def condition(self, predicate: Predicate, variable: str) -> str:
        """The predicate on the node in a variable."""
        return " AND ".join(self.conditions(predicate, Scope(variable))) or "true"

    def conditions(self, predicate: Predicate, scope: Scope) -> list[str]:
        """The predicate as conditions to be joined by AND."""
        parts = predicate.of if isinstance(predicate, All) else (predicate,)
        return [self.predicate(part, scope) for part in parts]

    def predicate(self, predicate: Predicate, scope: Scope) -> str:
        match predicate:
            case Compare(subject, operator, value):
                return OPERATORS[operator].format(subject=self.subject(subject, scope), value=self.parameter(value))
            case IsNull(subject):
                return f"{self.subject(subject, scope)} IS NULL"
            case IsSet(subject):
                return f"{self.subject(subject, scope)} IS NOT NULL"
            case IsA(labels):
                return self.has_label(labels, scope)
            case All(of):
                return f"({' AND '.join(self.predicate(part, scope) for part in of)})" if of else "true"
            case AnyOf(of):
                return f"({' OR '.join(self.predicate(part, scope) for part in of)})" if of else "false"
            case Not(of):
                return f"NOT coalesce({self.predicate(of, scope)}, false)"
            case Exists(origin, condition):
                inner = self.scope(scope.node)
                matched = self.match(origin, inner, scope)
                return f"EXISTS {{ {matched}{where(self.conditions(condition, inner))} }}"
            case Count(origin, condition, operator, value):
                inner = self.scope(scope.node)
                count = f"COUNT {{ {self.match(origin, inner, scope)}{where(self.conditions(condition, inner))} }}"
                return OPERATORS[operator].format(subject=count, value=self.parameter(value))
            case _:
                assert_never(predicate)

    def has_label(self, labels: Sequence[str], scope: Scope) -> str:
        return f"{scope.node}:{self.any_label(labels, scope)}" if labels else "false"

    def subject(self, subject: Subject, scope: Scope) -> str:
        if subject == LINK_TYPE:
            return link_type(scope.link) if scope.withdrawn else f"type({scope.link})"
        if subject == LINK_DIRECTION:
            return f"CASE WHEN startNode({scope.link}) = {scope.origin} THEN 'OUTGOING' ELSE 'INCOMING' END"
        if subject.of_row:
            return scope.column(subject.name)
        return f"{scope.link if subject.of_link else scope.node}.{subject.name}"


def where(conditions: Sequence[str]) -> str:
    """A WHERE clause, or nothing."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
