"""Values by the words around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.commands import Expectation
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow, Slot, SlotType
from ivr.understanding.cues import Cue, cues_of
from ivr.understanding.examples import flow_model
from ivr.understanding.pipeline import by_rules, with_fills
from ivr.understanding.text import words

TODAY = "2026-03-11"  # a Wednesday
SLOTS = {
    slot.name: slot
    for slot in (
        Slot("order", "digits", minimum=6, maximum=6, examples=("order {order}", "order number {order}")),
        Slot("loose", "digits", examples=("reference {loose}", "{loose} is the reference")),
        Slot("who", "name", examples=("my name is {who}", "this is {who} speaking")),
        Slot("topic", "text", examples=("calling about { topic }", "question about {topic} please")),
        Slot("mail", "email", examples=("write to {mail}",)),
        Slot("plate", "spelling", examples=("my plate is {plate}",)),
        Slot("day", "date"),
        Slot("time", "time"),
        Slot("size", "choice", choices={"small": (), "large": ()}, examples=("size {size}",)),
        Slot("seats", "integer", examples=("party of {seats}",), maximum=20),
    )
}
MODEL = flow_model(Flow("cues", "main", {}, slots=SLOTS), None)


def said(text: str, slot: str, *ahead: str) -> Meaning:
    kind: SlotType = SLOTS[slot].type
    expectation = Expectation(kind, slot=slot, today=TODAY, ahead={"": ahead})
    return by_rules(MODEL, text, expectation).meaning


def filled(text: str, *slots: str) -> dict[str, object]:
    expectation = Expectation("intents", intents=("go",), today=TODAY, ahead={"go": slots})
    return dict(with_fills(MODEL, text, expectation, Meaning("intent", "go")).fills)


def test_what_examples_show() -> None:
    assert cues_of(SLOTS["loose"]) == (Cue((), ("is", "the", "reference")), Cue(("reference",), ()))
    assert cues_of(SLOTS["order"])[0] == Cue(("order", "number"), ()), "more words first"


@pytest.mark.parametrize(
    ("text", "slots", "values"),
    [
        ("track order four two seven one double oh", "order", {"order": "427100"}),
        ("Order number 42-71-00 please.", "order", {"order": "427100"}),
        ("order 427100 for tuesday at six pm", "order day time",
         {"order": "427100", "day": "2026-03-17", "time": "18:00"}),
        ("reference 42 for Tuesday", "loose day", {"loose": "42", "day": "2026-03-17"}),
        ("4 4 2 is the reference", "loose", {"loose": "442"}),
        ("this is mary jones speaking about order 427100", "who order",
         {"who": "Mary Jones", "order": "427100"}),
        ("my name is Bob", "who", {"who": "Bob"}),
        ("reference 42, no, reference 43", "loose", {"loose": "43"}),
        ("write to bob at example dot com tomorrow", "mail day",
         {"mail": "bob@example.com", "day": "2026-03-12"}),
        ("my plate is b as in boy, k, 4 4", "plate", {"plate": "BK44"}),
        ("a party of 12 on Friday", "seats day", {"seats": 12, "day": "2026-03-13"}),
        ("the large one, size large", "size", {"size": "large"}),
    ],
)  # fmt: skip
def test_what_stands_with_its_cue_is_filled_ahead(text: str, slots: str, values: dict[str, object]) -> None:
    assert filled(text, *slots.split()) == values


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("four two seven one double oh", "order"),
        ("order 4271", "order"),
        ("order", "order"),
        ("order for tuesday", "order"),
        ("reference 42 and reference 43", "loose"),
        ("a party of 40", "seats"),
        ("my name is", "who"),
    ],
)
def test_nothing_is_filled_without_a_value_that_is_certain(text: str, slots: str) -> None:
    assert filled(text, *slots.split()) == {}


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("I'm calling about my Broken Lamp", "my Broken Lamp", "im"),
        ("I have a question about returns please", "returns", "i have a"),
        ("a lamp", "a lamp", ""),
        ("calling about", "calling about", ""),
    ],
)
def test_a_text_begins_behind_its_cue(text: str, value: str, rest: str) -> None:
    meaning = said(text, "topic")
    assert (meaning.value, meaning.rest) == (value, rest)


def test_the_cue_tells_which_number_was_asked_for() -> None:
    assert said("the invoice is 99 and the order is order 427100", "order").value == "427100"
    assert said("427100", "order").value == "427100", "no cue is needed"


def test_what_was_asked_and_what_comes_later() -> None:
    meaning = said("427100, and my name is Mary Jones", "order", "who")
    assert meaning.value == "427100"
    assert meaning.fills == {"who": "Mary Jones"}


def test_slots_without_examples_have_no_cues() -> None:
    assert "day" not in MODEL.cues
    assert set(MODEL.cues) == {name for name, slot in SLOTS.items() if slot.examples}


@given(st.lists(st.sampled_from(["order", "number", "4", "two", "for", "is", "Tuesday", "-", "  ", "'s"])))
def test_whatever_is_said_a_value_is_made_of_its_words(pieces: list[str]) -> None:
    value = filled(" ".join(pieces), "order").get("order")
    assert value is None or len(str(value)) == SLOTS["order"].maximum
    assert value is None or len(words(" ".join(pieces))) >= 2
