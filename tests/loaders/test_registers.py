"""Whole loads of each register into the real facts, with real rows of it.

DUO's file has 18 of the 54 rows of its list of hbo and wo, as published about 2020 and kept in the public repository
check-the-facts/CTFv3-nl. ROR's are the records in `data/`. The answer of
Wikidata has the form of its query service; its ids, names and places are those that ROR gives.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from graph.database import Database
from graph.decisions import decide, open_rows
from graph.model import MODEL
from graph.provenance import statement
from graph.settings import Settings
from loaders.load import load
from loaders.matching import Matching
from loaders.problems import LoadError
from loaders.read import Options
from loaders.registers import REGISTERS, RegisterName
from loaders.report import Report
from tests.loaders.support import SOURCE, loaded, write_csv
from tests.support.pages import ROOT
from tests.support.website import answer, website

DATA = ROOT / "data"
DUO_FILE = Path(__file__).parent / "registers" / "01-instellingen-hbo-en-wo.csv"
UTRECHT = "inst-universiteit-utrecht"


@pytest.fixture(scope="module")
def real(module_database: Database) -> Database:
    """A graph with all the real facts but a code by which DUO's row of NHL Stenden would be recognised."""
    load(module_database, MODEL, [DATA], Progress(disable=True))
    module_database.write("MATCH (n:EducationInstitution {id: 'inst-nhl-stenden-hogeschool'}) REMOVE n.brin")
    return module_database


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where decisions are kept, for all tests of this module."""
    return tmp_path_factory.mktemp("matching")


def filled(
    database: Database,
    name: RegisterName,
    path: Path | str,
    folder: Path | None = None,
    options: Options | None = None,
) -> Report:
    """Load a register's files."""
    return load(database, MODEL, [path], Progress(disable=True), options, matching=Matching(folder, REGISTERS[name]))


def organisation(database: Database, node_id: str) -> dict[str, Any]:
    """The properties of an organisation."""
    [row] = database.read("MATCH (n:Organisation {id: $id}) RETURN properties(n) AS values", {"id": node_id})
    return row["values"]


def test_duo_fills_in_codes_addresses_and_provinces(real: Database, folder: Path) -> None:
    websites = organisation(real, "inst-thomas-more-hogeschool")["website"]
    report = filled(real, RegisterName.DUO, DUO_FILE, folder)
    assert len(report.matched.same) >= 16
    assert not report.matched.new
    hanze = organisation(real, "inst-hanzehogeschool-groningen")
    assert (hanze["brin"], hanze["address"], hanze["postalCode"]) == ("25BE", "Zernikeplein 1", "9747 AS")
    assert organisation(real, "inst-hogeschool-utrecht")["brin"] == "25DW"
    assert organisation(real, UTRECHT)["brin"] == "21PD"
    # DUO has no website for it, which takes nothing away.
    assert organisation(real, "inst-thomas-more-hogeschool")["website"] == websites
    assert {"region": "Utrecht"} in real.read(
        "MATCH (:EducationInstitution {brin: '25DW'})-[:LOCATED_IN]->(r:Region) RETURN r.name AS region"
    )
    assert not filled(real, RegisterName.DUO, DUO_FILE, folder).changed


