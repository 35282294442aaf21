"""Candidates for queries: fetched by name, id and identifier in one statement, then scored by the rules of matching."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from api.reader import Reader
from api.reconcile.queries import Query
from api.reconcile.vocabulary import ROOT, properties, several, types_of
from graph.constraints import name_index
from graph.matching import Features, Profile, Verdict, compare
from graph.modelling import Model, NodeType
from graph.names import name
from graph.words import folded, words

FETCHED = 50
"""How many are fetched by each name."""
LOOKED_AT = 400
"""How many are looked at for the types that are wanted."""
MOST_WORDS = 16
BEGINNING = 5
LEAST_SCORE = 40
JOINED = re.compile(r"(?<=[A-Z]{2})(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z]\w)")
"""Where words of a name were written as one: TUDelft, MKBNederland, VeldhovenCollege, but not HvA."""
SURE = 100.0


@dataclass(frozen=True)
class Known:
    """An entity of the graph that may be the one that is looked for."""

    id: str
    node: NodeType
    values: Mapping[str, Any]


async def candidates(reader: Reader, model: Model, queries: dict[str, Query]) -> dict[str, Any]:
    """The result of each query of a batch. Raises QueryError."""
    wanted = list(queries.values())
    incoming = [profile(query, model) for query in wanted]
    parameters = {"queries": list(map(_fetched, wanted, incoming))}
    rows = await reader.row(statement(model), parameters)
    # Scoring a batch takes tenths of a second at most, in which others go on.
    results = await asyncio.to_thread(_results, model, wanted, incoming, rows)
    return {key: {"result": result} for key, result in zip(queries, results, strict=True)}


def profile(query: Query, model: Model) -> Profile:
    """What a query says, in the terms of matching. A text that is an identifier counts as one."""
    given = query.properties
    identifiers: dict[str, str] = {}
    for item in model.identifiers(ROOT):
        assert item.identifier
        for text in (*given.get(item.name, ()), query.text):
            if found := item.identifier.canonical(text):
                identifiers.setdefault(item.name, found)
    naming = (item.name for item in properties(model).values() if item.naming)
    names = (query.text, JOINED.sub(" ", query.text), *(text for name in naming for text in given.get(name, ())))
    website = next(iter(given.get("website", ())), "")
    return Profile(
        id="",
        names=tuple(dict.fromkeys(filter(None, names))),
        city=next(iter(given.get("city", ())), ""),
        website=website if "://" in website or not website else f"https://{website}",
        identifiers=identifiers,
        type=query.types[0] if len(query.types) == 1 else "",
    )


def _fetched(query: Query, incoming: Profile) -> dict[str, Any]:
    """The parameters by which a query's candidates are fetched."""
    return {
        "id": query.text,
        "types": query.types,
        "texts": [lucene for item in incoming.names if (lucene := name_query(item))],
        "identifiers": dict(incoming.identifiers),
    }


def name_query(text: str) -> str:
    """The Lucene query for a name: any of its words, best the whole ones; empty where it has none.

    Words count as they stand, in the common meaning that matching gives them, and as abbreviations. Only those that
    stand there may be misspelt, and by a letter: each such look-up costs as much as all the others together.
    """
    taken = name(text)
    written = words(text)[:MOST_WORDS]
    meant = words(" ".join((*taken.words, *sorted(taken.initials))))[:MOST_WORDS]
    every = dict.fromkeys((*written, *meant))
    whole = [f"{word}^4" for word in every]
    begun = [f"{word[:BEGINNING]}*" for word in every if len(word) > BEGINNING]
    misspelt = [f"{word}~1" for word in written if len(word) >= BEGINNING]
    return " OR ".join((*whole, *begun, *misspelt))


