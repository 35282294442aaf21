"""The rule by which several files' words on one fact become one: the surest counts, of those as sure the newest."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.model import ALIASES, CONFIDENCE, CONFIDENCE_OF, SOURCES
from graph.provenance import Statement

SURENESS = {name: -rank for rank, name in enumerate(CONFIDENCE.values)}
UNSURE = -len(CONFIDENCE.values)


def agreed(statements: Sequence[Statement]) -> dict[str, Any]:
    """What files that state a fact say together; each statement has its values.

    Sources are united, and so are aliases, the surest first. Of values that differ, those of the highest confidence
    count; of these, those whose source was retrieved last (one without a day before all others); then those that came
    with the latest run; then the last.
    """
    ranked = sorted(statements, key=_weight)
    values: dict[str, Any] = {}
    for word in ranked:
        values.update((name, value) for name, value in said(word).items() if value is not None or name not in values)
    if any(SOURCES.name in said(word) for word in ranked):
        values[SOURCES.name] = sorted({source for word in ranked for source in said(word).get(SOURCES.name) or ()})
    if any(said(word).get(ALIASES.name) for word in ranked):
        aliases = (alias for word in reversed(ranked) for alias in said(word).get(ALIASES.name) or ())
        values[ALIASES.name] = list(dict.fromkeys(aliases))
    return values


def said(word: Statement) -> dict[str, Any]:
    """The values of a statement that has its own."""
    assert word.values is not None
    return dict(word.values)


def texts(statements: Sequence[Statement]) -> tuple[str, ...]:
    """The texts of statements, in which values stand only where there are several."""
    if len(statements) == 1:
        return (str(replace(statements[0], values=None)),)
    return tuple(map(str, statements))


def _weight(word: Statement) -> tuple[int, str, int]:
    confidence = said(word).get(CONFIDENCE_OF.name)
    return SURENESS.get(str(confidence), UNSURE), word.retrieved_on or "", word.run
