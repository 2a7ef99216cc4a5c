from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from ivr.core.speaking.english.numerals import ONES, cardinal, digits, ordinal
from ivr.core.speaking.numbers import groups_of
from ivr.core.speaking.reading import reader

AMERICAN = reader("en-US", {})
NAMES = reader(
    "en-US", {"Siobhan": "shi-vawn", "Maple St.": "maple street", "SQL": "sequel", "K9": "the 9 dogs"}
)
DIGIT = re.compile(r"\d")
WORD_DIGITS = {word: str(value) for value, word in enumerate(ONES[:10])}

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from("0123456789 -/.:,$%+()#@aAbpmPMkgStDr&'"), max_size=40),
    st.lists(
        st.sampled_from(
            [
                "St.",
                "Dr.",
                "11/23",
                "9-5pm",
                "$5",
                "+1 202",
                "Main",
                "AB-1",
                "e.g.",
                "Nov",
                "23rd",
                "(",
                "½",
                "No.",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)


@given(TEXTS)
@example("٣ ① m² ½ Ⅷ")
@example("9" * 400)
@example("1-" * 200)
def test_no_text_fails_and_no_digit_is_left_to_the_voice(text: str) -> None:
    said = AMERICAN.say(text)
    assert not DIGIT.search(said)
    assert "[[" not in said  # what a voice might take for phonemes


@given(TEXTS)
def test_what_was_read_aloud_stays_as_it_is(text: str) -> None:
    once = AMERICAN.say(text.encode("ascii", "ignore").decode())
    words = re.sub(r"[^a-zA-Z ,-]", "", once)
    assert all(word.casefold() in AMERICAN.say(words).casefold() for word in words.split() if word.islower())


@given(st.from_regex(r"0[0-9]{4,18}|[1-9][0-9]{7,18}", fullmatch=True))
def test_no_digit_of_a_long_number_is_lost(number: str) -> None:
    said = AMERICAN.say(f"Your order number is {number}.")
    spoken = said.removeprefix("Your order number is ").rstrip(".").replace(",", "").split()
    assert "".join(WORD_DIGITS[word] for word in spoken) == number


@given(st.from_regex(r"[0-9]{1,30}", fullmatch=True))
def test_groups_hold_every_digit(number: str) -> None:
    groups = groups_of(number)
    assert "".join(groups) == number
    assert all(2 <= len(group) <= 4 for group in groups) or len(number) == 1
    assert digits(number).count(",") == len(groups) - 1


@given(st.integers(0, 10**15))
def test_numbers_have_names_of_their_own(number: int) -> None:
    assert not DIGIT.search(cardinal(number) + ordinal(number))
    assert cardinal(number) != cardinal(number + 1)


@given(TEXTS)
def test_a_weight_for_each_written_word(text: str) -> None:
    sentence = AMERICAN.sentence(text)
    assert sentence.text == text
    assert len(sentence.weights) in (0, len(text.split()))
    assert all(weight > 0 for weight in sentence.weights)


def test_weights_follow_what_is_said() -> None:
    sentence = AMERICAN.sentence("Pay $90 now.")
    pay, amount, now = sentence.weights
    assert amount > 2 * pay
    assert abs(pay - 4) <= 1
    assert abs(now - 5) <= 1


def test_pronunciations_come_first_and_in_any_case() -> None:
    assert NAMES.say("Ask SIOBHAN, siobhan or Siobhans.") == "Ask shi-vawn, shi-vawn or Siobhans."
    assert NAMES.say("12 Maple St. and Maple Street") == "twelve maple street and Maple Street"
    assert NAMES.say("Call K9 about SQL 2.") == "Call the nine dogs about sequel two."
    assert NAMES.sentence("Ask SQL.").text == "Ask SQL."


def test_sentences_are_read_one_by_one() -> None:
    found = AMERICAN.sentences("It is $5. Come to Main St. Thanks!", keep=True)
    assert [sentence.spoken for sentence in found] == ["It is five dollars.", "Come to Main Street. Thanks!"]
    assert found == AMERICAN.sentences("It is $5. Come to Main St. Thanks!", keep=False)
