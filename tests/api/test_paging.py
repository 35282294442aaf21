"""Every order of every list, as the plain interpreter sorts it; and pages that stay whole while rows come and go."""

# graphql-core leaves its generics open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type

from graph.database import Database
from tests.support.graphs import NAMES, Graph
from tests.support.interpreter import Interpreter
from tests.support.queries import ANSWERED
from tests.support.serving import Asker

PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
PAGING = "first: $first, after: $after, last: $last, before: $before"
DECLARED = "$first: Int, $after: String, $last: Int, $before: String"


@pytest.fixture(scope="module")
def interpreter(asker: Asker, small_graph: Graph) -> Interpreter:
    return Interpreter(asker.service.schema, small_graph)


def lists(kind: GraphQLObjectType | None) -> Iterator[tuple[str, GraphQLField]]:
    """The lists of a type that can be sorted."""
    assert kind
    return ((name, item) for name, item in kind.fields.items() if "orderBy" in item.args and name not in ANSWERED)


def orders(item: GraphQLField) -> list[str]:
    """Every key of a list's orderBy, both ways."""
    kind: Any = get_named_type(item.args["orderBy"].type)
    keys: list[str] = []
    for name, of in kind.fields.items():
        within = getattr(get_named_type(of.type), "fields", None)
        keys += [f"{{{name}: {{{inner}: %}}}}" for inner in within] if within else [f"{{{name}: %}}"]
    return [key.replace("%", way) for key in keys for way in ("ASC", "DESC")]


def in_orders(name: str, orders: Sequence[str]) -> str:
    """A selection of one list in several orders, each under a name of its own."""
    return " ".join(
        f"o{number}: {name}(orderBy: [{order}]) {{ edges {{ cursor node {{ id }} }} }}"
        for number, order in enumerate(orders)
    )


def same(asker: Asker, interpreter: Interpreter, query: str) -> None:
    assert asker.data(query) == interpreter.answer(query).data


def test_every_order_of_every_list_at_the_root(asker: Asker, interpreter: Interpreter) -> None:
    for name, item in lists(asker.service.schema.query_type):
        same(asker, interpreter, f"{{ {in_orders(name, orders(item))} }}")


def test_a_metric_leaves_out_what_lacks_it_wherever_it_stands(asker: Asker, interpreter: Interpreter) -> None:
    same(asker, interpreter, "{ partners(orderBy: [{id: ASC}, {metrics: {degree: ASC}}]) { totalCount nodes { id } } }")


def test_every_key_of_every_linked_list(asker: Asker, small_graph: Graph, interpreter: Interpreter) -> None:
    """Up and down by turns: planning both ways of each takes Neo4j a minute more."""
    for kind in (declared.name for declared in small_graph.model.nodes):
        node = max((n for n in small_graph.nodes.values() if n.type == kind), key=lambda n: degree(small_graph, n.id))
        found: Any = asker.service.schema.type_map[kind]
        for name, item in lists(found):
            by_turns = [order for number, order in enumerate(orders(item)) if number % 4 in (0, 3)]
            body = f"... on {kind} {{ {in_orders(name, by_turns)} }}"
            same(asker, interpreter, f'{{ node(id: "{node.id}") {{ {body} }} }}')


def degree(graph: Graph, identity: str) -> int:
    return sum(identity in (link.source.id, link.target.id) for link in graph.links)


@pytest.mark.parametrize("name", ["organisations", "learningCommunities"])
def test_pages_in_every_order_make_up_the_list(asker: Asker, small_graph: Graph, name: str) -> None:
    """Also where an index gives what is known in order, and what is null comes after or before it."""
    item = dict(lists(asker.service.schema.query_type))[name]
    for order in orders(item):
        query = f"query Q({DECLARED}) {{ {name}(orderBy: [{order}], {PAGING}) {{ {PAGE} }} }}"
        whole = [edge["cursor"] for edge in asker.data(query)[name]["edges"]]
        for backwards in (False, True):
            walk = Walk(asker, query, (name,), backwards=backwards, size=4)
            pages = list(walk.pages())
            found = [edge["cursor"] for page in pages for edge in page]
            assert found == (whole[::-1] if backwards else whole), order


