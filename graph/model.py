"""What the graph is: every node type, link type and property, declared once.

To add a type, declare it here and put its rows in `data/<plural>.csv`; constraints, checks, the GraphQL
schema, Cypher and the docs follow. Dutch terms stay Dutch where they are names (lectoraat, O&O-fonds).
"""

from graph.modelling import (
    Ends,
    EnumType,
    Heading,
    Identifier,
    Interface,
    Kind,
    LinkType,
    Model,
    NodeType,
    Property,
    View,
)

CONFIDENCE = EnumType(
    "Confidence",
    "How sure the graph is of a fact.",
    {
        "HIGH": "A page that was read says so.",
        "MEDIUM": "It follows from a page that was read, or is the organisation's own well-known name or site.",
        "LOW": "An official page implies it, or nobody looked it up yet.",
    },
    {"HIGH": "hoog", "MEDIUM": "middel", "LOW": "laag"},
)
COMMUNITY_FORM = EnumType(
    "CommunityForm",
    "The form a learning community takes.",
    {
        "FIELDLAB": "A practical environment where companies and knowledge institutes test and apply technology.",
        "MEETINGPOINT": "A place where companies, schools and researchers of one field meet.",
        "LIVING_LAB": "Research and innovation in a real-life setting, with its users.",
        "SKILLSLAB": "A place to learn new skills close to the work.",
        "CENTRE_OF_EXPERTISE": "A public-private partnership around a university of applied sciences.",
        "CENTRUM_INNOVATIEF_VAKMANSCHAP": "A public-private partnership around an mbo school.",
        "LECTORAAT": "A research group at a university of applied sciences.",
        "PRACTORAAT": "A practice-oriented research group at an mbo school.",
        "LEARNING_COMMUNITY": "A learning community that calls itself just that.",
        "OTHER": "Another form in which education, science and practice meet.",
    },
    {"OTHER": "anders"},
)
EDUCATION_LEVEL = EnumType(
    "EducationLevel",
    "The level at which an institution teaches.",
    {
        "MBO": "Middelbaar beroepsonderwijs: secondary vocational education.",
        "HBO": "Hoger beroepsonderwijs: universities of applied sciences.",
        "WO": "Wetenschappelijk onderwijs: research universities.",
    },
)
PACT_KIND = EnumType(
    "PactKind",
    "What sort of agreement a pact is.",
    {
        "PACT": "A national or regional pact.",
        "PLATFORM": "A platform on which parties agree what to do.",
        "COVENANT": "A signed covenant (convenant).",
        "PROGRAMME": "A programme or investment agenda agreed by several parties.",
        "ROADMAP": "A roadmap agreed by several parties.",
        "AGREEMENT": "A sector or human-capital agreement (akkoord).",
    },
    {"COVENANT": "convenant", "PROGRAMME": "programma", "AGREEMENT": "akkoord"},
)
PARTNER_KIND = EnumType(
    "PartnerKind",
    "What sort of organisation a partner is.",
    {
        "RESEARCH_FUNDER": "Funds research.",
        "ADVISORY_COUNCIL": "Advises government and parliament.",
        "EMPLOYERS_ORG": "An employers' or trade organisation.",
        "EMPLOYEES_ORG": "A trade union or other employees' organisation.",
        "EDUCATION_ASSOCIATION": "An association of education institutions.",
        "PLATFORM": "A platform, network or programme office.",
        "MINISTRY": "A ministry.",
        "GOVERNMENT_AGENCY": "A municipality, province, water authority or public agency.",
        "RESEARCH_INSTITUTE": "A research institute.",
        "COMPANY": "A company.",
        "REGION": "A body that acts for a region.",
        "OTHER": "Another sort of organisation.",
    },
    {
        "RESEARCH_FUNDER": "onderzoeksfinancier",
        "ADVISORY_COUNCIL": "adviesraad",
        "EMPLOYERS_ORG": "werkgeversorganisatie",
        "EMPLOYEES_ORG": "werknemersorganisatie",
        "EDUCATION_ASSOCIATION": "onderwijskoepel",
        "MINISTRY": "ministerie",
        "GOVERNMENT_AGENCY": "overheid",
        "RESEARCH_INSTITUTE": "onderzoeksinstituut",
        "COMPANY": "bedrijf",
        "REGION": "regio",
        "OTHER": "anders",
    },
)
MISSION_THEME = EnumType(
    "MissionTheme",
    "Where a mission stands in the mission-driven innovation policy.",
    {
        "CHALLENGE": "A societal challenge.",
        "ENABLER": "What all challenges need: key technologies, earning power.",
    },
    {"CHALLENGE": "uitdaging", "ENABLER": "voorwaarde"},
)
PROJECT_KIND = EnumType(
    "ProjectKind",
    "What sort of project it is.",
    {
        "RESEARCH_CONSORTIUM": "A consortium that was awarded research money.",
        "RESEARCH_PROGRAMME": "A research programme of several calls or projects.",
        "LABOUR_MARKET_STUDY": "A study of the labour market.",
        "CALL": "A call for proposals.",
    },
    {
        "RESEARCH_CONSORTIUM": "onderzoeksconsortium",
        "RESEARCH_PROGRAMME": "onderzoeksprogramma",
        "LABOUR_MARKET_STUDY": "arbeidsmarktonderzoek",
        "CALL": "oproep",
    },
)
REGION_KIND = EnumType(
    "RegionKind",
    "What sort of region it is.",
    {
        "PROVINCE": "One of the twelve provinces.",
        "TECHNIEKPACT_REGION": "One of the regions in which Techniekpact is carried out.",
        "LABOUR_MARKET_REGION": "A labour-market region (arbeidsmarktregio).",
    },
    {
        "PROVINCE": "provincie",
        "TECHNIEKPACT_REGION": "techniekpactregio",
        "LABOUR_MARKET_REGION": "arbeidsmarktregio",
    },
)

