"""Limits of money, days and times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot, SlotType
from ivr.core.limits import LIMITED, allowed, bound, months_later, parse_day, well_written

TODAY = "2026-03-11"


@pytest.mark.parametrize(
    ("kind", "least", "most", "good", "bad"),
    [
        ("money", "5", "100.50", ["5.00", "100.50", "20"], ["4.99", "100.51", "1000"]),
        ("money", "", "9", ["0.00", "9.00"], ["10.00"]),
        ("time", "8:00", "17:30", ["08:00", "17:30"], ["07:59", "17:31"]),
        ("date", "today", "today + 2 weeks", ["2026-03-11", "2026-03-25"], ["2026-03-10", "2026-03-26"]),
        ("date", "2000-01-31", "tomorrow", ["2000-01-31", "2026-03-12"], ["2000-01-30", "2026-03-13"]),
        ("date", "", "today - 18 years", ["2008-03-11", "1930-01-01"], ["2008-03-12"]),
        ("date_time", "tomorrow", "", ["2026-03-12T00:00"], ["2026-03-11T23:59"]),
        ("date_time", "", "2026-03-12", ["2026-03-12T23:59"], ["2026-03-13T00:00"]),
    ],
)
def test_limits(kind: SlotType, least: str, most: str, good: list[str], bad: list[str]) -> None:
    slot = Slot("x", kind, least=least, most=most)
    assert [value for value in good if not allowed(slot, value, TODAY)] == []
    assert [value for value in bad if allowed(slot, value, TODAY)] == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", "-1"),
        ("money", "1.234"),
        ("money", "1e5"),
        ("date", "2026-02-29"),
        ("date", "20260211"),
        ("time", "24:00"),
        ("time", "8:00"),
        ("date_time", "2026-03-11"),
        ("date_time", "2026-03-11 10:00"),
        ("date", 5),
    ],
)
def test_what_is_not_of_the_kind_keeps_no_limit(kind: SlotType, value: str) -> None:
    assert not allowed(Slot("x", kind), value, TODAY)


def test_limits_counted_from_today_hold_nothing_back_without_today() -> None:
    assert allowed(Slot("x", "date", least="today"), "1999-01-01", "")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "cheap"),
        ("date", "now"),
        ("date", "today + two days"),
        ("time", "25:00"),
        ("date", "2026-02-30"),
    ],
)
def test_badly_written(kind: str, text: str) -> None:
    assert not well_written(kind, text)


def test_months_end_where_they_end() -> None:
    day = parse_day("2026-01-31")
    assert day is not None
    assert str(months_later(day, 1)) == "2026-02-28"
    assert str(months_later(day, -2)) == "2025-11-30"
    assert months_later(day, 12 * 9000) is None


@given(st.sampled_from(sorted(LIMITED)), st.text(max_size=30), st.text(max_size=12))
def test_any_text_can_be_asked_about(kind: SlotType, text: str, today: str) -> None:
    bound(kind, text, today)
    assert allowed(Slot("x", kind, least=text, most=text), text, today) in {True, False}
