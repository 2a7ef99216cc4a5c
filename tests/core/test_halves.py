"""A day that is said without a time is kept, and so is a time without a day."""

from __future__ import annotations

import pytest

from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.phrases import DEFAULTS
from tests.core.talk import HEAD, Talk, value

SLOT = "slots:\n  when: {type: date_time, ask: When?, max: today + 7 days}\n"


def flow(slot: str = SLOT) -> Flow:
    head = HEAD.replace("slots:\n", slot)
    return load_flow(f"{head}flows:\n  main:\n    - collect: when\n    - hangup: Bye.\n", "t.yaml")


def lacks(what: str, text: str) -> Meaning:
    return Meaning("nothing", name=what, value=text, decided_by="grammar")


DAY, TIME = lacks("no_time", "2026-11-26"), lacks("no_day", "T10:00")


@pytest.mark.parametrize(("first", "then", "asks"), [(DAY, TIME, "what_time"), (TIME, DAY, "what_day")])
def test_the_other_half_is_asked_for_and_both_are_one_moment(first, then, asks):
    talk = Talk(flow())
    talk.listen()
    talk.says("the one", first)
    assert talk.listen() == [DEFAULTS[asks]]
    assert talk.state.dialogue.no_match == 0
    talk.says("the other", then)
    assert talk.state.dialogue.slots["when"] == "2026-11-26T10:00"
    assert talk.state.dialogue.half.slot == ""


def test_the_same_half_again_is_a_failed_attempt_and_the_latest_counts():
    talk = Talk(flow())
    talk.listen()
    talk.says("tomorrow", DAY)
    talk.listen()
    talk.says("Friday", lacks("no_time", "2026-11-27"))
    assert talk.listen() == [DEFAULTS["no_time"], "When?"]
    assert talk.state.dialogue.no_match == 1
    talk.says("at ten", TIME)
    assert talk.state.dialogue.slots["when"] == "2026-11-27T10:00"


def test_a_whole_moment_that_is_not_allowed_is_refused():
    talk = Talk(flow())
    talk.listen()
    talk.says("at New Year", lacks("no_time", "2027-01-01"))
    talk.listen()
    talk.says("at ten", TIME)
    assert talk.listen() == [DEFAULTS["out_of_range"], "When?"]


def test_a_whole_moment_forgets_the_half():
    talk = Talk(flow())
    talk.listen()
    talk.says("tomorrow", DAY)
    talk.says("on Friday at nine", value("2026-11-27T09:00"))
    assert talk.state.dialogue.slots["when"] == "2026-11-27T09:00"


def test_a_half_that_must_not_be_kept_is_not():
    talk = Talk(flow(SLOT.replace("ask: When?", "ask: When?, sensitive: true")))
    talk.listen()
    talk.says("tomorrow", DAY)
    assert talk.listen() == [DEFAULTS["no_time"], "When?"]
    assert talk.state.dialogue.half.text == ""
