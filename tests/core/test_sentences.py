from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Hello."],
        [
            "Hello there",
        ],
        ["Thank you for calling.", "How can I help you?"],
        ["Wait!", "Are you there?!", "Good."],
        ["Dr. Jones is in on Thursdays.", "Shall I book that?"],
        ["St. Mary's is on Main St. near the park.", "We open at 9 a.m. on weekdays."],
        ["We close at 5 p.m.", "Please call back."],
        ["It is at 9 a.m. Monday, 3.5 miles from here.", "The price is $4.50.", "Anything else?"],
        ["No.", "That isn't possible."],
        ["Take a seat in room No. 5.", "Then wait."],
        ["1. Bring your card."],
        ["So do I.", "Good."],
        ["Ask for J. R. Smith."],
        ["Use e.g. Monday."],
        ['He said "Stop."', "Then he left."],
        ["One moment… please.", "Thank you."],
        ["Press 1.", "5 people are waiting."],
        ["お電話ありがとうございます。", "ご用件は?"],
        ["First paragraph", "second paragraph"],
    ],
)
def test_sentences_are_found(sentences: list[str]) -> None:
    gap = "\n\n" if "paragraph" in sentences[0] else " "
    assert split_sentences(gap.join(sentences)) == sentences


@pytest.mark.parametrize("text", ["", "   ", "\n\n\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@given(st.text(alphabet="aB1.!? \n\"'…", max_size=80))
def test_nothing_is_lost_added_or_empty(text: str) -> None:
    sentences = split_sentences(text)
    assert " ".join(sentences).split() == text.split()
    assert all(sentence.strip() == sentence != "" for sentence in sentences)


@given(st.text(alphabet="aB1.!? ", max_size=60))
def test_a_sentence_is_not_split_again(text: str) -> None:
    for sentence in split_sentences(text):
        assert len(split_sentences(sentence)) == 1
