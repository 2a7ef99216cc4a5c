import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.text import (
    MAX_CHARS,
    MAX_WORDS,
    asks,
    bare,
    find,
    normalise,
    phrases,
    vocabulary,
    wanted,
    words,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Yes, please.", "yes please"),
        ("I don't; it\u2019s fine!", "i dont its fine"),
        ("uh-huh", "uh huh"),
        ("forty-two", "forty two"),
        ("4,271 or 1,234,567", "4271 or 1234567"),
        ("1,2,3", "1 2 3"),
        ("3.5 at 10:30, -2 and 427-1", "3.5 at 10:30 -2 and 427 1"),
        ("555.123.4567", "555.123.4567"),
        ("\uff14\uff12", "42"),
        ("\x00\x07 hello\tworld\x1b", "hello world"),
        ("...", ""),
        ("", ""),
        ("\u0414\u0410, \u4f60\u597d", "\u0434\u0430 \u4f60\u597d"),
    ],
)
def test_plain_form(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text())
def test_plain_form_stays_as_it_is(text: str) -> None:
    assert words(normalise(text)) == words(text)


@given(st.text(max_size=50))
def test_words_are_bounded(text: str) -> None:
    spoken = words((text + " ") * 500)
    assert len(spoken) <= MAX_WORDS
    assert sum(map(len, spoken)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("um, can I please talk to a real person", "talk to a real person"),
        ("Okay, thanks, I'd like to book a visit, please, if possible", "book a visit"),
        ("please", ""),
        ("okay thanks", "thanks"),
        ("talk", "talk"),
        ("I'd like a person", "id like a person"),
    ],
)
def test_bare(text: str, left: str) -> None:
    assert " ".join(bare(words(text))) == left


def test_wanted_leaves_the_thing_itself() -> None:
    assert wanted(words("I'd like the morning, please")) == ("morning",)
    assert wanted(words("it's for the heart clinic")) == ("heart", "clinic")


@pytest.mark.parametrize(
    "text",
    [
        "what are your hours",
        "Okay, so when are you open",
        "is there parking",
        "tell me about parking",
        "four two?",
        "do you have parking",
        "Can you tell me the address",
        "before that, where are you",
    ],
)
def test_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["", "yes", "my knee hurts", "I need a doctor", "whatever", "four two"])
def test_does_not_ask(text: str) -> None:
    assert not asks(text)


def test_find() -> None:
    assert list(find(("a", "b", "a", "b"), ("a", "b"))) == [0, 2]
    assert list(find(("a",), ("a", "b"))) == []
    assert list(find(("a",), ())) == []


def test_lists_written_out() -> None:
    assert vocabulary(" a b\n c ") == {"a", "b", "c"}
    assert phrases("a b | c\n d") == {("a", "b"), ("c",), ("d",)}
