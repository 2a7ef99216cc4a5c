"""The guard of the answer cache: which sentences may never share an answer."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.understanding.guard import Facts, facts, guards
from ivr.understanding.guard_words import GUARD_WORDS
from ivr.understanding.text import words

ENGLISH = sorted(
    GUARD_WORDS["en"].denials
    | set(GUARD_WORDS["en"].moments)
    | set(GUARD_WORDS["en"].poles)
    | {"what", "are", "the", "hours", "for", "a", "table", "of", "two", "and", "three"}
)
SENTENCES = st.lists(st.sampled_from(ENGLISH), max_size=12).map(tuple)


def agree(first: str, second: str) -> bool:
    return facts(words(first), "en-US").agree(facts(words(second), "en-US"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("can I bring my dog", "I can't bring my dog"),
        ("do you open on Monday", "do you open on Friday"),
        ("are you open today", "are you open tomorrow"),
        ("when do you open", "when do you close"),
        ("a table for two", "a table for six"),
        ("room 12", "room 21"),
        ("how do I switch it on", "how do I switch it off"),
        ("what is your name", "what is my name"),
        ("is the first visit free", "is the last visit free"),
        ("do I pay with insurance", "do I pay without insurance"),
        ("are you open in the morning", "are you open in the evening"),
        ("what does it cost for three days", "what does it cost for days"),
    ],
)
def test_what_must_not_share_an_answer(first: str, second: str) -> None:
    assert not agree(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("where can I park", "is there somewhere to leave the car"),
        ("um could you tell me when you open please", "when do you open"),
        ("are you open on Mondays", "open on Monday?"),
        ("a table for two", "table for 2"),
        ("no, when do you open", "when do you open"),
        ("I don't have no money", "I have money"),
        ("the third floor", "the 3rd floor"),
    ],
)
def test_what_may(first: str, second: str) -> None:
    assert agree(first, second)


def test_opposites_on_both_sides_are_no_contradiction() -> None:
    assert agree("when do you open and close", "when do you open and close the doors")
    assert not agree("when do you open and close", "when do you open")
    assert not agree("tell me the price", "did the price raise or go down")
    assert not agree("did the price raise or go down", "tell me the price")


@given(SENTENCES)
def test_a_sentence_agrees_with_itself_unless_it_contradicts_nothing_else(spoken: tuple[str, ...]) -> None:
    assert facts(spoken, "en").agree(facts(spoken, "en"))


@given(SENTENCES, SENTENCES)
@example((), ("bought", "sell"))
def test_agreement_is_mutual(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    one, other = facts(first, "en"), facts(second, "en")
    assert one.agree(other) == other.agree(one)


@given(SENTENCES, st.sampled_from(["not", "never", "tuesday", "seventeen", "9"]))
def test_one_more_denial_day_or_number_always_parts(spoken: tuple[str, ...], word: str) -> None:
    if word in spoken or word in facts(spoken, "en").moments:
        return
    longer = ("tell", "me", *spoken, "x", word, "x")
    shorter = ("tell", "me", *spoken, "x", "x")
    assert not facts(longer, "en").agree(facts(shorter, "en"))


@given(st.text(max_size=300), st.sampled_from(["en", "de", "xx", ""]))
def test_whatever_is_said_has_facts(text: str, language: str) -> None:
    found = facts(words(text), language)
    assert isinstance(found, Facts)
    assert found.agree(found)


def test_numerals_count_in_every_language() -> None:
    assert not facts(("zimmer", "12"), "xx").agree(facts(("zimmer", "21"), "xx"))


def test_languages() -> None:
    assert guards("en-GB")
    assert not guards("xx")
    assert not guards("")


@pytest.mark.parametrize("language", sorted(GUARD_WORDS))
def test_each_language_parts_denials_days_and_opposites(language: str) -> None:
    known = GUARD_WORDS[language]
    plain = facts(("x",), language)
    for word in known.denials:
        assert not facts(("x", "x", word, "x"), language).agree(plain), word
    for word in known.moments:
        assert not facts(("x", "x", word, "x"), language).agree(plain), word
    sides = {pole for poles in known.poles.values() for pole in poles}
    assert all((pair, not side) in sides for pair, side in sides)
