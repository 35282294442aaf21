from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from bench.plans import Profile, Statements, profile
from bench.queries import QUESTIONS, Question
from graph.database import Database

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
STATEMENTS = Statements()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_is_valid_against_the_schema(question: Question) -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    assert validate(schema, parse(question.ours)) == []


def test_every_question_has_its_own_name() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)


def test_a_profile_tells_scans_from_seeks(database: Database) -> None:
    database.write("CREATE (:Entity:Pact {id: 'a', name: 'A', kind: 'PACT', confidence: 'HIGH', sources: []})")
    seek = profile(database.connection, STATEMENTS.compiled('{ pact(id: "a") { name } }', {}))
    scan = profile(
        database.connection, STATEMENTS.compiled('{ pacts(where: {description: {eq: "x"}}) { totalCount } }', {})
    )
    assert seek.hits > 0
    assert seek.scans == ()
    assert scan.scans == ("NodeByLabelScan",)


def test_scans_are_named() -> None:
    assert Profile(1, 1, ("ProduceResults", "AllNodesScan")).scans == ("AllNodesScan",)
