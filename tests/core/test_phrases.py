"""What the line says of its own accord, in each language."""

from __future__ import annotations

import pytest

from ivr.core.phrases import DEFAULTS, built_in
from ivr.core.speaking import marks


@pytest.mark.parametrize("key", DEFAULTS)
def test_every_phrase_can_be_said_in_both_languages(key: str):
    english, spanish = built_in(key, "en-US"), built_in(key, "es-US")
    assert english == DEFAULTS[key]
    assert spanish != english
    for words in (english, spanish):
        assert words.strip() == words != ""
        assert marks.check(words) == ()
        assert "{" not in words


def test_a_language_without_phrases_is_spoken_to_in_english():
    assert built_in("goodbye", "fr-FR") == DEFAULTS["goodbye"]
    assert built_in("goodbye", "") == DEFAULTS["goodbye"]


def test_a_phrase_that_there_is_not_is_not_understood():
    assert built_in("nonsense", "en-US") == DEFAULTS["no_match"]
    assert built_in("nonsense", "es-ES") == DEFAULTS["no_match"]