ORGANISATION = "Organisation"
ID = Property("id", Kind.ID, "A readable id, unique over all types and the same everywhere.", required=True)
ALIASES = Property(
    "aliases",
    Kind.STRING,
    "Other names: abbreviations, full, English and former names.",
    many=True,
    naming=True,
    headings=("full_name", "alias", "andere_namen", "ook_bekend_als"),
)
NAME_EN = Property(
    "nameEn", Kind.STRING, "The name in English.", naming=True, headings=("engelse_naam", "naam_engels", "english_name")
)
SHORT_NAME = Property(
    "shortName",
    Kind.STRING,
    "The abbreviation or short name in daily use.",
    indexed=True,
    naming=True,
    headings=("korte_naam", "afkorting", "abbreviation"),
)
CITY = Property(
    "city",
    Kind.STRING,
    "The city or town of its seat.",
    indexed=True,
    facet="CITY",
    headings=("plaats", "plaatsnaam", "vestigingsplaats", "stad"),
    digits=False,
)
START_YEAR = Property(
    "startYear",
    Kind.YEAR,
    "The first year; empty where unknown.",
    indexed=True,
    facet="YEAR",
    headings=("startjaar", "beginjaar", "eerste_jaar"),
)
END_YEAR = Property(
    "endYear",
    Kind.YEAR,
    "The last year; empty where unknown or still running.",
    indexed=True,
    headings=("eindjaar", "laatste_jaar"),
)
CONFIDENCE_OF = Property(
    "confidence",
    Kind.ENUM,
    "How sure the fact is.",
    enum=CONFIDENCE,
    required=True,
    facet="CONFIDENCE",
    headings=("zekerheid",),
)
SINCE = Property("since", Kind.YEAR, "The first year; empty where unknown.", headings=("sinds", "vanaf"))
UNTIL = Property("until", Kind.YEAR, "The last year; empty where unknown or still so.", headings=("tot_en_met",))
SOURCES = Property(
    "sources", Kind.SOURCES, "Where the fact was stated.", required=True, headings=("source", "bron", "bronnen")
)

