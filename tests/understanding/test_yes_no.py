import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.yes_no import _WAYS, leaning, yes_no

YES = """
yes | Yes please. | yep | Yeah | yup | correct | that's right | uh-huh | Mm-hmm | sure | of course | OK
okay | I do | yes I do have insurance | that's it | yes that's correct | absolutely | I think so | right
please | yes, I'd like to book an appointment | um, yes | oh yes | it's a yes | sure that would be great
go ahead | yes, no problem | no, I mean yes | of course yes | Yeah, that's fine. | fine | please do
I guess so | yes yes yes | no problem | that is correct | sounds good thank you | I would | why not
yes it is | true | yeah sure | Yes, ma'am. | I'd love to | all right then | no wait yes | affirmative
you bet | exactly
"""
NO = """
no | No, thank you | nope | not really | no that's wrong | I don't think so | that's not right | nah
incorrect | absolutely not | no, Thursday | No, it's 4 2 7 2 | I don't | I'm not | uh-uh | not yet
wrong | never | no way | that is wrong | no no no | please don't | negative | no, that's fine
yes sorry, no | of course not | no I don't have insurance | no thanks, I'm good | I'm afraid not
no it is not correct | not today thank you | no, not at all | I'd rather not | No. No. | no I do not
I don't want to | false | definitely not
"""
NEITHER = """
maybe | yes no | yeah, no | okay so what are your opening hours | I have a question | I don't know
no idea | what is the right address | is it free | I'm not sure | yes but the time is wrong | hello
it depends | can you repeat that | I am looking for a doctor | do you have no parking
it is about my knee | never mind | I don't understand | no that's right | sure what time do you open
Thursday | no one told me | yes and no | right now I am in the car | good morning | please hold on
I can't hear you | yesterday | nose bleed
"""


def listed(text: str) -> list[str]:
    return [item.strip() for item in text.strip().replace("\n", "|").split("|")]


@pytest.mark.parametrize(
    ("text", "value"),
    [(t, True) for t in listed(YES)]
    + [(t, False) for t in listed(NO)]
    + [(t, None) for t in listed(NEITHER)],
)
def test_ways(text: str, value: bool | None) -> None:
    meaning = yes_no(text)
    assert (meaning.value if meaning else None) is value


def confidence(text: str) -> float:
    meaning = yes_no(text)
    assert meaning is not None
    return meaning.confidence


def test_hedges_and_more_words_are_less_sure() -> None:
    assert confidence("yes") == 1.0
    assert confidence("okay") < confidence("yes")
    assert confidence("I think so") < confidence("okay")
    assert confidence("not really") < confidence("no")
    assert confidence("yes I do have insurance") < confidence("yes I do")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no I'm all good", False),
        ("yes, no", True),
        ("okay", None),
        ("okay nope", False),
        ("maybe", None),
        ("", None),
    ],
)
def test_leaning_is_what_comes_first(text: str, value: bool | None) -> None:
    assert leaning(text) is value


@given(st.lists(st.sampled_from([" ".join(way) for way in _WAYS] + ["um", "the", "wrong", "so"]), max_size=6))
def test_one_meaning_at_most_and_a_confidence(parts: list[str]) -> None:
    meaning = yes_no(" ".join(parts))
    if meaning is not None:
        assert meaning.kind == "value"
        assert isinstance(meaning.value, bool)
        assert 0.6 <= meaning.confidence <= 1.0


@given(
    st.sampled_from(["yes", "yep", "correct", "absolutely"]), st.sampled_from(["no", "nope", "that's wrong"])
)
def test_both_at_once_is_neither(yes: str, no: str) -> None:
    assert yes_no(f"{yes} {no}") is None
    assert yes_no(f"{no} {yes}") is None
