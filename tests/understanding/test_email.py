import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.email import spoken_email

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
    ("text", "value"),
    [
        ("my email is j smith forty two at g mail dot com", "jsmith42@gmail.com"),
        ("john under score doe at example dot org please", "john_doe@example.org"),
        ("M-A-R-I-A at example dot com, all lower case", "maria@example.com"),
        ("John.Doe@Example.COM", "john.doe@example.com"),
        ("you can reach me at info at sign example dot co dot uk", "info@example.co.uk"),
    ],
)
def test_addresses_as_people_say_them(text: str, value: str) -> None:
    found = spoken_email(text)
    assert found is not None
    assert found.value == value


def test_a_well_known_host_is_completed_and_less_sure() -> None:
    whole, short = spoken_email("bob at gmail dot com"), spoken_email("bob at gmail")
    assert whole is not None
    assert short is not None
    assert whole.value == short.value == "bob@gmail.com"
    assert short.confidence < whole.confidence


@pytest.mark.parametrize(
    "text",
    [
        "",
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


@given(
    st.text(max_size=120)
    | st.lists(st.sampled_from(["a", "at", "dot", "gmail", "com", "double", "b", "42", "-", "@"])).map(
        " ".join
    )
)
def test_what_is_found_is_an_address(text: str) -> None:
    found = spoken_email(text)
    if found is not None:
        assert re.fullmatch(r"[a-z0-9._+-]{1,64}@[a-z0-9.-]+\.[a-z]{2,24}", found.value)
        assert 0 < found.confidence <= 1
