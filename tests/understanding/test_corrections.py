"""What takes an earlier answer back, and what only sounds like it."""

from __future__ import annotations

import pytest

from ivr.core.events import SlotValue
from tests.understanding.restaurant import meaning_of

THU, FRI, MON = "2026-03-12", "2026-03-13", "2026-03-16"


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("no, Thursday", "day", THU),
        ("not Tuesday, Thursday", "day", THU),
        ("No, I meant Thursday.", "day", THU),
        ("sorry, Thursday", "day", THU),
        ("actually make it Friday", "day", FRI),
        ("Friday instead please", "day", FRI),
        ("the day should be Monday", "day", MON),
        ("change the day to Friday", "day", FRI),
        ("could you change the day to Friday", "day", FRI),
        ("change the day", "day", None),
        ("can I change the day please", "day", None),
        ("the day is wrong", "day", None),
        ("wrong day", "day", None),
        ("no, six people", "people", 6),
        ("no, small", "size", "small"),
    ],
)
def test_at_the_next_question(text: str, slot: str, value: SlotValue | None) -> None:
    meaning = meaning_of(text, "time", "day size people", slot="time")
    assert (meaning.kind, meaning.name, meaning.value) == ("correction", slot, value)


@pytest.mark.parametrize("text", ["at six", "no, at six", "actually make it six", "half past two"])
def test_an_answer_to_the_question_is_one(text: str) -> None:
    meaning = meaning_of(text, "time", "day size people", slot="time")
    assert meaning.kind == "value"


@pytest.mark.parametrize("text", ["no", "I don't know", "what day is it", "Thursday", "sorry", "no idea"])
def test_what_takes_nothing_back(text: str) -> None:
    assert meaning_of(text, "time", "day size people", slot="time").kind == "nothing"


@pytest.mark.parametrize(
    ("text", "slot", "value", "rest"),
    [
        ("no, Thursday", "day", THU, "no"),
        ("Thursday", "day", THU, ""),
        ("yes, Thursday", "day", THU, ""),
        ("yes but make it six", "time", "18:00", ""),
        ("no, it's four people", "people", 4, "no"),
        ("no not large, small", "size", "small", "no"),
        ("no the day is wrong", "day", None, ""),
    ],
)
def test_at_a_read_back(text: str, slot: str, value: SlotValue | None, rest: str) -> None:
    known = "time day size people"
    meaning = meaning_of(text, "confirm", known, about=known)
    assert (meaning.kind, meaning.name, meaning.value, meaning.rest) == ("correction", slot, value, rest)


@pytest.mark.parametrize(
    ("text", "yes"), [("yes", True), ("no", False), ("no, that's wrong", False), ("wrong", False)]
)
def test_a_yes_and_a_no_stay_what_they_are(text: str, *, yes: bool) -> None:
    meaning = meaning_of(text, "confirm", "day size", about="day size")
    assert (meaning.kind, meaning.value) == ("value", yes)


def test_two_at_once() -> None:
    meaning = meaning_of("no, Thursday at six", "confirm", "time day", about="day time")
    assert (meaning.name, meaning.value, meaning.fills) == ("day", THU, {"time": "18:00"})


@pytest.mark.parametrize("text", ["no, 4 2 8 1", "four two eight one", "that's wrong, 4 2 8 1"])
def test_digits_at_their_own_read_back(text: str) -> None:
    meaning = meaning_of(text, "confirm", "number day", about="number", slot="number")
    assert (meaning.name, meaning.value) == ("number", "4281")


def test_a_sensitive_value_is_taken_at_its_own_read_back_only() -> None:
    assert meaning_of("no, 4 2 8 1", "confirm", "pin", about="pin", slot="pin").value == "4281"
    assert meaning_of("no, 4 2 8 1", "choice", "pin", slot="size").kind == "nothing"
    assert meaning_of("change the pin", "choice", "pin", slot="size").kind == "correction"


@pytest.mark.parametrize(
    "text", ["my knee hurts on Thursday", "it's about the day care", "no", "a new tooth"]
)
def test_free_words_stay_free_words(text: str) -> None:
    assert meaning_of(text, "text", "time day", slot="reason").kind == "value"


def test_a_no_may_answer_a_question_and_then_takes_nothing_back() -> None:
    assert meaning_of("no, Thursday", "yes_no", "day", slot="ok").value is False
    assert meaning_of("no, I meant Thursday", "yes_no", "day", slot="ok").kind == "correction"


@pytest.mark.parametrize(
    "text", ["I want to change my appointment to Tuesday", "change the day", "no", "what about Thursday"]
)
def test_a_wish_is_a_wish(text: str) -> None:
    assert meaning_of(text, "intents", "time day").kind == "nothing"


@pytest.mark.parametrize(("text", "name"), [("no, Smith", "Smith"), ("no, it's Jane Smith", "Jane Smith")])
def test_a_name_at_its_own_read_back(text: str, name: str) -> None:
    assert meaning_of(text, "confirm", "who", about="who", slot="who").value == name
    assert meaning_of("no idea", "confirm", "who", about="who", slot="who").kind == "nothing"


def test_nothing_known_nothing_corrected() -> None:
    assert meaning_of("no, Thursday", "time", "", slot="time").kind == "nothing"
    assert meaning_of("x " * 2000, "time", "day", slot="time").kind == "nothing"
