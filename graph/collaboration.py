"""What it means that organisations work together: they share a context, or are linked directly."""

from graph.modelling import Model

ORGANISATION = "Organisation"
COMMUNITY = "LearningCommunity"
CONTEXTS = (COMMUNITY, "Project", "Pact")
"""The types of node that organisations meet in: whoever is linked with one in any way takes part in it."""

DIRECT = ("PARTNER_OF", "PART_OF")
"""The types of link between two organisations that each count as a context of just those two."""


def participations(model: Model) -> tuple[str, ...]:
    """The types of link by which an organisation takes part in a context."""
    contexts = set(CONTEXTS)
    return tuple(
        link.name
        for link in model.links
        if any(model.is_a(source, ORGANISATION) and target in contexts for source, target in model.pairs(link))
    )
