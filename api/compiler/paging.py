"""Page → what Cypher asks for it: its order, and conditions instead of counting rows.

A page is found by the values of the sort keys, so that the database seeks in an index where there is one, and
nothing comes twice or is missed when rows come or go between two pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from api.compiler.pattern import Subject
from api.compiler.plan import Bound, Page, SortKey
from api.compiler.values import Parameter


@dataclass(frozen=True)
class Part:
    """A part of a list: what holds of its items beside the list's own conditions, and what sorts them."""

    conditions: tuple[str, ...]
    order: str


@dataclass(frozen=True)
class Pager:
    """Writes about the pages of one list. `value` is the expression of a sort key's value, `parameter` of one given."""

    value: Callable[[Subject], str]
    parameter: Callable[[Parameter], str]

    def parts(self, page: Page, *, scanned: bool) -> list[Part]:
        """The parts of a list in its order: one or, where an index has all but the nulls of the first key, two.

        `scanned` is a list of all nodes of a type, which an index can sort.
        """
        leading, bounds = page.keys[0], _bounds(page)
        if not (scanned and leading.indexed and leading.subject.nullable):
            conditions = [self.beyond(page.keys, bound, backwards=backwards) for bound, backwards in bounds]
            if scanned and not bounds:
                conditions += self.in_index(leading)
            return [Part(tuple(conditions), self.order(page.keys, backwards=page.backwards))]
        nulls_last = leading.descending == page.backwards
        halves = [self._half(page, nulls=nulls) for nulls in (not nulls_last, nulls_last)]
        return [part for part in halves if part] or [Part(("false",), self.order(page.keys, backwards=page.backwards))]

    def _half(self, page: Page, *, nulls: bool) -> Part | None:
        """What is null in the leading sort key, or all the rest; None where the bounds leave nothing of it."""
        leading, *others = page.keys
        keys = others if nulls else [replace(leading, subject=replace(leading.subject, nullable=False)), *others]
        conditions: list[str] = []
        for bound, backwards in _bounds(page):
            if (bound.values[0] is None) == nulls:
                within = Bound(bound.values[1:]) if nulls else bound
                conditions.append(self.beyond(keys, within, backwards=backwards))
            elif (leading.descending != backwards) == nulls:
                return None
        conditions = conditions or self.in_index(keys[0])
        if nulls:
            conditions.insert(0, f"{self.value(leading.subject)} IS NULL")
        return Part(tuple(conditions), self.order(keys, backwards=page.backwards))

    def in_index(self, key: SortKey) -> list[str]:
        """What always holds in an index: with this the planner takes the order from there instead of sorting."""
        return [] if key.subject.nullable else [f"{self.value(key.subject)} IS NOT NULL"]

    def order(self, keys: Sequence[SortKey], *, backwards: bool = False) -> str:
        """What follows ORDER BY."""
        return ", ".join(self.value(key.subject) + (" DESC" if key.descending != backwards else "") for key in keys)

    def beyond(self, keys: Sequence[SortKey], bound: Bound, *, backwards: bool, inclusive: bool = False) -> str:
        """That a row stands after the bound in the order (before it, if `backwards`), or `inclusive` of it.

        Lexicographic comparison of the keys; Neo4j sorts null as the greatest value.
        """
        key, value, rest = keys[0], bound.values[0], Bound(bound.values[1:])
        subject, down = self.value(key.subject), key.descending != backwards
        later = rest.values and self.beyond(keys[1:], rest, backwards=backwards, inclusive=inclusive)
        if value is None:
            same = f"{subject} IS NULL AND {later}"
            return f"({subject} IS NOT NULL OR {same})" if down else f"({same})"
        sign, given = "<" if down else ">", self.parameter(value)
        if not later:
            return f"{subject} {sign}{'=' if inclusive else ''} {given}"
        # Written so that the planner seeks in the index of this key alone: what `<>` finds no index knows.
        seek = f"({subject} {sign}= {given} AND ({subject} <> {given} OR {later}))"
        return f"({seek} OR {subject} IS NULL)" if key.subject.nullable and not down else seek


def _bounds(page: Page) -> list[tuple[Bound, bool]]:
    """The cursors of a page, each with whether what is wanted stands before it."""
    return [(bound, backwards) for bound, backwards in ((page.after, False), (page.before, True)) if bound]
