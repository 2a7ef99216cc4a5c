"""A time to be called back that has passed, or at which nobody is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core import moments
from ivr.core.dialogue import on_meaning
from ivr.core.dialogue_state import Speak
from ivr.core.flow.load import check_text, load_flow
from ivr.core.hours import moment
from ivr.core.phrases import DEFAULTS
from tests.core.talk import HEAD, Talk, value

TEXT = (
    "timezone: America/New_York\n"
    + HEAD.replace(
        "slots:",
        """slots:
  when: {type: date_time, ask: When?}
  party: {type: date_time, ask: When is it?, min: today}
  born: {type: date_time, ask: When was it?}""",
    )
    + """
hours:
  office:
    wednesday: "9:00-17:00"
    holidays: US
flows:
  main:
    - callback: {number: number, time: when, hours: office}
    - hangup: Bye.
"""
)
FLOW = load_flow(TEXT, "t.yaml")
NOW = moment("2026-11-25T10:26", "America/New_York")


@pytest.mark.parametrize(
    ("slot", "at", "reason"),
    [
        ("when", "2026-11-25T08:00", "past"),
        ("when", "2026-11-25T11:00", ""),
        ("when", "2026-11-25T18:00", "closed"),
        ("when", "2026-11-26T10:00", "closed"),
        ("when", "2030-12-18T10:00", ""),
        ("when", "2030-12-25T10:00", "closed"),
        ("when", "••••-••-••T••:••", ""),
        ("when", "soon", ""),
        ("party", "2026-11-25T10:25", "past"),
        ("party", "2026-11-25T23:00", ""),
        ("born", "1999-11-25T23:00", ""),
    ],
)
def test_why_a_moment_is_refused(slot, at, reason):
    assert moments.why_not(FLOW, FLOW.slots[slot], at, NOW) == reason
    assert moments.why_not(FLOW, FLOW.slots[slot], at, 0) == ""


@pytest.mark.parametrize(("at", "phrase"), [("2026-11-25T08:00", "past"), ("2026-11-25T20:00", "closed")])
def test_the_caller_is_told_why_and_asked_again(at, phrase):
    talk = Talk(FLOW, number="4219")
    dialogue = replace(talk.state.dialogue, minute=NOW)
    after, outs = on_meaning(FLOW, dialogue, value(at))
    assert [item.text for item in outs if isinstance(item, Speak)] == [DEFAULTS[phrase], "When?"]
    assert "when" not in after.slots


def test_hours_that_there_are_not_and_a_time_that_is_none():
    def problems(step: str) -> str:
        text = TEXT.replace("{number: number, time: when, hours: office}", step)
        return " ".join(str(problem) for problem in check_text(text, "t.yaml")[1])

    assert "There is no opening hours 'ofice'" in problems("{number: number, time: when, hours: ofice}")
    assert "Opening hours need a day and a time" in problems("{number: number, hours: office}")
