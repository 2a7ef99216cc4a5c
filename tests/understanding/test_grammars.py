from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import Bug
from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot, SlotType
from ivr.understanding.grammars import find_value, spoken_value

TODAY = "2026-03-11"
ELSEWHERE = {"text", "yes_no", "choice"}  # a word or two, or anything: see `ivr.understanding.pipeline`

SAID: dict[SlotType, tuple[str, SlotValue]] = {
    "integer": ("twenty one", 21),
    "digits": ("four two seven one", "4271"),
    "money": ("twelve fifty", "12.50"),
    "date": ("the 3rd", "2026-04-03"),
    "time": ("half past two", "14:30"),
    "date_time": ("tomorrow at three", "2026-03-12T15:00"),
    "phone": ("two one two, triple five, oh one two three", "+12125550123"),
    "email": ("bob at example dot org", "bob@example.org"),
    "name": ("my name is Bob", "Bob"),
    "spelling": ("b o b", "BOB"),
    "address": ("forty two Elm Street", "42 Elm Street"),
}


def test_every_type_has_a_grammar_or_is_understood_elsewhere() -> None:
    assert set(get_args(SlotType)) == set(SAID) | ELSEWHERE


@pytest.mark.parametrize("kind", SAID)
def test_each_type_is_read_by_its_own_grammar(kind: SlotType) -> None:
    said, value = SAID[kind]
    meaning = spoken_value(kind, said, Slot("x", kind), TODAY)
    assert meaning is not None
    assert (meaning.kind, meaning.value, meaning.decided_by) == ("value", value, "grammar")


@pytest.mark.parametrize("kind", sorted(ELSEWHERE))
def test_a_type_without_a_grammar_is_a_bug_of_ours(kind: SlotType) -> None:
    with pytest.raises(Bug, match=f"'{kind}' have no grammar here"):
        find_value(kind, "anything", Slot("x", kind), TODAY)


@given(st.sampled_from(sorted(SAID)), st.text(max_size=120))
def test_whatever_is_said_a_grammar_gives_a_meaning_or_nothing(kind: SlotType, text: str) -> None:
    meaning = spoken_value(kind, text, Slot("x", kind), TODAY)
    if meaning is not None:
        assert meaning.kind in ("value", "nothing")
        assert meaning.kind == "nothing" or meaning.value is not None
        assert 0 <= meaning.confidence <= 1
