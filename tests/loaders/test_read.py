"""A file's own form: what can be wrong with it, and where."""

from pathlib import Path

import pytest

from tests.loaders.support import checked, places, problems, right_files

HEADINGS = "id,name,kind,source,confidence"
ROW = "partner-x,X,company,https://example.org/x,high"


def partners(folder: Path, text: str | bytes) -> Path:
    """A file of partners with this text."""
    path = folder / "partners.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_right_files_have_no_problems(tmp_path: Path) -> None:
    assert problems(right_files(tmp_path)) == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_utf_8_with_or_without_a_byte_order_mark_and_any_line_end_are_read(
    tmp_path: Path, mark: bytes, line_end: str
) -> None:
    text = line_end.join([HEADINGS, ROW.replace(",X,", ",Één,"), ""])
    facts = checked(partners(tmp_path, mark + text.encode()))
    assert facts.nodes[0].values["name"] == "Één"


def test_headings_may_be_in_any_case_and_have_other_names(tmp_path: Path) -> None:
    facts = checked(partners(tmp_path, f"ID,Name_NL,KIND,Sources,confidence\n{ROW}\n"))
    assert facts.nodes[0].values["name"] == "X"


def test_blank_rows_are_passed_over_and_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = partners(tmp_path, f"{HEADINGS}\n\n,,,,\n{ROW.replace('company', 'nonsense')}\n")
    assert places(path) == [("partners.csv", 4, "kind", "nonsense")]


def test_a_cell_of_several_lines_is_one_row(tmp_path: Path) -> None:
    path = partners(tmp_path, f'{HEADINGS}\na,"two\nlines",company,https://example.org/x,high\nb,B,no,,\n')
    assert {row for _, row, _, _ in places(path)} == {3}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("", (None, None, None), id="empty file"),
        pytest.param("\n\n", (None, None, None), id="file of blank lines"),
        pytest.param(f"{HEADINGS}\n", (None, None, None), id="headings only"),
        pytest.param(f"{HEADINGS}\n{ROW},more\n", (2, None, None), id="row too long"),
        pytest.param(f"{HEADINGS}\npartner-x,X\n", (2, None, None), id="row too short"),
        pytest.param(f'{HEADINGS}\n{ROW}\n"b"ad,X\n', (3, None, None), id="quote in the wrong place"),
        pytest.param(f'{HEADINGS}\n{ROW}\n"never closed', (3, None, None), id="quote not closed"),
        pytest.param(f"{HEADINGS},colour\n{ROW},red\n", (1, "colour", None), id="unknown column"),
        pytest.param(f"{HEADINGS},\n{ROW},\n", (1, "column 6", ""), id="column without heading"),
        pytest.param(f"{HEADINGS},name\n{ROW},Y\n", (1, "name", None), id="column twice"),
        pytest.param(f"{HEADINGS},name_nl\n{ROW},Y\n", (1, "name_nl", None), id="column under two names"),
        pytest.param(
            HEADINGS.replace("kind,", "") + "\n" + ROW.replace("company,", ""), (1, "kind", None), id="missing"
        ),
        pytest.param(f"{HEADINGS},bëta\n{ROW},x\n".encode("cp1252"), (1, "bëta", None), id="Windows-1252 heading"),
        pytest.param(f"{HEADINGS}\n{ROW.replace('partner-x', 'ë')}\n".encode("cp1252"), (2, "id", "ë"), id="cp1252 id"),
        pytest.param(f"{HEADINGS}\n{ROW}\n".replace("X", "a\0b"), (2, "name", "a\0b"), id="NUL"),
        pytest.param(f"{HEADINGS}\n{ROW}\n".replace("X", "Za\ufffd"), (2, "name", "Za\ufffd"), id="lost letter"),
    ],
)
def test_each_thing_that_is_wrong_has_its_place(
    tmp_path: Path, text: str | bytes, place: tuple[int | None, str | None, str | None]
) -> None:
    found = places(partners(tmp_path, text))
    assert found == [("partners.csv", *place)]


def test_an_unknown_column_that_looks_like_a_known_one_names_it(tmp_path: Path) -> None:
    [problem] = problems(partners(tmp_path, f"{HEADINGS},web_site\n{ROW},https://x.nl\n"))
    assert "Did you mean website?" in problem.message


def test_a_file_may_have_more_to_its_name(tmp_path: Path) -> None:
    (tmp_path / "partners_north.csv").write_text(f"{HEADINGS}\n{ROW}\n")
    assert checked(tmp_path).nodes[0].type == "Partner"


def test_a_file_whose_name_says_nothing_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "partner.csv").write_text(f"{HEADINGS}\n{ROW}\n")
    [problem] = problems(tmp_path)
    assert (problem.place.row, problem.column) == (None, None)
    assert "did you mean partners.csv?" in problem.message


def test_paths_that_are_nothing_to_load_are_refused(tmp_path: Path) -> None:
    (tmp_path / "partners.ods").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    names = [tmp_path / "partners.ods", tmp_path / "empty", tmp_path / "partners.csv"]
    assert sorted(Path(problem.place.file) for problem in problems(*names)) == sorted(names)


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = partners(tmp_path, f"{HEADINGS}\n{ROW}\n")
    assert problems(tmp_path, path) == []


def test_hidden_files_of_editors_are_passed_over(tmp_path: Path) -> None:
    partners(tmp_path, f"{HEADINGS}\n{ROW}\n")
    (tmp_path / ".~lock.partners.csv").write_text("x")
    (tmp_path / "README.md").write_text("x")
    assert problems(tmp_path) == []
