"""CSV files into records."""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from loaders.files import File
from loaders.problems import Place, Problem
from loaders.table import Fault, Record, Sheet

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HEADINGS_ROW = 1
LONGEST_CELL = 100_000


@dataclass(frozen=True)
class Csv:
    """A CSV file, opened anew each time its records are gone through."""

    file: File

    @contextmanager
    def text(self) -> Generator[TextIO]:
        """The file as text, in which bytes that are not UTF-8 are lone surrogates. Raises OSError."""
        with self.file.opened() as raw:
            text = io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")
            try:
                yield text
            finally:
                text.detach()

    def records(self) -> Iterator[Record]:
        """The rows that hold anything; one that isn't CSV has a fault."""
        csv.field_size_limit(LONGEST_CELL)
        with self.text() as text:
            reader = csv.reader(text, strict=True)
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


def read_csv(file: File, problems: list[Problem]) -> Sheet | None:
    """The one sheet of a CSV file, adding what is wrong to `problems`. Raises OSError."""
    place = Place(file.name)
    with file.opened() as raw:
        if raw.read(2) in UTF_16_MARKS:
            problems.append(Problem(place, None, None, "The file is UTF-16: save it as CSV UTF-8."))
            return None
    source = Csv(file)
    headings = next(source.records(), Record(HEADINGS_ROW, ()))
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(headings.cells) == 1 and mark in headings.cells[0]:
            message = f"The columns are divided by {name}: save the file with commas."
            problems.append(Problem(place._replace(row=headings.number), None, headings.cells[0], message))
            return None
    return Sheet(place, headings, lambda: islice(source.records(), 1, None))
