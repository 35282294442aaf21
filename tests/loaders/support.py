"""A small, right set of files, ways to break it, and loads without the trimmings."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.progress import Progress

from graph.database import Database
from graph.model import MODEL
from graph.modelling import Model
from graph.provenance import Statement
from loaders.agree import agreed
from loaders.check import check
from loaders.facts import Fact, Key
from loaders.known import Known
from loaders.load import load
from loaders.present import Graph
from loaders.problems import LoadError, Problem
from loaders.read import Options, read
from loaders.report import Report
from loaders.staging import Staging

Rows = list[dict[str, str]]

SOURCE = {"source": "https://example.org/a", "confidence": "high"}
RIGHT: Mapping[str, Rows] = {
    "partners": [
        {"id": "partner-nwo", "name": "NWO", "kind": "research_funder", "short_name": "NWO", "website": "", **SOURCE},
        {"id": "partner-ser", "name": "SER", "kind": "advisory_council", "short_name": "", "website": "", **SOURCE},
    ],
    "education_institutions": [
        {
            "id": "inst-hanze",
            "name": "Hanzehogeschool Groningen",
            "level": "hbo",
            "city": "Groningen",
            "latitude": "53.24",
            "longitude": "6.53",
            "aliases": "Hanze | Hanze UAS",
            **SOURCE,
        }
    ],
    "learning_communities": [
        {"id": "lc-entrance", "name": "EnTranCe", "form": "fieldlab", "start_year": "2012", "end_year": "", **SOURCE}
    ],
    "projects": [
        {
            "id": "project-lc",
            "name": "Onderzoek",
            "kind": "call",
            "start_year": "2020",
            "end_year": "2023",
            "budget_eur": "30000000",
            **SOURCE,
        }
    ],
    "regions": [
        {"id": "region-groningen", "name": "Groningen", "kind": "province", **SOURCE},
        {"id": "region-drenthe", "name": "Drenthe", "kind": "province", **SOURCE},
    ],
    "sources": [
        {"id": "source-a", "url": "https://example.org/a", "title": "Bladzijde A", "retrieved_on": "2026-11-24"},
        {"id": "source-b", "url": "https://example.org/b", "title": "Bladzijde B", "retrieved_on": ""},
    ],
    "links": [
        {
            "from_id": "inst-hanze",
            "type": "COORDINATES",
            "to_id": "lc-entrance",
            "role": "penvoerder",
            "since": "2012",
            "until": "",
            "amount_eur": "",
            **SOURCE,
        },
        {
            "from_id": "partner-nwo",
            "type": "FUNDS",
            "to_id": "project-lc",
            "role": "",
            "since": "2020",
            "until": "2023",
            "amount_eur": "1500000.5",
            **SOURCE,
        },
        {
            "from_id": "partner-ser",
            "type": "PARTNER_OF",
            "to_id": "partner-nwo",
            "role": "",
            "since": "",
            "until": "",
            "amount_eur": "",
            **SOURCE,
        },
        {
            "from_id": "inst-hanze",
            "type": "LOCATED_IN",
            "to_id": "region-groningen",
            "role": "",
            "since": "",
            "until": "",
            "amount_eur": "",
            **SOURCE,
        },
    ],
}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows with the first one's keys for headings."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def right_files(folder: Path) -> Path:
    """Write the right files into a folder."""
    for name, rows in RIGHT.items():
        write_csv(folder / f"{name}.csv", rows)
    return folder


def with_cell(folder: Path, name: str, at: int, column: str, value: str) -> Path:
    """Write the right files with one cell of row `at` (the first is 0) changed."""
    rows = [dict(row) for row in RIGHT[name]]
    rows[at][column] = value
    right_files(folder)
    write_csv(folder / f"{name}.csv", rows)
    return folder


def with_row(folder: Path, name: str, **cells: str) -> Path:
    """Write the right files with one more row: the first one of its file with some cells changed."""
    right_files(folder)
    write_csv(folder / f"{name}.csv", [*RIGHT[name], {**RIGHT[name][0], **cells}])
    return folder


def loaded(database: Database, *paths: Path, model: Model = MODEL, may_withdraw: bool = False) -> Report:
    """Load files without showing progress."""
    return load(database, model, paths, Progress(disable=True), may_withdraw=may_withdraw)


class Said(NamedTuple):
    """A fact that files state, with its values in plain form."""

    key: Key
    type: str
    values: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.key.id


class Checked(NamedTuple):
    """All that files state."""

    nodes: tuple[Said, ...]
    links: tuple[Said, ...]


def checked(
    *paths: Path | str,
    database: Database | None = None,
    model: Model = MODEL,
    progress: Progress | None = None,
    options: Options | None = None,
) -> Checked:
    """Check files, without showing progress unless it is asked for."""
    reading = read(paths, model, progress or Progress(disable=True), options)
    known = Known(model, None if database is None else Graph(database, model))
    with Staging() as staging:
        check(reading.tables, reading.problems, known, staging, Progress(disable=True))
        made = (Said(Key("", made), "Source", {"url": url}) for url, made in known.sources.new.items())
        return Checked((*map(said, staging.nodes()), *made), tuple(map(said, staging.links())))


def said(fact: Fact) -> Said:
    """What rows say together."""
    values = fact.stated[0].values
    if len(fact.stated) > 1:
        values = agreed([Statement(str(stated.table), stated.row, 1, stated.values) for stated in fact.stated])
    return Said(fact.key, fact.type, values)


def problems(*paths: Path, database: Database | None = None) -> list[Problem]:
    """What is wrong with files."""
    try:
        checked(*paths, database=database)
    except LoadError as error:
        return list(error.problems)
    return []


def places(*paths: Path, database: Database | None = None) -> list[tuple[str, int | None, str | None, str | None]]:
    """The file's name, row, column and value of everything that is wrong with files."""
    found = problems(*paths, database=database)
    return [(Path(item.place.file).name, item.place.row, item.column, item.value) for item in found]
