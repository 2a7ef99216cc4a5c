from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot
from ivr.core.flow.values import wrong_value

SLOTS = {
    "yes": Slot("yes", "yes_no"),
    "age": Slot("age", "integer", minimum=1, maximum=120),
    "part": Slot("part", "choice", choices={"morning": (), "evening": ()}),
    "pin": Slot("pin", "digits", minimum=4, maximum=6),
    "any": Slot("any", "digits"),
    "sum": Slot("sum", "money", currency="USD", most="100"),
    "day": Slot("day", "date"),
    "at": Slot("at", "time"),
    "when": Slot("when", "date_time"),
    "phone": Slot("phone", "phone"),
    "name": Slot("name", "name"),
    "text": Slot("text", "text"),
}


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("yes", False),
        ("age", 120),
        ("part", "morning"),
        ("pin", "0427"),
        ("any", "1"),
        ("sum", "100.00"),
        ("day", "2030-01-31"),
        ("at", "15:30"),
        ("when", "2030-01-31T15:30"),
        ("phone", "+12125550123"),
        ("name", "Bob"),
        ("text", ""),
    ],
)
def test_what_a_slot_can_hold(slot: str, value: SlotValue) -> None:
    assert wrong_value(SLOTS[slot], value) == ("", "")


@pytest.mark.parametrize(
    ("slot", "value", "message", "hint"),
    [
        ("yes", "yes", "'yes' is a yes_no slot and cannot be 'yes'", "Write true or false."),
        ("age", True, "'age' is an integer slot and cannot be true", "Write a whole number."),
        ("age", "40", "'age' is an integer slot and cannot be '40'", "Write a whole number."),
        ("age", 121, "121 is outside the limits of 'age'", ""),
        ("age", 0, "0 is outside the limits of 'age'", ""),
        ("part", "mornin", "'mornin' is not a choice of 'part'", "Did you mean 'morning'?"),
        ("pin", 4271, "'pin' is a digits slot, and 4271 is a number", 'Put it in quotes: "4271".'),
        ("pin", True, "'pin' is a digits slot and cannot be true", ""),
        ("pin", "42a1", "'pin' is a digits slot and cannot be '42a1'", ""),
        ("pin", "427", "'427' has 3 digits, which 'pin' does not allow", ""),
        ("any", "", "'any' is a digits slot and cannot be ''", ""),
        ("sum", 12, "'sum' is a money slot and cannot be 12", 'Put it in quotes: "12".'),
        ("sum", "twelve", "'sum' is a money slot and cannot be 'twelve'", 'Write it as text: "12.50".'),
        ("sum", "100.01", "'100.01' is outside the limits of 'sum'", ""),
        (
            "day",
            "2030-02-30",
            "'day' is a date slot and cannot be '2030-02-30'",
            "Write year-month",
        ),
        ("at", "25:00", "'at' is a time slot and cannot be '25:00'", 'Write 24 hours: "15:30".'),
        (
            "when",
            "tomorrow",
            "'when' is a date_time slot and cannot be 'tomorrow'",
            "Write 2030-01-31T15:30.",
        ),
        ("phone", "2125550123", "'phone' is a phone slot and cannot be '2125550123'", "Write it with +"),
    ],
)
def test_what_it_cannot_and_how_to_write_it(slot: str, value: SlotValue, message: str, hint: str) -> None:
    told = wrong_value(SLOTS[slot], value)
    assert told[0] == message
    assert told[1].startswith(hint)
    assert bool(told[1]) == bool(hint)


@given(st.sampled_from(sorted(SLOTS)), st.booleans() | st.integers() | st.text(max_size=20))
def test_any_value_is_taken_or_refused_with_the_slots_name(slot: str, value: SlotValue) -> None:
    message, hint = wrong_value(SLOTS[slot], value)
    assert f"'{slot}'" in message if message else not hint


def test_a_text_that_is_too_long_is_refused_without_being_repeated() -> None:
    told = wrong_value(Slot("note", "text"), "x" * 2001)
    assert told == ("The text for 'note' has more than 2,000 characters", "Make it shorter.")
    assert wrong_value(Slot("note", "text"), "x" * 2000) == ("", "")
