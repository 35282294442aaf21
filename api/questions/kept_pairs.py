"""The pairs that the last analysis kept in order: a page of all collaborations without making every pair there is.

They are right while the graph is as it was then, and as far as they go. Otherwise all pairs are made after all: the
answer is never of an earlier graph, and never ends before its end.
"""

from collections.abc import Callable

from api.questions.collaboration import Facts, all_ended, earlier, later
from api.questions.question import Scribe, Span
from graph.collaboration import (
    CONTEXTS,
    DIRECT,
    KEY_DIGITS,
    ORGANISATION,
    STRONGEST,
    UNITS,
    participations,
)
from graph.provenance import COLLABORATION, REVISION, is_analysed

NARROWING = ("between", "where", "activeIn", "topsector", "via")
"""What is asked with any of these is found from the graph itself."""

FIRST, LAST = "''", "'~'"
"""Texts before and after every key."""

KEPT = f"(k:{COLLABORATION}) USING INDEX k:{COLLABORATION}(key)"
"""Without the hint the planner reads and sorts them all as long as it has no statistics of a new index."""

MIN = "minStrength"


def part(scribe: Scribe, span: Span, all_pairs: Callable[[], str], pair: tuple[str, str], facts: Facts) -> str | None:
    """The clauses for a span of all pairs; `all_pairs` are those that find every one."""
    if any(map(scribe.has, NARROWING)):
        return None
    r, page, kept, key, words = scribe.names("r", "page", "kept", "key", "words")
    one, other = pair
    root = scribe.model.root(ORGANISATION)
    variables = ", ".join((*pair, *facts.variables))
    after = f"{_key(*span.after)}" if span.after else FIRST
    before = f"{_key(*span.before)}" if span.before else LAST
    equal = "=" if span.inclusive else ""
    conditions = [f"k.key >{equal} {after}", f"k.key <{equal} {before}"]
    conditions += [f"k.key < {_below(scribe)}"] if scribe.has(MIN) else []
    found = (
        f"MATCH {KEPT} WHERE {' AND '.join(conditions)} RETURN k.key AS key "
        f"ORDER BY key{' DESC' if span.backwards else ''} LIMIT {span.size}"
    )
    reaches = [_is_whole(scribe, r)]
    if span.before:
        # Nothing before a pair that is kept is missing.
        reaches.append(f"EXISTS {{ MATCH {KEPT} WHERE k.key >= {before} }}")
    if not span.backwards:
        reaches.append(f"size({page}) = {span.size}")
    return f"""
    CALL () {{
        OPTIONAL MATCH ({r}:{REVISION} {{id: 'revision'}})
        WITH {r}, COLLECT {{ {found} }} AS {page}
        WITH {page}, coalesce({is_analysed(r)} AND ({" OR ".join(reaches)}), false) AS {kept}
        CALL ({page}, {kept}) {{
            UNWIND CASE WHEN {kept} THEN {page} ELSE [] END AS {key}
            WITH split({key}, ' ') AS {words}
            MATCH ({one}:{root} {{id: {words}[1]}})
            MATCH ({other}:{root} {{id: {words}[2]}})
            WITH {one}, {other}, ({STRONGEST} - toInteger({words}[0])) / {UNITS}.0 AS {facts.strength}
            {_looked_up(scribe, one, other, facts) if facts.looked_up else ""}
            RETURN {variables}
            UNION ALL
            UNWIND CASE WHEN {kept} THEN [] ELSE [true] END AS once
            CALL () {{ {all_pairs()} RETURN {variables} }}
            RETURN {variables}
        }}
        RETURN {variables}
    }}
    WITH {variables}
    """


def count(scribe: Scribe, all_pairs: str) -> str | None:
    """How many pairs there are, as an expression."""
    if any(map(scribe.has, NARROWING)):
        return None
    (r,) = scribe.names("r")
    known = f"{is_analysed(r)} THEN {r}.collaborations"
    if scribe.has(MIN):
        stronger = f"COUNT {{ MATCH {KEPT} WHERE k.key < {_below(scribe)} }}"
        known = f"{is_analysed(r)} AND {_is_whole(scribe, r)} THEN {stronger}"
    return f"""head(COLLECT {{
        OPTIONAL MATCH ({r}:{REVISION} {{id: 'revision'}})
        WITH CASE WHEN {known} END AS known
        CALL (known) {{
            UNWIND CASE WHEN known IS NULL THEN [] ELSE [known] END AS n RETURN n
            UNION ALL
            UNWIND CASE WHEN known IS NULL THEN [true] ELSE [] END AS once
            CALL () {{ {all_pairs} RETURN count(*) AS n }}
            RETURN n
        }}
        RETURN n }})"""


def _is_whole(scribe: Scribe, revision: str) -> str:
    """The condition that all pairs asked for were kept."""
    every = f"{revision}.collaborationsKept = {revision}.collaborations"
    return f"({every} OR {scribe.value(MIN)} > {revision}.weakestKept)" if scribe.has(MIN) else every


def _key(strength: str, source: str, target: str) -> str:
    """The key of a pair, as `graph.collaboration.pair_key` makes it; null where a damaged cursor is no pair."""
    return f"({_padded(f'round(toFloatOrNull({strength}) * {UNITS})')} + ' ' + {source} + ' ' + {target})"


def _below(scribe: Scribe) -> str:
    """The key that all pairs of at least the strength asked for come before."""
    # A little less, since 0.3 times a billion need not be a whole number.
    return _padded(f"ceil({scribe.value(MIN)} * {UNITS} - 0.001) - 1")


def _padded(units: str) -> str:
    return f"right('{'0' * KEY_DIGITS}' + toString({STRONGEST} - toIntegerOrNull({units})), {KEY_DIGITS})"


def _looked_up(scribe: Scribe, one: str, other: str, facts: Facts) -> str:
    """The clauses that add what two organisations share, and since when."""
    return f"""CALL ({one}, {other}) {{ {_shared(scribe, one, other)} }}
            WITH {", ".join((one, other, facts.strength, *facts.gathered()))}"""


def _shared(scribe: Scribe, one: str, other: str) -> str:
    """A row for each thing that two organisations share, looked for from the one with fewer links."""
    types = "|".join(participations(scribe.model))
    until1, until2 = map(all_ended, ("x.until", "y.until"))

    return f"""
        WITH CASE WHEN COUNT {{ ({one})--() }} <= COUNT {{ ({other})--() }}
            THEN [{one}, {other}] ELSE [{other}, {one}] END AS ends
        WITH ends[0] AS few, ends[1] AS many
        MATCH (few)-[x:{types}]-(context:{"|".join(CONTEXTS)})-[y:{types}]-(many)
        WITH context, min(x.since) AS since1, {until1} AS until1, min(y.since) AS since2, {until2} AS until2
        RETURN context, {later("since1", "since2", "context.startYear")} AS since,
            {earlier("until1", "until2", "context.endYear")} AS until
        UNION ALL
        MATCH ({one})-[x:{"|".join(DIRECT)}]-({other})
        RETURN null AS context, x.since AS since, x.until AS until"""