@dataclass
class Walk:
    """Reads a list page by page; `path` leads to it in the answer. Backwards, each page comes last item first."""

    asker: Asker
    query: str
    path: Sequence[str]
    backwards: bool
    size: int
    variables: dict[str, Any] = field(default_factory=dict[str, Any])

    def pages(self) -> Iterator[list[dict[str, Any]]]:
        bound, size, more, edge = (
            ("before", "last", "hasPreviousPage", "startCursor")
            if self.backwards
            else ("after", "first", "hasNextPage", "endCursor")
        )
        given: dict[str, Any] = {**self.variables, size: self.size}
        while True:
            page: Any = self.asker.data(self.query, given)
            for step in self.path:
                page = page[step]
            yield page["edges"][:: -1 if self.backwards else 1]
            if not page["pageInfo"][more]:
                return
            given[bound] = page["pageInfo"][edge]


class Changes:
    """Communities of one participant that come and go, at random but the same each time."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.chance = random.Random(seed)
        self.made = 0
        self.present: set[str] = set()
        database.write("CREATE (:Entity:Organisation:Partner {id: 'hub', name: 'Hub', kind: 'COMPANY', sources: []})")

    def add(self, count: int) -> None:
        rows = [self.row() for _ in range(count)]
        self.present |= {row["id"] for row in rows}
        self.database.write(
            "MATCH (h:Partner {id: 'hub'}) UNWIND $rows AS row CREATE (c:Entity:LearningCommunity {sources: []})"
            " SET c += row CREATE (h)-[:PARTICIPATES_IN {since: row.startYear, sources: []}]->(c)",
            {"rows": rows},
        )

    def row(self) -> dict[str, Any]:
        self.made += 1
        return {
            "id": f"c{self.chance.randrange(10**6)}-{self.made}",
            "name": self.chance.choice(NAMES),
            "form": self.chance.choice(["FIELDLAB", "LECTORAAT"]),
            "startYear": self.chance.choice([None, None, 2019, 2020, 2021]),
        }

    def remove(self, count: int) -> None:
        gone = self.chance.sample(sorted(self.present), count)
        self.present -= set(gone)
        self.database.write("MATCH (c:LearningCommunity) WHERE c.id IN $gone DETACH DELETE c", {"gone": gone})


ROOT = (f"query Q({DECLARED}, $order: [LearningCommunityOrder!]) {{ learningCommunities(orderBy: $order, {PAGING})", "")
LINKED = (
    f"query Q({DECLARED}, $order: [LearningCommunityParticipatesInOrder!]) "
    f'{{ partner(id: "hub") {{ communities(orderBy: $order, {PAGING})',
    "}",
)


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize(
    ("query", "path", "order"),
    [
        (ROOT, ["learningCommunities"], [{"name": "ASC"}]),
        (ROOT, ["learningCommunities"], [{"startYear": "ASC"}, {"name": "DESC"}]),
        (ROOT, ["learningCommunities"], [{"startYear": "DESC"}]),
        (ROOT, ["learningCommunities"], [{"form": "DESC"}, {"startYear": "ASC"}, {"name": "ASC"}]),
        (LINKED, ["partner", "communities"], [{"link": {"since": "DESC"}}, {"name": "ASC"}]),
        (LINKED, ["partner", "communities"], [{"link": {"since": "ASC"}}]),
    ],
)
def test_pages_stay_whole_while_rows_come_and_go(
    asker: Asker,
    database: Database,
    query: tuple[str, str],
    path: list[str],
    order: list[dict[str, Any]],
    backwards: bool,
) -> None:
    """Whatever is there all the time comes once and in order, nothing comes twice, and the walk ends."""
    changes = Changes(database, seed=3)
    changes.add(40)
    stayed = set(changes.present)
    text = f"{query[0]} {{ {PAGE} }} }} {query[1]}"
    found: list[str] = []
    for page in Walk(asker, text, path, backwards, 5, {"order": order}).pages():
        found += [edge["node"]["id"] for edge in page]
        if len(found) < 40:
            changes.remove(3)
            changes.add(2)
        stayed &= changes.present
    assert len(set(found)) == len(found)
    assert stayed <= set(found)
    after: Any = asker.data(text, {"order": order})
    for step in path:
        after = after[step]
    in_order = [edge["node"]["id"] for edge in after["edges"] if edge["node"]["id"] in stayed]
    assert [one for one in found if one in stayed] == (in_order[::-1] if backwards else in_order)
