"""Who works with whom, through what, how strongly and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.questions.question import Argument, Columns, Linked, Nested, ObjectType, Scribe
from graph.collaboration import CONTEXTS, ORGANISATION, participations
from graph.modelling import EnumType, Kind, Property

DIRECTLY = "DIRECT"
VIA = EnumType(
    "CollaborationVia",
    "What organisations work together through.",
    {
        "COMMUNITY": "A learning community in which both take part.",
        "PROJECT": "A project in which both take part.",
        "PACT": "A pact in which both take part.",
        DIRECTLY: "A link between the two of them.",
    },
)
VIAS = dict(zip(CONTEXTS, ("COMMUNITY", "PROJECT", "PACT"), strict=True))

THROUGH = ObjectType(
    "CollaborationContexts",
    "What two organisations share.",
    (
        Linked("communities", "LearningCommunity", "The learning communities in which both take part.", many=True),
        Linked("projects", "Project", "The projects in which both take part.", many=True),
        Linked("pacts", "Pact", "The pacts in which both take part.", many=True),
        Property("direct", Kind.INTEGER, "How many links there are between the two themselves.", required=True),
    ),
)
FACTS = (
    Property(
        "strength",
        Kind.NUMBER,
        "Newman's weight: for each thing that n organisations share 1/(n-1), summed; a direct link counts as 1.",
        required=True,
    ),
    Property("sharedCount", Kind.INTEGER, "How many things they share, direct links included.", required=True),
    Property("firstYear", Kind.YEAR, "The first year from which they are known to share something."),
    Property("lastYear", Kind.YEAR, "The last year, where all that they shared has ended."),
    Nested("via", THROUGH, "What they share."),
)
FILTERS = (
    Argument("minStrength", "Float", "Only where the strength is at least this.", low=0),
    Argument("activeIn", "Int", "Only what was so in this year; an unknown start or end counts as open."),
    Argument("topsector", "ID", "Only through what works for this topsector.", of="Topsector"),
    Argument("via", "[CollaborationVia!]", "Only through things of these sorts."),
)


@dataclass(frozen=True)
class Facts:
    """The variables with what FACTS say of a pair, in the rows of a question; `item` is a free name.

    `looked_up` are the expressions of those that are read, but the strength, over rows with a context (null for a
    direct link) and the years of each.
    """

    strength: str
    shared: str
    first: str
    last: str
    through: str
    item: str
    looked_up: Mapping[str, str]

    @property
    def variables(self) -> tuple[str, ...]:
        """All that a WITH must keep."""
        return self.strength, *self.looked_up

    @property
    def years(self) -> bool:
        """Whether the years of what is shared are read."""
        return self.first in self.looked_up

    def gathered(self) -> tuple[str, ...]:
        """All but the strength, as a WITH gathers them."""
        return tuple(f"{found} AS {name}" for name, found in self.looked_up.items())

    @property
    def columns(self) -> Columns:
        """The columns of FACTS."""
        x, through = self.item, self.through
        of_label = {
            name: f"[{x} IN {through} WHERE {x}:{label}]"
            for name, label in zip(("communities", "projects", "pacts"), CONTEXTS, strict=True)
        }
        return {
            "strength": self.strength,
            "sharedCount": self.shared,
            "firstYear": self.first,
            "lastYear": self.last,
            "via": {**of_label, "direct": f"({self.shared} - size({through}))"},
        }


def named_facts(scribe: Scribe) -> Facts:
    """Facts under names of their own."""
    strength, shared, first, last, through, item = scribe.names("strength", "shared", "first", "last", "through", "x")
    looked_up: dict[str, str] = {}
    if scribe.reads("sharedCount", "via"):
        looked_up[shared] = "count(*)"
    if scribe.reads("via"):
        looked_up[through] = "collect(context)"
    if scribe.reads("firstYear", "lastYear"):
        looked_up[first] = "min(since)"
        looked_up[last] = all_ended("until")
    return Facts(strength, shared, first, last, through, item, looked_up)


def active(scribe: Scribe, variable: str, start: str = "since", end: str = "until") -> str:
    """The condition that a link was there in the year, or years, asked for; with other names of years, a node."""
    if scribe.has("activeIn"):
        first = last = scribe.value("activeIn")
    elif scribe.has("activeBetween"):
        first, last = (f"{scribe.value('activeBetween')}[{at}]" for at in (0, 1))
    else:
        return "true"
    return f"coalesce({variable}.{start}, {last}) <= {last} AND coalesce({variable}.{end}, {first}) >= {first}"


def contexts(scribe: Scribe, variable: str) -> str:
    """The condition that a node is a context asked for; `false` where none is."""
    via = scribe.literal("via")
    labels = [label for label in CONTEXTS if via is None or VIAS[label] in via]
    if not labels:
        return "false"
    parts = [f"{variable}:{'|'.join(labels)}", active(scribe, variable, "startYear", "endYear")]
    return " AND ".join([*parts, *serving(scribe, variable)])


def serving(scribe: Scribe, variable: str) -> list[str]:
    """The condition that a node works for the topsector asked for, if one is."""
    if not scribe.has("topsector"):
        return []
    return [f"EXISTS {{ ({variable})-[:SERVES_SECTOR]->(:Topsector {{id: {scribe.value('topsector')}}}) }}"]


def with_direct(scribe: Scribe) -> bool:
    """Whether direct links count."""
    via = scribe.literal("via")
    return via is None or DIRECTLY in via


def members(scribe: Scribe, context: str, link: str, member: str, *, years: bool) -> str:
    """The organisations that take part in a context, each in a list, with its first and last year there if asked."""
    found = taking_part(scribe, context, link, member)
    if not years:
        return f"COLLECT {{ {found} RETURN DISTINCT [{member}] }}"
    return f"COLLECT {{ {found} WITH {member}, {first_and_last(link)} RETURN [{member}, since, until] }}"


def taking_part(scribe: Scribe, context: str, link: str, member: str) -> str:
    """The clause that finds the organisations that take part in a context, one as often as it is linked with that."""
    types = "|".join(participations(scribe.model))
    return f"MATCH ({context})-[{link}:{types}]-({member}:{ORGANISATION}) WHERE {active(scribe, link)}"


def first_and_last(link: str) -> str:
    """The columns with the first and last year of links that a WITH puts together."""
    return f"min({link}.since) AS since, {all_ended(f'{link}.until')} AS until"


def all_ended(until: str) -> str:
    """The last of the years in which rows ended; null where one has not."""
    return f"CASE WHEN count({until}) = count(*) THEN max({until}) END"


def later(*years: str) -> str:
    """The latest of years, those unknown left out."""
    return _extreme(years, ">")


def earlier(*years: str) -> str:
    """The earliest of years, those unknown left out."""
    return _extreme(years, "<")


def _extreme(years: Sequence[str], sign: str) -> str:
    first, second, *rest = years
    found = (
        f"CASE WHEN {first} IS NULL THEN {second} WHEN {second} IS NULL OR {first} {sign} {second} "
        f"THEN {first} ELSE {second} END"
    )
    return _extreme((f"({found})", *rest), sign) if rest else found