# What files have beside properties: the columns of a link's ends and type, a list's own ids, and the two that make a
# point.
LINKS_FILE = ("relaties", "verbanden")
LINK_ENDS = (
    Heading("from_id", "The id of what the link goes out from.", ("from", "van_id", "van")),
    Heading("type", "The type of link.", ("link_type", "relatie", "soort_relatie", "verband")),
    Heading("to_id", "The id of what the link leads to.", ("to", "naar_id", "naar")),
)
FOREIGN_ID = Heading(
    "foreign_id",
    "A list's own id for the row, by which its links may name it; only without a column id.",
    ("own_id", "eigen_id", "external_id"),
)
COORDINATES = (
    Heading("latitude", "Degrees north of the equator (WGS 84).", ("lat", "breedtegraad")),
    Heading("longitude", "Degrees east of Greenwich (WGS 84).", ("lon", "lng", "lengtegraad")),
)

ROR = Identifier(
    r"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[a-z0-9]{6}[0-9]{2})",
    lambda code: f"https://ror.org/{code.lower()}",
    "https://ror.org/04pp8hn57",
)
WIKIDATA = Identifier(
    r"(?:(?:https?://)?(?:www\.)?wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]*)", str.upper, "Q221653"
)
KVK = Identifier(r"([0-9]{8})", str, "12345678")
BRIN = Identifier(r"([0-9]{2}[A-Z]{2})", str.upper, "25BE")


def enum(name: str, of: EnumType, description: str, *headings: str) -> Property:
    """A required, indexed property with a closed list of values."""
    return Property(
        name, Kind.ENUM, description, enum=of, required=True, indexed=True, facet=name.upper(), headings=headings
    )


METRICS = (
    Property(
        "degree",
        Kind.INTEGER,
        "With how many others of its kind it shares something: an organisation with how many organisations a "
        "community, project or pact; a community with how many communities, projects and pacts an organisation.",
        required=True,
        indexed=True,
    ),
    Property(
        "strength",
        Kind.NUMBER,
        "Newman's collaboration strength, summed over those others: for an organisation the number of communities, "
        "projects, pacts and direct links that it shares; for a community the number of its organisations that it "
        "shares.",
        required=True,
        indexed=True,
    ),
    Property(
        "betweenness",
        Kind.NUMBER,
        "The share, 0 to 1, of pairs of other organisations whose shortest chains run through it: what a broker has.",
        required=True,
        indexed=True,
    ),
    Property(
        "betweennessError",
        Kind.NUMBER,
        "The standard error of betweenness, in the same unit; 0 where it was computed in full.",
        required=True,
    ),
    Property(
        "clustering",
        Kind.NUMBER,
        "The share, 0 to 1, of pairs of its others that also share something; empty where it has fewer than two.",
    ),
    Property(
        "pageRank",
        Kind.NUMBER,
        "The share, 0 to 1, of time that a random walk from organisation to community and on spends there.",
        required=True,
        indexed=True,
    ),
    Property(
        "bridges",
        Kind.INTEGER,
        "How many of its links are the only connection between two parts of the network.",
        required=True,
    ),
    Property(
        "component",
        Kind.INTEGER,
        "The number of the connected part it is in; 1 is the largest.",
        required=True,
    ),
    Property(
        "componentSize",
        Kind.INTEGER,
        "How many organisations, communities, projects and pacts that part has; 1: it is isolated.",
        required=True,
    ),
    Property("group", Kind.ID, "The group of those that work together more than with others.", indexed=True),
    Property("groupLabel", Kind.STRING, "What that group is about and around whom."),
)
"""What `partnergraph analyse` says of each node that has metrics; docs/analysis.md explains each."""