@cache
def statement(model: Model) -> str:
    """The statement that fetches the candidates of a batch."""
    found = [
        f"""UNWIND q.texts AS text
        CALL (q, text) {{
            CALL db.index.fulltext.queryNodes('{name_index(ROOT)}', text, {{limit: {LOOKED_AT}}}) YIELD node AS n
            WHERE any(label IN labels(n) WHERE label IN q.types)
            RETURN n LIMIT {FETCHED}
        }}
        RETURN n""",
        f"MATCH (n:{ROOT} {{id: q.id}}) WHERE any(label IN labels(n) WHERE label IN q.types) RETURN n",
    ]
    for declared in model.types.values():
        for item in declared.properties:
            if item.identifier:
                by = f"MATCH (n:{declared.name} {{{item.name}: q.identifiers.{item.name}}})"
                found.append(f"{by} WHERE any(label IN labels(n) WHERE label IN q.types) RETURN n")
    values = ", ".join(f"n.{item}" for item in properties(model))
    return f"""
    UNWIND range(0, size($queries) - 1) AS i
    WITH i, $queries[i] AS q
    CALL (q) {{ {" UNION ".join(found)} }}
    WITH DISTINCT i, n
    RETURN collect([i, n.id, labels(n), [{values}]]) AS value
    """


def _results(
    model: Model, queries: list[Query], incoming: list[Profile], rows: list[tuple[int, str, list[str], list[Any]]]
) -> list[list[dict[str, Any]]]:
    nodes = {node.name: node for node in model.nodes}
    known: dict[int, list[Known]] = defaultdict(list)
    for index, identity, labels, values in rows:
        node = next(nodes[label] for label in labels if label in nodes)
        known[index].append(Known(identity, node, dict(zip(properties(model), values, strict=True))))
    return [
        result(model, query, profile, known[index])
        for index, (query, profile) in enumerate(zip(queries, incoming, strict=True))
    ]


def result(model: Model, query: Query, incoming: Profile, known: list[Known]) -> list[dict[str, Any]]:
    """The candidates of a query, the best first; `match` only where one alone is certain."""
    scored = [_scored(model, query, incoming, item) for item in known]
    certain = [identity for identity, sure, _ in scored if sure]
    found = [
        {**candidate, "match": certain == [identity]}
        for identity, _, candidate in scored
        if candidate["score"] >= LEAST_SCORE
    ]
    return sorted(found, key=lambda item: (-item["score"], item["id"]))[: query.limit]


def _scored(model: Model, query: Query, incoming: Profile, known: Known) -> tuple[str, bool, dict[str, Any]]:
    match = compare(known_profile(model, known), incoming)
    is_id = query.text == known.id
    candidate = {
        "id": known.id,
        "name": known.values["name"],
        "description": known.values["description"] or "",
        "type": types_of(model, known.node),
        "score": SURE if is_id else round(match.score, 2),
        "features": _features(query, known, match.features),
    }
    return known.id, is_id or match.verdict is Verdict.CERTAIN, candidate


def known_profile(model: Model, known: Known) -> Profile:
    """What the graph knows of an entity, in the terms of matching."""
    values = known.values
    names = [values[item.name] for item in properties(model).values() if item.naming]
    flat = [text for item in names for text in several(item) if text]
    identifiers = {item.name: values[item.name] for item in model.identifiers(ROOT) if values[item.name]}
    city, website = values["city"] or "", values["website"] or ""
    return Profile(known.id, tuple(dict.fromkeys(flat)), city, website, identifiers, known.node.name)


def _features(query: Query, known: Known, features: Features) -> list[dict[str, Any]]:
    """In what they agree and differ: the name from 0 to 100, the rest by property."""
    found: dict[str, float | bool | None] = {"name": round(features.name, 2), "type": features.type}
    for item, given in query.properties.items():
        value = known.values[item]
        texts = several(value)
        if item not in found and value is not None:
            found[item] = bool({folded(str(text)) for text in texts} & {folded(text) for text in given})
    found |= dict.fromkeys(features.identifiers, True) | dict.fromkeys(features.contradicting, False)
    found |= {"website": features.domain, "city": features.city}
    return [{"id": item, "value": value} for item, value in found.items() if value is not None]
