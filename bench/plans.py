"""What the database does for each question: the compiled statement, and its plan as PROFILE tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import parse
from neo4j import GraphDatabase

from api.compiler.compiler import prepare
from api.schema import build_schema
from api.service import executable
from graph.model import MODEL
from graph.settings import Connection

SCANS = ("AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan", "DirectedAllRelationshipsScan")


@dataclass(frozen=True)
class Statement:
    """A Cypher text with its parameters."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """What a statement cost the database: hits, the rows that all operators together handed on, and its operators."""

    hits: int
    rows: int
    operators: tuple[str, ...]

    @property
    def scans(self) -> tuple[str, ...]:
        """The operators that look at every node of a label, or at all nodes."""
        return tuple(name for name in self.operators if name in SCANS)


class Statements:
    """Compiles questions as the API does."""

    def __init__(self) -> None:
        self.schema = executable(build_schema(MODEL))

    def compiled(self, query: str, given: Mapping[str, Any]) -> Statement:
        """The statement that answers a query, with the values it is run with."""
        operation = prepare(self.schema, MODEL, parse(query), None)
        variables = operation.variables(given)
        compiled = operation.compiled(variables)
        assert compiled.statement is not None
        return Statement(compiled.statement.text, compiled.parameters(variables))


def profile(connection: Connection, statement: Statement) -> Profile:
    """Run a statement once under PROFILE."""
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,  # pyright: ignore[reportUnknownMemberType]
        driver.session(database=connection.database) as session,  # pyright: ignore[reportUnknownMemberType]
    ):
        summary = session.run(f"PROFILE {statement.text}", statement.parameters).consume()  # pyright: ignore[reportArgumentType]
    steps = list(_steps(cast("dict[str, Any]", summary.profile)))  # pyright: ignore[reportUnknownMemberType]
    return Profile(
        sum(step["dbHits"] for step in steps),
        sum(step["rows"] for step in steps),
        tuple(step["operatorType"].partition("@")[0] for step in steps),
    )


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for child in step.get("children", ()):
        yield from _steps(child)
