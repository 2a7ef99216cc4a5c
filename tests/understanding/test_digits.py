import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.digits import digits
from ivr.understanding.numbers import TEENS, TENS, UNITS

ANY = Slot("n", "digits")
UNIT_WORDS = {str(value): word for word, value in UNITS.items()}
TEEN_WORDS = {str(value): word for word, value in TEENS.items()}
TEN_WORDS = {str(value)[0]: word for word, value in TENS.items() if word != "fourty"}


def exactly(count: int) -> Slot:
    return Slot("n", "digits", minimum=count, maximum=count)


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("4 2 7 1", ANY, "4271"),
        ("427-1", ANY, "4271"),
        ("4,271", ANY, "4271"),
        ("four two seven one", exactly(4), "4271"),
        ("double oh seven", ANY, "007"),
        ("Double 07.", ANY, "007"),
        ("triple nine", ANY, "999"),
        ("five five five twelve twelve", ANY, "5551212"),
        ("oh", ANY, "0"),
        ("zero", ANY, "0"),
        ("forty two", ANY, "42"),
        ("forty-two", ANY, "42"),
        ("forty two", exactly(3), "402"),
        ("twenty twenty five", ANY, "2025"),
        ("twenty oh five", ANY, "2005"),
        ("nineteen eighty four", ANY, "1984"),
        ("seventeen hundred", ANY, "1700"),
        ("one hundred twenty three four five six", exactly(6), "123456"),
        ("one hundred and twenty three four", ANY, "1234"),
        ("two thousand and five", ANY, "2005"),
        ("one thousand two hundred thirty four", ANY, "1234"),
        ("eight hundred five five five twelve twelve", exactly(10), "8005551212"),
        ("My number is 4271.", exactly(4), "4271"),
        ("um, it's four two, uh, seven one, thanks", exactly(4), "4271"),
        ("the last four digits are 4 2 7 1", exactly(4), "4271"),
        ("(555) 123-4567", exactly(10), "5551234567"),
        ("555.123.4567", exactly(10), "5551234567"),
        ("4 to 7 1", exactly(4), "4271"),
        ("4271, 4271", exactly(4), "4271"),
        ("one two three no sorry one two four", ANY, "124"),
        ("\uff14\uff12", ANY, "42"),
    ],
)
def test_ways(text: str, slot: Slot, value: str) -> None:
    meaning = digits(text, slot)
    assert meaning is not None
    assert (meaning.kind, meaning.value, meaning.name) == ("value", value, "")
    assert meaning.decided_by == "grammar"
    assert 0 < meaning.confidence <= 1


@pytest.mark.parametrize(
    ("text", "slot", "reason"),
    [
        ("4 2 7", exactly(4), "too_few"),
        ("it's four", exactly(4), "too_few"),
        ("4 2 7 1 9", exactly(4), "too_many"),
        ("forty two", Slot("n", "digits", maximum=1), "too_many"),
    ],
)
def test_a_wrong_number_of_digits_says_so(text: str, slot: Slot, reason: str) -> None:
    meaning = digits(text, slot)
    assert meaning is not None
    assert (meaning.kind, meaning.name, meaning.value) == ("nothing", reason, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "I have 2 kids and 3 dogs",
        "what about 4 2 7 1?",
        "double",
        "for you too",
        "I don't have it",
        "\u0664\u0662",
        "flight A427",
    ],
)
def test_no_digits(text: str) -> None:
    assert digits(text, ANY) is None


def test_other_words_are_borne_only_when_the_count_is_right() -> None:
    among = digits("my membership thing is 4 2 7 1", exactly(4))
    assert among is not None
    assert among.value == "4271"
    assert among.confidence < 1
    assert digits("my membership thing is 4 2 7", exactly(4)) is None


@st.composite
def spoken_digits(draw: st.DrawFn) -> tuple[str, str]:
    """A string of digits, and one way to say it that can be meant no other way."""
    value = draw(st.text("0123456789", min_size=1, max_size=12))
    said: list[str] = []
    place = 0
    while place < len(value):
        pair, triple = value[place : place + 2], value[place : place + 3]
        ways = [
            (1, draw(st.sampled_from(["0", "oh", "zero"]))) if pair[0] == "0" else (1, UNIT_WORDS[pair[0]])
        ]
        ways.append((1, pair[0]))
        if len(set(triple)) == 1 and len(triple) == 3:
            ways.append((3, f"triple {UNIT_WORDS[triple[0]]}"))
        if len(set(pair)) == 1 and len(pair) == 2:
            ways.append((2, f"double {UNIT_WORDS[pair[0]]}"))
        if pair in TEEN_WORDS:
            ways.append((2, TEEN_WORDS[pair]))
        if len(pair) == 2 and pair[0] in TEN_WORDS and pair[1] != "0":
            ways.append((2, f"{TEN_WORDS[pair[0]]} {UNIT_WORDS[pair[1]]}"))
        size, way = draw(st.sampled_from(ways))
        said.append(way)
        place += size
    opening = draw(st.sampled_from(["", "it's ", "my number is ", "um, yes, "]))
    joint = draw(st.sampled_from([" ", ", ", " - "]))
    return value, opening + joint.join(said)


@given(spoken_digits())
def test_what_is_spoken_comes_back(pair: tuple[str, str]) -> None:
    value, said = pair
    meaning = digits(said, exactly(len(value)))
    assert meaning is not None
    assert meaning.value == value
