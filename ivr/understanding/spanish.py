"""What Spanish speakers say for yes and no, for digits and for whole numbers.

Days, times, money and telephone numbers are in `ivr.understanding.spanish_moments`. Other slot types have
grammars in English only: in Spanish they are asked for as text.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot
from ivr.understanding.digits import digits
from ivr.understanding.numbers import integer
from ivr.understanding.text import Words, phrases, vocabulary, words

_YES: Final = frozenset(
    phrases(
        """
        si | si si | claro | claro que si | por supuesto | correcto | es correcto | exacto | exactamente
        asi es | eso es | vale | de acuerdo | afirmativo | esta bien | bien | muy bien | perfecto
        desde luego | cierto | es cierto | efectivamente | como no | ok | okay | dale | bueno
        si correcto | si claro | si es correcto | si asi es | si eso es | creo que si | esta correcto
        adelante | si esta bien | si quiero | si senor | si senora
        """
    )
)
_NO: Final = frozenset(
    phrases(
        """
        no | no no | para nada | de ninguna manera | incorrecto | es incorrecto | no es correcto | eso no
        negativo | en absoluto | no es asi | claro que no | por supuesto que no | no esta bien | que va
        mejor no | creo que no | no senor | no senora | todavia no | tampoco | no quiero | no lo es
        esta mal | eso no es | no eso no es | no eso no | no es eso | no no es asi | no no es | no esta mal
        """
    )
)
_POLITE: Final = vocabulary("eh em este pues mire por favor gracias ah um mmm")

_TEEN, _HUNDRED, _THOUSAND = 10, 100, 1000


def _counted(names: str, first: int, by: int = 1) -> dict[str, int]:
    return {name: first + by * number for number, name in enumerate(names.split())}


_UNITS: Final = {
    **_counted("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince", 0),
    **_counted("dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres", 16),
    **_counted("veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve", 24),
    "un": 1,
    "una": 1,
    "veintiun": 21,
    "veintiuna": 21,
}
_TENS: Final = _counted("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10)
_HUNDREDS: Final = {
    "cien": 100,
    **_counted("ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos", 100, 100),
    **_counted("ochocientos novecientos", 800, 100),
}
_TIMES: Final = {"doble": 2, "triple": 3}
_AROUND: Final = vocabulary(
    """
    mi el la los las es son numero codigo pin tarjeta pedido cuenta telefono de del y a en con creo que
    tengo somos anos pues eh em este bueno por favor gracias si ok vale mire guion espacio
    """
)


def yes_no(text: str) -> Meaning | None:
    """Yes or no, when it is all that was said, politeness apart."""
    spoken = plain(text)
    forms = {spoken, tuple(word for word in spoken if word not in _POLITE)}
    for ways, value in ((_YES, True), (_NO, False)):
        if forms & ways:
            return Meaning("value", value=value, decided_by="grammar")
    return None


def spoken_digits(text: str, slot: Slot) -> Meaning | None:
    """The digit string in `text`: "uno dos tres", "doble cero", "cuarenta y dos"."""
    return _by_numerals(text, slot, whole=False)


def spoken_integer(text: str, slot: Slot) -> Meaning | None:
    """The whole number in `text`: "cuarenta y dos", "mil doscientos"."""
    return _by_numerals(text, slot, whole=True)


def _by_numerals(text: str, slot: Slot, *, whole: bool) -> Meaning | None:
    """Write the numbers as numerals, and let the English grammar do the rest."""
    spoken = plain(text)
    numerals: list[str] = []
    at = 0
    while at < len(spoken):
        found, length = numeral(spoken[at:], whole=whole)
        if found:
            numerals.append(found)
        elif spoken[at] not in _AROUND:
            return None
        at += max(length, 1)
    if not numerals:
        return None
    return (integer if whole else digits)(" ".join(numerals), slot)


def numeral(spoken: Words, *, whole: bool) -> tuple[str, int]:
    """The number that words begin with, as a numeral, and how many of them it takes; "" for none."""
    word = spoken[0]
    if word.isdecimal():
        return word, 1
    if word in _TIMES and len(spoken) > 1 and _UNITS.get(spoken[1], _TEEN) < _TEEN:
        return str(_UNITS[spoken[1]]) * _TIMES[word], 2
    value, length = _below_hundred(spoken)
    if not whole:
        return (str(value), length) if length else ("", 0)
    value, length = _below_thousand(spoken)
    if spoken[length : length + 1] == ("mil",):
        more, further = _below_thousand(spoken[length + 1 :])
        value, length = (value if length else 1) * _THOUSAND + more, length + 1 + further
    return (str(value), length) if length else ("", 0)


def _below_thousand(spoken: Words) -> tuple[int, int]:
    if not spoken or spoken[0] not in _HUNDREDS:
        return _below_hundred(spoken)
    value, length = _below_hundred(spoken[1:])
    return _HUNDREDS[spoken[0]] + value, length + 1


def _below_hundred(spoken: Words) -> tuple[int, int]:
    if not spoken:
        return 0, 0
    if spoken[0] in _UNITS:
        return _UNITS[spoken[0]], 1
    if spoken[0] not in _TENS:
        return 0, 0
    if spoken[1:2] == ("y",) and 0 < _UNITS.get("".join(spoken[2:3]), 0) < _TEEN:
        return _TENS[spoken[0]] + _UNITS[spoken[2]], 3
    return _TENS[spoken[0]], 1


def plain(text: str) -> Words:
    """The words of a text without accents."""
    return words("".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)))
