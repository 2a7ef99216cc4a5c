"""Letters, and what is made of them: spellings, e-mail addresses, names."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.core.telephone import is_e164
from ivr.understanding.email import spoken_email
from ivr.understanding.letters import entries
from ivr.understanding.names import spoken_name
from ivr.understanding.phone import spoken_phone
from ivr.understanding.spelling import spoken_spelling

CODE = Slot("code", "spelling", minimum=3, maximum=5)


def test_the_word_behind_a_letter_says_which_letter_was_meant() -> None:
    assert [entry.text for entry in entries("D as in boy, P like tango, double m for mother")] == [
        "B",
        "T",
        "MM",
    ]


@pytest.mark.parametrize(("text", "reason"), [("a b", "too_few"), ("a b c", ""), ("a b c d e f", "too_many")])
def test_spellings_have_limits(text: str, reason: str) -> None:
    found = spoken_spelling(text, CODE)
    assert found is not None
    assert found.reason == reason


@given(st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=12))
def test_what_is_spelled_comes_back(code: str) -> None:
    said = ", ".join(f"{c} as in {c.lower()}nnn" if c.isalpha() else c for c in code)
    found = spoken_spelling(said, Slot("code", "spelling"))
    assert found is not None
    assert found.value == code


LABEL = st.text("bdfhklmnprstwz", min_size=2, max_size=8)


@given(LABEL, LABEL, st.sampled_from([".", "_", "-", "+", ""]), st.sampled_from(["com", "org", "co.uk"]))
def test_addresses_come_back_written_and_said(first: str, last: str, sign: str, ending: str) -> None:
    address = f"{first}{sign}{last}@{last}.{ending}"
    names = {".": " dot ", "_": " underscore ", "-": " dash ", "+": " plus ", "": ""}
    said = f"it's {first}{names[sign]}{last} at {last} dot {ending.replace('.', ' dot ')}"
    for text in (address, f"It's {address}.", said):
        found = spoken_email(text)
        assert found is not None
        assert found.value == address


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "x" * 70 + "@example.com",
        "at at at",
        "dot com",
        "john at .com",
        "@",
        "a at " + "b" * 70 + ".com",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert spoken_email(text) is None


def test_a_spelled_name_is_surer() -> None:
    plain, spelled = spoken_name("John Smythe"), spoken_name("John Smith, S M Y T H E")
    assert plain is not None
    assert spelled is not None
    assert plain.value == spelled.value == "John Smythe"
    assert plain.confidence < spelled.confidence


def test_a_number_that_nobody_has_is_less_sure() -> None:
    good, odd = (spoken_phone(text, Slot("x", "phone")) for text in ("212 555 0123", "555 010 0123"))
    assert good is not None
    assert odd is not None
    assert good.confidence > odd.confidence


@given(st.text(max_size=80))
def test_a_telephone_number_is_e164(text: str) -> None:
    found = spoken_phone(text, Slot("x", "phone"))
    assert found is None or found.reason or is_e164(found.value)


def test_an_extension_is_left_over() -> None:
    found = spoken_phone("212 555 0123 extension 44", Slot("x", "phone"))
    assert found is not None
    assert (found.value, found.rest) == ("+12125550123", ("extension", "44"))
