"""The little that ports do themselves: how urgent work is, and what it has used so far."""

from __future__ import annotations

from ivr.call.ports import Tab, Urgency
from ivr.core.usage import Usage


def test_work_on_speculation_becomes_urgent_once() -> None:
    urgency = Urgency(speculative=True)
    rises: list[bool] = []
    urgency.on_rise = lambda: rises.append(urgency.speculative)
    urgency.rise()
    urgency.rise()
    assert rises == [False]


def test_work_that_somebody_waits_for_cannot_rise() -> None:
    urgency = Urgency()
    rises: list[bool] = []
    urgency.on_rise = lambda: rises.append(True)
    urgency.rise()
    assert not urgency.speculative
    assert rises == []


def test_nobody_needs_to_listen_for_it() -> None:
    urgency = Urgency(speculative=True)
    urgency.rise()
    assert not urgency.speculative


def test_a_tab_is_empty_until_something_is_used_and_can_be_read_at_any_moment() -> None:
    tab = Tab()
    assert tab.used() == ()
    used: list[Usage] = []
    tab.used = lambda: tuple(used)
    used.append(Usage("intent", "economy", "small"))
    assert tab.used() == (Usage("intent", "economy", "small"),)
