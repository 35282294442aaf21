"""Each executable feature of the GraphQL specification (October 2021, and @oneOf), alone and together.

What is right is what graphql-core's own executor makes of the same schema and graph.
"""

from typing import Any

import orjson
import pytest

from tests.support.graphs import Graph
from tests.support.interpreter import Interpreter
from tests.support.serving import Asker

FEATURES: dict[str, tuple[str, dict[str, Any]]] = {
    "2.1 ignored tokens": ("{ # a comment\n pacts(first: 1,,) { nodes { id, name } }, }", {}),
    "2.3 a shorthand query": ("{ pacts(first: 2) { nodes { id } } }", {}),
    "2.3 a named operation": ("query Pacts { pacts(first: 2) { nodes { id } } }", {}),
    "2.4 several root fields": ('{ pacts { totalCount } regions { totalCount } node(id: "pacts-1") { id } }', {}),
    "2.5 a field without arguments": ("{ revision pacts { totalCount } }", {}),
    "2.6 arguments in any order": (
        "{ a: pacts(first: 2, orderBy: {id: DESC}) { nodes { id } } b: pacts(orderBy: {id: DESC}, first: 2) "
        "{ nodes { id } } }",
        {},
    ),
    "2.7 aliases": ('{ b: pacts(first: 1) { n: nodes { y: name x: id name } } a: pact(id: "pacts-2") { i: id } }', {}),
    "2.7 one field twice with other arguments": (
        "{ topsectors { nodes { a: communities(first: 1) { nodes { id } } "
        "b: communities(last: 2, orderBy: {form: DESC}) { nodes { id form } } } } }",
        {},
    ),
    "2.8 a fragment": ("{ pacts(first: 2) { ...P } } fragment P on PactConnection { nodes { id name } }", {}),
    "2.8 fragments in fragments": (
        "{ ...Q } fragment Q on Query { entities(first: 30) { nodes { ...E } } } "
        "fragment E on Entity { id ...P } fragment P on Pact { kind ...N } fragment N on Node { name: id }",
        {},
    ),
    "2.8 fragments on interfaces": (
        '{ nodes(ids: ["pacts-1", "partners-1", "source-1", "nowhere"]) { ... on Entity { name } '
        "... on Organisation { communities(first: 1) { totalCount } } ... on Node { id } ... on Source { url } } }",
        {},
    ),
    "2.8 an inline fragment without a type": ("{ ... { pacts(first: 1) { ... { nodes { id } } } } }", {}),
    "2.8 a fragment that never applies": ('{ node(id: "pacts-1") { id ... on Region { kind } } }', {}),
    "2.9 numbers as ids": ("{ pact(id: 1) { id } }", {}),
    "2.9 a whole number as a float": ("{ projects(where: {budgetEur: {gte: 1}}) { nodes { id budgetEur } } }", {}),
    "2.9 escapes in texts": ('{ entities(where: {name: {eq: "\\u00c1msterdam"}}) { nodes { id name } } }', {}),
    "2.9 block texts": ('{ entities(where: {name: {eq: """\n  amsterdam\n"""}}) { nodes { id name } } }', {}),
    "2.9 quotes in texts": ('{ entities(where: {name: {contains: "x\\"y"}}) { nodes { id } } }', {}),
    "2.9 null is not absent": (
        "{ a: pacts(where: {endYear: {eq: null}}) { nodes { id } } b: pacts(where: {endYear: {}}) { nodes { id } } "
        "c: pacts(where: {endYear: null}) { nodes { id } } d: pacts(where: null, first: null) { totalCount } }",
        {},
    ),
    "2.9 enums": (
        "{ communities: learningCommunities(where: {form: {in: [FIELDLAB, OTHER]}}) { nodes { form } } }",
        {},
    ),
    "2.9 empty lists and objects": (
        "{ a: pacts(where: {or: []}) { totalCount } b: pacts(where: {and: []}) { totalCount } "
        "c: pacts(where: {id: {in: []}}) { totalCount } d: pacts(where: {}, orderBy: []) { totalCount } "
        "e: pacts(where: {not: {}}) { totalCount } }",
        {},
    ),
    "2.10 variables": (
        "query($n: Int, $id: ID!) { pacts(first: $n) { nodes { id } } pact(id: $id) { name } }",
        {
            "n": 2,
            "id": "pacts-3",
        },
    ),
    "2.10 defaults": ("query($n: Int = 2) { pacts(first: $n) { nodes { id } } }", {}),
    "2.10 defaults overruled": ("query($n: Int = 2) { pacts(first: $n) { nodes { id } } }", {"n": 3}),
    "2.10 defaults overruled by null": ("query($n: Int = 2) { pacts(first: $n) { nodes { id } } }", {"n": None}),
    "2.10 variables left out": (
        "query($n: Int, $w: PactWhere, $name: String) { pacts(first: $n, where: $w) { totalCount } "
        "regions(where: {name: {eq: $name}}) { totalCount } }",
        {},
    ),
    "2.10 null in a nested variable": (
        "query($w: PactWhere) { pacts(where: $w) { nodes { id endYear } } }",
        {"w": {"endYear": {"eq": None}, "name": None}},
    ),
    "2.10 variables within inputs": (
        "query($name: String, $forms: [CommunityForm!], $one: CommunityForm!, $n: Int = 1) { learningCommunities("
        "where: {or: [{name: {eq: $name}}, {form: {in: $forms}}, {form: {in: [$one]}}], "
        "participants: {count: {gte: $n}}})"
        " { nodes { id form participants { totalCount } } } }",
        {"name": "zuid", "forms": ["OTHER"], "one": "FIELDLAB"},
    ),
    "2.10 defaults of nested inputs": (
        'query($w: LearningCommunityWhere = {form: {in: [FIELDLAB]}, participants: {some: {name: {contains: "a"}}}}, '
        "$o: [LearningCommunityOrder!] = [{form: ASC}, {name: DESC}]) "
        "{ learningCommunities(where: $w, orderBy: $o) { nodes { id } } }",
        {},
    ),
    "2.10 an order from variables": (
        "query($way: SortDirection!, $o: PactOrder!) { a: pacts(orderBy: [{endYear: $way}, $o]) { nodes { id } } }",
        {"way": "DESC", "o": {"name": "ASC"}},
    ),
    "2.12 directives on fields": (
        "query($yes: Boolean!, $no: Boolean = false) { pacts(first: 2) { a: totalCount @skip(if: $yes) "
        "b: totalCount @include(if: $yes) nodes @include(if: $no) { id } edges { node { id @skip(if: false) name "
        "@include(if: true) @skip(if: $yes) } } } }",
        {"yes": True},
    ),
    "2.12 directives on fragments": (
        "query($yes: Boolean!) { pacts(first: 2) { ...A @skip(if: $yes) ... @include(if: $yes) { nodes { id } } "
        "... on PactConnection @skip(if: $yes) { edges { cursor } } } } fragment A on PactConnection { totalCount }",
        {"yes": True},
    ),
    "2.12 everything skipped": ("{ pacts @skip(if: true) { totalCount } }", {}),
    "3.5 a date": (
        "query($day: Date) { sources(where: {retrievedOn: {gte: $day}}) { nodes { id retrievedOn } } }",
        {"day": "2026-02-01"},
    ),
    "3.6 objects and lists within objects": (
        "{ educationInstitutions { nodes { location { latitude longitude __typename } aliases sources { url } } } }",
        {},
    ),
    "3.10 one value for a list": (
        '{ a: learningCommunities(where: {form: {in: FIELDLAB}}) { nodes { id } } nodes(ids: "pacts-1") { id } '
        'b: pacts(orderBy: {name: DESC}, where: {and: {name: {eq: "zuid"}}}) { nodes { id } } }',
        {},
    ),
    "3.10 one value for a list in a variable": (
        "query($forms: [CommunityForm!], $ids: [ID!]!, $o: [PactOrder!]) { "
        "learningCommunities(where: {form: {in: $forms}}) { totalCount } nodes(ids: $ids) { id } "
        "pacts(orderBy: $o) { nodes { id } } }",
        {"forms": "FIELDLAB", "ids": "pacts-1", "o": {"name": "DESC"}},
    ),
    "3.10 oneOf": ("{ pacts(orderBy: [{endYear: DESC}, {name: ASC}]) { nodes { id } } }", {}),
    "3.10 oneOf within oneOf": (
        "query($o: [OrganisationParticipatesInOrder!]) { learningCommunities { nodes { participants(orderBy: $o) "
        "{ edges { since node { id } } } } } }",
        {"o": [{"link": {"since": "DESC"}}, {"id": "ASC"}]},
    ),
    "4.1 typename anywhere": (
        "{ t: __typename pacts(first: 1, after: null) { __typename edges { __typename cursor node { __typename } } "
        "pageInfo { __typename } nodes { sources { __typename } } } "
        'entity(id: "partners-1") { u: __typename links(first: 1) { __typename edges { __typename node { '
        "__typename } } } } }",
        {},
    ),
    "4.2 introspection beside data": (
        '{ __schema { queryType { name } } pacts(first: 1) { nodes { id } } t: __type(name: "Pact") { name kind '
        "interfaces { name } } }",
        {},
    ),
    "6.3 merged fields": (
        "{ pacts(first: 2) { nodes { id } } pacts(first: 2) { totalCount nodes { name } } ...R } "
        "fragment R on Query { pacts(first: 2) { nodes { kind id } pageInfo { hasNextPage } } }",
        {},
    ),
    "6.3 merged fields of several types": (
        "{ entities(first: 50) { nodes { ... on Pact { a: startYear } ... on Project { a: endYear } id "
        "... on Entity { id } } } }",
        {},
    ),
    "6.3 the order of the selection": (
        "{ pacts(last: 2) { pageInfo { endCursor startCursor } nodes { name id } } }",
        {},
    ),
    "nothing on a page": (
        "{ pacts(first: 0) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage "
        "startCursor endCursor } } b: pacts(last: 0) { nodes { id } pageInfo { hasPreviousPage } } }",
        {},
    ),
    "all together": (
        """query All($n: Int = 2, $id: ID!, $forms: [CommunityForm!] = [FIELDLAB], $yes: Boolean!,
                     $w: OrganisationWhere) {
             one: node(id: $id) { __typename ...Named ... on LearningCommunity @include(if: $yes) {
               some: participants(first: $n, where: $w, orderBy: [{link: {since: DESC}}, {id: ASC}]) {
                 totalCount edges { since role ... { cursor } node { ...Named region { name }
                 ... on Partner { kind } } } }
               all: participants(last: 2) @skip(if: $yes) { totalCount } } }
             many: nodes(ids: [$id, "source-1", "nowhere"]) { id ...Named ... on Source { url publisher } }
             learningCommunities(
               where: {or: [{form: {in: $forms}}, {not: {topsectors: {some: {name: {eq: "zuid"}}}}}]}) {
               nodes { ...Named topsectors { nodes { ...Named communities(first: 1) { nodes { ...Named } } } } }
               pageInfo { hasNextPage } }
             __type(name: "Pact") { name }
           }
           fragment Named on Entity { id name ...Typed } fragment Typed on Node { t: __typename }""",
        {"id": "learning-communities-1", "yes": True, "w": {"type": {"in": ["PARTNER", "OO_FUND"]}}},
    ),
}


