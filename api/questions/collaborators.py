"""Pairs of organisations that work together: those of one organisation, and those of all."""

from collections.abc import Callable

from api.questions import kept_pairs
from api.questions.collaboration import (
    FACTS,
    FILTERS,
    VIA,
    Facts,
    active,
    all_ended,
    contexts,
    earlier,
    first_and_last,
    later,
    members,
    named_facts,
    serving,
    taking_part,
    with_direct,
)
from api.questions.question import (
    Argument,
    Columns,
    Form,
    Linked,
    Nested,
    ObjectType,
    Order,
    Question,
    Rows,
    Scribe,
    Span,
)
from graph.collaboration import DIGITS, DIRECT, ORGANISATION, participations
from graph.modelling import Kind


def collaborator_rows(scribe: Scribe) -> Rows:
    """The others with which one organisation shares something."""
    here = scribe.here
    other, link, member = scribe.names("other", "link", "member")
    types = "|".join(participations(scribe.model))
    facts = named_facts(scribe)
    mine, since, until = "DISTINCT context", "", ""
    if facts.years:
        mine = f"context, min({link}.since) AS mine, {all_ended(f'{link}.until')} AS mineUntil"
        since = f", {later('mine', 'each[1]', 'context.startYear')} AS since"
        until = f", {earlier('mineUntil', 'each[2]', 'context.endYear')} AS until"
    clauses = f"""
    CALL ({here}) {{
        MATCH ({here})-[{link}:{types}]-(context) WHERE {contexts(scribe, "context")} AND {active(scribe, link)}
        WITH {mine}
        WITH *, {members(scribe, "context", link, member, years=facts.years)} AS members
        WHERE size(members) > 1
        UNWIND members AS each
        WITH *, size(members) AS n WHERE each[0] <> {here}
        RETURN each[0] AS {other}, context, 1.0 / (n - 1) AS weight{since}{until}
        UNION ALL
        MATCH ({here})-[{link}:{"|".join(DIRECT)}]-({other}:{ORGANISATION})
        WHERE {direct_conditions(scribe, link, other)} AND {other} <> {here}
        RETURN {other}, null AS context, 1.0 AS weight{own_years(link, years=facts.years)}
    }}
    """
    return Rows(summed(scribe, clauses, (other,), facts), {**facts.columns, "node": other, "id": f"{other}.id"})


def pair_rows(scribe: Scribe) -> Rows:
    """All pairs that share something, each once: the lesser id first."""
    one, other = scribe.names("one", "other")
    facts = named_facts(scribe)
    return Rows(all_pairs(scribe, (one, other), facts), pair_columns((one, other), facts))


def pair_columns(pair: tuple[str, str], facts: Facts) -> Columns:
    """The columns of `collaborations`."""
    one, other = pair
    node: Columns = {"source": one, "target": other, **facts.columns}
    return {"strength": facts.strength, "node": node, "sourceId": f"{one}.id", "targetId": f"{other}.id"}


def all_pairs(scribe: Scribe, pair: tuple[str, str], facts: Facts) -> str:
    """The clauses that find all pairs asked for, with what they share."""

    def is_chosen(variable: str) -> str:
        between = [f"{variable}.id IN {scribe.value('between')}"] if scribe.has("between") else []
        return " AND ".join([*between, scribe.where("where", variable)])

    start = None
    if scribe.has("between") or scribe.has("where"):
        start = f"MATCH (member:{scribe.model.root(ORGANISATION)}&{ORGANISATION}) WHERE {is_chosen('member')}"
    return summed(scribe, shared_things(scribe, pair, start, is_chosen, years=facts.years), pair, facts)


def part_of_pairs(scribe: Scribe, span: Span) -> Rows | None:
    """The pairs of a span, from those that the last analysis kept."""
    one, other = scribe.names("one", "other")
    facts = named_facts(scribe)
    clauses = kept_pairs.part(scribe, span, lambda: all_pairs(scribe, (one, other), facts), (one, other), facts)
    return None if clauses is None else Rows(clauses, pair_columns((one, other), facts))


def count_of_pairs(scribe: Scribe) -> str | None:
    """How many pairs there are, as the last analysis counted them."""
    one, other = scribe.names("one", "other")
    return kept_pairs.count(scribe, all_pairs(scribe, (one, other), named_facts(scribe)))


