"""What is missing: missions without a community, communities without a school, sectors without a fund."""

from api.questions.question import Argument, Form, Linked, ObjectType, Question, Rows, Scribe
from graph.collaboration import COMMUNITY
from graph.model import EDUCATION_LEVEL
from graph.modelling import EnumType, Kind, Property

PER = EnumType(
    "GapScope",
    "What gaps are looked for in.",
    {"TOPSECTOR": "Each topsector by itself.", "REGION": "Each region by itself."},
)
PATTERNS = {
    "TOPSECTOR": ("Topsector", "({x})-[:SERVES_SECTOR]->({g})"),
    "REGION": ("Region", "({x})-[:LOCATED_IN]->({g})"),
}
LEVELS = {level: f"communitiesWithout{level.capitalize()}" for level in EDUCATION_LEVEL.values}
TARGET = 100
"""Learning communities in 2023: the aim of the Roadmap Human Capital 2020-2023, 'samen aan de slag'."""


def gap_rows(scribe: Scribe) -> Rows:
    """A row for each topsector or region."""
    g, x = scribe.names("g", "x")
    label, pattern = PATTERNS[scribe.literal("per")]
    chosen = f" {{id: {scribe.value('of')}}}" if scribe.has("of") else ""
    community = f"MATCH {pattern.format(x=f'{x}:{COMMUNITY}', g=g)} WHERE"
    ordered = f"WITH {x} ORDER BY {x}.name, {x}.id RETURN {x}"
    here = pattern.format(x=f":{COMMUNITY}", g=g)
    if label == "Topsector":
        missions = f"MATCH ({g})-[:ADDRESSES]->({x}:Mission)"
        sectors = f"MATCH ({x}:Topsector) WHERE {x} = {g}"
        fund = f"EXISTS {{ (:OOFund)-[:SERVES_SECTOR]->({x}) }}"
    else:
        missions, sectors = f"MATCH ({x}:Mission)", f"MATCH ({x}:Topsector) WHERE true"
        fund = f"EXISTS {{ (f:OOFund)-[:SERVES_SECTOR]->({x}) WHERE EXISTS {{ (f)-[:LOCATED_IN]->({g}) }} }}"
    worked_on = f"EXISTS {{ ({x})<-[:ADDRESSES]-(c:{COMMUNITY}) WHERE EXISTS {{ {pattern.format(x='c', g=g)} }} }}"
    return Rows(
        f"MATCH ({g}:{label}{chosen}) WITH {g} ORDER BY {g}.name, {g}.id WITH {g}",
        {
            "of": g,
            "communityCount": f"COUNT {{ {here} }}",
            "missionsWithoutCommunity": f"COLLECT {{ {missions} WHERE NOT {worked_on} {ordered} }}",
            "topsectorsWithoutFund": f"COLLECT {{ {sectors} AND NOT {fund} {ordered} }}",
            **{
                name: f"COLLECT {{ {community} NOT EXISTS {{ ({x})-[:PARTICIPATES_IN|COORDINATES]-"
                f"(:EducationInstitution {{level: '{level}'}}) }} {ordered} }}"
                for level, name in LEVELS.items()
            },
        },
    )


GAPS = Question(
    name="gaps",
    description="What is missing in each topsector or region, each as a list of entities, by name.",
    form=Form.LIST,
    type=ObjectType(
        "Gap",
        "What is missing in a topsector or region.",
        (
            Linked("of", "Entity", "The topsector or region."),
            Property("communityCount", Kind.INTEGER, "How many learning communities it has.", required=True),
            Linked(
                "missionsWithoutCommunity",
                "Mission",
                "Missions (of a topsector: those that it works on) that no learning community there works on.",
                many=True,
            ),
            Linked(
                "topsectorsWithoutFund",
                "Topsector",
                "Topsectors (of a topsector: itself) that no O&O-fund (of a region: none that lies in it) works for.",
                many=True,
            ),
            *(
                Linked(
                    name,
                    COMMUNITY,
                    f"Its learning communities in which no {level.lower()} institution takes part.",
                    many=True,
                )
                for level, name in LEVELS.items()
            ),
        ),
    ),
    arguments=(
        Argument("per", "GapScope", "What gaps are looked for in.", "TOPSECTOR"),
        Argument("of", "ID", "The id of one topsector or region; without it, all.", of="Entity"),
    ),
    rows=gap_rows,
    enums=(PER,),
)


def progress_rows(scribe: Scribe) -> Rows:
    """A row for each year of the roadmap."""
    year, x = scribe.names("year", "x")
    runs = f"{x}.startYear <= {year} AND coalesce({x}.endYear, {year}) >= {year}"
    ordered = f"WITH {x} ORDER BY {x}.name, {x}.id RETURN {x}"
    return Rows(
        f"UNWIND range({scribe.value('from')}, {scribe.value('to')}) AS {year} WITH {year}",
        {
            "year": year,
            "target": str(TARGET),
            "running": f"COUNT {{ MATCH ({x}:{COMMUNITY}) WHERE {runs} }}",
            "started": f"COLLECT {{ MATCH ({x}:{COMMUNITY}) WHERE {x}.startYear = {year} {ordered} }}",
            "ended": f"COLLECT {{ MATCH ({x}:{COMMUNITY}) WHERE {x}.endYear = {year} {ordered} }}",
            "undated": f"COUNT {{ MATCH ({x}:{COMMUNITY}) WHERE {x}.startYear IS NULL }}",
        },
    )


PROGRESS = Question(
    name="roadmapProgress",
    description=f"Learning communities year by year, beside the roadmap's aim of {TARGET} in 2023.",
    form=Form.LIST,
    type=ObjectType(
        "RoadmapYear",
        "A year of the roadmap.",
        (
            Property("year", Kind.YEAR, "The year.", required=True),
            Property("target", Kind.INTEGER, "How many learning communities the roadmap wants in 2023.", required=True),
            Property("running", Kind.INTEGER, "How many are known to have run in it.", required=True),
            Property("undated", Kind.INTEGER, "How many have no known start, and are not counted.", required=True),
            Linked("started", COMMUNITY, "Those that began in it.", many=True),
            Linked("ended", COMMUNITY, "Those that ended in it.", many=True),
        ),
    ),
    arguments=(
        Argument("from", "Int", "The first year.", 2020, 1900, 2100),
        Argument("to", "Int", "The last year.", 2023, 1900, 2100),
    ),
    rows=progress_rows,
)