@pytest.fixture(scope="module")
def interpreter(asker: Asker, small_graph: Graph) -> Interpreter:
    return Interpreter(asker.service.schema, small_graph)


@pytest.mark.parametrize(("query", "variables"), FEATURES.values(), ids=FEATURES)
def test_a_feature(asker: Asker, interpreter: Interpreter, query: str, variables: dict[str, Any]) -> None:
    expected = interpreter.answer(query, variables)
    assert not expected.errors
    for _ in range(2):  # the second time the document is known
        reply = asker.ask(query, variables)
        assert not reply.errors
        assert orjson.dumps(reply.data) == orjson.dumps(expected.data)


OPERATIONS = "query A { a: pacts { totalCount } } query B($n: Int!) { b: pacts(first: $n) { nodes { id } } }"


@pytest.mark.parametrize(("name", "variables"), [("A", {}), ("B", {"n": 1})])
def test_several_operations(asker: Asker, interpreter: Interpreter, name: str, variables: dict[str, Any]) -> None:
    assert asker.ask(OPERATIONS, variables, name).data == interpreter.answer(OPERATIONS, variables, name).data


REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "two keys in oneOf": (
        "{ pacts(orderBy: [{name: ASC, id: ASC}]) { totalCount } }",
        {},
        "GRAPHQL_VALIDATION_FAILED",
        "exactly one",
    ),
    "null in oneOf": ("{ pacts(orderBy: [{name: null}]) { totalCount } }", {}, "GRAPHQL_VALIDATION_FAILED", "name"),
    "two keys in a variable of oneOf": (
        "query($o: [PactOrder!]) { pacts(orderBy: $o) { totalCount } }",
        {"o": [{"name": "ASC", "id": "ASC"}]},
        "BAD_USER_INPUT",
        "exactly one",
    ),
    "a required variable left out": ("query($id: ID!) { pact(id: $id) { id } }", {}, "BAD_USER_INPUT", "$id"),
    "null for a required variable": ("query($id: ID!) { pact(id: $id) { id } }", {"id": None}, "BAD_USER_INPUT", "$id"),
    "a value of the wrong type": (
        "query($n: Int) { pacts(first: $n) { totalCount nodes { id } } }",
        {"n": "2"},
        "BAD_USER_INPUT",
        "$n",
    ),
    "a number beyond 32 bits": (
        "query($n: Int) { pacts(first: $n) { nodes { id } } }",
        {"n": 2**31},
        "BAD_USER_INPUT",
        "$n",
    ),
    "an unknown enum value": (
        "query($f: CommunityForm!) { learningCommunities(where: {form: {eq: $f}}) { totalCount } }",
        {"f": "NONE"},
        "BAD_USER_INPUT",
        "$f",
    ),
    "an unknown field of an input": (
        "query($w: PactWhere) { pacts(where: $w) { totalCount } }",
        {"w": {"x": 1}},
        "BAD_USER_INPUT",
        "x",
    ),
    "no such day": (
        "query($d: Date) { sources(where: {retrievedOn: {eq: $d}}) { totalCount } }",
        {"d": "2026-02-30"},
        "BAD_USER_INPUT",
        "2026-02-30",
    ),
    "a variable that is not declared": ("{ pacts(first: $n) { totalCount } }", {}, "GRAPHQL_VALIDATION_FAILED", "$n"),
    "fields in conflict": (
        "{ pacts(first: 1) { totalCount } pacts(first: 2) { totalCount } }",
        {},
        "GRAPHQL_VALIDATION_FAILED",
        "conflict",
    ),
    "a fragment within itself": ("{ ...A } fragment A on Query { ...A }", {}, "GRAPHQL_VALIDATION_FAILED", "A"),
    "fields of an object left out": ("{ pacts }", {}, "GRAPHQL_VALIDATION_FAILED", "pacts"),
}


@pytest.mark.parametrize(("query", "variables", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_a_request_that_the_specification_refuses(
    asker: Asker, small_graph: Graph, query: str, variables: dict[str, Any], code: str, said: str
) -> None:
    for _ in range(2):
        found, message = asker.error(query, variables)
        assert found == code
        assert said in message
