"""A table as a stream of rows that know their place, whatever the format of its file."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

from loaders.columns import Column, Layout, simplified
from loaders.problems import Place, Problem

# A reader that meets bytes which are not of the file's encoding gives them as lone surrogates.
UNREADABLE = re.compile("[\ud800-\udfff]")
LOST_LETTER = "\ufffd"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# UTF-8 that was read as Windows-1252: the two letters of what was one, and the two or three signs of what was one.
GARBLED = re.compile("[ÃÂÄÅ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€.")
# Spaces that do not break, and signs that nobody sees.
UNSEEN = {**dict.fromkeys(map(ord, "\u00a0\u202f\u2007"), " "), **dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))}
SUSPECT = re.compile(
    f"{UNREADABLE.pattern}|{LOST_LETTER}|{CONTROL.pattern}|{GARBLED.pattern}|[{''.join(map(chr, UNSEEN))}]"
)
# What spreadsheets write into other formats for a cell that they could not work out, or a formula itself.
FAILED_CELL = re.compile(r"#(N/[AB]|REF!|VERW!|NAME\?|NAAM\?|VALUE!|WAARDE!|DIV/0!|DEEL/0!|NUM!|GETAL!|NULL!|LEEG!|#+)")
FORMULA = re.compile(r"=[\w.]+\(.*\)")


class Fault(NamedTuple):
    """What a reader finds wrong with a record: in the cell at this position, or None for the whole."""

    at: int | None
    message: str


class Record(NamedTuple):
    """One row as a format's reader gives it: its number as a spreadsheet shows it, if any, and its cells as text."""

    number: int | None
    cells: Sequence[str]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Sheet:
    """What a reader makes of a file, or of one sheet in it: its headings, and its records as often as they are asked.

    `records` leaves blank rows out and never holds more than a few rows. It raises OSError. One that is `hidden` is not
    seen by who opens the file.
    """

    place: Place
    headings: Record
    records: Callable[[], Iterator[Record]]
    hidden: bool = False


class Row(NamedTuple):
    """One row's cells, in the order of its table's columns.

    `problems` are those of its form; it is not `whole` where it has too many or too few cells or can't be read.
    """

    place: Place
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]
    whole: bool


