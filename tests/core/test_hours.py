"""Opening hours: the week, holidays, days of their own, time zones; in conditions, prompts and tests."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core import hours
from ivr.core.call import CallState, advance
from ivr.core.events import CallStarted, KeyPressed
from ivr.core.flow.load import load_flow
from ivr.core.hours import is_open, opens
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import load_cases
from tests.core.scheduled import FLOWS, HEAD, WEEK, at, schedule
from tests.core.talk import Talk
from tests.rehearsal.test_replies import read


@pytest.mark.parametrize(
    ("local", "there"),
    [
        ("2030-01-28T09:00", True),  # a Monday
        ("2030-01-28T08:59", False),
        ("2030-01-28T17:29", True),
        ("2030-01-28T17:30", False),
        ("2030-01-30T12:30", False),
        ("2030-01-30T13:00", True),
        ("2030-02-02T12:59", True),
        ("2030-02-02T13:00", False),
        ("2030-02-03T11:00", False),
    ],
)
def test_the_week(local, there):
    assert is_open(schedule(WEEK), at(local)) is there


def test_a_night_belongs_to_the_day_on_which_it_begins():
    bar = schedule("{friday: 22:00-4:00}")
    assert is_open(bar, at("2030-02-01T23:00"))
    assert is_open(bar, at("2030-02-02T03:59"))
    assert not is_open(bar, at("2030-02-02T04:00"))
    assert not is_open(bar, at("2030-02-01T03:00"))


def test_all_day_and_across_the_weekend():
    assert is_open(schedule("{every_day: all day}"), at("2030-02-03T00:00"))
    assert schedule("sat-mon 9-17").week == (((540, 1020),), (), (), (), (), ((540, 1020),), ((540, 1020),))


def test_holidays_of_a_country_and_of_a_region():
    irish = schedule("{weekdays: 9-17, holidays: IE}")
    assert is_open(irish, at("2030-12-24T10:00"))
    assert not is_open(irish, at("2030-12-25T10:00"))
    short = schedule("{weekdays: 9-17, holidays: {country: US, region: CA, hours: 10-12}}")
    assert (is_open(short, at("2030-07-04T11:00")), is_open(short, at("2030-07-04T13:00"))) == (True, False)
    assert schedule("{weekdays: 9-17, holidays: US-CA}").region == "CA"


def test_a_day_of_its_own_counts_more_than_a_holiday():
    shop = schedule("{weekdays: 9-17, holidays: IE, dates: {12-25: 10-11, 2030-12-24: closed}}")
    assert is_open(shop, at("2030-12-25T10:30"))
    assert not is_open(shop, at("2030-12-24T10:30"))


def test_a_schedule_may_be_in_another_time_zone_and_clocks_change():
    far = schedule("{weekdays: 9-17, timezone: America/New_York}")
    assert is_open(far, at("2030-01-28T21:59"))
    assert not is_open(far, at("2030-01-28T22:00"))
    summer = schedule("{every_day: 9-17}")
    assert is_open(summer, at("2030-07-01T08:00", "UTC"))
    assert not is_open(summer, at("2030-01-01T08:00", "UTC"))


@pytest.mark.parametrize(
    ("local", "then"),
    [
        ("2030-01-28T08:00", "2030-01-28T09:00"),
        ("2030-01-28T09:00", "2030-01-29T09:00"),
        ("2030-01-30T12:30", "2030-01-30T13:00"),
        ("2030-02-02T20:00", "2030-02-04T09:00"),
    ],
)
def test_the_next_opening(local, then):
    assert opens(schedule(WEEK), at(local)) == then


@given(st.integers(at("2030-01-01T00:00"), at("2031-01-01T00:00")))
def test_it_opens_when_it_says(minute):
    office = schedule(WEEK)
    then = at(opens(office, minute))
    assert then > minute
    assert is_open(office, then)
    assert not is_open(office, then - 1)


def test_spans_of_a_day():
    assert hours.spans(schedule(WEEK), date(2030, 1, 30)) == ((540, 720), (780, 1050))


def flow():
    return load_flow(f"{HEAD}  office: {WEEK}\n{FLOWS}", "h.yaml")


@pytest.mark.parametrize(
    ("now", "said"),
    [("2030-01-28T10:00", "We are open."), ("2030-02-02T20:00", "We open Monday, February 4th at 9 AM.")],
)
def test_a_flow_asks_and_tells(now, said):
    cases, problems = load_cases(
        f'test_cases:\n- test_case: one\n  now: "{now}"\n  steps:\n  - assert: {{said: "{said}"}}\n',
        "t.yaml",
        flow(),
    )
    assert problems == ()
    assert run(flow(), cases[0], read)[0].failures == ()


def test_a_test_that_does_not_say_when_is_told():
    talk = Talk(flow())
    assert talk.reports == [
        'main/1 (line 8): open(office) needs a time: add now: "2030-01-07 10:00" to this test case'
    ]


LATER = """
flows:
  main:
    - listen: {ask: Press one., keys: {"1": []}}
    - if: open('office')
      then: {hangup: Open.}
      else: {hangup: Closed.}
"""


def test_the_time_goes_on_during_a_call():
    line = load_flow(f"{HEAD}  office: {WEEK}\n{LATER}", "h.yaml")
    for passed, said in ((0, "Open."), (60_000, "Closed.")):
        started = CallStarted("CA1", wall_ms=at("2030-01-28T17:29") * 60_000)
        state, _ = advance(line, CallState(), started, 0)
        state, _ = advance(line, state, KeyPressed("1"), passed)
        assert state.playout.queue[-1].text == said


@pytest.mark.parametrize("now", ["2030-01-28", "18:30", "2030-13-01T10:00", "2030-01-28T10:00Z"])
def test_a_test_gives_a_whole_time(now):
    _, problems = load_cases(
        f'test_cases:\n- test_case: one\n  now: "{now}"\n  steps:\n  - silence: true\n', "t.yaml", flow()
    )
    assert "is no time of a call" in str(problems[0])