def shared_things(
    scribe: Scribe,
    pair: tuple[str, str],
    start: str | None,
    is_chosen: Callable[[str], str],
    imports: str = "",
    *,
    years: bool,
) -> str:
    """The clause that gives a row for each thing that each pair of chosen organisations shares; if asked, its years.

    `start` finds the chosen as `member`, and is None where all are; it and the conditions may use the variables in
    `imports`.
    """
    one, other = pair
    (link,) = scribe.names("link")
    since = until = ""
    if years:
        since = f", {later('x[1]', 'y[1]', 'context.startYear')} AS since"
        until = f", {earlier('x[2]', 'y[2]', 'context.endYear')} AS until"
    return f"""
    CALL ({imports}) {{
        {_members_chosen(scribe, link, start, years=years)}
        WITH context, n, COLLECT {{ UNWIND found AS each WITH each, each[0] AS member ORDER BY member.id RETURN each }}
            AS members
        UNWIND range(0, size(members) - 2) AS i
        UNWIND range(i + 1, size(members) - 1) AS j
        WITH context, n, members[i] AS x, members[j] AS y
        RETURN x[0] AS {one}, y[0] AS {other}, context, 1.0 / (n - 1) AS weight{since}{until}
        UNION ALL
        MATCH ({one}:{ORGANISATION})-[{link}:{"|".join(DIRECT)}]-({other}:{ORGANISATION})
        WHERE {one}.id < {other}.id AND {direct_conditions(scribe, link, one, other)}
            AND {is_chosen(one)} AND {is_chosen(other)}
        RETURN {one}, {other}, null AS context, 1.0 AS weight{own_years(link, years=years)}
    }}
    """


def _members_chosen(scribe: Scribe, link: str, start: str | None, *, years: bool) -> str:
    """The clauses that give each context, those chosen that were `found` in it, and how many take part in all."""
    if start is None:
        everyone = members(scribe, "context", link, "member", years=years)
        return f"""MATCH (context) WHERE {contexts(scribe, "context")}
        WITH context, {everyone} AS found
        WITH context, found, size(found) AS n"""
    types = "|".join(participations(scribe.model))
    # Who takes part is counted only where at least two of the chosen do: few contexts, where few are chosen.
    return f"""{start}
        MATCH (member)-[{link}:{types}]-(context) WHERE {contexts(scribe, "context")} AND {active(scribe, link)}
        WITH {f"context, member, {first_and_last(link)}" if years else "DISTINCT context, member"}
        WITH context, collect([member{", since, until" if years else ""}]) AS found WHERE size(found) > 1
        WITH context, found, COUNT {{ {taking_part(scribe, "context", link, "each")} RETURN DISTINCT each }} AS n"""


def own_years(link: str, *, years: bool) -> str:
    """The years of a direct link, if asked."""
    return f", {link}.since AS since, {link}.until AS until" if years else ""


def direct_conditions(scribe: Scribe, link: str, *ends: str) -> str:
    """The condition that a direct link counts."""
    if not with_direct(scribe):
        return "false"
    return " AND ".join([active(scribe, link), *(part for end in ends for part in serving(scribe, end))])


def summed(scribe: Scribe, clauses: str, pair: tuple[str, ...], facts: Facts) -> str:
    """What pairs share, summed: `clauses` give a row for each thing that a pair shares."""
    strength, variables = facts.strength, ", ".join((*pair, *facts.variables))
    found = ", ".join((*pair, f"round(sum(weight), {DIGITS}) AS {strength}", *facts.gathered()))
    kept = f"WHERE {strength} >= {scribe.value('minStrength')}" if scribe.has("minStrength") else ""
    return f"""{clauses}
    WITH {found} {kept}
    WITH {variables}
    """


STRONGEST_FIRST = Order("strength", descending=True, kind=Kind.NUMBER)

COLLABORATORS = Question(
    name="collaborators",
    on=ORGANISATION,
    description="The organisations it works with, those it works with most first.",
    form=Form.CONNECTION,
    type=ObjectType(
        "Collaborator",
        "An organisation it works with.",
        (Linked("node", ORGANISATION, "The other organisation."), *FACTS),
    ),
    arguments=FILTERS,
    order=(STRONGEST_FIRST, Order("id")),
    rows=collaborator_rows,
    enums=(VIA,),
)

COLLABORATION = ObjectType(
    "Collaboration",
    "Two organisations that work together.",
    (
        Linked("source", ORGANISATION, "The one whose id comes first in the alphabet."),
        Linked("target", ORGANISATION, "The other."),
        *FACTS,
    ),
)
COLLABORATIONS = Question(
    name="collaborations",
    description="The pairs of organisations that work together, those that do most first.",
    form=Form.CONNECTION,
    type=ObjectType("Collaboration", "A pair.", (Nested("node", COLLABORATION, "The pair."),)),
    arguments=(
        Argument("between", "[ID!]", "Only pairs of these organisations.", low=2, high=1000, of=ORGANISATION),
        Argument("where", "OrganisationWhere", "Only pairs of organisations that both meet these conditions."),
        *FILTERS,
    ),
    order=(STRONGEST_FIRST, Order("sourceId"), Order("targetId")),
    rows=pair_rows,
    enums=(VIA,),
    part=part_of_pairs,
    count=count_of_pairs,
)
