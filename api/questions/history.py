"""What loads did: each run, and each change that it made."""

from functools import lru_cache
from typing import Any

import orjson

from api.questions.question import Argument, Each, Form, Nested, ObjectType, Order, Question, Rows, Scribe
from graph.modelling import EnumType, Kind, Property
from graph.provenance import CHANGES, FILE, KEPT, READ, RUN, unpacked

OUTCOME = EnumType(
    "LoadOutcome",
    "What came of a run.",
    {
        "UNFINISHED": "It is being written, or was broken off; the next run takes back what is written of it.",
        "DONE": "All of it is in the graph.",
        "REFUSED": "Something was wrong with its files, so nothing was written.",
    },
)
ACTION = EnumType(
    "ChangeAction",
    "What a run did to a fact.",
    {
        "ADDED": "It is new.",
        "CHANGED": "Something of it is another than before, if only who states it.",
        "WITHDRAWN": "No file states it any more.",
        "RESTORED": "A file states it again.",
        "REMOVED": "The run that added it was undone.",
    },
)
COUNTED = ("added", "changed", "withdrawn", "unchanged", "refused")


def count(name: str) -> Property:
    """A number of facts."""
    return Property(name, Kind.INTEGER, f"How many were {name}.", required=True)


COUNTS = ObjectType(
    "LoadCount",
    "What a run did with the nodes or links of one type.",
    (Property("type", Kind.STRING, "The type.", required=True), *map(count, COUNTED)),
)
READ_FILE = ObjectType(
    "LoadFile",
    "A file of a run.",
    (
        Property("file", Kind.STRING, "Its folder and name, or its address.", required=True),
        Property("sha256", Kind.STRING, "The SHA-256 of its bytes.", required=True),
        Property("skipped", Kind.BOOLEAN, "Whether it was as when it was loaded last, so was not read.", required=True),
    ),
)
LOAD_RUN = ObjectType(
    "LoadRun",
    "A load, or the undo of one.",
    (
        Property("number", Kind.INTEGER, "Its number.", required=True),
        Property("outcome", Kind.ENUM, "What came of it.", enum=OUTCOME, required=True),
        Property("startedAt", Kind.STRING, "When it began to write.", required=True),
        Property("finishedAt", Kind.STRING, "When it was done."),
        Property("by", Kind.STRING, "Who did it.", required=True),
        Property("revision", Kind.INTEGER, "The graph's revision after it."),
        Property("problems", Kind.INTEGER, "How many mistakes its files had."),
        Property("undoes", Kind.INTEGER, "The run that it undid."),
        Property("undoneBy", Kind.INTEGER, "The run that undid it."),
        Nested("counts", COUNTS, "How much of each type.", many=True),
        Nested("files", READ_FILE, "Its files.", many=True),
    ),
)


def runs(scribe: Scribe) -> Rows:
    """Every run."""
    r, i, x, f, file = scribe.names("r", "i", "x", "f", "file")
    read = f"MATCH ({r})-[{x}:{READ}]->({f}:{FILE}) RETURN [{f}.id, {x}.sha256, {x}.skipped] ORDER BY {f}.id"
    node: dict[str, Any] = {
        **{name: f"{r}.{name}" for name in ("number", "outcome", "by", "revision", "problems", "undoes", "undoneBy")},
        **{name: f"toString({r}.{name})" for name in ("startedAt", "finishedAt")},
        "counts": Each(
            f"range(0, size(coalesce({r}.types, [])) - 1)",
            i,
            {"type": f"{r}.types[{i}]", **{name: f"{r}.{name}[{i}]" for name in COUNTED}},
        ),
        "files": Each(
            f"COLLECT {{ {read} }}",
            file,
            {"file": f"{file}[0]", "sha256": f"{file}[1]", "skipped": f"{file}[2]"},
        ),
    }
    return Rows(f"MATCH ({r}:{RUN}) WITH {r}", {"node": node, "number": f"{r}.number"})


LOAD_RUNS = Question(
    name="loadRuns",
    description="Every load and undo, newest first.",
    form=Form.CONNECTION,
    type=ObjectType("LoadRun", "A run, in a list.", (Nested("node", LOAD_RUN, "The run."),)),
    rows=runs,
    order=(Order("number", descending=True, kind=Kind.INTEGER),),
    enums=(OUTCOME,),
)

PROPERTY_CHANGE = ObjectType(
    "PropertyChange",
    "One property before and after.",
    (
        Property("name", Kind.STRING, "The property.", required=True),
        Property("before", Kind.STRING, "Its value before, as JSON; null where it had none."),
        Property("after", Kind.STRING, "Its value after, as JSON; null where it has none."),
    ),
)
CHANGE = ObjectType(
    "Change",
    "What a run did to one node or link.",
    (
        Property("number", Kind.INTEGER, "Its number among all changes.", required=True),
        Property("run", Kind.INTEGER, "The run.", required=True),
        Property("action", Kind.ENUM, "What was done.", enum=ACTION, required=True),
        Property("type", Kind.STRING, "The type of the node or link.", required=True),
        Property("id", Kind.ID, "The id of the node, or of the one that the link goes from.", required=True),
        Property("toId", Kind.ID, "The id of the node that the link goes to; null for a node."),
        Nested("properties", PROPERTY_CHANGE, "The properties that differ.", many=True),
    ),
)


@lru_cache(maxsize=256)
def lines_of(packed: bytes) -> list[dict[str, Any]]:
    """The changes that are kept together."""
    return unpacked(packed)


def change(read: list[Any]) -> list[Any]:
    """CHANGE's row of a change: its number, its run, the number of the first of those kept with it, and those."""
    number, run, first, packed = read
    at: int = number - first
    told = lines_of(bytes(packed))[at]
    before, after = told["before"], told["after"]
    names = [name for name in dict.fromkeys((*before, *after)) if name not in KEPT]
    properties = [[name, as_json(before.get(name)), as_json(after.get(name))] for name in names]
    return [number, run, told["action"].upper(), told["type"], told["id"], told.get("toId"), properties]


def as_json(value: Any) -> str | None:
    """A value as JSON; nothing where there is none."""
    return None if value is None else orjson.dumps(value).decode()


def changes(scribe: Scribe) -> Rows:
    """Every change of every run that is done."""
    r, c, number = scribe.names("r", "c", "number")
    since = f" AND {r}.revision > {scribe.value('since')}" if scribe.has("since") else ""
    clauses = (
        f"MATCH ({r}:{RUN}) WHERE {r}.outcome = 'DONE'{since} MATCH ({c}:{CHANGES} {{run: {r}.number}}) "
        f"WHERE {c}.first IS NOT NULL UNWIND range({c}.first, {c}.last) AS {number} WITH {c}, {number}"
    )
    return Rows(clauses, {"node": f"[{number}, {c}.run, {c}.first, {c}.lines]", "number": number})


ALL_CHANGES = Question(
    name="changes",
    description="Every change that runs made, newest first.",
    form=Form.CONNECTION,
    type=ObjectType("Change", "A change, in a list.", (Nested("node", CHANGE, "The change.", make=change),)),
    rows=changes,
    arguments=(
        Argument("since", "Int", "Only what changed since the graph was at this revision.", low=0, high=2**31 - 1),
    ),
    order=(Order("number", descending=True, kind=Kind.INTEGER),),
    enums=(ACTION,),
)
