"""The questions whose answers are worked out, each beside the Cypher that one would write for just that by hand.

The Cypher stands on its own: it knows the graph, takes what the question takes as parameters, and gives one record.
It must give the same answer, so it follows the same rules; where the API reads what an analysis prepared, it may too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.questions.search import marks, name_query, spaced, text_query
from api.questions.suggest import prefix_query
from graph.database import Database

Data = Mapping[str, Any]
WITHIN = 1.3
"""How many times the hand-written Cypher's p50 ours may be."""
WITHIN_SUGGEST = 1.5
"""The same against a bare call of the full-text index, which does less."""

TAKES_PART = "PARTICIPATES_IN|COORDINATES|SIGNED|FUNDS|PARTNER_OF"
CONTEXT = "LearningCommunity|Project|Pact"
BETWEEN = 50


@dataclass(frozen=True)
class Chosen:
    """What the questions are about: ids of nodes of the graph that is measured, and words to look for."""

    ordinary: str
    hub: str
    others: list[str]
    topsector: str
    text: str
    prefix: str


@dataclass(frozen=True)
class Asked:
    """One question and its hand-written Cypher. `rows` brings our answer to the form of the record's.

    `given` are the variables of ours, `parameters` those of the Cypher.
    """

    name: str
    ours: str
    cypher: str
    rows: Callable[[Data], Any]
    given: Callable[[Chosen], dict[str, Any]] = lambda _: {}
    parameters: Callable[[Chosen], dict[str, Any]] | None = None
    within: float = WITHIN
    same: bool = True

    def hand_given(self, chosen: Chosen) -> dict[str, Any]:
        """The parameters of the Cypher."""
        return (self.parameters or self.given)(chosen)


SEARCH = """
UNWIND [['entity_names', $names, 1.0], ['entity_text', $texts, 0.5]] AS index
CALL db.index.fulltext.queryNodes(index[0], index[1], {limit: 200}) YIELD node AS n, score
WITH n, max(score * index[2]) AS found ORDER BY found DESC, n.id
WITH collect({n: n, found: found}) AS hits
UNWIND range(0, size(hits) - 1) AS i
WITH i, hits[i].n AS n, hits[i].found AS found
WITH n, found, CASE WHEN i < 60 THEN
  [x IN [n.name, n.shortName, n.nameEn] + coalesce(n.aliases, []) WHERE x IS NOT NULL |
   trim(reduce(s = toLower(normalize(x, NFKD)), m IN $marks | replace(s, m[0], m[1])))] ELSE [] END AS names
WITH n, found, CASE WHEN names[0] = $wanted THEN 31 WHEN $wanted IN names THEN 30
  WHEN any(x IN names WHERE x STARTS WITH $wanted + ' ') THEN 20
  WHEN any(x IN names WHERE x STARTS WITH $wanted) THEN 18
  WHEN any(x IN names WHERE x CONTAINS ' ' + $wanted) THEN 12
  WHEN any(x IN names WHERE all(w IN split($wanted, ' ') WHERE x CONTAINS w)) THEN 8 ELSE 0 END AS best
WITH n, round(best + 10 * found / (10 + found) + log10(1 + COUNT { (n)--() }) / 2, 6) AS score
ORDER BY score DESC, n.id LIMIT 10
RETURN collect([n.id, n.name]) AS data"""

SUGGEST = """
CALL db.index.fulltext.queryNodes('entity_names', $prefix, {limit: 10}) YIELD node
RETURN collect([node.id, node.name]) AS data"""

COLLABORATORS = f"""
MATCH (o:Entity {{id: $id}})
CALL (o) {{
  MATCH (o)-[:{TAKES_PART}]-(c:{CONTEXT}) WITH DISTINCT o, c
  MATCH (c)-[:{TAKES_PART}]-(m:Organisation) WITH o, c, collect(DISTINCT m) AS members
  WITH o, members, size(members) AS n WHERE n > 1
  UNWIND members AS other WITH o, other, n WHERE other <> o RETURN other, 1.0 / (n - 1) AS weight
  UNION ALL
  MATCH (o)-[:PARTNER_OF|PART_OF]-(other:Organisation) WHERE other <> o RETURN other, 1.0 AS weight
}}
WITH other, round(sum(weight), 9) AS strength, count(*) AS shared ORDER BY strength DESC, other.id LIMIT 10
RETURN collect([other.id, other.name, strength, shared]) AS data"""

