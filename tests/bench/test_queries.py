from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from bench.asked import ASKED, Asked
from bench.queries import QUESTIONS, Question

SCHEMA = Path(__file__).parents[2] / "schema.graphql"


@pytest.mark.parametrize("question", [*QUESTIONS, *ASKED], ids=lambda question: question.name)
def test_every_question_is_valid_against_the_schema(question: Question | Asked) -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    assert validate(schema, parse(question.ours)) == []


def test_every_question_has_its_own_name() -> None:
    assert len({question.name for question in (*QUESTIONS, *ASKED)}) == len(QUESTIONS) + len(ASKED)
