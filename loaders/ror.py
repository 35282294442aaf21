"""ROR, the Research Organization Registry: its data dump, a JSON list of records in schema 2.

See https://ror.readme.io/docs/data-dump and https://ror.readme.io/docs/ror-data-structure. Only records with a Dutch
location count, and none that ROR withdrew.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from graph import model
from graph.matching import Profile
from graph.modelling import snake_case
from loaders.files import File
from loaders.problems import Place, Problem
from loaders.record import Record, RecordLink, Register

COUNTRY = "NL"
LANGUAGES = ("nl", "en", None)
WITHDRAWN = "withdrawn"
# What a related record is to this one, and the link that says so: outgoing from this record, or from the other.
OUTGOING = {"parent": "PART_OF", "predecessor": "SUCCEEDS", "related": "PARTNER_OF"}
INCOMING = {"child": "PART_OF", "successor": "SUCCEEDS"}
NO_DUMP = "This is no ROR data dump in schema 2: get it from https://zenodo.org/communities/ror-data and unpack it."


def read(file: File, problems: list[Problem]) -> Iterator[Record]:
    """The Dutch organisations in a dump. Raises OSError."""
    with file.opened() as raw:
        text = raw.read()
    try:
        for number, item in enumerate(orjson.loads(text), 1):
            if item["status"] != WITHDRAWN and country(item) == COUNTRY:
                yield record(item, Place(file.name, None, number))
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError, AttributeError):
        problems.append(Problem(Place(file.name), None, None, NO_DUMP))


def record(item: dict[str, Any], place: Place) -> Record:
    """The organisation in a record. Raises KeyError or TypeError where it is not of this schema."""
    ror = model.ROR.canonical(item["id"]) or ""
    identifiers = {"rorId": ror}
    if wikidata := wikidata_id(item):
        identifiers["wikidataId"] = wikidata
    details = item["locations"][0]["geonames_details"]
    shown = [entry["value"] for entry in item["names"] if "ror_display" in entry["types"]]
    others = [entry["value"] for entry in item["names"] if entry["lang"] in LANGUAGES]
    names = tuple(dict.fromkeys((*shown, *others)))
    website = next((link["value"] for link in item["links"] if link["type"] == "website"), "")
    return Record(
        key=ror,
        place=place,
        profile=Profile("", names, details["name"], website, identifiers),
        cells={
            **{snake_case(name): code for name, code in identifiers.items()},
            "aliases": " | ".join(names),
            "website": website,
            "latitude": str(details["lat"]),
            "longitude": str(details["lng"]),
        },
        source=ror,
        links=tuple(links(ror, item["relationships"])),
    )


def country(item: dict[str, Any]) -> str:
    """The code of the country in which an organisation is."""
    return item["locations"][0]["geonames_details"]["country_code"]


def wikidata_id(item: dict[str, Any]) -> str | None:
    """The Wikidata id that ROR gives, the preferred one of several."""
    for entry in item["external_ids"]:
        if entry["type"] == "wikidata":
            return model.WIKIDATA.canonical(entry["preferred"] or entry["all"][0])
    return None


def links(ror: str, relationships: list[dict[str, Any]]) -> Iterator[RecordLink]:
    """What a record's relationships are in our terms."""
    for entry in relationships:
        other = model.ROR.canonical(entry["id"]) or ""
        if entry["type"] in OUTGOING:
            yield RecordLink(ror, OUTGOING[entry["type"]], other)
        elif entry["type"] in INCOMING:
            yield RecordLink(other, INCOMING[entry["type"]], ror)


ROR = Register("ror", ".json", read)
