from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core import templates
from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot
from ivr.core.speaking.formatters import BY_TYPE, FORMATTERS, Place
from ivr.core.speaking.reading import reader

HERE = Place("en-US", "2026-11-20")
ABROAD = Place("en-IE", "2026-11-20")

WRITTEN_AND_SAID: dict[tuple[str, SlotValue], tuple[str, str]] = {
    ("date", "2026-11-23"): ("Monday, November 23rd", "Monday, November twenty-third"),
    ("date", "1980-04-15"): ("April 15th, 1980", "April fifteenth, nineteen eighty"),
    ("time", "14:30"): ("2:30 PM", "two thirty PM"),
    ("time", "09:00"): ("9 AM", "nine AM"),
    ("time", "12:00"): ("noon", "noon"),
    ("date_time", "2026-11-23T14:30"): (
        "Monday, November 23rd at 2:30 PM",
        "Monday, November twenty-third at two thirty PM",
    ),
    ("date_time", "2026-11-23"): ("Monday, November 23rd", "Monday, November twenty-third"),
    ("money", "12.50"): ("$12.50", "twelve dollars and fifty cents"),
    ("money", "12.5"): ("$12.50", "twelve dollars and fifty cents"),
    ("money", "1200"): ("$1,200", "one thousand two hundred dollars"),
    ("money", "-3.00"): ("-$3", "minus three dollars"),
    ("phone", "+12025550143"): ("(202) 555-0143", "two zero two, five five five, zero one four three"),
    ("phone", "+35312345678"): (
        "+353 1 234 5678",
        "plus three five three, one, two three four, five six seven eight",
    ),
    ("digits", "4271"): ("4, 2, 7, 1", "four, two, seven, one"),
    ("digits", 105): ("1, 0, 5", "one, zero, five"),
    ("digits", "42711100423"): (
        "4 2 7, 1 1 1, 0 0 4, 2 3",
        "four two seven, one one one, zero zero four, two three",
    ),
    ("spell", "Smith 2"): ("S, M, I, T, H, 2", "S, M, I, T, H, two"),
    ("spell", "a.b@x"): ("A, dot, B, at, X", "A, dot, B, at, X"),
    ("number", 4271): ("4,271", "four thousand two hundred seventy-one"),
    ("number", "1999"): ("1,999", "one thousand nine hundred ninety-nine"),
    ("number", 12): ("12", "twelve"),
    ("ordinal", 3): ("3rd", "third"),
    ("ordinal", "111"): ("111th", "one hundred eleventh"),
    ("yes_no", False): ("no", "no"),
    ("plain", "2026-11-23"): ("2026-11-23", "November twenty-third, twenty twenty-six"),
}


IN_SPANISH: dict[tuple[str, str, SlotValue], tuple[str, str]] = {
    ("es-ES", "date", "2026-11-23"): ("lunes, 23 de noviembre", "lunes, veintitrés de noviembre"),
    ("es-ES", "date", "1980-04-15"): (
        "15 de abril de 1980",
        "quince de abril de mil novecientos ochenta",
    ),
    ("es-ES", "time", "14:30"): ("14:30 h", "dos y media de la tarde"),
    ("es-US", "time", "09:00"): ("9:00 h", "nueve de la mañana"),
    ("es-US", "time", "00:00"): ("0:00 h", "doce de la noche"),
    ("es-ES", "date_time", "2026-11-23T13:00"): (
        "lunes, 23 de noviembre a la 13:00 h",
        "lunes, veintitrés de noviembre a la una de la tarde",
    ),
    ("es-ES", "money", "1250.50"): ("1.250,50 €", "mil doscientos cincuenta euros con cincuenta céntimos"),
    ("es-US", "money", "12.50"): ("$12.50", "doce dólares con cincuenta centavos"),
    ("es-US", "money", "-3.00"): ("-$3", "menos tres dólares"),
    ("es-MX", "money", "21"): ("21 MXN", "veintiún pesos"),
    ("es-ES", "number", 4271): ("4.271", "cuatro mil doscientos setenta y uno"),
    ("es-US", "number", 4271): ("4,271", "cuatro mil doscientos setenta y uno"),
    ("es-ES", "number", "3.5"): ("3,5", "tres coma cinco"),
    ("es-ES", "ordinal", 3): ("3.º", "tercero"),
    ("es-US", "digits", "4271"): ("4, 2, 7, 1", "cuatro, dos, siete, uno"),
    ("es-US", "phone", "+12025550143"): (
        "(202) 555-0143",
        "dos cero dos, cinco cinco cinco, cero uno cuatro tres",
    ),
    ("es-US", "spell", "a.b"): ("A, punto, B", "A, punto, B"),
    ("es-US", "yes_no", True): ("sí", "sí"),
    ("es-US", "yes_no", False): ("no", "no"),
}


@pytest.mark.parametrize(("language", "formatter", "value"), IN_SPANISH)
def test_in_spanish(language: str, formatter: str, value: SlotValue) -> None:
    written = FORMATTERS[formatter](value, Place(language, HERE.today))
    assert (written, reader(language, {}).say(written)) == IN_SPANISH[language, formatter, value]


@pytest.mark.parametrize(("formatter", "value"), WRITTEN_AND_SAID)
def test_written_for_the_record_and_said_for_the_ear(formatter: str, value: SlotValue) -> None:
    written = FORMATTERS[formatter](value, HERE)
    assert (written, reader("en-US", {}).say(written)) == WRITTEN_AND_SAID[formatter, value]


def test_the_slot_decides() -> None:
    francs = FORMATTERS["money"]("12.50", Place("en-US", currency="CHF"))
    assert francs == "12.50 CHF"
    assert reader("en-US", {}).say(francs) == "twelve francs and fifty centimes"
    slots = {"sum": Slot("sum", "money", currency="EUR"), "phone": Slot("phone", "phone", region="IE")}
    values: dict[str, SlotValue] = {"sum": "3.00", "phone": "+35312345678"}
    assert templates.fill("{sum}, {phone}", values, slots) == "€3, (01) 234 5678"


def test_the_country_decides() -> None:
    assert FORMATTERS["money"]("12.50", ABROAD) == "€12.50"
    assert FORMATTERS["phone"]("+12025550143", ABROAD) == "+1 202-555-0143"
    assert FORMATTERS["phone"]("+35312345678", ABROAD) == "(01) 234 5678"


@pytest.mark.parametrize("formatter", ["date", "time", "date_time", "money", "number", "ordinal"])
@pytest.mark.parametrize("value", ["", "tomorrow", "2026-02-31", "25:00", "[[x]]", "1e5"])
def test_what_is_no_such_value_stays_as_it_is(formatter: str, value: str) -> None:
    assert FORMATTERS[formatter](value, HERE) == value


def test_every_type_has_a_formatter_that_exists() -> None:
    assert set(BY_TYPE.values()) <= set(FORMATTERS)


@given(
    st.sampled_from(sorted(FORMATTERS)),
    st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.text("0123456789-+:T. ", max_size=20)),
    st.sampled_from([HERE, ABROAD, Place("es-ES"), Place("xx")]),
)
def test_no_value_fails(formatter: str, value: SlotValue, place: Place) -> None:
    written = FORMATTERS[formatter](value, place)
    assert isinstance(reader(place.language, {}).say(written), str)


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_no_digit_is_lost(value: str) -> None:
    assert "".join(c for c in FORMATTERS["digits"](value, HERE) if c.isdecimal()) == value
