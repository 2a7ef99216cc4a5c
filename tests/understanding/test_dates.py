from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.dates import spoken_date

TODAY = "2026-03-11"  # a Wednesday
ANY = Slot("day", "date")
BORN = Slot("day", "date", most="today")


@pytest.mark.parametrize(
    ("text", "coming", "past"),
    [
        ("the 3rd", "2026-04-03", "2026-03-03"),
        ("May 4th", "2026-05-04", "2025-05-04"),
        ("5/4/31", "2031-05-04", "1931-05-04"),
        ("Friday", "2026-03-13", "2026-03-06"),
        ("the 29th of February", "2028-02-29", "2024-02-29"),
        ("Christmas", "2026-12-25", "2025-12-25"),
    ],
)
def test_a_slot_of_the_past_takes_the_last_day_of_that_name(text: str, coming: str, past: str) -> None:
    found, before = spoken_date(text, ANY, TODAY), spoken_date(text, BORN, TODAY)
    assert found is not None
    assert before is not None
    assert (found.value, before.value) == (coming, past)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("March 20th", 1.0),
        ("Wednesday", 0.75),
        ("next Friday", 0.75),
        ("Tuesday the 5th of May 2026", 1.0),
        ("Monday the 5th of May 2026", 0.5),
        ("not Monday, Tuesday", 0.75),
        ("purple March 20th", 0.9),
    ],
)
def test_what_can_be_meant_in_two_ways_is_less_sure(text: str, confidence: float) -> None:
    found = spoken_date(text, ANY, TODAY)
    assert found is not None
    assert found.confidence == confidence


def test_what_is_left_over() -> None:
    found = spoken_date("two people on the 3rd of May for lunch", ANY, TODAY)
    assert found is not None
    assert found.rest == ("2", "people", "on", "for", "lunch")


def test_a_refused_day_is_told_with_its_reason() -> None:
    found = spoken_date("yesterday", Slot("day", "date", least="today"), TODAY)
    assert found is not None
    assert (found.value, found.reason, found.meaning().kind) == ("2026-03-10", "out_of_range", "nothing")


@pytest.mark.parametrize("today", ["", "soon", "2026-02-30"])
def test_without_today_there_are_no_days(today: str) -> None:
    assert spoken_date("tomorrow", ANY, today) is None


@given(st.dates(date(1930, 1, 1), date(2080, 12, 31)), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_day_with_its_year_comes_back(day: date, today: date) -> None:
    for text in (f"{day:%B} {day.day}, {day.year}", f"the {day.day} of {day:%B} {day.year}", day.isoformat()):
        found = spoken_date(text, ANY, today.isoformat())
        assert found is not None
        assert found.value == day.isoformat()


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 7))
def test_a_weekday_is_within_a_week(today: date, ahead: int) -> None:
    found = spoken_date(f"on {today + timedelta(days=ahead):%A}", ANY, today.isoformat())
    assert found is not None
    assert found.value == (today + timedelta(days=ahead)).isoformat()
