"""Numbers, dates and years as people type them: what they mean, and what is refused because it may mean two things."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.dutch import MONTHS, parse_boolean, parse_date, parse_number, parse_year
from loaders.problems import BadValue
from loaders.table import plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1250", 1250),
        ("-3", -3),
        ("12,5", 12.5),
        ("12.50", 12.5),
        ("1250,125", 1250.125),
        ("0,125", 0.125),
        ("1,2500", 1.25),
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1.250.000,50", 1_250_000.5),
        ("1,250,000.50", 1_250_000.5),
        ("-1.250,5", -1250.5),
        ("1 250 000", 1_250_000),
        ("1\u00a0250,5", 1250.5),
        ("€ 1.250.000,50", 1_250_000.5),
        ("EUR 1250", 1250),
        ("1.250.000 euro", 1_250_000),
        ("€ 1250,-", 1250),
    ],
)
def test_numbers_are_read_in_dutch_and_in_english(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("1.250", "1,250", "999.999", "1.25.000", "1.250.00", "01.250.000", "1.250,000.5", "1.250.000.50", "12,5,1"),
        *("", "-", ",5", "5,", "1e6", "30 miljoen", "inf", "٣", "1,2 3", "€", "12%", "9" * 309, "1250 ,5"),
    ],
)
def test_numbers_that_may_mean_two_things_or_none_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_a_number_of_a_spreadsheet_keeps_its_value(number: float) -> None:
    assert parse_number(plain(number)) == number


@given(st.dates(date(1000, 1, 1)), st.sampled_from(sorted(MONTHS)))
def test_dates_are_read_as_dutch_spreadsheets_write_them(day: date, month: str) -> None:
    written = [
        day.isoformat(),
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.day}.{day.month}.{day.year}",
    ]
    assert {parse_date(text) for text in written} == {day}
    worded = parse_date(f"1 {month} {day.year}"), parse_date(f"01 {month.upper()}. {day.year}")
    assert worded == (date(day.year, MONTHS[month], 1),) * 2


@pytest.mark.parametrize(
    "text", ["3/4/2021", "30-2-2021", "2021-02-30", "1-9-21", "1-9/2021", "september 2021", "20210901", "1 foo 2021"]
)
def test_dates_that_may_mean_two_things_or_none_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_date(text)


def test_a_slashed_date_is_read_where_only_one_number_can_be_the_month() -> None:
    assert parse_date("25/12/2021") == date(2021, 12, 25)
    assert parse_date("4/4/2021") == date(2021, 4, 4)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", 2021, 2021),
        ("2021/22", 2021, 2022),
        ("2021/2022", 2021, 2022),
        ("2021-2022", 2021, 2022),
        ("2021 – 2022", 2021, 2022),
        ("2021-22", 2021, 2022),
        ("1999/00", 1999, 2000),
        ("2011/12", 2011, 2012),
        ("1-9-2021", 2021, 2021),
        ("1 september 2021", 2021, 2021),
        ("2021-09-01", 2021, 2021),
    ],
)
def test_a_school_year_is_its_first_year_for_a_start_and_its_last_for_an_end(text: str, first: int, last: int) -> None:
    assert (parse_year(text), parse_year(text, last=True)) == (first, last)


@pytest.mark.parametrize(
    "text", ["2021/23", "2019-2023", "2011-12", "2022/21", "21", "1799", "2101", "2100/01", "1905-07-13"]
)
def test_years_that_may_mean_two_things_or_none_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_year(text, last=True)


@pytest.mark.parametrize("text", ["ja", "Ja", "JA", "j", "yes", "TRUE", "WAAR"])
def test_yes_is_a_word_in_either_language(text: str) -> None:
    assert parse_boolean(text) is True


@pytest.mark.parametrize("text", ["nee", "Nee", "n", "no", "false", "ONWAAR"])
def test_no_is_a_word_in_either_language(text: str) -> None:
    assert parse_boolean(text) is False


@pytest.mark.parametrize("text", ["misschien", "ja?", "1", "0", "x", ""])
def test_what_is_neither_yes_nor_no_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="ja or nee"):
        parse_boolean(text)
