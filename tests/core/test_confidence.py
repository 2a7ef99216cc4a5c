"""How sure we are of a slot's value reaches the conditions of a flow."""

from __future__ import annotations

import pytest

from ivr.core import expressions
from ivr.core.events import CallStarted, Meaning, Understood
from ivr.core.flow.model import Slot
from ivr.core.journal import decode, encode, masked
from ivr.core.text_caller import TextCaller
from tests.core.talk import Talk, flow_of, value

LINE = flow_of(
    """
- collect: number
- if: confidence(number) < 0.8
  then: {say: Perhaps.}
  else: {say: Surely.}
- hangup:
"""
)


def said_after(meaning: Meaning) -> str:
    talk = Talk(LINE)
    talk.listen()
    talk.says("four two seven one", meaning)
    return talk.listen()[0]


def test_a_value_is_as_sure_as_the_grammar() -> None:
    assert said_after(value("4271")) == "Surely."
    assert said_after(Meaning("value", value="4271", confidence=0.7)) == "Perhaps."


def test_and_no_surer_than_the_recogniser() -> None:
    def read(text: str, _: object) -> Meaning:
        return Meaning("value", value=text, decided_by="grammar")

    caller = TextCaller(LINE, CallStarted("CA1"), read)
    caller.say("4271", confidence=0.4)
    assert "Perhaps." in caller.said
    assert caller.state.dialogue.sure == {"number": 0.4}


def test_keys_are_certain_whatever_was_heard_before() -> None:
    talk = Talk(LINE)
    talk.listen()
    talk.says("mumble")
    talk.listen()
    talk.keys("4271")
    assert talk.listen()[0] == "Surely."


@pytest.mark.parametrize("written", ["confidence(a)", 'confidence("a")', "confidence ( 'a' )"])
def test_the_slot_is_named_with_or_without_quotes(written: str) -> None:
    assert expressions.is_true(f"{written} == 0.5", {"a": 1}, {"a": 0.5})
    assert expressions.is_true(f"{written} == 1.0", {"a": 1})
    assert expressions.is_true(f"{written} == 0.0", {})


def test_a_name_in_a_text_is_a_text() -> None:
    assert expressions.is_true('"confidence(a)" == s', {"s": "confidence(a)"})


def test_a_wrong_slot_is_told_with_the_nearest_name() -> None:
    slots = {"number": Slot("number", "digits")}
    fault = expressions.check("confidence(nmber) < 0.5", slots, "yes_no").faults[0]
    assert (fault.message, fault.offset) == ("There is no slot 'nmber'", 11)
    assert "number" in fault.hint
    assert expressions.check("confidence(number)", slots, "yes_no").faults


def test_what_was_left_over_is_kept_but_never_of_a_sensitive_slot() -> None:
    event = Understood(1, Meaning("value", value="4271", rest="my secret"))
    assert decode(encode(event)) == event
    hidden = masked(event, sensitive=True)
    assert isinstance(hidden, Understood)
    assert (hidden.meaning.rest, hidden.meaning.value) == ("", "••••")
    refused = masked(Understood(1, Meaning("nothing", rest="secret")), sensitive=True)
    assert isinstance(refused, Understood)
    assert refused.meaning.rest == ""
