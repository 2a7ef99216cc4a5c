from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speaking.english import ENGLISH
from ivr.core.speaking.languages import AS_WRITTEN, LANGUAGES, rules_of
from ivr.core.speaking.spanish import SPANISH


def test_a_language_is_found_by_its_first_part() -> None:
    assert rules_of("en") is LANGUAGES["en"] is ENGLISH
    assert rules_of("es") is SPANISH


@pytest.mark.parametrize("name", ["fr", "en-US", ""])
def test_any_other_is_read_as_it_is_written(name: str) -> None:
    assert rules_of(name) is AS_WRITTEN


@given(st.text())
def test_what_is_read_as_it_is_written_needs_no_rule(text: str) -> None:
    assert AS_WRITTEN.is_plain(text)
    assert AS_WRITTEN.rules == ()