def test_duo_fills_in_mbo_schools_too(real: Database, tmp_path: Path) -> None:
    # The headings are those of today's file of mbo institutions; of the row only code, name and place are real.
    row = {
        "PROVINCIE": "Friesland",
        "BEVOEGD GEZAG NUMMER": "40000",
        "INSTELLINGSCODE": "08PG",
        "INSTELLINGSNAAM": "Firda   ",
        "MBO INSTELLINGSSOORT - CODE": "ROC",
        "MBO INSTELLINGSSOORT - NAAM": "Regionaal Opleidingencentrum",
        "STRAATNAAM": "Straat van Fryslân",
        "HUISNUMMER-TOEVOEGING": "1-A",
        "POSTCODE": "8900 AA",
        "PLAATSNAAM": "LEEUWARDEN",
        "DENOMINATIE": "Algemeen bijzonder",
        "INTERNETADRES": "www.firda.nl",
    }
    path = tmp_path / "01.-adressen-mbo-instellingen.csv"
    path.write_bytes(f"{';'.join(row)}\r\n{';'.join(row.values())}\r\n".encode("cp1252"))
    filled(real, RegisterName.DUO, path)
    firda = organisation(real, "inst-firda")
    assert (firda["address"], firda["postalCode"]) == ("Straat van Fryslân 1-A", "8900 AA")
    assert firda["website"] == "http://www.firda.nl"
    assert any("middelbaar-beroepsonderwijs" in source for source in firda["sources"])


def test_a_register_may_stand_at_an_address(real: Database, folder: Path, tmp_path: Path) -> None:
    allowed = Options(settings=Settings(cache=tmp_path, fetch_allow="127.0.0.1"))
    with website() as site:
        site.answers["/hbo-en-wo.csv"] = answer(DUO_FILE.read_bytes())
        address = site.address("/hbo-en-wo.csv")
        report = filled(real, RegisterName.DUO, address, folder, allowed)
        with pytest.raises(LoadError) as caught:
            filled(real, RegisterName.DUO, address, folder, Options(settings=Settings(cache=tmp_path)))
    assert "127.0.0.1" in caught.value.problems[0].message
    assert len(report.matched.same) >= 16
    stated = organisation(real, "inst-hogeschool-utrecht")["statements"]
    assert address in [statement(text).file for text in stated]


def test_what_is_likely_waits_for_a_decision_that_counts_for_ever(real: Database, folder: Path) -> None:
    # DUO has another website for NHL Stenden than we have.
    asked = {row["record"]: row["organisation"] for row in open_rows(folder)}
    assert asked["duo:31FR"] == "inst-nhl-stenden-hogeschool"
    assert "address" not in organisation(real, "inst-nhl-stenden-hogeschool")
    decide(folder, "duo:31FR", "inst-nhl-stenden-hogeschool")
    filled(real, RegisterName.DUO, DUO_FILE, folder)
    assert organisation(real, "inst-nhl-stenden-hogeschool")["address"] == "Rengerslaan 10"
    assert "duo:31FR" not in {row["record"] for row in open_rows(folder)}


def test_ror_fills_in_identifiers_and_names_and_relates_organisations(real: Database, folder: Path) -> None:
    report = filled(real, RegisterName.ROR, DATA / "ror", folder)
    assert len(report.matched.same) >= 80
    utrecht = organisation(real, UTRECHT)
    assert utrecht["rorId"] == "https://ror.org/04pp8hn57"
    assert utrecht["wikidataId"] == "Q221653"
    assert {"Utrecht University", "Rijksuniversiteit Utrecht"} <= set(utrecht["aliases"])
    assert (utrecht["name"], utrecht["confidence"]) == ("Universiteit Utrecht", "HIGH")
    assert organisation(real, "partner-nwo")["location"].latitude == pytest.approx(52.07667)
    for kind, least in (("PART_OF", 10), ("PARTNER_OF", 10)):
        [row] = real.read(
            f"MATCH (a)-[r:{kind}]->(b) WHERE a.rorId IS NOT NULL AND b.rorId IS NOT NULL RETURN count(r) AS count"
        )
        assert row["count"] >= least
    twice = real.read(
        "MATCH (n:Organisation) WITH n.rorId AS id, count(*) AS count WHERE count > 1 AND id <> '' RETURN id"
    )
    assert not twice
    assert not filled(real, RegisterName.ROR, DATA / "ror", folder).changed


