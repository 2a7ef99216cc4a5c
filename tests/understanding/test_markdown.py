"""Markdown to pieces: marks gone, headings kept, sizes held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.markdown import LONGEST, pieces, sentences

FEES = """---
title: Fees
---
# Fees

A visit costs **90 dollars**. See [the list](https://example.org/list "all").

<!-- not for callers -->
## Late fees #

- after *30* days: 5 dollars
- after 60 days: `10` dollars

Insurance
---------

| plan | taken |
|------|:-----:|
| Aetna | yes |

> We take ![logo](logo.png) Medicare.

***
"""


def test_pieces_stand_under_their_headings_and_have_no_marks() -> None:
    found = [(piece.heading, piece.text) for piece in pieces(FEES)]
    assert found == [
        ("Fees", "Fees. A visit costs 90 dollars. See the list."),
        ("Late fees", "Fees. Late fees. after 30 days: 5 dollars. after 60 days: 10 dollars."),
        ("Insurance", "Fees. Insurance. plan, taken. Aetna, yes. We take logo Medicare."),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a heading", "---\n", "<!-- hidden -->", "```\n```"])
def test_what_has_no_words_has_no_pieces(text: str) -> None:
    assert pieces(text) == ()


def test_a_hash_in_code_is_no_heading() -> None:
    assert pieces("```\n# not a heading\n```")[0].text == "# not a heading."


def test_long_sections_are_parted_between_paragraphs() -> None:
    paragraph = "The clinic is open from nine to five on every day of the week. " * 5
    found = pieces("# Hours\n\n" + "\n\n".join([paragraph] * 6))
    assert len(found) >= 3
    assert all(piece.text.startswith("Hours. The clinic") and piece.text.endswith("week.") for piece in found)


def test_a_paragraph_without_an_end_is_cut_between_words() -> None:
    found = pieces("word " * 1000)
    assert len(found) > 4
    assert all(set(piece.text.rstrip(".").split()) == {"word"} for piece in found)


@given(st.text(alphabet="abz #*_-`[]()|>\n.!0<&\\~=", max_size=3000))
def test_any_text_gives_pieces_within_their_limit(text: str) -> None:
    for piece in pieces(text):
        assert any(char.isalnum() for char in piece.text)
        assert len(piece.text) <= LONGEST + 1
        assert "\n" not in piece.text


def test_sentences() -> None:
    assert sentences("Fees. A visit costs $90.50! Is it much? ...") == (
        "Fees.",
        "A visit costs $90.50!",
        "Is it much?",
    )
