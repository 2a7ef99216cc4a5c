from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.date_times import spoken_date_time

TODAY = "2026-03-11"  # a Wednesday
ANY = Slot("x", "date_time")
COMING = Slot("x", "date_time", least="today")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tomorrow at three", "2026-03-12T15:00"),
        ("half past two on Friday", "2026-03-13T14:30"),
        ("next Friday, half past two", "2026-03-20T14:30"),
        ("the 3rd at 10 a.m.", "2026-04-03T10:00"),
        ("Monday morning at nine", "2026-03-16T09:00"),
        ("at 14:30 on May 4th", "2026-05-04T14:30"),
    ],
)
def test_a_day_and_a_time_in_any_order(text: str, value: str) -> None:
    found = spoken_date_time(text, COMING, TODAY)
    assert found is not None
    assert (found.value, found.reason) == (value, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("tomorrow", "no_time"), ("at half past two", "no_day"), ("yesterday at two", "out_of_range")],
)
def test_half_of_a_day_and_time_says_what_is_missing(text: str, reason: str) -> None:
    found = spoken_date_time(text, COMING, TODAY)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize("text", ["", "no idea", "my name is Bob"])
def test_what_is_neither(text: str) -> None:
    assert spoken_date_time(text, ANY, TODAY) is None


def test_without_a_today_no_day_can_be_told() -> None:
    assert spoken_date_time("tomorrow at three", ANY, "") is None


def test_what_is_left_over_is_told() -> None:
    found = spoken_date_time("four people tomorrow at half past two", ANY, TODAY)
    assert found is not None
    assert (found.value, found.rest) == ("2026-03-12T14:30", ("4", "people"))


@given(st.integers(0, 300), st.integers(0, 23), st.integers(0, 59))
def test_a_written_moment_comes_back(days: int, hour: int, minute: int) -> None:
    day = date.fromisoformat(TODAY) + timedelta(days=days)
    clock = f"{hour % 12 or 12}:{minute:02} {'p' if hour > 11 else 'a'}m"
    found = spoken_date_time(f"{day:%B} {day.day} {day.year} at {clock}", ANY, TODAY)
    assert found is not None
    assert found.value == f"{day.isoformat()}T{hour:02}:{minute:02}"
