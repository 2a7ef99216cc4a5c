from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core import templates
from ivr.core.flow.model import Slot

SLOTS = {
    "pin": Slot("pin", "digits"),
    "name": Slot("name", "text"),
    "count": Slot("count", "integer"),
    "new": Slot("new", "yes_no"),
}


def fill(text: str, **slots: str | int | bool) -> str:
    return templates.fill(text, slots, SLOTS)


def test_digits_are_said_one_by_one() -> None:
    assert fill("I have {pin}.", pin="4271") == "I have 4, 2, 7, 1."
    assert fill("{pin | plain}", pin="0420") == "0420"
    assert fill("{ count | digits }", count=105) == "1, 0, 5"


def test_each_type_has_its_way() -> None:
    assert fill("{name}, {count}, {new}", name="Ann", count=3, new=False) == "Ann, 3, no"
    assert fill("{new | yes_no}{new | plain}", new=True) == "yesyes"


def test_slot_without_value_leaves_no_trace() -> None:
    assert fill("Thank you {name}, goodbye {pin} .") == "Thank you, goodbye."


def test_blanks_are_closed_up_only_where_a_slot_left_a_gap() -> None:
    assert fill("{name} : {pin}", name="Ann", pin="1") == "Ann : 1"
    assert fill("Code {name} : {pin}", pin="1") == "Code: 1"


def test_braces_themselves() -> None:
    assert fill("{{name}} {name}", name="Ann") == "{name} Ann"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{name}", name="{pin} {{x}}", pin="1") == "{pin} {{x}}"


def test_text_without_braces_is_left_alone() -> None:
    assert fill("  two  spaces ") == "  two  spaces "


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("Hello {nme}", 7, "Did you mean 'name'?"),
        ("{name | digit}", 8, "Did you mean 'digits'?"),
        ("{name |}", 7, "no formatter ''"),
        ("a {name", 2, "not closed"),
        ("a } b", 2, "closes nothing"),
        ("{}", 0, "is no slot"),
        ("{name.upper()}", 1, "no slot 'name.upper()'"),
        ("{for x in y}", 0, "is no slot"),
    ],
)
def test_fault_with_its_place(text: str, offset: int, words: str) -> None:
    _, faults = templates.check(text, SLOTS)
    assert [fault.offset for fault in faults] == [offset]
    assert words in f"{faults[0].message}. {faults[0].hint}"


def test_slots_that_are_used_are_told() -> None:
    assert templates.check("{name} {pin | plain} {x}", SLOTS)[0] == ("name", "pin")


TEXTS = st.text(st.sampled_from("{}| \npinamecoudgts"), max_size=30)


@given(
    TEXTS, st.dictionaries(st.sampled_from(list(SLOTS)), st.one_of(st.text(), st.integers(), st.booleans()))
)
def test_filling_never_fails(text: str, slots: dict[str, str | int | bool]) -> None:
    assert isinstance(templates.fill(text, slots, SLOTS), str)


@given(st.text(), st.text())
def test_escaped_text_is_said_as_it_is(text: str, value: str) -> None:
    escaped = text.replace("{", "{{").replace("}", "}}")
    assert templates.check(escaped, SLOTS) == ((), ())
    filled = templates.fill(escaped, {"name": value}, SLOTS)
    assert "".join(filled.split()) == "".join(text.split())


@given(st.text(st.characters(categories=["L", "P", "N"]), min_size=1))
def test_value_is_said_word_for_word(value: str) -> None:
    assert templates.fill("{name}", {"name": value}, SLOTS) == value
