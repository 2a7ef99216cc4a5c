"""Spanish has every phrase that English has, and no other."""

from __future__ import annotations

from ivr.core.phrases import DEFAULTS
from ivr.core.phrases_spanish import SPANISH


def test_no_phrase_is_missing_and_none_is_left_over():
    assert set(SPANISH) == set(DEFAULTS)


def test_keys_that_are_named_are_the_same():
    digits = {key: [c for c in words if c.isdigit()] for key, words in DEFAULTS.items()}
    assert {key: [c for c in words if c.isdigit()] for key, words in SPANISH.items()} == digits
