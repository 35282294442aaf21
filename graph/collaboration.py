"""What it means that organisations work together: they share a context, or are linked directly."""

from math import floor

from graph.modelling import Model

ORGANISATION = "Organisation"
COMMUNITY = "LearningCommunity"
CONTEXTS = (COMMUNITY, "Project", "Pact")
"""The types of node that organisations meet in: whoever is linked with one in any way takes part in it."""

DIRECT = ("PARTNER_OF", "PART_OF")
"""The types of link between two organisations that each count as a context of just those two."""

GROUPINGS = {
    "TOPSECTOR": "MATCH ({o})-[:SERVES_SECTOR]->(g:Topsector) RETURN [g.id, g.name]",
    "REGION": "MATCH ({o})-[:LOCATED_IN]->(g:Region) RETURN [g.id, g.name]",
    "LEVEL": "WITH {o}.level AS level WHERE level IS NOT NULL RETURN [level, level]",
    "FORM": "MATCH ({o})-[:{types}]-(g:LearningCommunity) RETURN DISTINCT [g.form, g.form]",
}
"""The ways of putting organisations in groups: the Cypher that gives the id and name of each group of one."""

DIGITS = 9
"""Strengths are rounded to so many digits, so that the order in which they are summed does not show."""

UNITS = 10**DIGITS
STRONGEST = 10**15
"""More than any strength, in units: a pair's key counts down from it."""
KEY_DIGITS = 15


def grouped_by(model: Model, by: str, organisation: str) -> str:
    """The Cypher that gives the id and name of each group of the organisation in a variable."""
    return GROUPINGS[by].format(o=organisation, types="|".join(participations(model)))


def in_units(strength: float) -> int:
    """A strength as a whole number of the last digit, rounded as Cypher rounds."""
    return floor(strength * UNITS + 0.5)


def pair_key(units: int, source: str, target: str) -> str:
    """The text by which pairs are sorted: the stronger first, then by their ids, which have no spaces."""
    return f"{STRONGEST - units:0{KEY_DIGITS}} {source} {target}"


def participations(model: Model) -> tuple[str, ...]:
    """The types of link by which an organisation takes part in a context."""
    contexts = set(CONTEXTS)
    return tuple(
        link.name
        for link in model.links
        if any(model.is_a(source, ORGANISATION) and target in contexts for source, target in model.pairs(link))
    )