AMONG = f"""
CALL () {{
  MATCH (a:Entity)-[:{TAKES_PART}]-(c:{CONTEXT}) WHERE a.id IN $ids WITH DISTINCT c
  MATCH (c)-[:{TAKES_PART}]-(m:Organisation) WITH c, collect(DISTINCT m) AS members
  WITH size(members) AS n, [m IN members WHERE m.id IN $ids] AS few
  UNWIND few AS a UNWIND few AS b WITH a, b, n WHERE a.id < b.id RETURN a, b, 1.0 / (n - 1) AS weight
  UNION ALL
  MATCH (a:Entity)-[:PARTNER_OF|PART_OF]-(b:Organisation)
  WHERE a.id IN $ids AND b.id IN $ids AND a.id < b.id RETURN a, b, 1.0 AS weight
}}
WITH a, b, round(sum(weight), 9) AS strength ORDER BY strength DESC, a.id, b.id LIMIT 20
RETURN collect([a.id, b.id, strength]) AS data"""

STRONGEST = """
MATCH (k:Collaboration) USING INDEX k:Collaboration(key) WHERE k.key > '' WITH k.key AS key ORDER BY key LIMIT 20
WITH split(key, ' ') AS words
MATCH (a:Entity {id: words[1]}) MATCH (b:Entity {id: words[2]})
RETURN collect([a.id, b.id, (1000000000000000 - toInteger(words[0])) / 1000000000.0]) AS data"""

MATRIX = """
MATCH (m:CollaborationMatrix {by: 'LEVEL'})
WITH m.rows AS rows, m.columns AS columns, m.strengths AS strengths
RETURN [i IN range(0, size(rows) - 1) | [rows[i], columns[i], strengths[i]]] AS data"""

PROJECTS_MATRIX = f"""
MATCH (c:Project) WITH COLLECT {{ MATCH (c)-[:{TAKES_PART}]-(o:Organisation) RETURN DISTINCT o }} AS members
WITH size(members) AS n, [m IN members WHERE m.level IS NOT NULL | m.level] AS levels WHERE n > 1
WITH n, COLLECT {{ UNWIND levels AS level WITH level, count(*) AS c RETURN [level, c] }} AS counts
UNWIND counts AS x UNWIND counts AS y
WITH n, x, y WHERE x[0] <= y[0]
WITH x[0] AS one, y[0] AS other, n,
  CASE WHEN x = y THEN x[1] * (x[1] - 1) / 2.0 ELSE 1.0 * x[1] * y[1] END AS pairs WHERE pairs > 0
WITH one, other, round(sum(pairs / (n - 1)), 9) AS strength ORDER BY strength DESC, one, other
RETURN collect([one, other, strength]) AS data"""

PATHS = """
CYPHER 25
MATCH (a:Entity {id: $from}), (b:Entity {id: $to})
MATCH path = SHORTEST 3 ACYCLIC (a)
  ((x)-[r]-(y) WHERE NOT EXISTS { (x)-[q]-(y) WHERE elementId(q) < elementId(r) }){1,4} (b)
WITH path ORDER BY length(path)
RETURN collect(length(path)) AS data"""

NETWORK = """
MATCH (root:Entity {id: $id})
CALL (root) { RETURN root AS n, 0 AS hop UNION ALL MATCH (root)--(n:Entity) RETURN DISTINCT n, 1 AS hop }
WITH n, min(hop) AS hop ORDER BY hop, coalesce(n.strength, 0) DESC, COUNT { (n)--() } DESC, n.id LIMIT 200
WITH collect(n) AS nodes
RETURN [[n IN nodes | [n.id, n.name]], COLLECT {
  UNWIND nodes AS a MATCH (a)-[l]->(b) WHERE b IN nodes WITH a.id AS a, type(l) AS type, b.id AS b
  ORDER BY a, type, b RETURN [a, type, b] }] AS data"""

TIMELINE = """
MATCH (:Entity {id: $id})-[l]-(:Entity) WITH collect([l.since, l.until]) AS spans
UNWIND COLLECT { UNWIND spans AS s UNWIND s AS y WITH y WHERE y IS NOT NULL WITH min(y) AS a, max(y) AS b
  UNWIND range(a, b) AS y RETURN y } AS year
WITH year, size([s IN spans WHERE s[0] = year]) AS started, size([s IN spans WHERE s[1] = year]) AS ended,
  size([s IN spans WHERE s[0] <= year AND coalesce(s[1], year) >= year]) AS active ORDER BY year
RETURN collect([year, started, ended, active]) AS data"""

