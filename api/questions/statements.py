"""Who states a fact: each file's word on a node or a link, as it is and where the graph's own value is another's."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import orjson

from api.questions.question import RAW, Form, Nested, ObjectType, Question, Rows, Scribe
from graph.model import CONFIDENCE, CONFIDENCE_OF, SOURCES
from graph.modelling import Kind, Property
from graph.provenance import FORMER_STATEMENTS, KEPT, STATEMENTS, statement

STATEMENTS_FIELD = STATEMENTS
"""The field of entities and of the edges of links."""
WHO_STATES = (
    "Who states it: each file's word. Where they differ, the surest and then the newest counts. "
    "Of what is withdrawn: who stated it last."
)
NOT_STATED = frozenset((*KEPT, "id", CONFIDENCE_OF.name, SOURCES.name))

STATED_VALUE = ObjectType(
    "StatedValue",
    "What a file says of one property.",
    (
        Property("name", Kind.STRING, "The property.", required=True),
        Property("value", Kind.STRING, "Its value, as JSON.", required=True),
    ),
)
STATEMENT = ObjectType(
    "Statement",
    "One file's word on a fact.",
    (
        Property("file", Kind.STRING, "The file: its folder and name, or its address; `#` and a sheet.", required=True),
        Property("row", Kind.INTEGER, "The row in it, as a spreadsheet numbers it.", required=True),
        Property("run", Kind.INTEGER, "The run that first read it there in this form.", required=True),
        Property("retrievedOn", Kind.STRING, "The newest day on which one of its sources was read."),
        Property("confidence", Kind.ENUM, "How sure the file is.", enum=CONFIDENCE),
        Property("sourceIds", Kind.STRING, "The ids of the sources that it names.", many=True),
        Nested("values", STATED_VALUE, "All else that it says.", many=True),
    ),
)


def told(facts: Sequence[Any]) -> list[list[Any]]:
    """STATEMENT's rows of what `words` read of each statement."""
    return [row(text, values, days) for text, values, days in facts]


def row(text: str, values: dict[str, Any], days: Sequence[str]) -> list[Any]:
    """One statement; the values are the fact's own where it has none of its own."""
    word = statement(text)
    said = values if word.values is None else word.values
    retrieved = max(days, default=None) if word.values is None else word.retrieved_on
    place = [word.file, word.row, word.run, retrieved]
    return [*place, said.get(CONFIDENCE_OF.name), list(said.get(SOURCES.name) or ()), list(other_values(said))]


def other_values(said: dict[str, Any] | Any) -> Iterator[list[str]]:
    """STATED_VALUE's rows."""
    for name in sorted(said.keys() - NOT_STATED):
        yield [name, orjson.dumps(said[name], default=plain).decode()]


def plain(value: Any) -> Any:
    """A date or point, as the driver gives it, as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value.iso_format()  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def words(text: str, fact: str, source: str) -> str:
    """The Cypher of what `told` needs: of a statement and of the node or link that has it. `source` is a free name."""
    days = f"MATCH ({source}:Source) WHERE {source}.id IN {fact}.sources AND {source}.retrievedOn IS NOT NULL"
    return f"[{text}, properties({fact}), COLLECT {{ {days} RETURN toString({source}.retrievedOn) }}]"


def stated(fact: str) -> str:
    """The Cypher of the texts of who states a node or link or, where it is withdrawn, who stated it last."""
    return f"coalesce({fact}.{STATEMENTS}, {fact}.{FORMER_STATEMENTS}, [])"


def rows(scribe: Scribe) -> Rows:
    """The statements of a node."""
    text, source = scribe.names("text", "source")
    here = scribe.here
    clauses = f"UNWIND {stated(here)} AS {text} WITH {here}, {text}"
    return Rows(clauses, {RAW: words(text, here, source)})


ENTITY_STATEMENTS = Question(
    name=STATEMENTS_FIELD,
    description=WHO_STATES,
    form=Form.LIST,
    type=STATEMENT,
    rows=rows,
    on="Entity",
    make=told,
)
