"""Templates: an empty workbook for each type that says what belongs in it, and loads once it is filled in."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from graph.model import MODEL, PARTNER_KIND
from graph.modelling import Kind, NodeType, Property
from loaders.columns import LINKS, layouts
from loaders.template import EXPLANATION, VALUES, layout_of, template
from tests.loaders.support import RIGHT, checked, problems, right_files


@pytest.mark.parametrize("name", RIGHT)
def test_a_filled_in_template_loads(tmp_path: Path, name: str) -> None:
    expected = stated(right_files(tmp_path))
    (tmp_path / f"{name}.csv").unlink()
    book = template(layouts(MODEL)[name], MODEL)
    sheet = book.worksheets[0]
    headings = [str(cell.value) for cell in sheet[1]]
    for row in RIGHT[name]:
        sheet.append([row.get({"sources": "source"}.get(heading, heading)) for heading in headings])
    book.save(tmp_path / "filled.xlsx")
    assert stated(tmp_path) == expected


def stated(folder: Path) -> dict[object, dict[str, object]]:
    """The values that files state, by id or link."""
    facts = checked(folder)
    both = {node.id: node.values for node in facts.nodes}, {link.key: link.values for link in facts.links}
    return {
        key: {name: value for name, value in values.items() if value is not None}
        for things in both
        for key, values in things.items()
    }


def test_columns_are_explained_and_enums_have_drop_downs(tmp_path: Path) -> None:
    path = tmp_path / "partners.xlsx"
    template(layouts(MODEL)["partners"], MODEL).save(path)
    book = load_workbook(path)
    assert book.sheetnames == ["partners", EXPLANATION, VALUES]
    explained = {row[0]: row for row in book[EXPLANATION].iter_rows(values_only=True)}
    assert explained["kind"][:4] == ("kind", "yes", "The sort of organisation.", "soort")
    assert "company or bedrijf: A company." in str(explained["kind"][4])
    lists = {str(rule.sqref)[0]: str(rule.formula1) for rule in book["partners"].data_validations.dataValidation}
    headings = {cell.value: get_column_letter(at) for at, cell in enumerate(book["partners"][1], 1)}
    assert lists.keys() == {headings["kind"], headings["confidence"]}
    cells = lists[headings["kind"]].partition("!")[2].replace("$", "")
    words = [str(cell.value).upper() for (cell,) in book[VALUES][cells]]
    assert words == list(PARTNER_KIND.values)
    [problem] = problems(path)
    assert problem.message == "It has headings but no rows."


def test_yes_and_no_have_a_drop_down() -> None:
    yearly = Property("yearly", Kind.BOOLEAN, "Whether it is given each year.")
    model = MODEL.extended([NodeType("Award", "awards", "A prize.", (yearly,))], [])
    book = template(layouts(model)["awards"], model)
    listed = [column for column in book[VALUES].iter_cols(values_only=True) if column[0] == "yearly"]
    assert [word for word in listed[0] if word] == ["yearly", "yes", "no"]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Partner", "partners"),
        ("partners", "partners"),
        ("EducationInstitution", "education_institutions"),
        ("education_institution", "education_institutions"),
        ("Onderwijsinstellingen", "education_institutions"),
        ("links", LINKS),
        ("Relaties", LINKS),
    ],
)
def test_a_type_may_be_named_in_many_ways(word: str, name: str) -> None:
    layout = layout_of(word, MODEL)
    assert layout is not None
    assert layout.name == name


def test_a_type_that_is_none_has_no_template() -> None:
    assert layout_of("nonsense", MODEL) is None
