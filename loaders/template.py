"""An empty workbook for a type of node, or for links: its headings, what each means, and drop-downs for its values."""

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from graph.modelling import Kind, Model, snake_case
from loaders.columns import TYPE, Column, Layout, layouts, simplified

EXPLANATION, VALUES = "About the columns", "Values of columns"
LAST_ROW = 1_048_576
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
TEXT = "@"


@dataclass(frozen=True)
class Value:
    """One of the values that a column may have: as it is typed, in Dutch if it has a word for it, and its meaning."""

    word: str
    dutch: str | None
    meaning: str

    def __str__(self) -> str:
        """The value on one line."""
        return f"{self.word}{f' or {self.dutch}' if self.dutch else ''}: {self.meaning}"


def layout_of(name: str, model: Model) -> Layout | None:
    """The layout that a user means by a type's name, its plural, or `links`, in Dutch or English."""
    known = layouts(model)
    singular = {snake_case(node.name): known[node.plural] for node in model.nodes}
    joined = {node.name.lower(): known[node.plural] for node in model.nodes}
    return {**joined, **singular, **known}.get(simplified(name))


def template(layout: Layout, model: Model) -> Workbook:
    """The empty workbook of a layout. Loading it with rows filled in needs nothing else."""
    book = Workbook()
    sheet, about, values = book.worksheets[0], book.create_sheet(EXPLANATION), book.create_sheet(VALUES)
    sheet.title = layout.name
    sheet.freeze_panes = "A2"
    add_line(about, ["Column", "Must be filled", "What it is", "Also called", "Values"], bold=True)
    for at, column in enumerate(layout.columns, 1):
        letter = get_column_letter(at)
        sheet.cell(1, at, column.heading).font = BOLD
        sheet.column_dimensions[letter].width = max(14, len(column.heading) + 4)
        if is_code(column):
            # Else a spreadsheet takes the zeros off a number such as 01234567.
            sheet.column_dimensions[letter].number_format = TEXT
        may_be = list(values_of(column, model))
        if may_be:
            add_drop_down(sheet, letter, values, column.heading, may_be)
        must = "yes" if column.required else ""
        also = ", ".join(column.other_headings)
        add_line(about, [column.heading, must, description(column), also, "\n".join(map(str, may_be))])
    for letter, width in zip("ABCDE", (20, 14, 60, 40, 90), strict=True):
        about.column_dimensions[letter].width = width
    return book


def description(column: Column) -> str:
    """What a column is, and how several values stand in it."""
    several = column.property is not None and (column.property.many or column.property.kind is Kind.SOURCES)
    return f"{column.description} Several stand apart with a |." if several else column.description


def is_code(column: Column) -> bool:
    """Whether a column's values are codes, even where they have only digits."""
    item = column.property
    return item is None or item.kind is Kind.ID or item.identifier is not None


def values_of(column: Column, model: Model) -> Iterator[Value]:
    """The values that a column may have, if there is a list of them."""
    if column.heading == TYPE:
        for link in model.links:
            ends = dict.fromkeys(f"{source} → {item.target}" for item in link.ends for source in item.source)
            yield Value(link.name, None, f"{link.description} {', '.join(ends)}.")
    elif column.property is not None and column.property.enum is not None:
        enum = column.property.enum
        for name, meaning in enum.values.items():
            yield Value(name.lower(), enum.dutch.get(name), meaning)
    elif column.property is not None and column.property.kind is Kind.BOOLEAN:
        yield Value("yes", "ja", "It is so.")
        yield Value("no", "nee", "It is not so.")


def add_line(sheet: Worksheet, cells: list[str], *, bold: bool = False) -> None:
    """Add a row of wrapped text."""
    sheet.append(cells)
    for cell in sheet[sheet.max_row]:
        cell.alignment = WRAPPED
        if bold:
            cell.font = BOLD


def add_drop_down(sheet: Worksheet, letter: str, values: Worksheet, heading: str, may_be: list[Value]) -> None:
    """Let a column be filled from a list; other words are warned of, since the Dutch ones do as well."""
    at = values.max_column + (values.cell(1, 1).value is not None)
    for row, text in enumerate([heading, *(value.word for value in may_be)], 1):
        values.cell(row, at, text)
    of = get_column_letter(at)
    rule = DataValidation("list", formula1=f"'{VALUES}'!${of}$2:${of}${len(may_be) + 1}", allow_blank=True)
    rule.errorStyle = "warning"
    rule.sqref = MultiCellRange(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)
