"""CSV files into records: which encoding and delimiter a file has, and its rows."""

import csv
import io
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TextIO

from loaders.columns import Layout
from loaders.encodings import Encoding, Letters, Undecided, detect
from loaders.files import File
from loaders.problems import Place, Problem
from loaders.table import Fault, Record, Sheet, clean

HEADINGS_ROW = 1
LONGEST_CELL = 100_000
BYTE_ORDER_MARK = "\ufeff"
# The line by which Excel is told the delimiter; it shows no such row.
EXCEL_DELIMITER = re.compile(r'"?sep=([,;\t])"?\r?\n?')


class Delimiter(StrEnum):
    """What stands between the cells of a row."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"

    @property
    def sign(self) -> str:
        """The character itself."""
        return {"comma": ",", "semicolon": ";", "tab": "\t"}[self]


@dataclass(frozen=True)
class Csv:
    """A CSV file and how it is read, opened anew each time its records are gone through."""

    file: File
    letters: Letters
    delimiter: Delimiter

    def records(self) -> Iterator[Record]:
        """The rows that hold anything; one that isn't CSV has a fault."""
        csv.field_size_limit(LONGEST_CELL)
        with opened(self.file, self.letters) as (text, _):
            reader = csv.reader(text, delimiter=self.delimiter.sign, strict=True)
            number = 0
            while True:
                number += 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    message = f'The row is not CSV ({error}): look for a " that is not closed or not doubled.'
                    yield Record(number, (), (Fault(None, message),))
                    continue
                if cells:
                    yield Record(number, cells)

    def headings(self) -> Record:
        """The first row that holds anything."""
        return next(self.records(), Record(HEADINGS_ROW, ()))


def read_csv(
    file: File,
    layout: Layout | None,
    encoding: Encoding | None,
    delimiter: Delimiter | None,
    problems: list[Problem],
) -> tuple[Sheet, str] | None:
    """The one sheet of a CSV file and the form in which it is read, which the user may force.

    Adds what is wrong to `problems`. Raises OSError.
    """
    try:
        letters = Letters(encoding) if encoding else detect(file)
        if delimiter is None:
            delimiter = delimiter_of(file, letters, layout)
    except Undecided as undecided:
        problems.append(Problem(Place(file.name), None, None, str(undecided)))
        return None
    source = Csv(file, letters, delimiter)
    sheet = Sheet(Place(file.name), source.headings(), lambda: islice(source.records(), 1, None))
    return sheet, f"{letters}, {delimiter}s"


def delimiter_of(file: File, letters: Letters, layout: Layout | None) -> Delimiter:
    """The delimiter that the file names, or that makes the most known headings of its first row, or else the most.

    Raises OSError, and Undecided where two do equally well.
    """
    with opened(file, letters) as (_, named):
        if named is not None:
            return named

    def known(heading: str) -> bool:
        return layout is not None and layout.column(heading) is not None

    headings = {delimiter: Csv(file, letters, delimiter).headings().cells for delimiter in Delimiter}
    for count in (
        {delimiter: sum(known(clean(cell)) for cell in cells) for delimiter, cells in headings.items()},
        {delimiter: len(cells) for delimiter, cells in headings.items()},
    ):
        first, second, _ = sorted(Delimiter, key=lambda delimiter: -count[delimiter])
        if count[first] > count[second]:
            return first
    if len(headings[Delimiter.COMMA]) <= 1:
        return Delimiter.COMMA
    raise Undecided(
        f"The headings may be divided by {first}s or {second}s: give --delimiter {first} or --delimiter {second}."
    )


@contextmanager
def opened(file: File, letters: Letters) -> Generator[tuple[TextIO, Delimiter | None]]:
    """The file as text, after its byte-order mark and the line that names its delimiter, and that delimiter.

    Raises OSError.
    """
    with file.opened() as raw:
        text = io.TextIOWrapper(raw, letters.encoding, errors=letters.errors, newline="")
        try:
            begin = 0
            if text.read(1) == BYTE_ORDER_MARK:
                begin = text.tell()
            text.seek(begin)
            line = text.readline(len('"sep=,"\r\n'))
            named = EXCEL_DELIMITER.fullmatch(line)
            if named is None:
                text.seek(begin)
            yield text, next((item for item in Delimiter if named and item.sign == named[1]), None)
        finally:
            text.detach()
