"""Sentences in the wrong language are told from the right ones."""

from __future__ import annotations

import pytest

from ivr.understanding.models.languages import is_in


@pytest.mark.parametrize(
    ("sentence", "language", "is_so"),
    [
        ("It costs ten dollars a day.", "en-US", True),
        ("Yes.", "en-US", True),
        ("42", "en-US", True),
        ("Ten dollars.", "en-US", True),
        ("Das kostet zehn Dollar und ist nicht inbegriffen.", "en-US", False),
        ("Esto cuesta diez dólares y no es para usted.", "en-US", False),
        ("这要十美元。", "en-US", False),
        ("Das kostet zehn Euro und ist nicht inbegriffen.", "de-DE", True),
        ("It is ten dollars and you can have it.", "de-DE", False),
        ("这要十美元。", "zh-CN", True),
        ("It is ten dollars and you can have it.", "zh-CN", False),
        ("La Traviata is on at eight.", "en-GB", True),
        ("Det kostar tio kronor.", "sv-SE", True),
    ],
)
def test_plain_cases(sentence: str, language: str, is_so: bool) -> None:
    assert is_in(sentence, language) is is_so