INTERFACES = (
    Interface(
        "Entity",
        "entities",
        "Anything the map is about: a sector, community, organisation, pact, mission, project or region.",
        (
            ID,
            Property(
                "name",
                Kind.STRING,
                "The name, in Dutch unless it has none.",
                required=True,
                indexed=True,
                naming=True,
                headings=("name_nl", "naam"),
            ),
            ALIASES,
            Property(
                "description",
                Kind.TEXT,
                "What it is, in one line of our own words.",
                headings=("description_nl", "omschrijving", "beschrijving"),
            ),
            Property(
                "descriptionEn", Kind.TEXT, "What it is, in one line of English.", headings=("engelse_omschrijving",)
            ),
            Property("website", Kind.URL, "Its own website.", headings=("site", "webadres", "internetadres")),
            CONFIDENCE_OF,
            SOURCES,
        ),
    ),
    Interface(
        ORGANISATION,
        "organisations",
        "An entity that can act: an education institution, an O&O-fund or another partner.",
        (
            CITY,
            Property("location", Kind.POINT, "Where its seat is (WGS 84); the city's centre unless known better."),
            Property("address", Kind.STRING, "The street and number of its seat.", headings=("adres", "straat")),
            Property("postalCode", Kind.STRING, "The postal code of its seat.", headings=("postcode",), digits=True),
            Property(
                "rorId",
                Kind.STRING,
                "Its id in the Research Organization Registry.",
                indexed=True,
                identifier=ROR,
                headings=("ror",),
            ),
            Property(
                "wikidataId",
                Kind.STRING,
                "Its id in Wikidata.",
                indexed=True,
                identifier=WIKIDATA,
                headings=("wikidata",),
            ),
            Property(
                "kvk",
                Kind.STRING,
                "Its number in the Dutch trade register (KvK).",
                indexed=True,
                identifier=KVK,
                headings=("kvk_nummer",),
            ),
        ),
        ("Entity",),
        metrics=METRICS,
    ),
)

NODES = (
    NodeType(
        "Topsector",
        "topsectors",
        "One of the Dutch topsectors: the nine sectors of the roadmap with team ICT, and Creatieve Industrie.",
        (SHORT_NAME, NAME_EN),
        file_names=("topsectoren",),
    ),
    NodeType(
        "LearningCommunity",
        "learning_communities",
        "A place where education, science and practice meet to learn, work and innovate together.",
        (enum("form", COMMUNITY_FORM, "The form it takes.", "vorm"), CITY, START_YEAR, END_YEAR),
        file_names=("leergemeenschappen",),
        metrics=METRICS,
        together=(("form", "startYear"),),
    ),
    NodeType(
        "EducationInstitution",
        "education_institutions",
        "A research university (wo), university of applied sciences (hbo) or mbo school.",
        (
            enum("level", EDUCATION_LEVEL, "The level at which it teaches.", "niveau", "onderwijsniveau"),
            Property(
                "brin",
                Kind.STRING,
                "Its BRIN code in the Dutch education register.",
                expected=True,
                indexed=True,
                identifier=BRIN,
                headings=("brin_code", "brinnummer"),
            ),
        ),
        ("Organisation",),
        file_names=("onderwijsinstellingen",),
    ),
    NodeType(
        "OOFund",
        "oo_funds",
        "O&O-fonds: a sector's fund for training and development, run by its employers and employees.",
        (Property("sector", Kind.STRING, "The sector it serves.", indexed=True, headings=("sector_nl", "branche")),),
        ("Organisation",),
        file_names=("o_o_fondsen", "oo_fondsen"),
    ),
    NodeType(
        "Pact",
        "pacts",
        "An agreement between parties: Techniekpact, Groenpact, a covenant, a roadmap.",
        (enum("kind", PACT_KIND, "The sort of agreement.", "soort"), START_YEAR, END_YEAR),
        file_names=("pacten",),
    ),
    NodeType(
        "Partner",
        "partners",
        "An organisation that is not a school or fund: funder, council, ministry, company, research institute, ...",
        (enum("kind", PARTNER_KIND, "The sort of organisation.", "soort"), SHORT_NAME),
        ("Organisation",),
        file_names=("organisaties",),
    ),
    NodeType(
        "Mission",
        "missions",
        "A theme or mission of the mission-driven innovation policy.",
        (enum("theme", MISSION_THEME, "Where it stands in the policy.", "thema"),),
        file_names=("missies",),
    ),
    NodeType(
        "Project",
        "projects",
        "A research programme, consortium, call or labour-market study.",
        (
            enum("kind", PROJECT_KIND, "The sort of project.", "soort"),
            START_YEAR,
            END_YEAR,
            Property(
                "budgetEur", Kind.NUMBER, "The budget in euros.", indexed=True, headings=("budget", "budget_euro")
            ),
        ),
        file_names=("projecten",),
    ),
    NodeType(
        "Region",
        "regions",
        "A province, labour-market region or Techniekpact region.",
        (enum("kind", REGION_KIND, "The sort of region.", "soort"),),
        file_names=("regio_s", "regios"),
    ),
    NodeType(
        "Source",
        "sources",
        "A page or file in which facts were stated.",
        (
            Property("id", Kind.ID, "A readable id, made from the address.", required=True),
            Property(
                "url", Kind.URL, "The address of the page.", required=True, indexed=True, headings=("adres", "webadres")
            ),
            Property("title", Kind.STRING, "The page's title.", indexed=True, headings=("titel",)),
            Property("publisher", Kind.STRING, "Who published it.", indexed=True, headings=("uitgever",)),
            Property(
                "retrievedOn",
                Kind.DATE,
                "The day on which it was read.",
                expected=True,
                indexed=True,
                headings=("geraadpleegd_op", "gelezen_op"),
            ),
            Property(
                "licence", Kind.STRING, "The licence or terms under which it is published.", headings=("licentie",)
            ),
        ),
        (),
        file_names=("bronnen",),
    ),
)

