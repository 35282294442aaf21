"""Numbers, dates, years, yes and no as Dutch and English spreadsheets write them; what may mean two things is refused.

`docs/formats.md` says the rules to the people who type.
"""

import math
import re
from datetime import date

from loaders.problems import BadValue

FIRST_YEAR, LAST_YEAR = 1800, 2100
# What a spreadsheet makes of the number 2021 in a cell that it shows as a date: 13 July 1905.
YEAR_SHOWN_AS_DATE = 1905

ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DAY_FIRST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")
WORDED = re.compile(r"([0-9]{1,2}) ([a-z]{3,9})\.? ([0-9]{4})", re.IGNORECASE)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb",
            "maart march mrt mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "augustus august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
YES, NO = ("ja", "j", "yes", "y", "true", "waar"), ("nee", "n", "no", "false", "onwaar")
YEAR = re.compile(r"[0-9]{4}")
SCHOOL_YEAR = re.compile(r"([0-9]{4})\s?([-–/])\s?([0-9]{4}|[0-9]{2})")

MONEY = re.compile(r"^(€|eur|euro)\s*|\s*(€|eur|euro)$|,[-–]{1,2}$", re.IGNORECASE)
DIGITS = re.compile(r"-?[0-9]{1,400}")
DECIMALS = re.compile(r"(-?)([0-9]{1,400})[.,]([0-9]{1,400})")
GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:([., \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3}){0,99}(?:([.,])[0-9]{1,400})?")


def parse_date(text: str) -> date:
    """A day: year-month-day, or the day first, with the month as a number or a word. Raises BadValue."""
    parts: tuple[int, int, int] | None = None
    if found := ISO_DATE.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := DAY_FIRST.fullmatch(text):
        day, month = int(found[1]), int(found[3])
        if found[2] == "/" and day <= 12 and day != month:
            raise BadValue(f"Which is the month? Write it as {found[4]}-{month:02}-{day:02}, year-month-day.")
        parts = int(found[4]), month, day
    elif (found := WORDED.fullmatch(text)) and found[2].lower() in MONTHS:
        parts = int(found[3]), MONTHS[found[2].lower()], int(found[1])
    try:
        if parts is not None:
            return date(*parts)
    except ValueError:
        pass
    raise BadValue("A date is year-month-day or day-month-year, as in 2026-11-24, 24-11-2026 or 24 november 2026.")


def parse_boolean(text: str) -> bool:
    """Yes or no, or true or false, as a word or its first letter. Raises BadValue."""
    word = text.lower()
    if word not in (*YES, *NO):
        raise BadValue("It is ja or nee: yes and no, true and false, waar and onwaar do as well.")
    return word in YES


def parse_year(text: str, *, last: bool = False) -> int:
    """A year of the calendar from 1800 to 2100; of a school year as 2021/22 its first, or its `last`. Raises BadValue.

    A date stands for its year.
    """
    if YEAR.fullmatch(text):
        return within(int(text))
    if found := SCHOOL_YEAR.fullmatch(text):
        return school_year(int(found[1]), found[2], found[3], last=last)
    try:
        year = parse_date(text).year
    except BadValue:
        raise BadValue(
            f"A year is four digits from {FIRST_YEAR} to {LAST_YEAR}, a school year as 2021/22, or a date."
        ) from None
    if year == YEAR_SHOWN_AS_DATE:
        raise BadValue("A spreadsheet shows a year as a date in 1905 if the cell is a date: make it a number.")
    return within(year)


def school_year(first: int, sign: str, second: str, *, last: bool) -> int:
    """One of the two years of a school year. Raises BadValue."""
    following = first + 1
    if second not in (str(following), f"{following % 100:02}"):
        raise BadValue("A school year is two years in a row, as in 2021/22: a longer time has a first and a last year.")
    if sign != "/" and len(second) == 2 and int(second) <= 12:
        raise BadValue(f"This may be a month or a school year: write {first}/{following} or {first}.")
    return within(following if last else first)


def within(year: int) -> int:
    """A year that is not out of all bounds. Raises BadValue."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadValue(f"A year is four digits from {FIRST_YEAR} to {LAST_YEAR}.")
    return year


def parse_number(text: str) -> float:
    """A number with a comma or point for decimals, and points, commas or spaces between thousands. Raises BadValue."""
    bare = MONEY.sub("", MONEY.sub("", text)).strip()
    if DIGITS.fullmatch(bare):
        return finite(bare)
    if found := DECIMALS.fullmatch(bare):
        whole, decimals = found[2], found[3]
        if len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0"):
            raise BadValue(
                f"Thousands or decimals? Write {whole}{decimals}, or {whole},{decimals}0 with four decimals."
            )
        return finite(f"{found[1]}{whole}.{decimals}")
    if (found := GROUPED.fullmatch(bare)) and found[1] != found[2]:
        whole, decimals = bare.rsplit(found[2], 1) if found[2] else (bare, "0")
        return finite(f"{re.sub('[^0-9-]', '', whole)}.{decimals}")
    raise BadValue("A number has digits only, as in 30000000, 12,5 or 1.250.000,50.")


def finite(text: str) -> float:
    """The number of digits and a point. Raises BadValue where it is too great to be kept."""
    number = float(text)
    if not math.isfinite(number):
        raise BadValue("The number is too great: it has at most 308 digits.")
    return number


def parse_degrees(text: str) -> float:
    """A latitude or longitude, in which a point or comma is always that of decimals. Raises BadValue."""
    if not (DIGITS.fullmatch(text) or DECIMALS.fullmatch(text)):
        raise BadValue("Degrees are a number, as in 52,37.")
    return finite(text.replace(",", "."))
