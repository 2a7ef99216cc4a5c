"""The key that ends a value, pressed after the last digit has ended it already."""

from __future__ import annotations

import pytest

from ivr.core.call import LATE_KEY_MS
from ivr.core.events import CallStarted
from ivr.core.pieces import BURST_MS
from ivr.core.text_caller import TextCaller
from tests.core.talk import flow_of

REST = "- confirm: {ask: Shall I?, no: [{say: Then not.}]}\n- hangup: Fine.\n"
FLOW = flow_of(f"- collect: pin\n{REST}")
NONE = flow_of(f"- collect: {{slot: pin, finish_on_key: ''}}\n{REST}")


def called(flow, keys: str, then: str = "", after_ms: int = 0) -> list[str]:
    caller = TextCaller(flow, CallStarted("x"), lambda *_: pytest.fail("nobody speaks"))
    caller.press(keys)
    if after_ms:
        caller.pass_time(after_ms)
    if then:
        caller.press(then)
    return caller.said


def test_it_counts_for_nothing():
    assert called(FLOW, "1234#") == called(FLOW, "1234")
    assert called(FLOW, "1234#", "1")[-1] == "Fine."


def test_it_does_so_once():
    assert len(called(FLOW, "1234##")) > len(called(FLOW, "1234#"))


def test_it_does_so_for_a_while():
    assert len(called(FLOW, "1234", "#", LATE_KEY_MS + 500)) > len(called(FLOW, "1234"))


def test_another_key_in_between_ends_that():
    assert called(FLOW, "1234", "1#")[-1] == "Fine."


def test_a_value_that_no_key_ends_leaves_none_over():
    assert len(called(NONE, "1234", "#", BURST_MS)) > len(called(NONE, "1234"))
