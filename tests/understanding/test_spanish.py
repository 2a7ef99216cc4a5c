"""Yes and no, digits and whole numbers in Spanish."""

import pytest

from ivr.core.flow.model import Slot
from ivr.understanding.spanish import spoken_digits, spoken_integer, yes_no


@pytest.mark.parametrize(
    "text", ["sí", "Sí, claro.", "claro que sí", "por supuesto", "correcto", "eh, sí, por favor", "así es"]
)
def test_yes(text):
    meaning = yes_no(text)
    assert meaning is not None
    assert meaning.value is True


@pytest.mark.parametrize(
    "text", ["no", "No, gracias.", "para nada", "no es correcto", "claro que no", "mejor no"]
)
def test_no(text):
    meaning = yes_no(text)
    assert meaning is not None
    assert meaning.value is False


@pytest.mark.parametrize("text", ["", "quizás", "sí, pero otro día", "mañana", "yes"])
def test_neither(text):
    assert yes_no(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("uno dos tres cuatro", "1234"),
        ("mi número es uno dos tres cuatro, gracias", "1234"),
        ("doble cero uno dos", "0012"),
        ("triple nueve uno", "9991"),
        ("veintitrés cuarenta y dos", "2342"),
        ("1 2 3 4", "1234"),
        ("doce treinta", "1230"),
        ("siete siete cero cero", "7700"),
    ],
)
def test_digits(text, value):
    meaning = spoken_digits(text, Slot("x", "digits", minimum=4, maximum=4))
    assert meaning is not None
    assert meaning.value == value


@pytest.mark.parametrize("text", ["", "no lo sé", "uno dos perros tres cuatro", "hola"])
def test_no_digits(text):
    assert spoken_digits(text, Slot("x", "digits", minimum=4, maximum=4)) is None


def test_too_few_digits_are_told():
    meaning = spoken_digits("uno dos", Slot("x", "digits", minimum=4, maximum=4))
    assert meaning is not None
    assert (meaning.kind, meaning.name) == ("nothing", "too_few")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cero", 0),
        ("una", 1),
        ("dieciséis", 16),
        ("cuarenta y dos", 42),
        ("tengo treinta y un años", 31),
        ("cien", 100),
        ("ciento veinte", 120),
        ("doscientos cincuenta y tres", 253),
        ("mil", 1000),
        ("mil doscientos", 1200),
        ("dos mil treinta", 2030),
        ("15", 15),
    ],
)
def test_whole_numbers(text, value):
    meaning = spoken_integer(text, Slot("x", "integer"))
    assert meaning is not None
    assert meaning.value == value
