"""Excel workbooks into records, a sheet for each type, by openpyxl in its streaming mode."""

import re
import warnings
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial
from itertools import islice, zip_longest
from typing import Any, TypeVar, cast

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loaders.files import CHUNK, File
from loaders.problems import Place, Problem
from loaders.table import Fault, Record, Sheet, plain

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# openpyxl keeps all shared strings in memory, and of a sheet one row at a time.
LARGEST_UNPACKED = 2_000_000_000
LARGEST_IN_MEMORY = 100_000_000
LAST_ROW = 1_048_576
MOST_COLUMNS = 1_000
ROWS_AT_ONCE = 500
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
LONGEST_MATCH = 200
Cells = Sequence[ReadOnlyCell]
Made = TypeVar("Made")


class NotExcel(OSError):
    """A file is not a workbook that can be read; the message says what to do."""


@dataclass(frozen=True)
class Part:
    """One sheet of a workbook: whether some of its cells are formulas, and how many cells a row has at least."""

    file: File
    name: str
    formulas: bool
    width: int = 0

    def records(self) -> Iterator[Record]:
        """The rows that hold anything. Raises OSError."""
        with self.rows(results=True) as results, self.rows(results=not self.formulas) as formulas:
            pairs = zip_longest(results, formulas if self.formulas else (), fillvalue=())
            for number, (cells, sources) in enumerate(pairs, 1):
                if number > LAST_ROW:
                    raise NotExcel(f"its sheet {self.name} has more than {LAST_ROW:,} rows")
                record = record_of(number, cells, sources, self.width)
                if record.faults or any(record.cells):
                    yield record

    @contextmanager
    def rows(self, *, results: bool) -> Generator[Iterator[Cells]]:
        """The sheet's rows: a formula's cell has its `results`, else its text. Raises OSError."""
        with workbook(self.file, results=results) as book:
            yield quietly(lambda: untrusting(sheet_named(book, self.name)))


def read_xlsx(file: File, problems: list[Problem]) -> list[Sheet]:
    """Every sheet of a workbook, adding what is wrong to `problems`. Raises OSError."""
    must_fit(file)
    sheets: list[Sheet] = []
    with workbook(file, results=True) as book:
        for sheet in book.worksheets:
            place = Place(file.name, str(sheet.title))
            formulas, merged = marks(book, sheet)
            problems.extend(merge_problem(place, cells) for cells in merged)
            part = Part(file, str(sheet.title), formulas)
            headings = next(part.records(), Record(None, ()))
            part = replace(part, width=len(headings.cells))
            hidden = sheet.sheet_state != "visible"
            sheets.append(Sheet(place, headings, lambda part=part: islice(part.records(), 1, None), hidden))
    return sheets


def must_fit(file: File) -> None:
    """Raises NotExcel where the file is none, or would unpack to more than fits in memory."""
    with file.opened() as raw:
        if raw.read(len(OLD_EXCEL)) == OLD_EXCEL:
            raise NotExcel("it has a password or is of an old Excel: save it as .xlsx without one")
        raw.seek(0)
        try:
            with zipfile.ZipFile(raw) as archive:
                sizes = {item.filename: item.file_size for item in archive.infolist()}
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise NotExcel("it is not an .xlsx workbook: save it anew as .xlsx") from None
    if sum(sizes.values()) > LARGEST_UNPACKED:
        raise NotExcel(f"it unpacks to more than {LARGEST_UNPACKED:,} bytes: save it as CSV")
    if sum(size for name, size in sizes.items() if not name.startswith("xl/worksheets/")) > LARGEST_IN_MEMORY:
        raise NotExcel(f"its texts and styles unpack to more than {LARGEST_IN_MEMORY:,} bytes: save it as CSV")


@contextmanager
def workbook(file: File, *, results: bool) -> Generator[Workbook]:
    """An open workbook. Raises OSError: NotExcel where it is broken."""
    with file.opened() as raw:
        book = unbroken(lambda: load_workbook(raw, read_only=True, data_only=results, keep_links=False))
        try:
            yield book
        finally:
            book.close()


def unbroken(make: Callable[[], Made]) -> Made:
    """What `make` gives, without openpyxl's warnings about what it leaves out. Raises OSError.

    On a broken workbook openpyxl raises whatever its parts do, from KeyError to zlib.error.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except OSError:
            raise
        except Exception as error:
            raise NotExcel(f"it is not a whole .xlsx workbook ({error}): save it anew as .xlsx") from error


def quietly(rows: Callable[[], Iterator[Cells]]) -> Iterator[Cells]:
    """Rows as `unbroken` gives them, a few at a time."""
    left = unbroken(rows)
    while some := unbroken(lambda: list(islice(left, ROWS_AT_ONCE))):
        yield from some


def sheet_named(book: Workbook, name: str) -> ReadOnlyWorksheet:
    """A workbook's sheet."""
    sheet = book[name]
    assert isinstance(sheet, ReadOnlyWorksheet)
    return sheet


def untrusting(sheet: ReadOnlyWorksheet) -> Iterator[Cells]:
    """A sheet's rows as long as they are, not as long as the sheet says of itself."""
    sheet.reset_dimensions()
    return cast(Iterator[Cells], sheet.rows)


def marks(book: Workbook, sheet: Any) -> tuple[bool, list[str]]:
    """Whether a sheet has formulas, and its merged cells, from its XML as such. Raises OSError."""

    def found() -> tuple[bool, list[str]]:
        formulas, merged, tail = False, dict[str, None](), b""
        with sheet._get_source() as xml:
            for chunk in iter(partial(xml.read, CHUNK), b""):
                piece = tail + chunk
                formulas = formulas or bool(FORMULA.search(piece))
                merged.update((cells.decode(), None) for cells in MERGED.findall(piece))
                tail = piece[-LONGEST_MATCH:]
        return formulas, list(merged)

    return unbroken(found)


def merge_problem(place: Place, cells: str) -> Problem:
    """The problem of merged cells, of which only the first has a value."""
    row = range_boundaries(cells)[1]
    return Problem(
        place._replace(row=row),
        None,
        cells,
        "These cells are merged, so that only the first has a value: undo that, and fill each.",
    )


def record_of(number: int, cells: Cells, sources: Cells, width: int) -> Record:
    """A row as a record of at least `width` cells, without further ones that are empty at its end."""
    texts: list[str] = []
    faults: list[Fault] = []
    for at, cell in enumerate(cells[:MOST_COLUMNS]):
        texts.append(text(cell))
        if cell.data_type == "e":
            faults.append(Fault(at, "The spreadsheet could not work this cell out: mend its formula or empty it."))
        elif cell.value is None and at < len(sources) and sources[at].data_type == "f":
            faults.append(Fault(at, "The formula has no result yet: open the file in a spreadsheet and save it."))
    if any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
        faults.append(Fault(None, f"The row has more than {MOST_COLUMNS:,} cells."))
    faulty = (at for at, _ in faults if at is not None)
    length = max((at + 1 for at in (*faulty, *(at for at, cell in enumerate(texts) if cell))), default=0)
    return Record(number, (texts[:length] + [""] * width)[: max(length, width)], faults)


def text(cell: ReadOnlyCell) -> str:
    """A cell's value as text, written so that it can mean nothing else."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return plain(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case str():
            return unescape(value)
        case _:
            return str(value)
