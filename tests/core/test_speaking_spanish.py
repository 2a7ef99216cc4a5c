"""Spanish read aloud: what is written, and what a person says for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speaking.reading import reader
from ivr.core.speaking.spanish.numerals import cardinal

SPAIN = {
    # dates
    "Es el 2026-11-23.": "Es el veintitrés de noviembre de dos mil veintiséis.",
    "el 23/11/2026": "el veintitrés de noviembre de dos mil veintiséis",
    "nacida el 15/4/80": "nacida el quince de abril de mil novecientos ochenta",
    "el 23/11": "el veintitrés de noviembre",
    "el 1 de mayo": "el uno de mayo",
    "el 24 dic. y el 25 de diciembre de 2030": "el veinticuatro de diciembre y el veinticinco de diciembre"
    " de dos mil treinta",
    "Lun-Vie": "Lunes a viernes",
    "de lunes\u2013viernes": "de lunes a viernes",
    "el sáb. por la mañana": "el sábado por la mañana",
    "2026-11-23T14:30": "veintitrés de noviembre de dos mil veintiséis a las dos y media de la tarde",
    "2026-11-23 13:05": "veintitrés de noviembre de dos mil veintiséis a la una y cinco de la tarde",
    "31/31": "treinta y uno entre treinta y uno",
    # times
    "a las 14:30": "a las dos y media de la tarde",
    "a las 9:00": "a las nueve de la mañana",
    "a las 9:15 h.": "a las nueve y cuarto de la mañana.",
    "a las 20:45": "a las nueve menos cuarto de la tarde",
    "a las 21:00 horas": "a las nueve de la noche",
    "a la 1:10": "a la una y diez de la madrugada",
    "a las 12:00": "a las doce del mediodía",
    "a las 00:00": "a las doce de la noche",
    "a las 5 p. m.": "a las cinco de la tarde.",
    "9:00-17:00": "nueve de la mañana a cinco de la tarde",
    # money
    "12,50 €": "doce euros con cincuenta céntimos",
    "1 €": "un euro",
    "21 €": "veintiún euros",
    "0,99 €": "noventa y nueve céntimos",
    "1.200,00 €": "mil doscientos euros",
    "1.000.000 €": "un millón de euros",
    "2 millones de €": "dos millones de euros",
    "201 £": "doscientas una libras",
    "20 EUR": "veinte euros",
    # telephone numbers, codes
    "612 345 678": "seis uno dos, tres cuatro cinco, seis siete ocho",
    "+34 912 345 678": "más tres cuatro, nueve uno dos, tres cuatro cinco, seis siete ocho",
    "900 12 34 56": "novecientos, uno dos, tres cuatro, cinco seis",
    "pedido 4271": "pedido cuatro dos siete uno",
    "el número de pedido es 100423987": "el número de pedido es uno cero cero, cuatro dos tres,"
    " nueve ocho siete",
    "la habitación 305": "la habitación tres cero cinco",
    "tarjeta terminada en 4271": "tarjeta terminada en cuatro dos siete uno",
    "4, 2, 7, 1": "cuatro, dos, siete, uno",
    "AB-1234": "A, B, uno dos tres cuatro",
    "28013 Madrid": "dos ocho cero, uno tres Madrid",
    "ana.ruiz@correo.es": "ana punto ruiz arroba correo punto es",
    "www.ejemplo.es": "triple uve doble punto ejemplo punto es",
    # numbers and measures
    "21": "veintiuno",
    "1.234 personas": "mil doscientos treinta y cuatro personas",
    "3,05": "tres coma cero cinco",
    "3,5 kg": "tres coma cinco kilos",
    "1 h": "una hora",
    "21 h": "veintiuna horas",
    "5 %": "cinco por ciento",
    "1/2 hora y 2 ½": "medio hora y dos y medio",
    "20 ºC": "veinte grados",
    "la 2ª planta, el 3.er piso, el 1º": "la segunda planta, el tercer piso, el primero",
    "de 8-10 personas": "de ocho a diez personas",
    "-5": "menos cinco",
    "año 1999": "año mil novecientos noventa y nueve",
    # abbreviations
    "El Sr. Gómez y la Dra. Ruiz": "El señor Gómez y la doctora Ruiz",
    "Avda. América, nº 5, 2.º dcha.": "Avenida América, número cinco, segundo derecha.",
    "C/ Mayor, s/n": "calle Mayor, sin número",
    "aprox. 20, p. ej.": "Aproximadamente veinte, por ejemplo.".replace("A", "a", 1),
    "en EE. UU. y Cía.": "en Estados Unidos y Compañía.",
    "Paz & Hijos": "Paz y Hijos",
    # nothing to do
    "¿En qué puedo ayudarle?": "¿En qué puedo ayudarle?",
    "¡Hola! Le paso con alguien.": "¡Hola! Le paso con alguien.",
    "el mar y la paz": "el mar y la paz",
}
AMERICAS = {
    "$12.50": "doce dólares con cincuenta centavos",
    "$1": "un dólar",
    "$1,200.00": "mil doscientos dólares",
    "US$ 1.5 millones de": "uno punto cinco millones de dólares",
    "11/23/2026": "veintitrés de noviembre de dos mil veintiséis",
    "el 1 de mayo": "el primero de mayo",
    "a las 2:30": "a las dos y media",
    "a las 2:45 pm": "a las dos cuarenta y cinco de la tarde",
    "a las 9:00": "a las nueve en punto",
    "a las 19:00": "a las siete de la noche",
    "de 9:00 a 17:00": "de nueve de la mañana a cinco de la tarde",
    "(202) 555-0143": "dos cero dos, cinco cinco cinco, cero uno cuatro tres",
    "+12025550143": "dos cero dos, cinco cinco cinco, cero uno cuatro tres",
    "1,234": "mil doscientos treinta y cuatro",
    "3.5": "tres punto cinco",
    "10 lbs": "diez libras",
}


@pytest.mark.parametrize("written", SPAIN)
def test_as_in_spain(written: str) -> None:
    assert reader("es-ES", {}).say(written) == SPAIN[written]


@pytest.mark.parametrize("written", AMERICAS)
def test_as_in_the_americas(written: str) -> None:
    assert reader("es-US", {}).say(written) == AMERICAS[written]


def test_pesos() -> None:
    assert reader("es-MX", {}).say("$350.50") == "trescientos cincuenta pesos con cincuenta centavos"
    assert reader("es-AR", {}).say("$1.350,50") == "mil trescientos cincuenta pesos con cincuenta centavos"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (16, "dieciséis"),
        (31, "treinta y uno"),
        (100, "cien"),
        (101, "ciento uno"),
        (999, "novecientos noventa y nueve"),
        (1000, "mil"),
        (21_000, "veintiún mil"),
        (1_000_000, "un millón"),
        (2_000_021, "dos millones veintiuno"),
        (-7, "menos siete"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_numbers_before_nouns() -> None:
    assert cardinal(31, "m") == "treinta y un"
    assert cardinal(21, "m") == "veintiún"
    assert cardinal(221, "f") == "doscientas veintiuna"


@given(st.integers(min_value=0, max_value=10**12))
def test_every_number_has_a_name_without_digits(number: int) -> None:
    assert not any(c.isdigit() for c in cardinal(number))


@given(
    st.text(alphabet="0123456789.,:/-+€$%ºª½ hkgapm#@&aAéñ¿?()", max_size=30),
    st.sampled_from(["es-ES", "es-US"]),
)
def test_whatever_is_written_no_digit_is_left_to_the_voice(text: str, language: str) -> None:
    said = reader(language, {}).say(text)
    assert not any(c in "0123456789" for c in said)
