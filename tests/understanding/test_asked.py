"""The value that was asked for, by the grammar of its slot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.commands import Expectation, ExpectKind
from ivr.core.errors import Bug
from ivr.core.events import SlotValue
from ivr.understanding.asked import by_cue, by_grammar, said_yes_no, slot_asked
from ivr.understanding.cues import all_cues
from ivr.understanding.text import words
from tests.understanding.restaurant import MODEL, SLOTS, TODAY

SPANISH = replace(MODEL, flow=replace(MODEL.flow, language="es-ES"))


def value(kind: ExpectKind, text: str, *, spelled: bool = False, model=MODEL) -> SlotValue | None:
    slot = next((slot.name for slot in SLOTS.values() if slot.type == kind), "")
    expectation = Expectation(kind, slot=slot, today=TODAY, spelled=spelled)
    found = by_grammar(model, text, words(text), expectation)
    return found.value if found else None


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("digits", "four two seven one", "4271"),
        ("date", "tomorrow", "2026-03-12"),
        ("choice", "the big one", "large"),
        ("text", "a  lamp\n please", "a lamp please"),
        ("text", "um", None),
        ("yes_no", "yes please", True),
        ("confirm", "no", False),
        ("intents", "tomorrow", None),
        ("nothing", "tomorrow", None),
    ],
)
def test_the_grammar_of_each_kind(kind: ExpectKind, text: str, expected: SlotValue | None) -> None:
    assert value(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("digits", "cuatro dos siete uno", "4271"),
        ("integer", "doce", 12),
        ("date", "mañana", "2026-03-12"),
        ("time", "a las tres y media", "15:30"),
        ("yes_no", "sí", True),
        ("choice", "large", "large"),
    ],
)
def test_the_flows_language_decides(kind: ExpectKind, text: str, expected: SlotValue) -> None:
    assert value(kind, text, model=SPANISH) == expected


def test_what_is_spelled() -> None:
    assert value("name", "l, double e", spelled=True) == "Lee"
    assert value("choice", "s m a l l", spelled=True) == "small"


def test_a_cue_comes_before_the_grammar() -> None:
    reason = replace(SLOTS["reason"], examples=("calling about {reason}",))
    cued = replace(MODEL, cues=all_cues({"reason": reason}))
    expectation = Expectation("text", slot="reason", today=TODAY)
    found = by_grammar(cued, "I am calling about a lamp", words("I am calling about a lamp"), expectation)
    assert found is not None
    assert (found.value, found.rest) == ("a lamp", "i am")
    assert by_cue(MODEL, "calling about a lamp", SLOTS["reason"], expectation) is None


def test_yes_and_no_in_both_languages() -> None:
    assert said_yes_no(MODEL, "claro") is None
    said = said_yes_no(SPANISH, "claro")
    assert said is not None
    assert said.value is True


def test_an_expectation_of_another_flow_is_a_bug() -> None:
    with pytest.raises(Bug, match="has no slot 'nothing'"):
        slot_asked(MODEL, Expectation("digits", slot="nothing"))
