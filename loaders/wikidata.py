"""Wikidata: the JSON result of a SPARQL query for Dutch institutions (docs/matching.md has one).

See https://www.w3.org/TR/sparql11-results-json/. An item may stand in several rows, one for each of its websites.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from graph import model
from graph.matching import Profile
from graph.modelling import snake_case
from loaders.files import File
from loaders.problems import Place, Problem
from loaders.record import Record, Register
from loaders.values import SEPARATOR

IDENTIFIERS = {"ror": ("rorId", model.ROR), "kvk": ("kvk", model.KVK), "brin": ("brin", model.BRIN)}
"""Variables of the query that are identifiers, and the properties they are."""
POINT = re.compile(r"Point\(([-+.\dEe]+) ([-+.\dEe]+)\)")
"""A place as Wikidata writes it (well-known text): the longitude comes first."""
NO_RESULT = "This is no SPARQL result in JSON with the variable item: docs/matching.md has the query."
Binding = dict[str, dict[str, str]]


def read(file: File, problems: list[Problem]) -> Iterator[Record]:
    """The organisations in a query's result. Raises OSError."""
    with file.opened() as raw:
        text = raw.read()
    items: dict[str, list[Binding]] = defaultdict(list)
    try:
        result: Any = orjson.loads(text)
        for binding in result["results"]["bindings"]:
            items[model.WIKIDATA.canonical(binding["item"]["value"]) or ""].append(binding)
        for number, (item, bindings) in enumerate(items.items(), 1):
            if item:
                yield record(item, bindings, Place(file.name, None, number))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        problems.append(Problem(Place(file.name), None, None, NO_RESULT))


def record(item: str, bindings: Sequence[Binding], place: Place) -> Record:
    """The organisation of an item. Raises KeyError or TypeError where a binding is not of the form."""
    identifiers = {"wikidataId": item}
    for variable, (name, identifier) in IDENTIFIERS.items():
        found = next((code for text in values(bindings, variable) if (code := identifier.canonical(text))), None)
        if found:
            identifiers[name] = found
    labels = [label for label in values(bindings, "itemLabel") if label != item]
    others = [part.strip() for text in values(bindings, "aliases") for part in text.split(SEPARATOR) if part.strip()]
    names = tuple(dict.fromkeys((*labels, *others))) or (item,)
    website = next(iter(values(bindings, "website")), "")
    point = next((found for text in values(bindings, "coordinates") if (found := POINT.fullmatch(text))), None)
    return Record(
        key=item,
        place=place,
        profile=Profile("", names, next(iter(values(bindings, "cityLabel")), ""), website, identifiers),
        cells={
            **{snake_case(name): code for name, code in identifiers.items()},
            "aliases": f" {SEPARATOR} ".join(name for name in names if name != item),
            "website": website,
            "latitude": point[2] if point else "",
            "longitude": point[1] if point else "",
        },
        source=f"https://www.wikidata.org/wiki/{item}",
    )


def values(bindings: Sequence[Binding], variable: str) -> list[str]:
    """The values that a variable has, each once."""
    return list(dict.fromkeys(binding[variable]["value"] for binding in bindings if variable in binding))


WIKIDATA = Register("wikidata", ".json", read)
