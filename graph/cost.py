"""What a statement costs the database: its operators as EXPLAIN expects them, or as PROFILE counted them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

SCANS = ("AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan", "DirectedAllRelationshipsScan")


@dataclass(frozen=True)
class Cost:
    """A statement's operators, the rows that all of them together handed on, and their database hits.

    Rows and hits are 0 where the statement was not run. `table` is the database's own account.
    """

    table: str
    operators: tuple[str, ...]
    rows: int
    hits: int

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> Self:
        """The cost in a tree of operators, as the driver's summary has it."""
        steps = list(_steps(tree))
        return cls(
            tree["args"]["string-representation"],
            tuple(step["operatorType"].partition("@")[0] for step in steps),
            sum(step.get("rows", 0) for step in steps),
            sum(step.get("dbHits", 0) for step in steps),
        )

    @property
    def scans(self) -> tuple[str, ...]:
        """The operators that look at every node of a label, or at all nodes or links."""
        return tuple(name for name in self.operators if name in SCANS)


def _steps(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield step
    for child in step.get("children", ()):
        yield from _steps(child)
