import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.choice import choice, exactly, forms_of


def forms(**choices: tuple[str, ...]):
    return forms_of(Slot("c", "choice", choices=choices))


CLINIC = forms(
    cardiology=("heart", "heart clinic"), general_practice=("gp", "family doctor"), physio=("physiotherapy",)
)
DAYS = forms(monday=(), tuesday=(), wednesday=(), thursday=())
PATIENT = forms(new=("new patient", "first time"), existing=("existing patient", "patient", "been before"))
DOCTOR = forms(dr_patel=("doctor patel", "patel"), dr_hughes=("doctor hughes", "hughes"))
HALF = forms(morning=("am",), afternoon=("pm",))


@pytest.mark.parametrize(
    ("text", "ways", "value"),
    [
        ("Cardiology.", CLINIC, "cardiology"),
        ("The heart clinic, please", CLINIC, "cardiology"),
        ("cardio logy", CLINIC, "cardiology"),
        ("cardiolgy", CLINIC, "cardiology"),
        ("general practise", CLINIC, "general_practice"),
        ("the general one", CLINIC, "general_practice"),
        ("the second one", CLINIC, "general_practice"),
        ("number three", CLINIC, "physio"),
        ("option 2", CLINIC, "general_practice"),
        ("2", CLINIC, "general_practice"),
        ("the last one", CLINIC, "physio"),
        ("Tuesday", DAYS, "tuesday"),
        ("not Monday, Tuesday", DAYS, "tuesday"),
        ("monday no tuesday", DAYS, "tuesday"),
        ("next Thursday would be great", DAYS, "thursday"),
        ("Wendsday", DAYS, "wednesday"),
        ("I'm a new patient", PATIENT, "new"),
        ("I'm an existing patient", PATIENT, "existing"),
        ("patient", PATIENT, "existing"),
        ("Dr. Patal", DOCTOR, "dr_patel"),
        ("with doctor Hughes", DOCTOR, "dr_hughes"),
        ("in the mornings", HALF, "morning"),
        ("am", HALF, "morning"),
        ("no, the afternoon", HALF, "afternoon"),
    ],
)
def test_ways(text: str, ways, value: str) -> None:
    meaning = choice(text, ways)
    assert meaning is not None
    assert (meaning.kind, meaning.value) == ("value", value)
    assert 0.5 <= meaning.confidence <= 1


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("", HALF),
        ("I don't mind", HALF),
        ("morning or afternoon", HALF),
        ("not the morning", HALF),
        ("anything but the morning", HALF),
        ("I am not sure", HALF),
        ("Monday or Tuesday", DAYS),
        ("sunday", DAYS),
        ("Friday", DAYS),
        ("doctor", DOCTOR),
        ("option four", CLINIC),
        ("yes", CLINIC),
        ("hello", forms()),
        ("the last one", forms()),
    ],
)
def test_no_choice(text: str, ways) -> None:
    assert choice(text, ways) is None


def test_the_less_exact_the_less_sure() -> None:
    said = ["cardiology", "I think cardiology for my mother", "cardiolgy"]
    sure = [meaning.confidence for text in said if (meaning := choice(text, CLINIC))]
    assert len(sure) == 3
    assert sure[0] == 1.0 > sure[1] > sure[2]


def test_exactly_wants_the_whole_utterance() -> None:
    assert exactly("the heart clinic, please", CLINIC) == "cardiology"
    assert exactly("the heart clinic on Main Street", CLINIC) == ""


def test_a_way_of_two_values_names_neither() -> None:
    twins = forms(north=("clinic",), south=("clinic",))
    assert exactly("clinic", twins) == ""
    assert choice("clinic", twins) is None


@given(st.text(max_size=80))
def test_any_text_is_borne(text: str) -> None:
    meaning = choice(text, DAYS)
    assert meaning is None or meaning.value in DAYS
