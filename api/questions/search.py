"""Search: entities by their names and all other words about them, the best match first."""

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import Any

from rapidfuzz.distance import Levenshtein

from api.questions.links import degree
from api.questions.question import (
    Argument,
    Form,
    Linked,
    Nested,
    ObjectType,
    Order,
    Question,
    Rows,
    Scribe,
)
from graph.constraints import name_index, text_index
from graph.modelling import Kind, Model, Property, type_value
from graph.words import WORD, folded, words

ENTITY = "Entity"
MAX_LETTERS = 200
MAX_WORDS = 16
CANDIDATES = 200
FILTERED_CANDIDATES = 1000
"""How many matches of each index are looked at; more where types or conditions may leave most of them out."""
COMPARED = 60
"""Of how many candidates the names are compared with the text; those after them share no whole word with it."""
SHORTEST_TYPO, SHORTEST_TWO_TYPOS = 4, 8
SHORTEST_PART, LONGEST_JOINED = 2, 24
"""Two words that were written as one have at least so many letters each, and at most so many together."""
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u030c"
PUNCTUATION = "-–/&.,()+':’\""
NOTHING = '""'
"""The Lucene query that matches nothing."""
SNIPPET = 160
"""About how many characters a highlight shows."""

PART = ObjectType(
    "HighlightPart",
    "A piece of a highlighted text.",
    (
        Property("text", Kind.STRING, "The piece as it stands in the text.", required=True),
        Property("isMatch", Kind.BOOLEAN, "Whether it matches a word that was looked for.", required=True),
    ),
)
HIGHLIGHT = ObjectType(
    "Highlight",
    "A text of an entity in which words that were looked for stand.",
    (
        Property("field", Kind.STRING, "The field that has the text.", required=True),
        Nested("parts", PART, "The text around its first match, piece by piece.", many=True),
    ),
)


def name_query(text: str) -> str:
    """The Lucene query for names: each word whole, as a beginning or misspelt, best where all words match.

    Words may be written as one, or one as two.
    """
    wanted = words(text)[:MAX_WORDS]
    if not wanted:
        return NOTHING
    ways = [f"({' OR '.join(_ways(word))})" for word in wanted]
    joined = [f"{first}{second}^4" for first, second in pairwise(wanted)]
    every = " AND ".join(ways)
    divided = chain.from_iterable(map(_divided, wanted))
    return f"({every})^4 OR {' OR '.join([*ways, *joined, *divided])}"


def _ways(word: str) -> list[str]:
    found = [f"{word}^6", f"{word}*^2"]
    if _typos(word):
        found.append(f"{word}~{_typos(word)}")
    return found


def _divided(word: str) -> list[str]:
    """The two words that were written as one, wherever the one may end and the other begin."""
    if len(word) > LONGEST_JOINED:
        return []
    return [f'"{word[:at]} {word[at:]}"^4' for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]


def _typos(word: str) -> int:
    """How many letters of a word may be wrong."""
    return (len(word) >= SHORTEST_TYPO) + (len(word) >= SHORTEST_TWO_TYPOS)


def text_query(text: str) -> str:
    """The Lucene query for all words: any of them, best where all match."""
    wanted = words(text)[:MAX_WORDS]
    return f"({' AND '.join(wanted)})^4 OR {' OR '.join(wanted)}" if wanted else NOTHING


def spaced(text: str) -> str:
    """The words of a text with a space between."""
    return " ".join(words(text))


def marks(_: str) -> list[list[str]]:
    """What is taken out of a name, and what comes in its place, so that it compares with a `spaced` text."""
    return [*([mark, ""] for mark in ACCENTS), *([mark, " "] for mark in PUNCTUATION), ["  ", " "], ["  ", " "]]


