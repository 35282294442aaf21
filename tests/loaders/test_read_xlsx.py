"""Excel workbooks: a sheet for each type, typed cells, and each mistake with its sheet and row."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from loaders import read_xlsx
from tests.loaders.support import checked, problems

HEADINGS = ("id", "Naam", "Soort", "Startjaar", "Budget", "Bron", "Zekerheid")
ROW = ("project-x", "X", "oproep", 2021, 1250.125, "https://example.org/x", "hoog")


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]], name: str = "boek") -> Path:
    """A workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def with_cells(**cells: object) -> list[object]:
    """The right row with some cells changed, by heading."""
    return [cells.get(heading, cell) for heading, cell in zip(HEADINGS, ROW, strict=True)]


def test_a_sheet_for_each_type_is_read_under_its_dutch_or_english_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {
            "Projecten (noord)": [HEADINGS, ROW],
            "Learning communities": [
                ("id", "name", "form", "source", "confidence"),
                ("lc-x", "X", "fieldlab", "https://example.org/x", "low"),
            ],
            "Toelichting": [("Dit is een toelichting.",)],
        },
    )
    facts = checked(path)
    assert [node.type for node in facts.nodes] == ["Project", "LearningCommunity", "Source"]
    assert facts.nodes[0].values["budgetEur"] == 1250.125


def test_an_only_sheet_may_leave_its_type_to_the_file_s_name(tmp_path: Path) -> None:
    assert checked(workbook(tmp_path, {"Blad1": [HEADINGS, ROW]}, "projecten")).nodes[0].id == "project-x"


@pytest.mark.parametrize(
    ("year", "found"), [(date(2021, 9, 1), 2021), (datetime(2021, 9, 1), 2021), (2021.0, 2021), ("2021/22", 2021)]
)
def test_typed_cells_mean_what_they_show(tmp_path: Path, year: object, found: int) -> None:
    facts = checked(workbook(tmp_path, {"Projecten": [HEADINGS, with_cells(Startjaar=year, Naam=2030)]}))
    assert (facts.nodes[0].values["startYear"], facts.nodes[0].values["name"]) == (found, "2030")


def test_each_mistake_has_its_sheet_row_and_column(tmp_path: Path) -> None:
    rows = [
        HEADINGS,
        ROW,
        (),
        with_cells(id="project-a", Startjaar=True),
        with_cells(id="project-b", Budget="=1/0"),
        with_cells(id="project-c", Startjaar=date(1905, 7, 13)),
        [*with_cells(id="project-d"), "more"],
        ["project-e", "E"],
    ]
    found = problems(workbook(tmp_path, {"Projecten": rows}))
    assert {problem.place.sheet for problem in found} == {"Projecten"}
    assert [(problem.place.row, problem.column) for problem in found] == [
        (4, "Startjaar"),
        (5, "Budget"),
        (6, "Startjaar"),
        (7, None),
        (8, "Soort"),
        (8, "Bron"),
        (8, "Zekerheid"),
    ]
    assert "no result yet" in found[1].message
    assert str(found[0]).startswith(f"{tmp_path / 'boek.xlsx'}[Projecten]:4: Startjaar = 'true': A year is")


def test_a_formula_s_result_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Projecten": [HEADINGS, with_cells(Budget="=1000+250")]})
    rewritten(path, b"<f>1000+250</f><v />", b"<f>1000+250</f><v>1250</v>")
    assert checked(path).nodes[0].values["budgetEur"] == 1250
    rewritten(path, b"<f>1000+250</f><v>1250</v>", b"<f>1000+250</f><v>#REF!</v>", b' t="e"')
    [problem] = problems(path)
    assert (problem.column, problem.value) == ("Budget", "#REF!")


def rewritten(path: Path, old: bytes, new: bytes, kind: bytes = b"") -> None:
    """Change the first sheet's XML, and the type of the cell in it, in place."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert old in sheet
    before, _, after = sheet.partition(old)
    cell, _, rest = before.rpartition(b'<c r="E2"')
    parts["xl/worksheets/sheet1.xml"] = cell + b'<c r="E2"' + kind + rest + new + after
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_merged_cells_and_headings_that_are_blank_or_a_title_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Projecten": [HEADINGS, ROW]})
    book = load_workbook(path)
    book["Projecten"].merge_cells("B1:C1")
    cell = book["Projecten"]["D1"]
    assert isinstance(cell, Cell)
    cell.value = None
    book.save(path)
    found = [(problem.place.row, problem.column, problem.value) for problem in problems(path)]
    assert found == [(1, None, "B1:C1"), (1, "column 3", ""), (1, "column 4", ""), (1, "kind", None)]
    titled = workbook(tmp_path, {"Projecten": [("Projecten van 2024",), HEADINGS, ROW]})
    [problem] = problems(titled)
    assert (problem.place.row, problem.value) == (1, "Projecten van 2024")
    assert "delete what stands above the headings" in problem.message


def test_a_workbook_without_a_sheet_that_says_what_it_is_is_refused(tmp_path: Path) -> None:
    [problem] = problems(workbook(tmp_path, {"Blad1": [HEADINGS, ROW], "Blad2": []}))
    assert "No sheet's name says" in problem.message
    [misspelt] = problems(workbook(tmp_path, {"Projekten": [HEADINGS, ROW]}))
    assert "did you mean projecten?" in misspelt.message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not an .xlsx"),
        (b"PK\x03\x04nonsense", "not an .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 512, "password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "projecten.xlsx"
    path.write_bytes(raw)
    [problem] = problems(path)
    assert said in problem.message


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, {"Projecten": [HEADINGS, ROW]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (read_xlsx.LARGEST_IN_MEMORY + 1))
    [problem] = problems(path)
    assert "100,000,000 bytes" in problem.message
    monkeypatch.setattr(read_xlsx, "LARGEST_UNPACKED", 1000)
    [problem] = problems(path)
    assert "1,000 bytes" in problem.message


def test_a_row_far_away_ends_the_sheet_instead_of_filling_it(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Projecten": [HEADINGS, ROW]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    far = b'<row r="99999999999"><c r="A99999999999"/></row></sheetData>'
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"</sheetData>", far)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    path.write_bytes(made.getvalue())
    [problem] = problems(path)
    assert "1,048,576 rows" in problem.message
