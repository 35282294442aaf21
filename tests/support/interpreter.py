"""A plain, slow interpreter of the public schema over a graph in memory: what the compiler must agree with.

It follows the schema's own words field by field through graphql-core's executor and shares nothing with the
compiler but the text of cursors.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cmp_to_key
from typing import Any, cast

from graphql import (
    ExecutionResult,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType]
    parse,
)

from api.compiler.cursor import decode, encode, signature
from api.vocabulary import MAX_PAGE
from graph.modelling import Direction, LinkField, Model, camel_case, pascal_case, snake_case
from tests.support.graphs import Graph, Link, Node

Order = Sequence[tuple[Callable[["Item"], Any], bool]]


@dataclass(frozen=True)
class Item:
    """A node in a list, with the link by which it got there and the node it was reached from."""

    node: Node
    link: Link | None = None
    origin: Node | None = None

    @property
    def direction(self) -> str:
        assert self.link is not None
        return "OUTGOING" if self.link.source == self.origin else "INCOMING"


@dataclass(frozen=True)
class List:
    """A connection: all its items in order, those on the page, and how cursors are made."""

    all: list[Item]
    page: list[Item]
    cursor: Callable[[Item], str]
    more_before: bool
    more_after: bool
    withdrawn: bool


class Interpreter:
    """Answers queries on one graph."""

    def __init__(self, schema: GraphQLSchema, graph: Graph) -> None:
        self.schema = schema
        self.graph = graph
        self.model: Model = graph.model
        self.by_type = {snake_case(node.name).upper(): node.name for node in self.model.nodes}
        self.roots = {camel_case(item.plural): name for name, item in self.model.types.items()}
        self.singles = {camel_case(snake_case(name)): name for name in self.model.types}
        self.linked_by = {field.name: field for name in self.model.types for field in self.model.link_fields(name)}
        self.kept: list[Item] = []
        self.cursors: dict[int, str] = {}

    def answer(
        self, query: str, variables: dict[str, Any] | None = None, operation_name: str | None = None
    ) -> ExecutionResult:
        return execute_sync(
            self.schema,
            parse(query),
            variable_values=variables,
            operation_name=operation_name,
            field_resolver=self.resolve,
            type_resolver=_type_of,
        )

    # ---- fields ----

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        name = info.field_name
        match source:
            case None:
                return self.of_query(name, arguments)
            case Node():
                return self.of_node(source, name, arguments)
            case Item():
                return self.of_edge(source, name, info)
            case List():
                return self.of_list(source, name, arguments)
            case tuple():
                return cast(tuple[float, float], source)[("latitude", "longitude").index(name)]
            case _:
                return source[name]

    def of_query(self, name: str, arguments: Mapping[str, Any]) -> Any:
        everything = dict(self.graph.nodes)
        if arguments.get("includeWithdrawn"):
            everything |= self.graph.withdrawn_nodes
        if name == "node":
            return everything.get(arguments["id"])
        if name == "nodes":
            return [everything.get(identity) for identity in arguments["ids"]]
        if name == "revision":
            return 0  # The tests' graph was written without a load.
        if name in self.singles:
            found = everything.get(arguments["id"])
            return found if found and self.model.is_a(found.type, self.singles[name]) else None
        kind = self.roots[name]
        items = [Item(node) for node in everything.values() if self.model.is_a(node.type, kind)]
        return self.list_of(items, arguments, kind, kind)

    def of_node(self, node: Node, name: str, arguments: Mapping[str, Any]) -> Any:
        for item in self.model.properties_of(node.type):
            if item.name == name:
                return self.value(node.properties, name, many=item.many)
        if name == "withdrawnOn":
            return self.value(node.properties, name)
        withdrawn = bool(arguments.get("includeWithdrawn"))
        if name == "metrics":
            group = {"id": node.properties.get("group"), "label": node.properties.get("groupLabel")}
            found = {item.name: node.properties.get(item.name) for item in self.model.metrics_of(node.type)}
            return None if found["degree"] is None else {**found, "group": group if group["id"] else None}
        if name == "links":
            items = self.linked(node, Direction.BOTH, withdrawn=withdrawn)
            if arguments.get("types") is not None:
                items = [item for item in items if item.link and item.link.type in arguments["types"]]
            if arguments.get("direction"):
                items = [item for item in items if item.direction == arguments["direction"]]
            return self.list_of(items, arguments, "Entity", "Link", any_link=True)
        field = next(field for field in self.model.link_fields(node.type) if field.name == name)
        items = self.follow(node, field, withdrawn=withdrawn)
        if field.single:
            return min((item.node for item in items), key=lambda found: found.properties["name"], default=None)
        return self.list_of(items, arguments, field.target, f"{field.target}{pascal_case(field.link.name)}")

    def value(self, properties: Mapping[str, Any], name: str, *, many: bool = False) -> Any:
        if name == "sources":
            return [self.graph.nodes[identity] for identity in properties["sources"]]
        found = properties.get(name)
        return [] if many and found is None else _json(found)

    def of_edge(self, item: Item, name: str, info: GraphQLResolveInfo[Any]) -> Any:
        if name == "node":
            return item.node
        if name == "cursor":
            # The list an edge stands in is known to the list alone, which left it here.
            return self.cursors[id(item)]
        assert item.link is not None
        if name == "type":
            return item.link.type
        if name == "direction":
            return item.direction
        return self.value(item.link.properties, name)

    def of_list(self, found: List, name: str, arguments: Mapping[str, Any]) -> Any:
        match name:
            case "totalCount":
                return len(found.all)
            case "facets":
                return [self.facet(found, by) for by in arguments["by"]]
            case "nodes":
                return [item.node for item in found.page]
            case "edges":
                copies = [Item(item.node, item.link, item.origin) for item in found.page]
                for item in copies:
                    self.kept.append(item)
                    self.cursors[id(item)] = found.cursor(item)
                return copies
            case _:
                return {
                    "hasNextPage": found.more_after,
                    "hasPreviousPage": found.more_before,
                    "startCursor": found.cursor(found.page[0]) if found.page else None,
                    "endCursor": found.cursor(found.page[-1]) if found.page else None,
                }

    def facet(self, found: List, by: str) -> dict[str, Any]:
        counts: Counter[tuple[str, str]] = Counter()
        linked = {"TOPSECTOR": "SERVES_SECTOR", "REGION": "LOCATED_IN", "MISSION": "ADDRESSES"}
        for item in found.all:
            if by in linked:
                links = (*self.graph.links, *(self.graph.withdrawn_links if found.withdrawn else ()))
                ends = [link.target for link in links if (link.type, link.source) == (linked[by], item.node)]
                counts.update((end.id, end.properties["name"]) for end in ends)
            elif by == "TYPE":
                kind = snake_case(item.node.type).upper()
                counts[kind, kind] += 1
            else:
                value = item.node.properties.get({"YEAR": "startYear"}.get(by, by.lower()))
                if value is not None:
                    counts[str(value), str(value)] += 1
        ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0][0]))
        return {"by": by, "values": [{"id": key, "name": name, "count": count} for (key, name), count in ranked]}

    # ---- links ----

    def linked(self, node: Node, direction: Direction, *, withdrawn: bool = False) -> list[Item]:
        found: list[Item] = []
        for link in (*self.graph.links, *(self.graph.withdrawn_links if withdrawn else ())):
            if link.source == node and direction is not Direction.INCOMING:
                found.append(Item(link.target, link, node))
            elif link.target == node and direction is not Direction.OUTGOING:
                found.append(Item(link.source, link, node))
        return found

    def follow(self, node: Node, field: LinkField, *, withdrawn: bool = False) -> list[Item]:
        return [
            item
            for item in self.linked(node, field.direction, withdrawn=withdrawn)
            if item.link and item.link.type == field.link.name and self.model.is_a(item.node.type, field.target)
        ]

    # ---- lists ----

    def list_of(
        self, items: list[Item], arguments: Mapping[str, Any], target: str, prefix: str, *, any_link: bool = False
    ) -> List:
        where, link = arguments.get("where"), arguments.get("link")
        items = [item for item in items if self.node_matches(item.node, where) and self.link_matches(item, link)]
        year = arguments.get("activeIn")
        items = [item for item in items if year is None or item.link is None or _holds(item.link, year)]
        order, names = self.order(arguments.get("orderBy"), target, any_link=any_link)
        ranks = [name for choice in arguments.get("orderBy") or () for name in choice.get("metrics") or ()]
        items = [item for item in items if all(item.node.properties.get(name) is not None for name in ranks)]
        mark = signature(prefix, *names)

        def cursor(item: Item) -> str:
            return encode(mark, [_json(read(item)) for read, _ in order])

        items.sort(key=cmp_to_key(lambda left, right: _compare(order, left, right)))
        before, after = arguments.get("before"), arguments.get("after")
        inside = items
        if after is not None:
            inside = [item for item in inside if _against(order, item, after) > 0]
        if before is not None:
            inside = [item for item in inside if _against(order, item, before) < 0]
        first, last = arguments.get("first"), arguments.get("last")
        size = last if last is not None else MAX_PAGE if first is None else first
        page = (inside[-size:] if size else []) if last is not None else inside[:size]
        cut = len(inside) > len(page)
        withdrawn = bool(arguments.get("includeWithdrawn"))
        if last is not None:
            outside = before is not None and any(_against(order, item, before) >= 0 for item in items)
            return List(items, page, cursor, more_before=cut, more_after=outside, withdrawn=withdrawn)
        outside = after is not None and any(_against(order, item, after) <= 0 for item in items)
        return List(items, page, cursor, more_before=outside, more_after=cut, withdrawn=withdrawn)

    def order(
        self, chosen: Sequence[Mapping[str, Any]] | None, target: str, *, any_link: bool
    ) -> tuple[Order, list[str]]:
        keys: dict[tuple[str, bool], bool] = {}
        for choice in chosen or ():
            for name, way in choice.items():
                if name in ("link", "metrics"):
                    for key, direction in way.items():
                        keys.setdefault((key, name == "link"), direction == "DESC")
                else:
                    keys.setdefault((name, False), way == "DESC")
        if not chosen and target != "Source":
            keys["name", False] = False
        keys.setdefault(("id", False), bool(keys) and [*keys.values()][-1])
        if any_link:
            keys.setdefault(("type()", True), False)
            keys.setdefault(("direction()", True), False)
        else:
            keys = dict(list(keys.items())[: list(keys).index(("id", False)) + 1])
        order = [(self.reader(name, of_link), descending) for (name, of_link), descending in keys.items()]
        return order, [f"{name}{of_link}{descending}" for (name, of_link), descending in keys.items()]

    def reader(self, name: str, of_link: bool) -> Callable[[Item], Any]:
        if name == "type()":
            return lambda item: item.link and item.link.type
        if name == "direction()":
            return lambda item: item.direction
        if of_link:
            return lambda item: item.link and item.link.properties.get(name)
        return lambda item: item.node.properties.get(name)

    # ---- conditions ----

    def node_matches(self, node: Node, where: Mapping[str, Any] | None) -> bool:
        return where is None or all(
            self.node_condition(node, name, wanted) for name, wanted in where.items() if wanted is not None
        )

    def node_condition(self, node: Node, name: str, wanted: Any) -> bool:
        if name in ("and", "or", "not"):
            return _logic(name, wanted, lambda part: self.node_matches(node, part))
        if name == "metrics":
            return self.node_matches(node, wanted)
        if name == "type":
            return _value_matches(snake_case(node.type).upper(), wanted)
        if name == "sources":
            return any(self.node_matches(source, wanted) for source in self.value(node.properties, name))
        field = self.linked_by.get(name)
        if field is None:
            return _value_matches(node.properties.get(name), wanted)
        # A type that lacks a link which others of its interface may have counts as having none.
        own = next((own for own in self.model.link_fields(node.type) if own.name == name), None)
        items = self.follow(node, own) if own else []
        if field.single:
            return any(self.node_matches(item.node, wanted) for item in items)
        return self.quantified(items, wanted)

    def quantified(self, items: list[Item], wanted: Mapping[str, Any]) -> bool:
        admitted = [
            item
            for item in items
            if self.node_matches(item.node, wanted.get("where")) and self.link_matches(item, wanted.get("link"))
        ]
        if all(wanted.get(name) is None for name in ("some", "none", "every", "count")):
            return bool(admitted)
        tests: list[bool] = []
        for name, check in (("some", any), ("every", all)):
            if wanted.get(name) is not None:
                tests.append(check(self.node_matches(item.node, wanted[name]) for item in admitted))
        if wanted.get("none") is not None:
            tests.append(not any(self.node_matches(item.node, wanted["none"]) for item in admitted))
        if wanted.get("count"):
            tests.append(_value_matches(len(admitted), wanted["count"]))
        return all(tests)

    def link_matches(self, item: Item, where: Mapping[str, Any] | None) -> bool:
        if where is None:
            return True
        assert item.link is not None
        for name, wanted in where.items():
            if wanted is None:
                continue
            if name in ("and", "or", "not"):
                met = _logic(name, wanted, lambda part: self.link_matches(item, part))
            elif name == "activeIn":
                met = _holds(item.link, wanted)
            elif name == "sources":
                met = any(self.node_matches(source, wanted) for source in self.value(item.link.properties, name))
            else:
                met = _value_matches(item.link.properties.get(name), wanted)
            if not met:
                return False
        return True


def _holds(link: Link, year: int) -> bool:
    since, until = link.properties.get("since"), link.properties.get("until")
    return (since is None or since <= year) and (until is None or until >= year)


def _type_of(value: Node, *_: Any) -> str:
    return value.type


def _logic(name: str, wanted: Any, matches: Callable[[Any], bool]) -> bool:
    if name == "not":
        return not matches(wanted)
    return (all if name == "and" else any)(matches(part) for part in wanted)


def _value_matches(value: Any, wanted: Mapping[str, Any]) -> bool:
    return all(
        _operator(name, value, operand) for name, operand in wanted.items() if operand is not None or name == "eq"
    )


def _operator(name: str, value: Any, operand: Any) -> bool:
    if name == "has":
        return operand in (value or [])
    if name == "eq" and operand is None:
        return value is None
    if value is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "eq": lambda: value == operand,
        "in": lambda: value in operand,
        "contains": lambda: operand in value,
        "startsWith": lambda: value.startswith(operand),
        "gt": lambda: value > operand,
        "gte": lambda: value >= operand,
        "lt": lambda: value < operand,
        "lte": lambda: value <= operand,
    }
    return tests[name]()


def _compare_values(left: Any, right: Any) -> int:
    """As Neo4j sorts: null is greater than everything."""
    if left is None or right is None:
        return (left is None) - (right is None)
    return (left > right) - (left < right)


def _compare(order: Order, left: Item, right: Item) -> int:
    return _lexicographic((_compare_values(read(left), read(right)), down) for read, down in order)


def _against(order: Order, item: Item, cursor: str) -> int:
    values = decode(cursor)
    assert values is not None
    return _lexicographic(
        (_compare_values(_json(read(item)), value), down) for (read, down), value in zip(order, values, strict=True)
    )


def _lexicographic(results: Iterable[tuple[int, bool]]) -> int:
    for result, down in results:
        if result:
            return -result if down else result
    return 0


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