def rows(scribe: Scribe) -> Rows:
    """The clauses of a search: candidates from both indexes, ranked by how their names agree with the text."""
    n, found, names, best, score, i, s, x = scribe.names("n", "found", "names", "best", "score", "i", "s", "x")
    wanted, replaced = scribe.value("text", spaced), scribe.value("text", marks)
    limit = FILTERED_CANDIDATES if scribe.has("types") or scribe.has("where") else CANDIDATES
    named = ", ".join(f"{n}.{name}" for name in _single_names(scribe.model))
    fold = f"trim(reduce({s} = toLower(normalize({x}, NFKD)), {i} IN {replaced} | replace({s}, {i}[0], {i}[1])))"
    clauses = f"""
    UNWIND [['{name_index(ENTITY)}', {scribe.value("text", name_query)}, 1.0],
            ['{text_index(ENTITY)}', {scribe.value("text", text_query)}, 0.5]] AS {i}
    CALL db.index.fulltext.queryNodes({i}[0], {i}[1], {{limit: {limit}}}) YIELD node AS {n}, score AS {score}
    WITH {n}, max({score} * {i}[2]) AS {found}
    WHERE {scribe.where("where", n)} AND {of_types(scribe, n)}
    WITH {n}, {found} ORDER BY {found} DESC, {n}.id
    WITH collect([{n}, {found}]) AS {names}
    UNWIND range(0, size({names}) - 1) AS {i}
    WITH {i} AS {best}, {names}[{i}][0] AS {n}, {names}[{i}][1] AS {found}
    WITH {n}, {found}, CASE WHEN {best} < {COMPARED} THEN
        [{x} IN [{named}] + coalesce({n}.aliases, []) WHERE {x} IS NOT NULL | {fold}] ELSE [] END AS {names}
    WITH {n}, {found}, CASE
        WHEN {names}[0] = {wanted} THEN 31
        WHEN {wanted} IN {names} THEN 30
        WHEN any({x} IN {names} WHERE {x} STARTS WITH {wanted} + ' ') THEN 20
        WHEN any({x} IN {names} WHERE {x} STARTS WITH {wanted}) THEN 18
        WHEN any({x} IN {names} WHERE {x} CONTAINS ' ' + {wanted}) THEN 12
        WHEN any({x} IN {names} WHERE all({i} IN split({wanted}, ' ') WHERE {x} CONTAINS {i})) THEN 8
        ELSE 0 END AS {best}
    WITH {n}, round({best} + 10 * {found} / (10 + {found}) + log10(1 + {degree(scribe, n)}) / 2, 6) AS {score}
    """
    texts = ", ".join(f"['{name}', {n}.{name}]" for name in _texts(scribe.model))
    highlights = f"[split({wanted}, ' '), [{texts}]]"
    return Rows(clauses, {"node": n, "score": score, "id": f"{n}.id", "highlights": highlights})


def of_types(scribe: Scribe, node: str) -> str:
    """The condition that an entity is of a type asked for."""
    types = scribe.literal("types")
    if types is None:
        return "true"
    wanted = [declared.name for declared in scribe.model.concrete(ENTITY) if type_value(declared) in types]
    return f"{node}:{'|'.join(wanted)}" if wanted else "false"


def _properties(model: Model) -> Iterable[Property]:
    """All properties of entities that have words in them."""
    every = chain.from_iterable(model.properties_of(node.name) for node in model.concrete(ENTITY))
    return dict.fromkeys(item for item in every if item.kind in (Kind.STRING, Kind.TEXT))


def _single_names(model: Model) -> list[str]:
    return list(dict.fromkeys(item.name for item in _properties(model) if item.naming and not item.many))


def _texts(model: Model) -> list[str]:
    return list(dict.fromkeys(item.name for item in _properties(model)))


def highlights(read: tuple[list[str], list[tuple[str, str | list[str] | None]]]) -> list[Any]:
    """The texts in which words that were looked for begin a word: field and parts of each."""
    wanted, texts = read
    found: list[Any] = []
    for name, value in texts:
        for text in value if isinstance(value, list) else [value or ""]:
            spans = [span.span() for span in WORD.finditer(text) if _matches(folded(span.group()), wanted)]
            if spans:
                found.append([name, _parts(text, spans)])
    return found


def _matches(word: str, wanted: list[str]) -> bool:
    return any(
        word.startswith(each) or Levenshtein.distance(word, each, score_cutoff=_typos(each)) <= _typos(each)
        for each in wanted
        if each
    )


def _parts(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text around its first match, in pieces, each with whether it is a match."""
    start = max(0, spans[0][0] - SNIPPET // 3)
    end = min(len(text), start + SNIPPET)
    edges = [(text[at:to], True, at, to) for at, to in spans if start <= at and to <= end]
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    here = start
    for piece, _, at, to in edges:
        if at > here:
            parts.append((text[here:at], False))
        parts.append((piece, True))
        here = to
    if here < end:
        parts.append((text[here:end], False))
    return [*parts, ("…", False)] if end < len(text) else parts


SEARCH = Question(
    name="search",
    description="Entities by their names, abbreviations, cities and descriptions, the best match first. "
    "Case, accents and small typing errors don't matter; at most the best matches are given.",
    form=Form.CONNECTION,
    type=ObjectType(
        "Search",
        "An entity that matches, with how well.",
        (
            Linked("node", ENTITY, "The entity."),
            Property(
                "score",
                Kind.NUMBER,
                "How well it matches: over 30 where a name is the text itself, over 18 where one begins with it.",
                required=True,
            ),
            Nested("highlights", HIGHLIGHT, "Where the words stand.", many=True, make=highlights),
        ),
    ),
    arguments=(
        Argument("text", "String!", "What to look for.", high=MAX_LETTERS),
        Argument("types", "[EntityType!]", "Only entities of these types."),
        Argument("where", "EntityWhere", "Only entities that meet these conditions."),
    ),
    order=(Order("score", descending=True, kind=Kind.NUMBER), Order("id")),
    rows=rows,
)
