"""What keys mean at a collect."""

from dataclasses import replace

import pytest

from ivr.core import keys
from ivr.core.flow.model import CollectStep, Repair, Settings, Slot

STEP = CollectStep("main/1", 1, "x", None, None, Repair(), (), "#", Settings())


def read(slot: Slot, pressed: str, *, finished: bool = False) -> keys.KeyResult:
    return keys.read(STEP, slot, pressed, finished=finished)


def test_digits_wait_until_their_number_is_complete():
    slot = Slot("x", "digits", minimum=4, maximum=4)
    assert read(slot, "427") == keys.MORE
    assert read(slot, "4271").value == "4271"


def test_the_finish_key_ends_digits_early():
    slot = Slot("x", "digits", minimum=2, maximum=8)
    assert read(slot, "427#").value == "427"
    assert read(slot, "4#").reason == "too_few"


def test_a_pause_ends_digits():
    slot = Slot("x", "digits", minimum=2, maximum=8)
    assert read(slot, "42", finished=True).value == "42"
    assert read(slot, "4", finished=True).reason == "too_few"


def test_leading_zeros_of_digits_stay():
    assert read(Slot("x", "digits", maximum=3), "007").value == "007"


@pytest.mark.parametrize(
    ("pressed", "value", "reason"),
    [("12#", 12, ""), ("99#", 99, "out_of_range"), ("#", None, "no_match"), ("1*#", None, "no_match")],
)
def test_integers(pressed, value, reason):
    result = read(Slot("x", "integer", minimum=1, maximum=20), pressed)
    assert result.value == value
    assert (result.status == "wrong") == bool(reason)
    assert not reason or result.reason == reason


@pytest.mark.parametrize("pressed", ["9" * 25, "9" * 5000, str(2**53 + 1), "0" * 30 + "9" * 17])
def test_a_number_that_is_too_large_to_keep_is_refused(pressed):
    assert read(Slot("x", "integer"), pressed + "#") == keys.KeyResult("wrong", reason="out_of_range")
    assert read(Slot("x", "integer"), pressed, finished=True).reason == "out_of_range"


def test_zeros_in_front_make_no_number_large():
    assert read(Slot("x", "integer"), "0" * 30 + "12#").value == 12
    assert read(Slot("x", "integer"), "000#").value == 0
    assert read(Slot("x", "integer"), f"{2**53}#").value == 2**53


def test_the_last_of_as_many_keys_as_there_may_be_ends_the_value():
    step = replace(STEP, max_digits=2)
    assert keys.read(step, Slot("x", "integer"), "1", finished=False) == keys.MORE
    assert keys.read(step, Slot("x", "integer"), "12", finished=False).value == 12
    assert keys.read(step, Slot("x", "integer"), "7#", finished=False).value == 7
    assert keys.read(step, Slot("x", "digits", minimum=1, maximum=8), "42", finished=False).value == "42"
    ten = replace(STEP, max_digits=10)
    assert keys.read(ten, Slot("x", "phone", region="US"), "202555014", finished=False) == keys.MORE
    assert (
        keys.read(ten, Slot("x", "phone", region="US"), "2025550143", finished=False).value == "+12025550143"
    )
    local = replace(STEP, max_digits=7)
    assert keys.read(local, Slot("x", "phone", region="US"), "5550143", finished=False).status == "wrong"


@pytest.mark.parametrize(("key", "value"), [("1", True), ("2", False), ("3", None)])
def test_yes_and_no_have_keys(key, value):
    assert read(Slot("x", "yes_no"), key).value is value


def test_choices_are_numbered_in_their_order():
    slot = Slot("x", "choice", choices={"morning": (), "afternoon": ()})
    assert read(slot, "2").value == "afternoon"
    assert read(slot, "3").status == "wrong"
    assert read(slot, "*").status == "wrong"


def test_text_has_no_keys():
    assert read(Slot("x", "text"), "1").status == "wrong"


def test_a_hidden_key_counts_as_a_digit():
    slot = Slot("x", "digits", minimum=2, maximum=2)
    assert read(slot, keys.HIDDEN_KEY * 2).value == keys.HIDDEN_KEY * 2


@pytest.mark.parametrize(
    ("slot", "pressed", "value"),
    [
        (Slot("x", "money"), "12*50", "12.50"),
        (Slot("x", "money"), "12#", "12.00"),
        (Slot("x", "money"), "12*5#", "12.50"),
        (Slot("x", "money", currency="JPY"), "1200#", "1200"),
        (Slot("x", "date"), "04032026", "2026-04-03"),
        (Slot("x", "date", region="GB"), "04032026", "2026-03-04"),
        (Slot("x", "date", region="JP"), "20260403", "2026-04-03"),
        (Slot("x", "time"), "1530", "15:30"),
        (Slot("x", "date_time"), "040320261530", "2026-04-03T15:30"),
        (Slot("x", "phone"), "2125550123", "+12125550123"),
        (Slot("x", "phone", region="GB"), "02079460958#", "+442079460958"),
    ],
)
def test_money_days_times_and_telephone_numbers(slot, pressed, value):
    assert read(slot, pressed) == keys.KeyResult("value", value=value)
    assert read(slot, pressed[:2]) == keys.MORE


@pytest.mark.parametrize(
    ("slot", "pressed", "reason", "value"),
    [
        (Slot("x", "money"), "1*2*3#", "no_match", None),
        (Slot("x", "money", most="10"), "12#", "out_of_range", "12.00"),
        (Slot("x", "date"), "13132026", "no_match", None),
        (Slot("x", "date"), "0403#", "too_few", None),
        (Slot("x", "date", least="today"), "03102026", "out_of_range", "2026-03-10"),
        (Slot("x", "time"), "2560", "no_match", None),
        (Slot("x", "time"), "1*", "no_match", None),
        (Slot("x", "phone"), "5550123#", "too_few", None),
        (Slot("x", "phone"), "#", "no_match", None),
    ],
)
def test_keys_that_are_refused(slot, pressed, reason, value):
    result = keys.read(STEP, slot, pressed, finished=False, today="2026-03-11")
    assert result == keys.KeyResult("wrong", value=value, reason=reason)


@pytest.mark.parametrize("kind", ["email", "name", "spelling", "address"])
def test_what_is_spelled_has_no_keys(kind):
    assert read(Slot("x", kind), "1").status == "wrong"


def test_a_secret_telephone_number_waits_for_the_finish_key():
    slot = Slot("x", "phone", sensitive=True)
    assert read(slot, "2125550123") == keys.MORE
    assert read(slot, keys.HIDDEN_KEY * 10 + "#").value == keys.HIDDEN_KEY * 10
