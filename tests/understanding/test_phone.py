import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.core.telephone import is_e164
from ivr.understanding.phone import spoken_phone

AMERICAN = Slot("x", "phone")
IRISH = Slot("x", "phone", region="IE")


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("two one two, triple five, oh one two three", AMERICAN, "+12125550123"),
        ("plus four four, twenty, seven nine four six, zero nine five eight", AMERICAN, "+442079460958"),
        ("my number is (212) 555-0123, thanks", AMERICAN, "+12125550123"),
        ("oh one, two three four, five six seven eight", IRISH, "+35312345678"),
    ],
)
def test_numbers_as_people_say_them(text: str, slot: Slot, value: str) -> None:
    found = spoken_phone(text, slot)
    assert found is not None
    assert (found.value, found.reason) == (value, "")


def test_a_number_that_nobody_has_is_less_sure() -> None:
    good, odd = (spoken_phone(text, AMERICAN) for text in ("212 555 0123", "555 010 0123"))
    assert good is not None
    assert odd is not None
    assert good.confidence > odd.confidence


@pytest.mark.parametrize(
    ("text", "reason"),
    [("two one two, triple five", "too_few"), ("2" * 15, "too_many"), ("2" * 19, "too_many")],
)
def test_what_is_hardly_a_number_is_told(text: str, reason: str) -> None:
    found = spoken_phone(text, AMERICAN)
    assert found is not None
    assert (found.value, found.reason) == ("", reason)


@pytest.mark.parametrize("text", ["", "I have none", "is it for two people?", "two"])
def test_what_is_no_number(text: str) -> None:
    assert spoken_phone(text, AMERICAN) is None


@given(st.text(max_size=80) | st.text("0123456789 +()-", max_size=30))
def test_a_telephone_number_is_e164(text: str) -> None:
    found = spoken_phone(text, AMERICAN)
    assert found is None or found.reason or is_e164(found.value)


def test_an_extension_is_left_over() -> None:
    found = spoken_phone("212 555 0123 extension 44", AMERICAN)
    assert found is not None
    assert (found.value, found.rest) == ("+12125550123", ("extension", "44"))
