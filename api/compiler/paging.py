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
        """The parts of a list in its order, each of which an index can give in order where there is one.

        `scanned` is a list of all nodes of a type, which an index can sort.
        """
        leading = page.keys[0]
        if not scanned or (leading.subject.nullable and not leading.indexed):
            bounds = _bounds(page)
            conditions = [self.beyond(page.keys, bound, backwards=backwards) for bound, backwards in bounds]
            if scanned and not bounds:
                conditions = self.in_index(page.keys)
            return [Part(tuple(conditions), self.order(page.keys, backwards=page.backwards))]
        if not leading.subject.nullable:
            return self._known(page)
        halves = (self._known(page), self._nulls(page))
        nulls_last = leading.descending == page.backwards
        found = [part for half in (halves if nulls_last else reversed(halves)) for part in half]
        return found or [Part(("false",), self.order(page.keys, backwards=page.backwards))]

    def _known(self, page: Page) -> list[Part]:
        """The parts of what is not null in the leading sort key; none where the bounds leave nothing of it."""
        first, *others = page.keys
        leading = replace(first, subject=replace(first.subject, nullable=False))
        keys, order = (leading, *others), self.order(page.keys, backwards=page.backwards)
        bounds: list[tuple[Bound, bool]] = []
        for bound, backwards in _bounds(page):
            if bound.values[0] is not None:
                bounds.append((bound, backwards))
            elif leading.descending == backwards:
                return []
        if not bounds:
            return [Part(tuple(self.in_index(keys)), order)]
        if len(bounds) > 1 or not _in_one_index(keys):
            return [Part(tuple(self.beyond(keys, bound, backwards=backwards) for bound, backwards in bounds), order)]
        ((bound, backwards),) = bounds
        value = bound.values[0]
        assert value is not None
        beside = self.beyond(others, Bound(bound.values[1:]), backwards=backwards)
        same = Part((f"{self.value(leading.subject)} = {self.parameter(value)}", beside), order)
        beyond = self.beyond([leading], Bound((value,)), backwards=backwards)
        rest = Part((beyond, *self.in_index(others)), order)
        return [same, rest] if backwards == page.backwards else [rest, same]

    def _nulls(self, page: Page) -> list[Part]:
        """The part that is null in the leading sort key; none where the bounds leave nothing of it."""
        leading, *keys = page.keys
        conditions: list[str] = []
        for bound, backwards in _bounds(page):
            if bound.values[0] is None:
                conditions.append(self.beyond(keys, Bound(bound.values[1:]), backwards=backwards))
            elif leading.descending != backwards:
                return []
        conditions = conditions or self.in_index(keys[:1])
        null = f"{self.value(leading.subject)} IS NULL"
        return [Part((null, *conditions), self.order(keys, backwards=page.backwards))]

    def in_index(self, keys: Sequence[SortKey]) -> list[str]:
        """What always holds in an index: with this the planner takes the order from there instead of sorting."""
        if keys[0].subject.nullable:
            return []
        known = keys if _in_one_index(keys) else keys[:1]
        return [f"{self.value(key.subject)} IS NOT NULL" for key in known]

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


def _in_one_index(keys: Sequence[SortKey]) -> bool:
    """Whether one index gives the whole order."""
    return len(keys) == 2 and keys[0].with_id and keys[1].subject.name == "id"


def _bounds(page: Page) -> list[tuple[Bound, bool]]:
    """The cursors of a page, each with whether what is wanted stands before it."""
    return [(bound, backwards) for bound, backwards in ((page.after, False), (page.before, True)) if bound]
