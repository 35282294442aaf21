"""Constraints and indexes, derived from the model."""

from dataclasses import dataclass

from neo4j.exceptions import ClientError

from graph.database import Database
from graph.errors import DatabaseError
from graph.modelling import Kind, Model, snake_case

AWAIT_SECONDS = 600
ANALYZER = "dutch"
"""Stems Dutch words and leaves out their stop words; accents don't matter to it."""


@dataclass(frozen=True)
class Rule:
    """A constraint or index: what `kind` Neo4j says it is, of which label and properties, and how to create it."""

    name: str
    kind: str
    label: str
    properties: tuple[str, ...]
    statement: str


def rules(model: Model) -> tuple[Rule, ...]:
    """What a database that holds the model's graph must have, in the order in which to create it."""
    unique = [_unique(label) for label in dict.fromkeys((*model.roots, *(node.name for node in model.nodes)))]
    sorted_or_filtered = [
        _range(label, prop.name) for label in model.types for prop in model.properties_of(label) if prop.indexed
    ]
    return (*unique, *sorted_or_filtered, *_texts(model))


def apply(database: Database, model: Model) -> None:
    """Create what is not there yet, and wait until it can be used.

    Raises DatabaseError where the graph already breaks a constraint.
    """
    for rule in missing(database, model):
        try:
            database.write(rule.statement)
        except ClientError as error:
            raise DatabaseError(
                f"The database can't have {rule.name} on {rule.label}: {error.message}",
                "Mend or remove the nodes that are in its way, then load again.",
            ) from error
    database.read("CALL db.awaitIndexes($seconds)", {"seconds": AWAIT_SECONDS})


def missing(database: Database, model: Model) -> list[Rule]:
    """What the database should have and has not, or has in a state of failure."""
    present = database.read(
        "SHOW INDEXES YIELD type, state, labelsOrTypes, properties, owningConstraint WHERE state <> 'FAILED' "
        "RETURN CASE WHEN owningConstraint IS NULL THEN type ELSE 'UNIQUENESS' END AS kind, "
        "labelsOrTypes AS labels, properties"
    )
    keys = {(row["kind"], tuple(row["labels"] or ()), tuple(row["properties"] or ())) for row in present}
    return [rule for rule in rules(model) if (rule.kind, (rule.label,), rule.properties) not in keys]


def _unique(label: str) -> Rule:
    name = f"{snake_case(label)}_id"
    statement = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
    return Rule(name, "UNIQUENESS", label, ("id",), statement)


def _range(label: str, name: str) -> Rule:
    index = f"{snake_case(label)}_{snake_case(name)}"
    return Rule(index, "RANGE", label, (name,), f"CREATE INDEX {index} IF NOT EXISTS FOR (n:{label}) ON (n.{name})")


def _texts(model: Model) -> list[Rule]:
    """A full-text index for each root type with prose in it, over all its words."""
    made: list[Rule] = []
    for label in model.roots:
        words = [prop for prop in model.properties_of(label) if prop.kind in (Kind.STRING, Kind.TEXT)]
        if any(prop.kind is Kind.TEXT for prop in words):
            name = f"{snake_case(label)}_text"
            on = ", ".join(f"n.{prop.name}" for prop in words)
            statement = (
                f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{label}) ON EACH [{on}] "
                f"OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{ANALYZER}'}}}}"
            )
            made.append(Rule(name, "FULLTEXT", label, tuple(prop.name for prop in words), statement))
    return made
