"""Type-ahead: entities whose names have words that begin with what was typed."""

from api.questions.links import degree
from api.questions.question import Argument, Form, Linked, ObjectType, Question, Rows, Scribe
from api.questions.search import ENTITY, MAX_LETTERS, MAX_WORDS, NOTHING, of_types
from graph.constraints import name_index
from graph.modelling import Kind, Property
from graph.words import folded, words

MOST = 20
CANDIDATES = 50
"""How many matches are looked at: so few that an answer costs little more than the index itself."""


def prefix_query(text: str) -> str:
    """The Lucene query for names with all words but the last whole, and one that begins with the last."""
    *whole, last = words(text)[:MAX_WORDS] or [""]
    return " AND ".join([*whole, f"({last}^4 OR {last}*)"]) if last else NOTHING


def rows(scribe: Scribe) -> Rows:
    """The best candidates: whose name itself begins so, then by how many links they have."""
    n, score = scribe.names("n", "score")
    typed = scribe.value("prefix", folded)
    clauses = f"""
    CALL db.index.fulltext.queryNodes('{name_index(ENTITY)}', {scribe.value("prefix", prefix_query)},
        {{limit: {CANDIDATES}}}) YIELD node AS {n}, score AS {score}
    WHERE {of_types(scribe, n)}
    WITH {n}, {score} ORDER BY toLower({n}.name) STARTS WITH {typed} DESC, {score} > 1 DESC,
        {degree(scribe, n)} DESC, {n}.name, {n}.id LIMIT {scribe.value("first")}
    WITH {n}
    """
    return Rows(clauses, {"text": f"{n}.name", "node": n})


SUGGEST = Question(
    name="suggest",
    description="What may be meant by the beginning of a name, abbreviation or alias, for a box in which people type.",
    form=Form.LIST,
    type=ObjectType(
        "Completion",
        "An entity that may be meant.",
        (
            Property("text", Kind.STRING, "Its name.", required=True),
            Linked("node", ENTITY, "The entity."),
        ),
    ),
    arguments=(
        Argument("prefix", "String!", "What was typed so far.", high=MAX_LETTERS),
        Argument("types", "[EntityType!]", "Only entities of these types."),
        Argument("first", "Int", "The most to give.", 10, 1, MOST),
    ),
    rows=rows,
)