FACETS = """
RETURN [
  COLLECT { MATCH (c:LearningCommunity) WHERE c.startYear >= 2018 AND c.form IS NOT NULL
    WITH c.form AS form, count(*) AS n ORDER BY n DESC, form LIMIT 100 RETURN [form, n] },
  COLLECT { MATCH (c:LearningCommunity)-[:SERVES_SECTOR]->(t) WHERE c.startYear >= 2018
    WITH t.id AS id, count(*) AS n ORDER BY n DESC, id LIMIT 100 RETURN [id, n] }
] AS data"""

GAPS = """
MATCH (t:Topsector {id: $id})
RETURN [COUNT { (:LearningCommunity)-[:SERVES_SECTOR]->(t) },
  COLLECT { MATCH (t)-[:ADDRESSES]->(m:Mission) WHERE NOT EXISTS {
      (m)<-[:ADDRESSES]-(c:LearningCommunity) WHERE EXISTS { (c)-[:SERVES_SECTOR]->(t) } }
    WITH m ORDER BY m.name, m.id RETURN m.id },
  EXISTS { (:OOFund)-[:SERVES_SECTOR]->(t) },
  COLLECT { MATCH (c:LearningCommunity)-[:SERVES_SECTOR]->(t) WHERE NOT EXISTS {
      (c)-[:PARTICIPATES_IN|COORDINATES]-(:EducationInstitution {level: 'MBO'}) }
    WITH c ORDER BY c.name, c.id RETURN c.id }] AS data"""

STATISTICS = """
RETURN [COUNT { (:Entity) }, COUNT { (:Source) },
  COUNT { (:Partner) }, COUNT { (:EducationInstitution) }, COUNT { (:LearningCommunity) }] AS data"""


def _pairs(data: Data) -> list[Any]:
    return [[one["source"]["id"], one["target"]["id"], one["strength"]] for one in data["collaborations"]["nodes"]]


def _collaborators(data: Data) -> list[Any]:
    return [
        [edge["node"]["id"], edge["node"]["name"], edge["strength"], edge["sharedCount"]]
        for edge in data["educationInstitution"]["collaborators"]["edges"]
    ]


def _cells(data: Data) -> list[Any]:
    return [[one["row"]["id"], one["column"]["id"], one["strength"]] for one in data["collaborationMatrix"]]


def _network(data: Data) -> list[Any]:
    found = data["network"]
    links = sorted([link["source"], link["type"], link["target"]] for link in found["links"])
    return [[[node["id"], node["name"]] for node in found["nodes"]], links]


def _facets(data: Data) -> list[Any]:
    by_form, by_sector = data["learningCommunities"]["facets"]
    return [[[value["id"], value["count"]] for value in facet["values"]] for facet in (by_form, by_sector)]


def _gaps(data: Data) -> list[Any]:
    (row,) = data["gaps"]
    lists = [[node["id"] for node in row[name]] for name in ("missionsWithoutCommunity", "communitiesWithoutMbo")]
    return [row["communityCount"], lists[0], not row["topsectorsWithoutFund"], lists[1]]


def _statistics(data: Data) -> list[Any]:
    counts = {row["type"]: row["count"] for row in data["statistics"]["byType"]}
    kinds = ("PARTNER", "EDUCATION_INSTITUTION", "LEARNING_COMMUNITY")
    return [data["statistics"]["entities"], data["statistics"]["sources"], *(counts[kind] for kind in kinds)]


COLLABORATORS_OF = """query($id: ID!) { educationInstitution(id: $id) { collaborators(first: 10) {
  edges { strength sharedCount node { id name } } } } }"""
NODES = "nodes { strength source { id } target { id } }"

