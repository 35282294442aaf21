"""What files state, once checked: nodes and links that are ready to be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from loaders.values import Value


class LinkKey(NamedTuple):
    """What a link is known by: there is at most one of a type from one node to another."""

    type: str
    from_id: str
    to_id: str


@dataclass(frozen=True, slots=True)
class NodeFact:
    """A node and its properties by name. None takes a value away; a property that isn't named is left alone."""

    type: str
    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A link, the types of the nodes it joins, and its properties as those of a node.

    It replaces what its `only_from` (or `only_to`) node has of that type: that end may have one only.
    """

    key: LinkKey
    from_type: str
    to_type: str
    values: Mapping[str, Value]
    only_from: bool = False
    only_to: bool = False


@dataclass(frozen=True)
class Facts:
    """All that a run's files state."""

    nodes: tuple[NodeFact, ...]
    links: tuple[LinkFact, ...]
