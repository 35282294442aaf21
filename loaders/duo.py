"""DUO, the Dutch education register: its open files of the addresses of institutions.

The files are at https://duo.nl/open_onderwijsdata: `01.-instellingen-hbo-en-wo.csv` and
`01.-adressen-mbo-instellingen.csv`, semicolons, mostly Windows-1252. Older ones call the code BRIN NUMMER, newer ones
INSTELLINGSCODE; all pad cells with spaces.
"""

from collections.abc import Iterator, Mapping

from graph.matching import Profile
from graph.model import BRIN
from loaders.files import File
from loaders.problems import Place, Problem
from loaders.read_csv import Delimiter, read_csv
from loaders.record import Record, Register
from loaders.table import clean

PAGES = {
    "hbo": "https://duo.nl/open_onderwijsdata/hoger-onderwijs/adressen/adressen-hogescholen-en-universiteiten.jsp",
    "mbo": "https://duo.nl/open_onderwijsdata/middelbaar-beroepsonderwijs/adressen/instellingen.jsp",
}
CODE = ("INSTELLINGSCODE", "BRIN NUMMER")
NAME = ("INSTELLINGSNAAM",)
LEVEL = ("SOORT HO",)
PROVINCE = ("PROVINCIE",)
STREET = ("STRAATNAAM",)
NUMBER = ("HUISNUMMER-TOEVOEGING",)
POSTAL_CODE = ("POSTCODE",)
CITY = ("PLAATSNAAM",)
WEBSITE = ("INTERNETADRES", "INTERNET")
NEEDED = (CODE, NAME, PROVINCE, STREET, NUMBER, POSTAL_CODE, CITY)
TYPE = "EducationInstitution"


def read(file: File, problems: list[Problem]) -> Iterator[Record]:
    """The institutions in one of DUO's address files. Raises OSError."""
    found = read_csv(file, None, None, Delimiter.SEMICOLON, problems)
    if found is None:
        return
    sheet, _ = found
    headings = [clean(heading).upper() for heading in sheet.headings.cells]
    for names in NEEDED:
        if not set(names) & set(headings):
            message = f"The column {' or '.join(names)} is missing: this is no DUO file of institutions' addresses."
            problems.append(Problem(sheet.place, names[0], None, message))
            return
    for row in sheet.records():
        place = sheet.place._replace(row=row.number)
        if len(row.cells) != len(headings):
            message = f"The row has {len(row.cells)} cells, the headings are {len(headings)}: get the file anew."
            problems.append(Problem(place, None, None, message))
            continue
        made = record(dict(zip(headings, map(clean, row.cells), strict=True)), place, problems)
        if made is not None:
            yield made


def record(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> Record | None:
    """The institution in a row; None, with a problem, where it has no BRIN code."""
    code = BRIN.canonical(cell(cells, CODE))
    if code is None:
        problems.append(Problem(place, CODE[0], cell(cells, CODE), f"A BRIN code is written as in {BRIN.example}."))
        return None
    website = cell(cells, WEBSITE).rstrip("/").lower()
    if website and "://" not in website:
        website = f"http://{website}"
    level = cell(cells, LEVEL).lower()
    return Record(
        key=code,
        place=place,
        profile=Profile("", (cell(cells, NAME),), cell(cells, CITY), website, {"brin": code}, TYPE),
        cells={
            "brin": code,
            "address": f"{cell(cells, STREET)} {cell(cells, NUMBER)}".strip(),
            "postal_code": cell(cells, POSTAL_CODE),
            "website": website,
        },
        source=PAGES["hbo" if level else "mbo"],
        region=cell(cells, PROVINCE),
    )


def cell(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The text under the first of several headings that is there."""
    return next((cells[name] for name in names if name in cells), "")


DUO = Register("duo", ".csv", read)