ASKED = (
    Asked(
        "search",
        "query($text: String!) { search(text: $text, first: 10) { edges { node { id name } } } }",
        SEARCH,
        lambda data: [list(edge["node"].values()) for edge in data["search"]["edges"]],
        lambda chosen: {"text": chosen.text},
        lambda chosen: {
            "names": name_query(chosen.text),
            "texts": text_query(chosen.text),
            "wanted": spaced(chosen.text),
            "marks": marks(chosen.text),
        },
    ),
    Asked(
        "suggest, against a bare call of the index",
        "query($prefix: String!) { suggest(prefix: $prefix, first: 10) { text node { id } } }",
        SUGGEST,
        lambda data: [[one["node"]["id"], one["text"]] for one in data["suggest"]],
        lambda chosen: {"prefix": chosen.prefix},
        lambda chosen: {"prefix": prefix_query(chosen.prefix)},
        within=WITHIN_SUGGEST,
        same=False,
    ),
    Asked("collaborators", COLLABORATORS_OF, COLLABORATORS, _collaborators, lambda chosen: {"id": chosen.ordinary}),
    Asked("collaborators of a hub", COLLABORATORS_OF, COLLABORATORS, _collaborators, lambda chosen: {"id": chosen.hub}),
    Asked(
        f"collaborations between {BETWEEN}",
        f"query($ids: [ID!]) {{ collaborations(between: $ids, first: 20) {{ {NODES} }} }}",
        AMONG,
        _pairs,
        lambda chosen: {"ids": chosen.others},
    ),
    Asked(
        "all collaborations",
        f"{{ collaborations(first: 20) {{ {NODES} }} }}",
        STRONGEST,
        _pairs,
    ),
    Asked(
        "collaboration matrix",
        "{ collaborationMatrix(by: LEVEL) { row { id } column { id } strength } }",
        MATRIX,
        _cells,
    ),
    Asked(
        "collaboration matrix of projects",
        "{ collaborationMatrix(by: LEVEL, via: [PROJECT]) { row { id } column { id } strength } }",
        PROJECTS_MATRIX,
        _cells,
    ),
    Asked(
        "paths",
        "query($from: ID!, $to: ID!) { paths(from: $from, to: $to) { length nodes { id } } }",
        PATHS,
        lambda data: [path["length"] for path in data["paths"]],
        lambda chosen: {"from": chosen.ordinary, "to": chosen.others[-1]},
    ),
    Asked(
        "paths from a hub",
        "query($from: ID!, $to: ID!) { paths(from: $from, to: $to) { length nodes { id } } }",
        PATHS,
        lambda data: [path["length"] for path in data["paths"]],
        lambda chosen: {"from": chosen.hub, "to": chosen.others[-1]},
    ),
    Asked(
        "network",
        """query($id: ID!) { network(roots: [$id], depth: 1, limit: 200) {
  nodes { id name } links { source type target } } }""",
        NETWORK,
        _network,
        lambda chosen: {"id": chosen.ordinary},
    ),
    Asked(
        "timeline",
        "query($id: ID) { timeline(of: $id) { year started ended active } }",
        TIMELINE,
        lambda data: [list(row.values()) for row in data["timeline"]],
        lambda chosen: {"id": chosen.hub},
    ),
    Asked(
        "facets",
        """{ learningCommunities(where: {startYear: {gte: 2018}}, first: 0) {
  facets(by: [FORM, TOPSECTOR]) { values { id count } } } }""",
        FACETS,
        _facets,
    ),
    Asked(
        "gaps",
        """query($id: ID) { gaps(per: TOPSECTOR, of: $id) { communityCount missionsWithoutCommunity { id }
  topsectorsWithoutFund { id } communitiesWithoutMbo { id } } }""",
        GAPS,
        _gaps,
        lambda chosen: {"id": chosen.topsector},
    ),
    Asked(
        "statistics",
        "{ statistics { entities sources byType { type count } } }",
        STATISTICS,
        _statistics,
    ),
)


def choose(database: Database) -> Chosen:
    """What to ask about: an institution of a dozen links, the one with most, and others of middling size."""
    rows = database.read(
        "MATCH (o:EducationInstitution) WITH o.id AS id, o.name AS name, COUNT { (o)--() } AS links "
        "ORDER BY links DESC, id RETURN id, name, links"
    )
    (sector,) = database.read("MATCH (t:Topsector) RETURN t.id AS id ORDER BY t.name LIMIT 1")
    middle = [row for row in rows if row["links"] <= 12] or rows
    hub, ordinary = rows[0], middle[0]
    words = ordinary["name"].split()
    return Chosen(
        ordinary["id"],
        hub["id"],
        sorted(row["id"] for row in rows[1 : BETWEEN + 1]),
        sector["id"],
        " ".join(words[:3]),
        ordinary["name"][:8],
    )
