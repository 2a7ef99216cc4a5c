"""Card numbers are found however they are said, and other numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core import cards
from ivr.core.cards import HIDDEN


def luhn_digit(rest: str) -> str:
    """The digit that makes a number pass, by the textbook: another way than the module's."""
    doubled = [int(d) * 2 if n % 2 == 0 else int(d) for n, d in enumerate(reversed(rest))]
    return str(-sum(sum(map(int, str(value))) for value in doubled) % 10)


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242.",
        "4242, 4242, uh, 4242 and 4242",
        "four two four two four two four two four two four two four two four two",
        "Forty-two forty two, forty two forty two forty two forty two forty two forty two",
        "cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos",
        "3714 496353 98431",
        "three seven one double four nine six three five three nine eight four three one",
        "four;two/four:two\u2013four two four two, four two four two four two four two",
        "triple four... triple two, triple six, triple nine, and double oh... 4 5",
        "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
    ],
)
def test_a_card_number_is_masked(text):
    said = f"It is {text} thanks"
    assert cards.holds(said)
    assert cards.without(said).startswith(f"It is {HIDDEN}")
    assert cards.without(said).endswith("thanks")
    assert not any(char.isdigit() for char in cards.without(said))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my number is 555 010 0001",
        "four two seven one",
        "4242424242424241",
        "0000 0000 0000 0000",
        "between 4242 4242 and the other 4242 4242",
        "at half past nine on the 3rd",
    ],
)
def test_other_numbers_stay(text):
    assert not cards.holds(text)
    assert cards.without(text) == text


def test_a_code_behind_the_number_does_not_hide_it():
    assert cards.without("4242 4242 4242 4242 expires 12 27") == f"{HIDDEN} expires 12 27"
    assert cards.without("4242 4242 4242 4242 12 27 123") == HIDDEN


def test_digits_of_a_number_said_in_parts_are_masked_and_short_ones_are_not():
    assert cards.without_digits("so 4242 4242 and then") == f"so {HIDDEN} and then"
    assert cards.without_digits("press 1 for 2") == "press 1 for 2"
    assert cards.digits("four two, double oh 7") == "42007"


@given(st.text(alphabet="0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-", ", "]))
def test_whatever_passes_the_check_sum_is_found(rest, gap):
    number = rest + luhn_digit(rest)
    if len(set(number)) > 1:
        assert cards.is_card(number)
        assert cards.without(f"x {gap.join(number)} y") == f"x {HIDDEN} y"


@given(st.text(max_size=300))
def test_masking_changes_nothing_else_and_once_is_enough(text):
    once = cards.without(text)
    assert cards.without(once) == once
    assert not cards.holds(once)
    if not cards.holds(text):
        assert once == text
