import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.calendar_words import coded
from ivr.understanding.day_patterns import PATTERNS, Today
from ivr.understanding.folding import fold
from ivr.understanding.text import words

NOW = Today(date(2026, 3, 11), "US", past=False)  # a Wednesday
BEFORE = Today(date(2026, 3, 11), "US", past=True)
IRISH = Today(date(2026, 3, 11), "IE", past=False)


def days(text: str, now: Today = NOW) -> set[date]:
    """What the whole of `text` means by any way of naming a day."""
    line = " ".join(coded(fold(words(text))))
    matches = ((pattern.fullmatch(line), read) for pattern, read in PATTERNS)
    read_as = {read(match, now)[0] for match, read in matches if match}
    return {day for day in read_as if day is not None}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-02-28", date(2027, 2, 28)),
        ("5/4/31", date(2031, 5, 4)),
        ("the 3rd", date(2026, 4, 3)),
        ("the 31st", date(2026, 3, 31)),
        ("May 4th", date(2026, 5, 4)),
        ("the 29th of February", date(2028, 2, 29)),
        ("Christmas 2027", date(2027, 12, 25)),
        ("the last Friday in April", date(2026, 4, 24)),
        ("the 2nd Monday of next month", date(2026, 4, 13)),
        ("the 5th of next month", date(2026, 4, 5)),
        ("the end of the month", date(2026, 3, 31)),
        ("the beginning of January", date(2027, 1, 1)),
        ("Monday the 16th", date(2026, 3, 16)),
        ("the day after tomorrow", date(2026, 3, 13)),
        ("in a couple of weeks", date(2026, 3, 25)),
        ("a fortnight from now", date(2026, 3, 25)),
        ("a week ago", date(2026, 3, 4)),
        ("Tuesday week", date(2026, 3, 24)),
        ("two weeks from tomorrow", date(2026, 3, 26)),
        ("this coming Friday", date(2026, 3, 13)),
        ("last Wednesday", date(2026, 3, 4)),
        ("Friday next week", date(2026, 3, 20)),
        ("Wednesday", date(2026, 3, 18)),
    ],
)
def test_each_way_of_naming_a_day_means_one(text: str, day: date) -> None:
    assert days(text) == {day}


@pytest.mark.parametrize(
    ("text", "day"),
    [("Friday", date(2026, 3, 6)), ("May 4th", date(2025, 5, 4)), ("5/4/31", date(1931, 5, 4))],
)
def test_a_day_of_the_past_is_the_last_of_its_name(text: str, day: date) -> None:
    assert days(text, BEFORE) == {day}


def test_figures_stand_in_the_order_of_the_country() -> None:
    assert days("3/4/2027") == {date(2027, 3, 4)}
    assert days("3/4/2027", IRISH) == {date(2027, 4, 3)}
    assert days("13/4/2027") == days("4/13/2027", IRISH) == {date(2027, 4, 13)}


@pytest.mark.parametrize(
    "text", ["February 30th", "the 32nd", "2026-13-01", "the 5th Monday of April", "13/13/2027"]
)
def test_a_day_that_there_is_not(text: str) -> None:
    assert days(text) == set()


def test_a_weekday_that_does_not_fall_on_the_day_is_doubted() -> None:
    pattern, read = next((p, r) for p, r in PATTERNS if p.fullmatch("D0 the 17th"))
    match = pattern.fullmatch("D0 the 32th")
    assert match
    assert read(match, NOW)[1] == 0.5


@given(st.dates(date(2026, 3, 11), date(2030, 12, 31)))
def test_written_days_come_back(day: date) -> None:
    assert days(day.isoformat()) == {day}
    assert days(f"{day:%B} {day.day}, {day.year}") == {day}
    assert days(f"{day.month}/{day.day}/{day.year}") == {day}


WORDS = (
    "the 3th 31 99 12 D0 D6 M2 M12 F0229 of in next last week month 2027 a couple ago from 1 2 0 5/4 5/4/31"
)


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=7).map(" ".join), st.sampled_from([NOW, BEFORE, IRISH])
)
def test_no_line_breaks_a_reader(line: str, now: Today) -> None:
    for pattern, read in PATTERNS:
        match: re.Match[str] | None = pattern.match(line)
        if match:
            day, confidence = read(match, now)
            assert day is None or isinstance(day, date)
            assert 0 <= confidence <= 1