@dataclass(frozen=True)
class Table:
    """A sheet against the model.

    `layout` is None where its name says nothing; `columns` has None for an unknown one. `rows` can be gone through
    again and again, and is read from the file each time.
    """

    place: Place
    layout: Layout | None
    columns: tuple[Column | None, ...]
    headings: tuple[str, ...]
    rows: Iterable[Row]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each column stands, by its own heading, whatever the file calls it; by the file's where unknown."""
        both = zip(self.columns, self.headings, strict=True)
        own = [column.heading if column else heading.lower() for column, heading in both]
        return {heading: own.index(heading) for heading in own}

    def cell(self, row: Row, heading: str) -> str:
        """The text of a row's cell, by its column's own heading; empty where there is no such column."""
        at = self.positions.get(heading)
        return "" if at is None else row.cells[at]

    def problem(self, row: Row, heading: str, message: str) -> Problem:
        """A problem of a row's cell, by its column's own heading, but named as the file names it."""
        at = self.positions.get(heading)
        written = heading if at is None else self.headings[at]
        return Problem(row.place, written, self.cell(row, heading) or None, message)


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet, read anew each time they are gone through. Never raises."""

    sheet: Sheet
    headings: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        place = self.sheet.place
        try:
            for record in self.sheet.records():
                row = self._row(record)
                if row.problems or any(row.cells):
                    yield row
        except OSError as error:
            problem = Problem(place, None, None, f"The file can't be read: {error.strerror or error}.")
            yield Row(place, ("",) * len(self.headings), (problem,), whole=False)

    def _row(self, record: Record) -> Row:
        file, sheet, _ = self.sheet.place
        place = Place(file, sheet, record.number)
        if len(record.cells) == len(self.headings) and not record.faults and is_plain(" ".join(record.cells)):
            return Row(place, tuple(map(str.strip, record.cells)), (), whole=True)
        cells = tuple(map(clean, record.cells))
        found = tuple(row_problems(place, cells, self.headings, record.faults))
        whole = len(cells) == len(self.headings) and not any(fault.at is None for fault in record.faults)
        if len(cells) != len(self.headings):
            cells = (*cells, *("",) * len(self.headings))[: len(self.headings)]
        return Row(place, tuple(map(legible, cells)) if found else cells, found, whole)


def table(sheet: Sheet, layout: Layout | None, problems: list[Problem]) -> Table | None:
    """The table that a sheet is, adding what is wrong with its headings to `problems`; None where it has none."""
    headings = tuple(legible(clean(heading)) for heading in sheet.headings.cells)
    place = sheet.place._replace(row=sheet.headings.number)
    problems.extend(row_problems(place, headings, headings, sheet.headings.faults))
    if not any(headings):
        problems.append(Problem(sheet.place, None, None, "It is empty: it must begin with a row of headings."))
        return None
    only, *more = filter(None, headings)
    if layout is not None and not more and layout.column(only) is None:
        message = "The first row has one cell, which is no heading: delete what stands above the headings."
        problems.append(Problem(place, None, only, message))
        return None
    columns: tuple[Column | None, ...] = (None,) * len(headings)
    if layout is not None:
        columns = tuple(layout.column(heading) for heading in headings)
        problems.extend(heading_problems(place, headings, columns, layout))
    rows = Rows(sheet, headings)
    if next(iter(rows), None) is None:
        problems.append(Problem(sheet.place, None, None, "It has headings but no rows."))
    return Table(sheet.place, layout, columns, headings, rows)


def heading_problems(
    place: Place, headings: Sequence[str], columns: Sequence[Column | None], layout: Layout
) -> Iterator[Problem]:
    """Columns that nobody knows, that stand there twice, or that are missing."""
    seen: dict[Column, str] = {}
    for at, (heading, column) in enumerate(zip(headings, columns, strict=True), 1):
        if not heading:
            yield Problem(place, f"column {at}", "", "The column has no heading: name it or delete it.")
        elif column is None:
            near = get_close_matches(simplified(heading), layout.by_heading, n=1)
            allowed = ", ".join(item.heading for item in layout.columns)
            hint = f"Did you mean {near[0]}?" if near else f"The columns are: {allowed}."
            yield Problem(place, heading, None, f"There is no such column. {hint}")
        elif column in seen:
            before = seen[column]
            same = "stands here twice" if before == heading else f"means the same as the column {before}"
            yield Problem(place, heading, None, f"The column {same}: keep one.")
        else:
            seen[column] = heading
    for column in layout.columns:
        if column.required and column not in seen:
            yield Problem(place, column.heading, None, "The column is missing: every row needs it.")


def row_problems(
    place: Place, cells: Sequence[str], headings: Sequence[str], faults: Sequence[Fault]
) -> Iterator[Problem]:
    """What is wrong with a row before its meaning is looked at."""
    for at, message in faults:
        if at is None:
            yield Problem(place, None, None, message)
        else:
            heading = headings[at] if at < len(headings) else f"column {at + 1}"
            yield Problem(place, heading, legible(cells[at]) or None, message)
    if len(cells) != len(headings) and not any(fault.at is None for fault in faults):
        message = f"The row has {len(cells)} cells, the headings are {len(headings)}: look for one too many or too few."
        yield Problem(place, None, None, message)
    faulty = {at for at, _ in faults}
    for at, (heading, cell) in enumerate(zip(headings, cells, strict=False)):
        if cell[:1] in ("#", "=") and at not in faulty:
            if FAILED_CELL.fullmatch(cell):
                message = (
                    "A spreadsheet could not work this cell out before it was saved: mend its formula or empty it."
                )
                yield Problem(place, heading, cell, message)
            elif FORMULA.fullmatch(cell):
                yield Problem(place, heading, cell, "The cell has a formula, not its result: save the results as CSV.")
        if cell.isascii() and cell.isprintable():
            continue
        if UNREADABLE.search(cell):
            message = "The cell is not UTF-8, as other cells are: type it anew and save the file as CSV UTF-8."
            yield Problem(place, heading, legible(cell), message)
        elif LOST_LETTER in cell:
            message = "A letter was lost when the file was saved before: type the cell anew and save as CSV UTF-8."
            yield Problem(place, heading, cell, message)
        elif CONTROL.search(cell):
            yield Problem(place, heading, cell, "The cell has a control character in it: type it anew.")
        elif right := ungarbled(cell):
            message = f"Its letters were garbled when it was saved before. Was it {right}? Type it anew."
            yield Problem(place, heading, cell, message)


def ungarbled(cell: str) -> str:
    """What a cell was before its UTF-8 was read as Windows-1252; empty where it does not look so."""
    if not GARBLED.search(cell):
        return ""
    try:
        return cell.encode("cp1252").decode()
    except UnicodeError:
        return ""


def is_plain(text: str) -> bool:
    """Whether nothing in a row's cells, with spaces between them, has to be looked at more closely."""
    if text[:1] in ("#", "=") or " #" in text or " =" in text:
        return False
    if text.isascii():
        return text.isprintable() or not CONTROL.search(text)
    return not SUSPECT.search(text) and unicodedata.is_normalized("NFC", text)


def clean(cell: str) -> str:
    """A cell without the space around it and signs that nobody sees, and with each letter in its one composed form."""
    if cell.isascii():
        return cell.strip()
    seen = cell if GARBLED.search(cell) else cell.translate(UNSEEN)
    return unicodedata.normalize("NFC", seen.strip())


def legible(cell: str) -> str:
    """A cell as it is if it could be read, else with Windows-1252 for its bytes, which they mostly are."""
    if cell.isascii() or not UNREADABLE.search(cell):
        return cell
    return clean(cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace"))


def plain(number: float) -> str:
    """A number as text that can only be read as that number: three decimals might be thousands, so get a fourth."""
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    text = f"{Decimal(repr(number)):f}"
    return f"{text}0" if len(text) - text.index(".") == len(".000") else text
