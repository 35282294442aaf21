"""The compiled answer is, to the letter and in key order, what the plain interpreter answers."""

import os
from typing import Any

import orjson
import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.support.graphs import Graph
from tests.support.interpreter import Interpreter
from tests.support.queries import Query, condition_queries, list_queries, queries
from tests.support.serving import Asker

# Hypothesis would print whole fixtures with a failing example.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

EXAMPLES = int(os.environ.get("PARTNERGRAPH_EXAMPLES", "2000"))
COMPARED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="PARTNERGRAPH_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def interpreter(asker: Asker, small_graph: Graph) -> Interpreter:
    return Interpreter(asker.service.schema, small_graph)


@given(data=st.data())
@COMPARED
def test_any_query(asker: Asker, small_graph: Graph, interpreter: Interpreter, data: st.DataObject) -> None:
    compare(asker, interpreter, data.draw(queries(asker.service.schema, small_graph)))


@given(data=st.data())
@settings(COMPARED, max_examples=EXAMPLES // 2)
def test_any_condition(asker: Asker, small_graph: Graph, interpreter: Interpreter, data: st.DataObject) -> None:
    compare(asker, interpreter, data.draw(condition_queries(asker.service.schema, small_graph)))


def compare(asker: Asker, interpreter: Interpreter, query: Query) -> None:
    note(f"{query.text}\n{query.variables}")
    assert not validate(asker.service.schema, parse(query.text))
    expected = interpreter.answer(query.text, query.variables, "Q")
    assert not expected.errors
    reply = asker.ask(query.text, query.variables, "Q")
    assert not reply.errors
    assert orjson.dumps(reply.data) == orjson.dumps(expected.data)


def test_a_link_counts_only_under_the_name_that_a_type_has_for_it(asker: Asker, interpreter: Interpreter) -> None:
    # Projects that study a topsector are its `studies`; those that study a community are its `projects`.
    text = """query Q { entities(where: {studies: {where: {id: {in: ["projects-0", "projects-1", "projects-2"]}}}}) {
        nodes { id } } none: entities(where: {studies: {none: {}}}) { nodes { id } }
        few: entities(where: {studies: {count: {lt: 1}}}) { totalCount } }"""
    expected = interpreter.answer(text, {}, "Q").data
    assert expected
    assert expected["entities"]["nodes"]
    assert asker.data(text) == expected


@given(data=st.data())
@settings(COMPARED, max_examples=EXAMPLES // 10)
def test_walking_all_pages(asker: Asker, small_graph: Graph, interpreter: Interpreter, data: st.DataObject) -> None:
    """Forwards and backwards, at the root and per parent, every item comes once, in the order of the whole list."""
    text, order = data.draw(list_queries(asker.service.schema, small_graph))
    size = data.draw(st.integers(1, 7))
    note(f"{text}\n{order}")
    whole = interpreter.answer(text, {"order": order}, "Q").data
    cursors = [edge["cursor"] for edge in innermost(whole)["edges"]]
    assert len(set(cursors)) == len(cursors)
    assert walk(asker, text, order, ("first", size), ("after", "endCursor", "hasNextPage")) == cursors
    backwards = walk(asker, text, order, ("last", size), ("before", "startCursor", "hasPreviousPage"))
    assert backwards == cursors


def walk(asker: Asker, text: str, order: Any, size: tuple[str, int], way: tuple[str, str, str]) -> list[str]:
    """The cursors of all pages, put together in the order of the list."""
    bound, edge, more = way
    found: list[str] = []
    variables: dict[str, Any] = {"order": order, size[0]: size[1]}
    while True:
        page = innermost(asker.data(text, variables))
        came = [item["cursor"] for item in page["edges"]]
        found = came + found if bound == "before" else found + came
        if not page["pageInfo"][more]:
            return found
        variables[bound] = page["pageInfo"][edge]


def innermost(data: Any) -> dict[str, Any]:
    """The connection in an answer of list_queries."""
    while "edges" not in data:
        (data,) = data.values()
    return data
