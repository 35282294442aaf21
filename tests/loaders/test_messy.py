"""A list as a partner sends it: each of its mistakes is listed at once, nothing else is, and nothing is written.

The same list is written as an Excel workbook and as Windows-1252 files with semicolons.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl import Workbook

from graph.database import Database
from graph.fingerprint import fingerprint
from loaders.problems import LoadError, Problem
from tests.loaders.support import loaded

Cell = str | int | float | date | None
Rows = list[list[Cell]]
Found = tuple[str, int | None, str | None, str | None]
SITE, HIGH = "https://www.nwo.nl/over", "hoog"
ORGANISATIONS, PROJECTS, LINKS = "Organisaties", "Projecten", "Relaties"


class Mistake(NamedTuple):
    """A planted mistake: where it stands, what is wrong there, and words of what is said of it."""

    sheet: str
    row: int | None
    column: str | None
    value: str | None
    said: str


class Messy:
    """The list as it grows, sheet by sheet."""

    def __init__(self) -> None:
        self.sheets: dict[str, Rows] = {}
        self.mistakes: list[Mistake] = []

    def row(self, sheet: str, *cells: Cell, **wrong: tuple[str | None, str]) -> None:
        """One more row, with the value and words of what is wrong in it by column."""
        rows = self.sheets.setdefault(sheet, [])
        rows.append(list(cells))
        self.mistakes += [Mistake(sheet, len(rows), column, *told) for column, told in wrong.items()]

    def organisation(self, made: str, cells: Mapping[str, Cell], **wrong: tuple[str | None, str]) -> None:
        """An organisation that is right but for some cells."""
        right: dict[str, Cell] = {"id": made, "Naam": made.title(), "soort": "Bedrijf", "bron": SITE, "zekerheid": HIGH}
        headings = self.sheets[ORGANISATIONS][0]
        self.row(ORGANISATIONS, *[{**right, **cells}.get(str(heading)) for heading in headings], **wrong)

    def project(self, made: str, first: Cell, last: Cell, cost: Cell, **wrong: tuple[str | None, str]) -> None:
        """A project."""
        self.row(PROJECTS, made, made.title(), "oproep", first, last, cost, SITE, HIGH, **wrong)

    def link(
        self, source: Cell, kind: Cell, target: Cell, amount: Cell = None, **wrong: tuple[str | None, str]
    ) -> None:
        """A link."""
        self.row(LINKS, source, kind, target, amount, 2021, SITE, HIGH, **wrong)


def messy() -> Messy:
    """What both forms of the list have in common."""
    made = Messy()
    organisations(made)
    projects(made)
    links(made)
    return made


def organisations(made: Messy) -> None:
    """Wrong codes, enums, addresses, places and sources; and rows that only look wrong."""
    headings = ["id", "Naam", "soort", "website", "plaats", "postcode", "breedtegraad", "lengtegraad"]
    more = ["KvK-nummer", "ROR", "Wikidata", "bron", "zekerheid", "omschrijvng"]
    made.row(ORGANISATIONS, *headings, *more, omschrijvng=(None, "Did you mean omschrijving?"))
    add = made.organisation
    add(" partner-nwo ", {"Naam": "NWO\u00a0", "soort": " BEDRIJF ", "zekerheid": "Hoog", "plaats": "'s-Gravenhage"})
    add(
        "partner-tno\u00a0",
        {"Naam": "TNO \u2013 \u201cCoöperatie\u201d; & co", "breedtegraad": "52,09"}
        | {"lengtegraad": "5,12", "KvK-nummer": "27376655", "postcode": "2595 DA", "bron": f"{SITE} | https://a.nl"},
    )
    add("Partner-Ser", {}, id=("Partner-Ser", "a-z"))
    add("partner_ser", {}, id=("partner_ser", "a-z"))
    add("partner-a", {"Naam": "  "}, Naam=(None, "empty"))
    add("partner-b", {"soort": "adviesraat"}, soort=("adviesraat", "Did you mean adviesraad?"))
    add("partner-c", {"soort": "stichting"}, soort=("stichting", "one of research_funder"))
    add("partner-d", {"website": "www.nwo.nl"}, website=("www.nwo.nl", "https://"))
    add("partner-e", {"website": "https://a.nl en b.nl"}, website=("https://a.nl en b.nl", "no spaces"))
    add("partner-f", {"website": "info@nwo.nl"}, website=("info@nwo.nl", "https://"))
    add("partner-g", {"breedtegraad": "5,12", "lengtegraad": "52,09"}, breedtegraad=("5,12", "changed places"))
    add("partner-h", {"breedtegraad": "52,09 N", "lengtegraad": "5,12"}, breedtegraad=("52,09 N", "degrees"))
    add("partner-i", {"breedtegraad": "52,09"}, lengtegraad=(None, "both"))
    add("partner-j", {"KvK-nummer": 1234567}, **{"KvK-nummer": ("1234567", "identifier")})
    add("partner-k", {"ROR": "https://ror.org/0000"}, ROR=("https://ror.org/0000", "identifier"))
    add("partner-l", {"Wikidata": "Utrecht"}, Wikidata=("Utrecht", "identifier"))
    add("partner-m", {"bron": "zie mail"}, bron=("zie mail", "https://"))
    add("partner-n", {"bron": None}, bron=(None, "empty"))
    add("partner-o", {"zekerheid": "zeker"}, zekerheid=("zeker", "one of high, medium, low"))
    add("partner-p", {"bron": HIGH, "zekerheid": SITE}, bron=(HIGH, "no source"), zekerheid=(SITE, "one of high"))
    add(
        "partner-q",
        {"plaats": "3511 AB", "postcode": "Utrecht"},
        plaats=("3511 AB", "digits"),
        postcode=("Utrecht", "digits"),
    )
    add("partner-nwo", {}, id=("partner-nwo", "already"))
    add("partner-r", {"Naam": "CoÃ¶peratie R"}, Naam=("CoÃ¶peratie R", "Coöperatie R"))
    add("partner-s", {"Naam": "#N/B"}, Naam=("#N/B", "could not work"))


def projects(made: Messy) -> None:
    """Wrong years, dates and numbers."""
    made.row(PROJECTS, "id", "naam", "soort", "startjaar", "eindjaar", "budget", "bron", "zekerheid")
    add = made.project
    add("project-nul", "2021/22", "2022/23", "€ 1.250.000,-")
    add("project-ok", "1-9-2021", 2024, "12,5")
    add("project-a", 20221, None, None, startjaar=("20221", "four digits"))
    add("project-b", "21", None, None, startjaar=("21", "four digits"))
    add("project-c", 2021, 2019, None, eindjaar=("2019", "before it begins"))
    add("project-d", "31-02-2021", None, None, startjaar=("31-02-2021", "four digits"))
    add("project-e", "2021-2024", None, None, startjaar=("2021-2024", "two years in a row"))
    add("project-f", date(1905, 7, 13), None, None, startjaar=("1905-07-13", "make it a number"))
    add("project-g", 2021, "heden", None, eindjaar=("heden", "four digits"))
    add("project-h", 2021, None, "ca. 1 mln", budget=("ca. 1 mln", "digits"))
    add("project-i", 2021, None, "1.500", budget=("1.500", "Thousands or decimals?"))
    add("partner-c", 2021, None, None, id=("partner-c", "already"))


def links(made: Messy) -> None:
    """Wrong ends, types and amounts; and the same link twice."""
    made.row(LINKS, "Van", "Relatie", "Naar", "bedrag", "sinds", "bron", "zekerheid")
    add = made.link
    add("partner-nwo ", "FUNDS", "project-nul", "1.000.000,00")
    add("partner-tno", "partner_of", "\u00a0partner-nwo")
    add("partner-nwoo", "PARTNER_OF", "partner-nwo", Van=("partner-nwoo", "Nothing has this id"))
    add("NWO", "PARTNER_OF", "partner-tno", Van=("NWO", "Nothing has this id"))
    add("partner-tno", "neemt deel aan", "project-nul", Relatie=("neemt deel aan", "no such type"))
    add("partner-tno", "PARTICIPATES", "project-nul", Relatie=("PARTICIPATES", "Did you mean PARTICIPATES_IN?"))
    add("partner-tno", "PARTICIPATES_IN", None, Naar=(None, "empty"))
    add("partner-tno", "PARTNER_OF", "partner-tno", Naar=("partner-tno", "with itself"))
    add("partner-nwo", "FUNDS", "partner-tno", Relatie=("FUNDS", "can't join Partner"))
    add("project-ok", "FUNDS", "partner-nwo", Relatie=("FUNDS", "can't join Project"))
    add("partner-tno", "COORDINATES", "project-nul", "500", bedrag=("500", "COORDINATES has no"))
    add("partner-nwo", "FUNDS", "project-nul", None, Van=("partner-nwo", "already stands in row 2"))


def as_workbook(made: Messy, folder: Path) -> Path:
    """The list as a workbook, with what goes wrong in those alone."""
    made.organisation("partner-t", {"Naam": "=NOPE(1)"}, Naam=(None, "no result yet"))
    made.organisation("partner-u", {"Naam": "Co\ufffdperatie U"}, Naam=("Co\ufffdperatie U", "A letter was lost"))
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in made.sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value == "#N/B":
                    cell.value, cell.data_type = "#N/A", "e"
    made.mistakes = [item._replace(value="#N/A") if item.value == "#N/B" else item for item in made.mistakes]
    book[PROJECTS].merge_cells("A3:A4")
    made.mistakes.append(Mistake(PROJECTS, 3, None, "A3:A4", "merged"))
    made.mistakes.append(Mistake(PROJECTS, 4, "id", None, "empty"))
    hidden = book.create_sheet("Partners oud")
    hidden.append(["id", "naam"])
    hidden.append(["partner-z", "Z"])
    hidden.sheet_state = "hidden"
    made.mistakes.append(Mistake("Partners oud", None, None, None, "hidden"))
    book.create_sheet("Blad1").append(["Notities van de vergadering"])
    path = folder / "lijst van de partner.xlsx"
    book.save(path)
    return path


def as_csv(made: Messy, folder: Path) -> Path:
    """The list as a file for each sheet, with what goes wrong in those alone."""
    made.organisation("partner-t", {"Naam": "=VERT.ZOEKEN(A2)"}, Naam=("=VERT.ZOEKEN(A2)", "formula"))
    made.organisation("partner-u", {"Naam": "Bel\x07"}, Naam=("Bel\x07", "control character"))
    for name, rows in made.sheets.items():
        lines = [";".join(map(written, row)) for row in rows]
        if name == PROJECTS:
            lines.append(f"project-y;Y;oproep;2021;;;{SITE};hoog;x;")
            made.mistakes.append(Mistake(name, len(lines), None, None, "10 cells"))
            lines.append(f'project-z;"Z;oproep;2021;;;{SITE};hoog')
            made.mistakes.append(Mistake(name, len(lines), None, None, "not closed"))
        (folder / f"{name}.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    return folder


def written(cell: Cell) -> str:
    """A cell as a spreadsheet writes it into CSV."""
    text = "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
    return '"' + text.replace('"', '""') + '"' if ";" in text or '"' in text else text


def found(problem: Problem) -> Found:
    """Where a problem is and in what value."""
    place = problem.place
    return place.sheet or Path(place.file).stem, place.row, problem.column, problem.value


def key(item: Found) -> tuple[str, ...]:
    return tuple(map(str, item))


@pytest.mark.parametrize("write", [as_workbook, as_csv])
def test_every_mistake_is_listed_and_nothing_else(
    tmp_path: Path, database: Database, write: Callable[[Messy, Path], Path]
) -> None:
    empty = fingerprint(database)
    made = messy()
    path = write(made, tmp_path)
    assert len(made.mistakes) >= 40
    with pytest.raises(LoadError) as refused:
        loaded(database, path)
    listed = sorted(map(found, refused.value.problems), key=key)
    assert listed == sorted([(item.sheet, item.row, item.column, item.value) for item in made.mistakes], key=key)
    messages: dict[Found, Sequence[str]] = {found(item): item.message for item in refused.value.problems}
    for item in made.mistakes:
        assert item.said in messages[item.sheet, item.row, item.column, item.value], item
    assert fingerprint(database) == empty
