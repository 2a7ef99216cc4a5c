"""Without the classifier, the author's very words are understood, and nothing like them."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation
from ivr.rehearsal.reading import TextReader, exact_model
from tests.core.talk import AGENT, flow_of

LINE = flow_of(
    "- listen: {ask: Yes?, intents: {book: {collect: number}, cancel: {transfer: desk}}}\n- hangup:", AGENT
)


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(exact_model(LINE), None)


@pytest.mark.parametrize(
    ("words", "expectation", "meaning"),
    [
        ("Book an appointment!", Expectation("intents", ("book", "cancel")), ("intent", "book")),
        ("book me an appointment", Expectation("intents", ("book", "cancel")), ("nothing", "")),
        ("book an appointment", Expectation("intents", ("cancel",)), ("nothing", "")),
        ("when are you open", Expectation("intents", ("cancel",)), ("answer", "hours")),
        ("what are your hours", Expectation("digits", slot="number"), ("answer", "hours")),
        ("a person please", Expectation("digits", slot="number"), ("universal", "agent")),
    ],
)
def test_words(reader: TextReader, words: str, expectation: Expectation, meaning: tuple[str, str]) -> None:
    found = reader(words, expectation)
    assert (found.kind, found.name) == meaning


def test_grammars_work(reader: TextReader) -> None:
    assert reader("one two three four", Expectation("digits", slot="number")).value == "1234"
