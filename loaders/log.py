"""The log of what runs changed: each change as one line of JSON, which undo, diff and clients read."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from graph.database import Database
from graph.provenance import CHANGES, unpacked
from loaders.facts import Action, Change, Key


def line(change: Change) -> bytes:
    """A change as a line of JSON."""
    told: dict[str, Any] = {"action": change.action, "type": change.type, "id": change.key.id}
    if change.key.link:
        told |= {"toId": change.key.to_id, "fromType": change.types[0], "toType": change.types[1]}
    if change.closed:
        told["closed"] = True
    return orjson.dumps({**told, "before": change.before, "after": change.after})


def change_of(told: Mapping[str, Any]) -> Change:
    """The change that a line tells."""
    is_link = "toId" in told
    return Change(
        action=Action(told["action"]),
        key=Key(told["type"] if is_link else "", told["id"], told.get("toId", "")),
        type=told["type"],
        types=(told.get("fromType", ""), told.get("toType", "")),
        before=told["before"],
        after=told["after"],
        closed=told.get("closed", False),
    )


def changes(database: Database, run: int, *, newest_first: bool = False) -> Iterator[Change]:
    """What a run changed, in the order in which it did."""
    order = "DESC" if newest_first else "ASC"
    statement = f"MATCH (c:{CHANGES} {{run: $run}}) RETURN c.lines AS lines ORDER BY c.part {order}"
    for row in database.stream(statement, {"run": run}):
        told = unpacked(row["lines"])
        yield from map(change_of, reversed(told) if newest_first else told)
