"""Several slots in one utterance: what is certain is taken, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.events import SlotValue
from ivr.understanding.several import several
from tests.understanding.restaurant import CHOICES, SLOTS, TODAY, meaning_of

WORDS = (
    *("a", "large", "small", "on", "friday", "the", "3rd", "at", "six", "pm", "for", "four", "people"),
    *("20", "dollars", "not", "or"),
)
ALL = ("size", "day", "time", "people", "price", "mobile")


def given_by(text: str, *names: str) -> dict[str, SlotValue]:
    return several(text, [SLOTS[name] for name in names or ALL], CHOICES, TODAY).values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a large pizza for Tuesday at six", {"size": "large", "day": "2026-03-17", "time": "18:00"}),
        (
            "a table for four people tomorrow evening at half past seven",
            {"people": 4, "day": "2026-03-12", "time": "19:30"},
        ),
        ("two small ones for twenty dollars", {"size": "small", "price": "20.00"}),
        (
            "my number is 212 555 0143, call me tomorrow at 3 pm",
            {"mobile": "+12125550143", "day": "2026-03-12", "time": "15:00"},
        ),
        ("a big one on the 3rd", {"size": "large", "day": "2026-04-03"}),
        ("not large, small please", {"size": "small"}),
        ("for four on Friday", {"day": "2026-03-13"}),
        ("a table for four at six", {"time": "18:00"}),
        ("for six pm", {"time": "18:00"}),
    ],
)
def test_what_is_certain(text: str, values: dict[str, SlotValue]) -> None:
    assert given_by(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "six",
        "for four",
        "large or small",
        "next week some time",
        "Monday or Tuesday",
        "twelve fifty",
        "may I have one",
        "yesterday",  # not allowed: from tomorrow on
        "30 people",
        "at 99",
        "",
    ],
)
def test_what_is_not(text: str) -> None:
    assert given_by(text) == {}


def test_a_word_that_means_something_for_two_slots_counts_for_neither() -> None:
    assert given_by("a little one", "size", "crust") == {}
    assert given_by("a big thin one", "size", "crust") == {"size": "large", "crust": "thin"}


def test_what_is_left() -> None:
    found = several("a large pizza on Friday with olives", [SLOTS["size"], SLOTS["day"]], CHOICES, TODAY)
    assert found.strange == ("pizza", "olives")


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "large",
                "small",
                "on",
                "friday",
                "the",
                "3rd",
                "at",
                "six",
                "pm",
                "for",
                "four",
                "people",
                "20",
                "dollars",
                "not",
                "or",
            ]
        )
    )
)
def test_values_keep_their_limits_whatever_is_said(spoken: list[str]) -> None:
    found = given_by(" ".join(spoken))
    assert set(found) <= set(ALL)
    assert 1 <= int(found.get("people", 1)) <= 20
    assert str(found.get("day", TODAY)) >= TODAY


@pytest.mark.parametrize(
    ("text", "kind", "slot", "value", "fills"),
    [
        ("large, for Tuesday at six", "choice", "size", "large", {"day": "2026-03-17", "time": "18:00"}),
        ("Tuesday at six", "date", "day", "2026-03-17", {"time": "18:00"}),
        ("at six on Tuesday", "time", "time", "18:00", {"day": "2026-03-17"}),
        ("four, on Tuesday at six", "integer", "people", 4, {"day": "2026-03-17", "time": "18:00"}),
        ("yes, for Tuesday", "yes_no", "ok", True, {"day": "2026-03-17"}),
        ("4 2 7 1 and I come on Tuesday", "digits", "number", "4271", {"day": "2026-03-17"}),
        ("Tuesday", "date", "day", "2026-03-17", {}),
    ],
)
def test_together_with_what_was_asked(
    text: str, kind: str, slot: str, value: SlotValue, fills: dict[str, SlotValue]
) -> None:
    ahead = " ".join(name for name in ("size", "day", "time") if name != slot)
    meaning = meaning_of(text, kind, slot=slot, ahead=ahead)  # type: ignore[arg-type] # a slot's type
    assert (meaning.value, meaning.fills) == (value, fills)
    assert set(meaning.sure) == set(fills)


def test_nothing_is_filled_when_the_question_is_not_answered() -> None:
    assert meaning_of("on Tuesday", "integer", slot="people", ahead="day").fills == {}
