"""Constraints and indexes, derived from the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

from neo4j.exceptions import Neo4jError

from graph.database import Database
from graph.errors import DatabaseError
from graph.modelling import Kind, Model, Property, snake_case
from graph.provenance import CHANGES, COLLABORATION, COLLABORATION_MATRIX, FILE, GROUP, LOCK, REVISION, RUN, WITHDRAWN

AWAIT_SECONDS = 600
REASON_WIDTH = 500
UNIQUENESS = "UNIQUENESS"
TEXT_ANALYZER = "dutch"
"""Stems Dutch words and leaves out their stop words; accents don't matter to it."""
NAME_ANALYZER = "standard-folding"
"""Keeps every word as it is; neither case nor accents matter to it."""
BOOKKEPT = (
    (REVISION, "id"),
    (LOCK, "id"),
    (FILE, "id"),
    (RUN, "number"),
    (WITHDRAWN, "id"),
    (GROUP, "id"),
    (COLLABORATION, "key"),
    (COLLABORATION_MATRIX, "by"),
)
"""What is unique among the nodes that are not of the model."""


@dataclass(frozen=True)
class Rule:
    """A constraint or index: what `kind` Neo4j says it is, of which label and properties, and how to create it."""

    name: str
    kind: str
    label: str
    properties: tuple[str, ...]
    statement: str

    @property
    def removal(self) -> str:
        """How to remove what has its name."""
        return f"DROP {'CONSTRAINT' if self.kind == UNIQUENESS else 'INDEX'} {self.name} IF EXISTS"


def rules(model: Model) -> tuple[Rule, ...]:
    """What a database that holds the model's graph must have, in the order in which to create it."""
    labels = dict.fromkeys((*model.roots, *(node.name for node in model.nodes)))
    unique = [_unique(label, "id") for label in labels]
    # Were the revision and the lock not unique, two first loads at once would each make one, and neither would wait.
    unique += [_unique(label, name) for label, name in BOOKKEPT]
    sorted_or_filtered = [
        _range(label, prop.name)
        for label in model.types
        for prop in (*model.properties_of(label), *model.metrics_of(label))
        if prop.indexed
    ]
    sorted_with_id = [
        _range(label, prop.name, "id")
        for label in model.types
        for prop in model.properties_of(label)
        if prop.indexed and prop.repeats
    ]
    together = [_range(node.name, *names) for node in model.nodes for names in node.together]
    changes = [_range(CHANGES, "run"), _range(CHANGES, "last")]
    return (*unique, *sorted_or_filtered, *sorted_with_id, *together, *changes, *_texts(model))


def apply(database: Database, model: Model) -> None:
    """Create what is not there yet, and wait until it can be used.

    What has the name of one but failed, or is of an earlier model, makes way. Raises DatabaseError where the graph
    breaks a constraint or can't be indexed.
    """
    lacking = missing(database, model)
    taken = {row["name"] for row in database.read("SHOW INDEXES YIELD name")} if lacking else set[str]()
    for rule in lacking:
        try:
            if rule.name in taken:
                database.write(rule.removal)
            database.write(rule.statement)
        except Neo4jError as error:
            raise _in_the_way(rule, error.message) from error
    try:
        database.read("CALL db.awaitIndexes($seconds)", {"seconds": AWAIT_SECONDS})
    except Neo4jError as error:
        failed = missing(database, model)
        if not failed:
            raise
        shown = database.read(
            "SHOW INDEXES YIELD name, failureMessage WHERE name = $name RETURN failureMessage", {"name": failed[0].name}
        )
        raise _in_the_way(failed[0], shown[0]["failureMessage"] if shown else error.message) from error


def missing(database: Database, model: Model) -> list[Rule]:
    """What the database should have and has not, or has in a state of failure."""
    present = database.read(
        "SHOW INDEXES YIELD type, state, labelsOrTypes, properties, owningConstraint WHERE state <> 'FAILED' "
        f"RETURN CASE WHEN owningConstraint IS NULL THEN type ELSE '{UNIQUENESS}' END AS kind, "
        "labelsOrTypes AS labels, properties"
    )
    keys = {(row["kind"], tuple(row["labels"] or ()), tuple(row["properties"] or ())) for row in present}
    return [rule for rule in rules(model) if (rule.kind, (rule.label,), rule.properties) not in keys]


def _in_the_way(rule: Rule, reason: str | None) -> DatabaseError:
    why = shorten(reason or "no reason was given.", REASON_WIDTH)
    return DatabaseError(
        f"The database can't have {rule.name} on {rule.label} ({', '.join(rule.properties)}): {why}",
        "Mend or remove what is in its way, then load again.",
    )


def _unique(label: str, name: str) -> Rule:
    constraint = f"{snake_case(label)}_{name}"
    statement = f"CREATE CONSTRAINT {constraint} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
    return Rule(constraint, UNIQUENESS, label, (name,), statement)


def _range(label: str, *names: str) -> Rule:
    index = "_".join(map(snake_case, (label, *names)))
    on = ", ".join(f"n.{name}" for name in names)
    return Rule(index, "RANGE", label, names, f"CREATE INDEX {index} IF NOT EXISTS FOR (n:{label}) ON ({on})")


def text_index(label: str) -> str:
    """The name of the full-text index over all words of a root type, in stems."""
    return f"{snake_case(label)}_text"


def name_index(label: str) -> str:
    """The name of the full-text index over the names of a root type, as they are written."""
    return f"{snake_case(label)}_names"


def _texts(model: Model) -> list[Rule]:
    """Two full-text indexes for each root type with prose in it: over all its words, and over its names."""
    made: list[Rule] = []
    for label in model.roots:
        every = {prop.name: prop for node in model.concrete(label) for prop in model.properties_of(node.name)}
        words = [prop for prop in every.values() if prop.kind in (Kind.STRING, Kind.TEXT)]
        if any(prop.kind is Kind.TEXT for prop in words):
            made.append(_fulltext(text_index(label), label, words, TEXT_ANALYZER))
            made.append(_fulltext(name_index(label), label, [prop for prop in words if prop.naming], NAME_ANALYZER))
    return made


def _fulltext(index: str, label: str, words: Sequence[Property], analyzer: str) -> Rule:
    on = ", ".join(f"n.{prop.name}" for prop in words)
    statement = (
        f"CREATE FULLTEXT INDEX {index} IF NOT EXISTS FOR (n:{label}) ON EACH [{on}] "
        f"OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{analyzer}'}}}}"
    )
    return Rule(index, "FULLTEXT", label, tuple(prop.name for prop in words), statement)
