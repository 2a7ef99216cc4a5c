from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core import expressions
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot

SLOTS = {
    "age": Slot("age", "integer"),
    "new": Slot("new", "yes_no"),
    "name": Slot("name", "text"),
    "price": Slot("price", "money"),
    "born": Slot("born", "date"),
    "day": Slot("day", "choice", choices={"Monday": (), "Friday": ()}),
}
FULL: dict[str, SlotValue] = {
    "age": 20,
    "new": True,
    "name": "Ann Lee",
    "day": "Friday",
    "price": "12.50",
    "born": "1980-05-04",
}


@pytest.mark.parametrize(
    ("text", "full", "empty"),
    [
        ("age >= 18", True, False),
        ("number(price) > 12", True, False),
        ("number(price) * 2.0 == 25.0", True, False),
        ('born < "2000-01-01"', True, False),
        ("age >= 18 && new", True, False),
        ("!new", False, False),
        ("has(new)", True, False),
        ("!has(age)", False, True),
        ("has( age ) && age == 20", True, False),
        ('name.startsWith("Ann")', True, False),
        ("size(name) > 2", True, False),
        ('day in ["Friday", "Monday"]', True, False),
        ("age == null", False, True),
        ('name == "has(age)"', False, False),
    ],
)
def test_condition(text: str, full: bool, empty: bool) -> None:
    assert expressions.check(text, SLOTS, "yes_no").faults == ()
    assert expressions.is_true(text, FULL) is full
    assert expressions.is_true(text, {}) is empty


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("age + 1", 21),
        ("new ? 'old' : 'young'", "old"),
        ('"Dr. " + name', "Dr. Ann Lee"),
        ("age > 3", True),
        ("string(age)", "20"),
    ],
)
def test_value_and_no_value_of_an_unset_slot(text: str, value: object) -> None:
    assert expressions.evaluate(text, FULL) == value
    assert expressions.evaluate(text, {}) is None


@pytest.mark.parametrize("text", ["name + 1", "age && new", "-name", "size(age) > 1", "age / 0", "1.5"])
def test_what_does_not_fit_is_an_error_that_quotes_the_expression(text: str) -> None:
    with pytest.raises(FlowError) as error:
        expressions.evaluate(text, FULL)
    assert f"'{text}'" in str(error.value)


def test_condition_that_gives_no_yes_or_no_is_an_error() -> None:
    with pytest.raises(FlowError, match="'age \\+ 1' gives a whole number"):
        expressions.is_true("age + 1", FULL)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("agee > 1", 0, "Did you mean 'age'?"),
        ("new && daay == 'x'", 7, "Did you mean 'day'?"),
        ("age = 18", 4, "write '=='"),
        ("new and age > 1", 4, "write '&&'"),
        ("new or age > 1", 4, "write '||'"),
        ("age >", 4, "ends too early"),
        ("", 0, "ends too early"),
        ("[1].map(x, x) == [1]", 4, "no function 'map'"),
        ("[1, 2].all (x, x > 1)", 7, "no function 'all'"),
        ("starts(name)", 0, "Did you mean 'startsWith'?"),
        ("new // yes", 4, "comment"),
        ('age > "x"', 0, "does not fit"),
        ("age + 1", 0, "gives a whole number"),
        ("name[0] == 'a'", 4, "no parts"),
        ("x" * 501, 0, "at most 500"),
    ],
)
def test_fault_with_its_place(text: str, offset: int, words: str) -> None:
    fault = expressions.check(text, SLOTS, "yes_no").faults[0]
    assert fault.offset == offset
    assert words in f"{fault.message}. {fault.hint}"


def test_kind_of_the_value_must_suit_the_slot() -> None:
    assert expressions.check("age + 1", SLOTS, "integer").faults == ()
    assert expressions.check("age + 1", SLOTS, "text").faults
    assert expressions.check("age + 1", SLOTS, "").faults == ()


def test_slots_that_are_read_are_told() -> None:
    assert expressions.check("new || age > 3", SLOTS, "yes_no").slots == ("new", "age")


@given(st.one_of(st.text(), st.integers(-(2**53), 2**53), st.booleans()))
def test_literal_comes_back(value: str | int | bool) -> None:
    if isinstance(value, str):
        value = value.replace("\0", "").encode("utf-8", "ignore").decode()
    got = expressions.evaluate(expressions.literal(value), {})
    assert got == value
    assert type(got) is type(value)


WORDS = st.sampled_from(
    [
        "age",
        "new",
        "name",
        "has(",
        "size(",
        ")",
        "(",
        "&&",
        "||",
        "!",
        "==",
        "<",
        "+",
        "-",
        "/",
        "%",
        "?",
        ":",
        "1",
        "0",
        "9999999999999999999",
        '"x"',
        "'",
        "null",
        "true",
        "in",
        "[",
        "]",
        ",",
        ".",
        "{",
        "}",
        "\\",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_text_does_more_than_raise_flow_error(text: str) -> None:
    checked = expressions.check(text, SLOTS, "yes_no")
    empty: dict[str, SlotValue] = {}
    for slots in (empty, FULL):
        try:
            expressions.is_true(text, slots)
        except FlowError:
            continue
    assert all(0 <= fault.offset <= len(text) for fault in checked.faults)