LINK_PROPERTIES = (
    Property("role", Kind.STRING, "What the one does for the other, in the source's own word.", headings=("rol",)),
    SINCE,
    UNTIL,
    CONFIDENCE_OF,
    SOURCES,
)
AMOUNT = Property("amountEur", Kind.NUMBER, "The amount in euros.", headings=("amount", "bedrag", "bedrag_euro"))

LINKS = (
    LinkType(
        "PARTICIPATES_IN",
        "An organisation takes part.",
        (
            Ends(
                ("Organisation",),
                "LearningCommunity",
                View("communities", "The learning communities it takes part in."),
                View("participants", "The organisations that take part.", expected=True),
            ),
            Ends(
                ("Organisation",),
                "Project",
                View("projects", "The projects it takes part in."),
                View("participants", "The organisations that take part."),
            ),
        ),
    ),
    LinkType(
        "COORDINATES",
        "An organisation leads or speaks for it (penvoerder).",
        (
            Ends(
                ("Organisation",),
                "LearningCommunity",
                View("coordinatedCommunities", "The learning communities it coordinates."),
                View("coordinators", "The organisations that coordinate it."),
            ),
            Ends(
                ("Organisation",),
                "Project",
                View("coordinatedProjects", "The projects it coordinates."),
                View("coordinators", "The organisations that coordinate it."),
            ),
            Ends(
                ("Organisation",),
                "Pact",
                View("coordinatedPacts", "The pacts it coordinates."),
                View("coordinators", "The organisations that coordinate it."),
            ),
        ),
    ),
    LinkType(
        "SERVES_SECTOR",
        "It works for a topsector.",
        (
            Ends(
                ("LearningCommunity",),
                "Topsector",
                View("topsectors", "The topsectors it works for.", expected=True),
                View("communities", "The learning communities that work for it."),
            ),
            Ends(
                ("Organisation",),
                "Topsector",
                View("topsectors", "The topsectors it works for."),
                View("organisations", "The organisations that work for it, its O&O-funds among them."),
            ),
            Ends(("OOFund",), "Topsector", None, View("funds", "The O&O-funds that work for it.")),
            Ends(
                ("Project",),
                "Topsector",
                View("topsectors", "The topsectors it works for."),
                View("projects", "The projects that work for it."),
            ),
            Ends(
                ("Pact",),
                "Topsector",
                View("topsectors", "The topsectors it is meant for."),
                View("sectorPacts", "The pacts that are meant for it."),
            ),
        ),
        facet="TOPSECTOR",
    ),
    LinkType(
        "SIGNED",
        "It signed or drew up a pact.",
        (
            Ends(
                ("Organisation", "Topsector"),
                "Pact",
                View("pacts", "The pacts it signed."),
                View("signatories", "Who signed it.", expected=True),
            ),
        ),
    ),
    LinkType(
        "FUNDS",
        "An organisation pays for it, wholly or in part.",
        (
            Ends(
                ("Organisation",),
                "LearningCommunity",
                View("fundedCommunities", "The learning communities it funds."),
                View("funders", "The organisations that fund it."),
            ),
            Ends(
                ("Organisation",),
                "Project",
                View("fundedProjects", "The projects it funds."),
                View("funders", "The organisations that fund it."),
            ),
            Ends(
                ("Organisation",),
                "Pact",
                View("fundedPacts", "The pacts it funds."),
                View("funders", "The organisations that fund it."),
            ),
        ),
        (AMOUNT,),
    ),
    LinkType(
        "ADDRESSES",
        "It works on a mission.",
        (
            Ends(
                ("Topsector",),
                "Mission",
                View("missions", "The missions it works on."),
                View("topsectors", "The topsectors that work on it."),
            ),
            Ends(
                ("LearningCommunity",),
                "Mission",
                View("missions", "The missions it works on."),
                View("communities", "The learning communities that work on it."),
            ),
            Ends(
                ("Project",),
                "Mission",
                View("missions", "The missions it works on."),
                View("projects", "The projects that work on it."),
            ),
            Ends(
                ("Pact",),
                "Mission",
                View("missions", "The missions it works on."),
                View("pacts", "The pacts that work on it."),
            ),
        ),
        facet="MISSION",
    ),
    LinkType(
        "PARTNER_OF",
        "Two entities are partners; it means the same both ways.",
        (
            Ends(
                ("Entity",),
                "Entity",
                View("partners", "Its direct partners of any type."),
                View("partners", "Its direct partners of any type."),
            ),
        ),
        symmetric=True,
    ),
    LinkType(
        "STUDIES",
        "A project studies it.",
        (
            Ends(
                ("Project",),
                "LearningCommunity",
                View("communities", "The learning communities it studies."),
                View("projects", "The projects that study it."),
            ),
            Ends(
                ("Project",),
                "Topsector",
                View("studiedTopsectors", "The topsectors it studies."),
                View("studies", "The projects that study it."),
            ),
        ),
    ),
    LinkType(
        "LOCATED_IN",
        "It lies in a region, or works from there.",
        (
            Ends(
                ("Entity",),
                "Region",
                View("region", "The region it lies in.", single=True),
                View("entities", "All that lies in it."),
            ),
            Ends(
                ("LearningCommunity",),
                "Region",
                None,
                View("communities", "The learning communities that lie in it."),
            ),
            Ends(("Organisation",), "Region", None, View("organisations", "The organisations that lie in it.")),
        ),
        facet="REGION",
    ),
    LinkType(
        "PART_OF",
        "An organisation is a part of another.",
        (
            Ends(
                ("Organisation",),
                "Organisation",
                View("partOf", "The organisations it is a part of."),
                View("parts", "The organisations that are a part of it."),
            ),
        ),
    ),
    LinkType(
        "SUCCEEDS",
        "It took the place of another.",
        (
            Ends(
                ("Organisation",),
                "Organisation",
                View("predecessors", "What it took the place of."),
                View("successors", "What took its place."),
            ),
            Ends(
                ("Pact",),
                "Pact",
                View("predecessors", "What it took the place of."),
                View("successors", "What took its place."),
            ),
        ),
    ),
)

MODEL = Model(INTERFACES, NODES, LINKS, LINK_PROPERTIES)
