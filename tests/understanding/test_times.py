import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.times import spoken_time

ANY = Slot("hour", "time")
OFFICE = Slot("hour", "time", least="08:00", most="18:30")


@pytest.mark.parametrize(
    ("text", "anywhere", "office"),
    [("at six", "18:00", "18:00"), ("half past seven", "07:30", "07:30"), ("eight", "08:00", "08:00")],
)
def test_limits_decide_between_morning_and_afternoon(text: str, anywhere: str, office: str) -> None:
    found, within = spoken_time(text, ANY), spoken_time(text, OFFICE)
    assert found is not None
    assert within is not None
    assert (found.value, within.value) == (anywhere, office)


def test_a_time_that_limits_make_plain_is_surer() -> None:
    found, within = spoken_time("at six", ANY), spoken_time("at six", OFFICE)
    assert found is not None
    assert within is not None
    assert found.confidence < within.confidence
    assert within.reason == ""
    late = spoken_time("at nine p.m.", OFFICE)
    assert late is not None
    assert (late.value, late.reason) == ("21:00", "out_of_range")


def test_what_is_left_over() -> None:
    found = spoken_time("four people at half past two", ANY)
    assert found is not None
    assert (found.value, found.rest) == ("14:30", ("4", "people"))


@given(st.integers(0, 23), st.integers(0, 59))
def test_24_hours_come_back(hour: int, minute: int) -> None:
    found = spoken_time(
        f"{hour:02}:{minute:02}" + ("" if hour > 12 or not hour else f" {'ap'[hour == 12]}m"), ANY
    )
    assert found is not None
    assert found.value == f"{hour:02}:{minute:02}"
