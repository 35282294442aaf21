"""Random valid queries over the whole schema: every argument, fragments, directives and variables."""

# graphql-core leaves its generics open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from api.questions.registry import QUESTIONS
from tests.support.graphs import NAMES, YEARS, Graph

LOGIC_DEPTH = 4
ANSWERED = {question.name for question in QUESTIONS}
"""Fields whose answers are worked out; each has tests of its own."""


@dataclass
class Query:
    """A query under construction."""

    text: str = ""
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    declared: list[str] = field(default_factory=list[str])
    fragments: list[str] = field(default_factory=list[str])
    aliases: int = 0


class QueryWriter:
    """Draws one query. `depth` is how many objects deep it may go."""

    def __init__(self, schema: GraphQLSchema, graph: Graph, draw: st.DrawFn, depth: int) -> None:
        self.schema = schema
        self.graph = graph
        self.draw = draw
        self.depth = depth
        self.query = Query()

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def one_of(self, choices: Sequence[Any]) -> Any:
        return choices[self.draw(st.integers(0, len(choices) - 1))]

    def write(self) -> Query:
        query = self.schema.query_type
        assert query is not None
        body = self.selection(query, self.depth, root=True)
        variables = f"({', '.join(self.query.declared)})" if self.query.declared else ""
        self.query.text = "\n".join([f"query Q{variables} {body}", *self.query.fragments])
        return self.query

    def write_conditions(self) -> Query:
        """A query of one list, at the root or of each node in one, under conditions."""
        query: Any = self.schema.query_type
        lists = [name for name, item in query.fields.items() if "where" in item.args and name not in ANSWERED]
        name = self.one_of(lists)
        nodes: Any = get_named_type(get_named_type(query.fields[name].type).fields["nodes"].type)  # pyright: ignore
        linked = [key for key, item in nodes.fields.items() if "link" in item.args]
        if linked and self.chance(40):
            key = self.one_of(linked)
            conditions = self.given(nodes.fields[key], ["where", "link"])
            body = f"{name} {{ nodes {{ id {key}{conditions} {{ totalCount nodes {{ id }} }} }} }}"
        else:
            body = f"{name}{self.given(query.fields[name], ['where'])} {{ totalCount nodes {{ id }} }}"
        variables = f"({', '.join(self.query.declared)})" if self.query.declared else ""
        self.query.text = f"query Q{variables} {{ {body} }}"
        return self.query

    def given(self, item: GraphQLField, names: Sequence[str]) -> str:
        values = (f"{name}: {self.value(item.args[name].type, name, LOGIC_DEPTH)}" for name in names)
        return f"({', '.join(values)})"

    def selection(self, parent: Any, depth: int, *, root: bool = False) -> str:
        parts = [self.field(parent, depth) for _ in range(self.draw(st.integers(1, 2 if root else 3)))]
        if is_abstract_type(parent):
            for _ in range(self.draw(st.integers(0, 2))):
                parts.append(self.fragment(self.one_of(self.conditions(parent)), depth))
        elif self.chance(10):
            parts.append(f"... {self.directive()}{{ {self.field(parent, depth)} }}")
        if self.chance(15):
            parts.append(self.one_of(parts))
        return f"{{ {' '.join(parts)} }}"

    def conditions(self, parent: Any) -> list[Any]:
        possible = self.schema.get_possible_types(parent)
        interfaces = {name: found for kind in possible for found in kind.interfaces for name in [found.name]}
        return [*possible, *interfaces.values()]

    def fragment(self, condition: Any, depth: int) -> str:
        body = f"{{ {' '.join(self.field(condition, depth) for _ in range(self.draw(st.integers(1, 2))))} }}"
        if self.chance(30):
            name = f"F{len(self.query.fragments)}"
            self.query.fragments.append(f"fragment {name} on {condition.name} {body}")
            return f"...{name} {self.directive()}"
        return f"... on {condition.name} {self.directive()}{body}"

    def directive(self) -> str:
        if not self.chance(20):
            return ""
        name, value = self.one_of(["skip", "include"]), self.chance(60)
        condition = self.variable("Boolean!", value) if self.chance(50) else str(value).lower()
        return f"@{name}(if: {condition}) "

    def field(self, parent: Any, depth: int) -> str:
        fields: dict[str, GraphQLField] = {key: item for key, item in parent.fields.items() if key not in ANSWERED}
        leaves = [name for name, item in fields.items() if is_leaf_type(get_named_type(item.type))]
        if depth <= 0 or (leaves and parent is not self.schema.query_type and self.chance(35)):
            name = self.one_of([*leaves, "__typename"])
        else:
            name = self.one_of(list(fields))
        self.query.aliases += 1
        alias = f"a{self.query.aliases}: "
        if name == "__typename":
            return f"{alias}__typename {self.directive()}"
        item = fields[name]
        text = f"{alias}{name}{self.arguments(item)} {self.directive()}"
        kind: Any = get_named_type(item.type)
        if is_leaf_type(kind):
            return text
        transparent = isinstance(parent, GraphQLObjectType) and parent.name.endswith(("Connection", "Edge"))
        return text + self.selection(kind, depth if transparent else depth - 1)

    # ---- arguments ----

    def arguments(self, item: GraphQLField) -> str:
        given: list[str] = []
        names = list(item.args)
        backwards = self.chance(30)
        for name in names:
            argument: GraphQLArgument = item.args[name]
            required = isinstance(argument.type, GraphQLNonNull)
            if name == ("first" if backwards else "last") or name in ("after", "before"):
                continue
            if required or self.chance(70 if name in ("first", "last") else 30):
                given.append(f"{name}: {self.value(argument.type, name, LOGIC_DEPTH)}")
        return f"({', '.join(given)})" if given else ""

    def value(self, kind: Any, name: str, depth: int, *, literal: bool = False) -> str:
        """A value of an input type as a literal, or as a variable that holds one."""
        if not literal and self.chance(25):
            return self.variable(str(kind), self.plain(kind, name, depth))
        return _literal(self.plain(kind, name, depth), kind)

    def variable(self, kind: str, value: Any) -> str:
        name = f"$v{len(self.query.declared)}"
        if not kind.endswith("!") and self.chance(20) and isinstance(value, int):
            self.query.declared.append(f"{name}: {kind} = {_plain_literal(value)}")
        else:
            self.query.declared.append(f"{name}: {kind}")
            self.query.variables[name[1:]] = value
        return name

    def plain(self, kind: Any, name: str, depth: int) -> Any:
        """A value of an input type as JSON; enums as texts."""
        if not isinstance(kind, GraphQLNonNull) and self.chance(4):
            return None
        return self.present(kind, name, depth)

    def present(self, kind: Any, name: str, depth: int) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self.present(kind.of_type, name, depth)
        if isinstance(kind, GraphQLList):
            return [self.present(kind.of_type, name, depth - 1) for _ in range(self.draw(st.integers(0, 2)))]
        if isinstance(kind, GraphQLEnumType):
            return self.one_of(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self.object(kind, depth)
        match kind.name:
            case "Boolean":
                return self.chance(50)
            case "Int":
                return self.one_of([0, 1, 2, 3, 5, 20]) if name in ("first", "last", "count") else self.one_of(YEARS)
            case "Float":
                return self.one_of([0.0, 1.5, 30_000_000.0])
            case "ID":
                return self.one_of([*self.graph.nodes, *self.graph.withdrawn_nodes, "nowhere"])
            case "Date":
                return self.one_of(["2026-01-01", "2026-02-01"])
            case _:
                return self.one_of([*NAMES, "a", "https://example.org/1"])

    @staticmethod
    def is_direct(kind: Any) -> bool:
        """Whether an input is a value, or conditions on one value only."""
        named: Any = get_named_type(kind)
        return is_leaf_type(named) or all(is_leaf_type(get_named_type(item.type)) for item in named.fields.values())

    def object(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = list(kind.fields)
        if kind.is_one_of:
            name = self.one_of(names)
            return {name: self.present(kind.fields[name].type, name, depth)}
        if depth <= 0:
            names = [name for name in names if is_leaf_type(get_named_type(kind.fields[name].type))] or names
        direct = [name for name in names if self.is_direct(kind.fields[name].type)] or names
        chosen = dict.fromkeys(
            self.one_of(direct if self.chance(60) else names)
            for _ in range(self.draw(st.integers(0 if depth <= 0 else 1, 2)))
        )
        if depth <= 0:
            chosen = {name: None for name in chosen if is_leaf_type(get_named_type(kind.fields[name].type))}
        return {name: self.plain(kind.fields[name].type, name, depth - 1) for name in chosen}


def _literal(value: Any, kind: Any) -> str:
    if isinstance(kind, GraphQLNonNull):
        return _literal(value, kind.of_type)
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        return f"[{', '.join(_literal(item, kind.of_type) for item in value)}]"
    if isinstance(kind, GraphQLEnumType):
        return value
    if isinstance(kind, GraphQLInputObjectType):
        return f"{{{', '.join(f'{name}: {_literal(item, kind.fields[name].type)}' for name, item in value.items())}}}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _plain_literal(value)


def _plain_literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@st.composite
def condition_queries(draw: st.DrawFn, schema: GraphQLSchema, graph: Graph) -> Query:
    """Queries of what meets random conditions, nested at least four deep."""
    return QueryWriter(schema, graph, draw, 0).write_conditions()


@st.composite
def list_queries(draw: st.DrawFn, schema: GraphQLSchema, graph: Graph) -> tuple[str, list[dict[str, Any]] | None]:
    """A list at the root or of a node, as a query with paging variables, and an order for it or None."""
    writer = QueryWriter(schema, graph, draw, 0)
    query: Any = schema.query_type
    lists = [name for name, item in query.fields.items() if "orderBy" in item.args and name not in ANSWERED]
    if writer.chance(50):
        item, before, after = query.fields[name := writer.one_of(lists)], "", ""
    else:
        node = writer.one_of(
            [node for node in (*graph.nodes.values(), *graph.withdrawn_nodes.values()) if node.type != "Source"]
        )
        kind: Any = schema.type_map[node.type]
        item = kind.fields[
            name := writer.one_of(
                [key for key, found in kind.fields.items() if "orderBy" in found.args and key not in ANSWERED]
            )
        ]
        before, after = f'node(id: "{node.id}", includeWithdrawn: true) {{ ... on {node.type} {{ ', " } }"
    order_kind = item.args["orderBy"].type
    order = writer.present(order_kind, "orderBy", 3) if writer.chance(85) else None
    arguments = "first: $first, after: $after, last: $last, before: $before, orderBy: $order"
    if "includeWithdrawn" in item.args and writer.chance(30):
        arguments += ", includeWithdrawn: true"
    page = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    declared = f"$first: Int, $after: String, $last: Int, $before: String, $order: {order_kind}"
    return f"query Q({declared}) {{ {before}{name}({arguments}) {{ {page} }}{after} }}", order


@st.composite
def queries(draw: st.DrawFn, schema: GraphQLSchema, graph: Graph, max_depth: int = 6) -> Query:
    """Queries at most `max_depth` objects deep."""
    return QueryWriter(schema, graph, draw, draw(st.integers(1, max_depth))).write()