def test_wikidata_finds_by_ror_id_what_it_fills_in(real: Database, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(of_wikidata(json.loads((DATA / "ror" / "nl.json").read_text("utf-8")))), "utf-8")
    report = filled(real, RegisterName.WIKIDATA, path)
    assert report.matched.same["wikidata:Q221653"] == UTRECHT
    utrecht = organisation(real, UTRECHT)
    assert (
        "https://www.wikidata.org/wiki/Q221653"
        in real.read(
            "MATCH (n {id: $id}) UNWIND n.sources AS id MATCH (s:Source {id: id}) RETURN collect(s.url) AS urls",
            {"id": UTRECHT},
        )[0]["urls"]
    )
    assert utrecht["wikidataId"] == "Q221653"
    # Our own files, which are surer, give another place.
    assert (utrecht["location"].longitude, utrecht["location"].latitude) == (5.12, 52.09)


def of_wikidata(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answer of Wikidata's query service for the organisations that ROR knows there."""
    return {"head": {"vars": []}, "results": {"bindings": [row for record in records for row in bindings(record)]}}


def bindings(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of an item."""
    for entry in record["external_ids"]:
        if entry["type"] == "wikidata":
            place = record["locations"][0]["geonames_details"]
            found = {
                "item": ("uri", f"http://www.wikidata.org/entity/{entry['preferred'] or entry['all'][0]}"),
                "itemLabel": ("literal", record["names"][0]["value"]),
                "ror": ("literal", record["id"].removeprefix("https://ror.org/")),
                "coordinates": ("literal", f"Point({place['lng']} {place['lat']})"),
            }
            yield {name: {"type": kind, "value": value} for name, (kind, value) in found.items()}


def test_what_only_a_register_still_states_keeps_its_name(database: Database, tmp_path: Path) -> None:
    rows = [
        {"id": node_id, "name": name, "level": level, "website": website, **SOURCE}
        for node_id, name, level, website in (
            ("inst-uu", "Universiteit Utrecht", "wo", "https://www.uu.nl"),
            ("inst-hu", "Hogeschool Utrecht", "hbo", "https://www.hu.nl"),
        )
    ]
    path = write_csv(tmp_path / "education_institutions.csv", rows)
    loaded(database, path)
    filled(database, RegisterName.DUO, DUO_FILE)
    write_csv(path, rows[1:])
    load(database, MODEL, [path], Progress(disable=True), may_withdraw=True)
    left = organisation(database, "inst-uu")
    assert (left["name"], left["level"], left["brin"]) == ("Universiteit Utrecht", "WO", "21PD")


@pytest.mark.parametrize(
    ("name", "file", "text", "column"),
    [
        (RegisterName.DUO, "a.csv", "A;B\n1;2\n", "INSTELLINGSCODE"),
        (RegisterName.ROR, "a.json", "{", None),
        (RegisterName.ROR, "a.json", '[{"id": "https://ror.org/04pp8hn57"}]', None),
        (RegisterName.WIKIDATA, "a.json", '{"results": {"bindings": [{"x": {"value": "1"}}]}}', None),
    ],
)
def test_a_file_of_another_form_is_refused(
    database: Database, tmp_path: Path, name: RegisterName, file: str, text: str, column: str | None
) -> None:
    path = tmp_path / file
    path.write_text(text, "utf-8")
    with pytest.raises(LoadError) as caught:
        filled(database, name, tmp_path)
    assert [(problem.place.file, problem.column) for problem in caught.value.problems] == [(str(path), column)]


def test_every_row_of_duo_that_makes_no_sense_is_named(database: Database, tmp_path: Path) -> None:
    lines = DUO_FILE.read_bytes().splitlines()
    lines[3] = lines[3].replace(b";30TX;", b";30T;")
    lines[5] += b";"
    lines.append(lines[1])
    (tmp_path / "a.csv").write_bytes(b"\n".join(lines))
    with pytest.raises(LoadError) as caught:
        filled(database, RegisterName.DUO, tmp_path)
    assert [(problem.place.row, problem.value) for problem in caught.value.problems] == [
        (4, "30T"),
        (6, None),
        (20, "31FR"),
    ]
