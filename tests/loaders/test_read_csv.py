"""CSV files: their encoding and delimiter, told by their bytes or forced, said or refused."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from graph.model import MODEL
from loaders.encodings import Encoding
from loaders.problems import LoadError
from loaders.read import Options, read
from loaders.read_csv import Delimiter
from tests.loaders.support import checked

ROWS = (
    ("id", "naam", "soort", "bron", "zekerheid"),
    ("partner-x", "Coöperatie “Één” € 5", "bedrijf", "https://example.org/x", "hoog"),
)
WRITTEN_IN = {
    "utf-8": "",
    "utf-8-sig": "utf-8 with a byte-order mark",
    "utf-16": "utf-16 with a byte-order mark",
    "cp1252": "windows-1252",
}


def text(sign: str = ",", rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    """Rows as CSV."""
    return "".join(sign.join(row) + "\r\n" for row in rows)


def name_and_said(path: Path, options: Options | None = None) -> tuple[object, str]:
    """The name of the one partner in a file, and what was said of the file. Raises LoadError."""
    console = Console(file=io.StringIO(), width=500)
    with Progress(console=console, disable=True) as progress:
        facts = checked(path, progress=progress, options=options)
    assert isinstance(console.file, io.StringIO)
    return facts.nodes[0].values["name"], console.file.getvalue()


def message(path: Path, options: Options | None = None) -> str:
    """What is wrong with a file."""
    with pytest.raises(LoadError) as caught:
        name_and_said(path, options)
    return str(caught.value.problems[0])


@pytest.mark.parametrize("encoding", WRITTEN_IN)
@pytest.mark.parametrize("delimiter", list(Delimiter))
def test_encoding_and_delimiter_are_told_by_the_bytes_and_said(
    tmp_path: Path, encoding: str, delimiter: Delimiter
) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(text(delimiter.sign).encode(encoding))
    name, said = name_and_said(path)
    assert name == ROWS[1][1]
    if encoding == "utf-8" and delimiter is Delimiter.COMMA:
        assert said == ""
    else:
        assert said == f"{path}: {WRITTEN_IN[encoding] or encoding}, {delimiter}s\n"


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n'])
def test_the_line_by_which_excel_knows_the_delimiter_is_no_row(tmp_path: Path, line: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("\ufeff" + line + text(";").replace("hoog", "zeker"))
    assert f"{path}:2: zekerheid = 'zeker'" in message(path)


@pytest.mark.parametrize(("encoding", "letters"), [("cp850", "Coöperatie"), ("mac-roman", "Coöperatie é")])
def test_an_old_encoding_is_not_guessed_at_but_can_be_forced(tmp_path: Path, encoding: str, letters: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(text(rows=(ROWS[0], ("partner-x", letters, *ROWS[1][2:]))).encode(encoding))
    found = message(path)
    assert "Line 2 is not UTF-8" in found
    assert "--encoding" in found
    assert name_and_said(path, Options(encoding=Encoding(encoding)))[0] == letters


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (text().encode("utf-16-le"), "--encoding utf-16-le"),
        (text().encode("utf-32"), "UTF-32"),
        (b"a,b;c\nd,e;f\n", "--delimiter"),
    ],
)
def test_a_form_that_can_t_be_told_is_refused_with_what_to_do(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(raw)
    assert said in message(path)


def test_a_forced_delimiter_holds(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(text(";"))
    assert "The first row has one cell" in message(path, Options(delimiter=Delimiter.COMMA))


def test_letters_of_two_encodings_in_one_file_are_named_cell_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    second = ("partner-y", "Zaë", *ROWS[1][2:])
    path.write_bytes(text().encode() + text(rows=(second,)).encode("cp1252"))
    assert f"{path}:3: naam = 'Zaë': The cell is not UTF-8" in message(path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(text())
    reading = read([path], MODEL, Progress(disable=True))
    [table] = reading.tables
    assert [row.cells[0] for row in table.rows] == [row.cells[0] for row in table.rows] == ["partner-x"]
    with path.open("a") as file:
        file.write(text(rows=(ROWS[1],)))
    [row] = table.rows
    assert not row.whole
    assert "changed while it was read" in row.problems[0].message
