"""Facts as a load handles them: what they are known by, what files state of them, and what changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from loaders.plain import Plain


class Key(NamedTuple):
    """What a fact is known by: a node by its id; a link, of which there is at most one, by its type and its ends."""

    link: str
    """The type of a link, or nothing for a node."""
    id: str
    """The id of the node, or of the one that the link goes from."""
    to_id: str = ""


class Stated(NamedTuple):
    """One row's word on a fact, in plain form: which table, in the order of the load, and which row of it.

    None for a value says that there is none; a property that isn't named is left alone.
    """

    table: int
    row: int
    values: Plain


class Fact(NamedTuple):
    """A node or link, and every row that states it."""

    key: Key
    type: str
    stated: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """A fact in the graph: its type and properties but for the id, in plain form; `closed` if no file states it."""

    type: str
    values: dict[str, Any]
    closed: bool = False


class Action(StrEnum):
    """What happens to a fact. One that is withdrawn is closed, one that is restored is current again."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    REMOVED = "removed"
    """Only an undo does this: as if it had never been added."""
    MOVED = "moved"
    """It says the same, and so do the same files; only the row in one of them is another."""


INVERSE = {
    Action.ADDED: Action.REMOVED,
    Action.REMOVED: Action.ADDED,
    Action.WITHDRAWN: Action.RESTORED,
    Action.RESTORED: Action.WITHDRAWN,
    Action.CHANGED: Action.CHANGED,
    Action.MOVED: Action.MOVED,
}


class Change(NamedTuple):
    """What a run does to one fact: the properties that differ, before and after; None where there is none.

    `types` are those of a link's ends. `closed`: it is closed before and after.
    """

    action: Action
    key: Key
    type: str
    types: tuple[str, str]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    closed: bool = False

    @property
    def inverse(self) -> "Change":
        """The change that takes this one back."""
        return self._replace(action=INVERSE[self.action], before=self.after, after=self.before)
