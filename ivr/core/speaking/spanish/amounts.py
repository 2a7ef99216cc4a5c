"""Money, measures and plain numbers in Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ivr.core.speaking.rules import Rule
from ivr.core.speaking.spanish.numerals import ONES, Form, cardinal, decimal, digits, ordinal, parsed, point


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted: its names for one and for more, and their gender."""

    one: str
    more: str
    form: Form = "m"


_CENT: Final = Unit("céntimo", "céntimos")
_CENTAVO: Final = Unit("centavo", "centavos")
_DOLLAR: Final = (Unit("dólar", "dólares"), _CENTAVO)
_EURO: Final = (Unit("euro", "euros"), _CENT)
_POUND: Final = (Unit("libra", "libras", "f"), Unit("penique", "peniques"))
_PESO: Final = (Unit("peso", "pesos"), _CENTAVO)
_YEN: Final = (Unit("yen", "yenes"), None)
_Currency = tuple[Unit, "Unit | None"]
_BY_SIGN: Final[dict[str, _Currency]] = {"$": _DOLLAR, "€": _EURO, "£": _POUND, "¥": _YEN}
_BY_CODE: Final[dict[str, _Currency]] = {
    **dict.fromkeys(("USD", "CAD", "AUD", "NZD"), _DOLLAR),
    **dict.fromkeys(("MXN", "ARS", "CLP", "COP", "UYU", "DOP", "PHP"), _PESO),
    "EUR": _EURO,
    "GBP": _POUND,
    "JPY": _YEN,
    "CHF": (Unit("franco", "francos"), _CENT),
    "PEN": (Unit("sol", "soles"), _CENT),
}
_PESOS: Final = frozenset(["MX", "AR", "CL", "CO", "UY", "DO", "CU"])
"""Where `$` means pesos."""
_UNITS: Final = {
    "kg": Unit("kilo", "kilos"),
    "g": Unit("gramo", "gramos"),
    "mg": Unit("miligramo", "miligramos"),
    "km": Unit("kilómetro", "kilómetros"),
    "km/h": Unit("kilómetro por hora", "kilómetros por hora"),
    "m": Unit("metro", "metros"),
    "cm": Unit("centímetro", "centímetros"),
    "mm": Unit("milímetro", "milímetros"),
    "lb": Unit("libra", "libras", "f"),
    "lbs": Unit("libra", "libras", "f"),
    "oz": Unit("onza", "onzas", "f"),
    "l": Unit("litro", "litros"),
    "L": Unit("litro", "litros"),
    "ml": Unit("mililitro", "mililitros"),
    "h": Unit("hora", "horas", "f"),
    "hs": Unit("hora", "horas", "f"),
    "hrs": Unit("hora", "horas", "f"),
    "min": Unit("minuto", "minutos"),
    "mins": Unit("minuto", "minutos"),
    "seg": Unit("segundo", "segundos"),
    "s": Unit("segundo", "segundos"),
    "GB": Unit("giga", "gigas"),
    "MB": Unit("mega", "megas"),
    "Mbps": Unit("mega por segundo", "megas por segundo"),
    "kWh": Unit("kilovatio hora", "kilovatios hora"),
    "m²": Unit("metro cuadrado", "metros cuadrados"),
    "m2": Unit("metro cuadrado", "metros cuadrados"),
    "°C": Unit("grado", "grados"),
    "ºC": Unit("grado", "grados"),
    "°": Unit("grado", "grados"),
    "%": Unit("por ciento", "por ciento", ""),
}
_ATTACHED_ONLY: Final = frozenset(("m", "s", "L"))
_FRACTIONS: Final = {
    "½": "medio",
    "1/2": "medio",
    "¼": "un cuarto",
    "1/4": "un cuarto",
    "¾": "tres cuartos",
    "3/4": "tres cuartos",
    "1/3": "un tercio",
    "2/3": "dos tercios",
}
_NUMBER: Final = r"(?P<number>[0-9]{1,3}(?:[.,][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]+)?)"
_NO_MORE: Final = r"(?![0-9]|[.,][0-9])"
_SHORT: Final = 4
_LONG: Final = 7
_LARGE: Final = r"(?:\s(?P<large>mil|mill[oó]n|millones|billones)\b(?:\sde\b)?)?"
_SIGNS: Final = "".join(_BY_SIGN)
_CODES: Final = "|".join(_BY_CODE)
_UNIT: Final = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))


def counted(number: int, unit: Unit) -> str:
    """`veintiún euros`, `un millón de euros`."""
    of = " de" if number and number % 10**6 == 0 else ""
    return f"{cardinal(number, unit.form)}{of} {unit.one if number == 1 else unit.more}"


def _currency(written: str, region: str) -> _Currency:
    if written == "$" and region in _PESOS:
        return _PESO
    return _BY_SIGN.get(written) or _BY_CODE[written]


def _money(found: re.Match[str], region: str) -> str | None:
    unit, small = _currency(found["sign"], region)
    whole, part = parsed(found["number"], region)
    if large := found["large"]:
        said = decimal(whole, part, _mark(region)) if part else cardinal(whole, "m")
        return f"{said} {large}{'' if large == 'mil' else ' de'} {unit.more}"
    if not part or small is None or len(part) != 2:  # noqa: PLR2004 -- cents have two digits
        return f"{decimal(whole, part, _mark(region))} {unit.more}" if part else counted(whole, unit)
    cents = int(part)
    if not cents:
        return counted(whole, unit)
    return f"{counted(whole, unit)} con {counted(cents, small)}" if whole else counted(cents, small)


def _mark(region: str) -> str:
    return "punto" if point(region) else "coma"


def _measure(found: re.Match[str], region: str) -> str | None:
    if found["gap"] and found["unit"] in _ATTACHED_ONLY:
        return None
    unit = _UNITS[found["unit"]]
    whole, part = parsed(found["number"], region)
    return f"{decimal(whole, part, _mark(region))} {unit.more}" if part else counted(whole, unit)


def _fraction(found: re.Match[str], _region: str) -> str | None:
    words = _FRACTIONS[found["part"]]
    return f"{cardinal(int(found['whole']))} y {words}" if found["whole"] else words


def _ordinal(found: re.Match[str], _region: str) -> str | None:
    ending = {"º": "o", "ª": "a", "o": "o", "a": "a", "er": "", "ero": "o", "ra": "a", "ro": "o"}
    return ordinal(int(found["number"]), ending[found["ending"]])


def _number(found: re.Match[str], region: str) -> str | None:
    written = found["number"]
    whole, part = parsed(written, region)
    if part:
        return decimal(whole, part, _mark(region))
    if not written.isdecimal():
        return cardinal(whole)
    if len(written) > 1 and written.startswith("0"):
        return digits(written)
    round_number = written.endswith("000") and len(written) <= _LONG
    return cardinal(whole) if len(written) <= _SHORT or round_number else digits(written)


def _one_by_one(found: re.Match[str], _region: str) -> str | None:
    return "".join(ONES[int(c)] if c.isdigit() else c for c in found[0])


ONE_BY_ONE: Final = Rule(
    re.compile(rf"[0-9](?:,? [0-9])+(?![0-9]|[.,:/-][0-9]|\.?[ºª]|\s?(?:{_UNIT})(?!\w))"), _one_by_one
)
"""`4, 2, 7, 1` as the formatter `digits` writes it."""

MONEY: Final = (
    Rule(
        re.compile(
            rf"(?:[A-Z]{{1,2}}(?=[{_SIGNS}]))?(?P<sign>[{_SIGNS}]|(?:{_CODES})(?=\s?[0-9]))\s?{_NUMBER}{_LARGE}{_NO_MORE}"
        ),
        _money,
    ),
    Rule(re.compile(rf"{_NUMBER}{_LARGE}\s?(?P<sign>[{_SIGNS}]|(?:{_CODES})\b)(?!\s?[0-9])"), _money),
)
MEASURES: Final = (
    Rule(re.compile(r"(?:(?P<whole>[0-9]{1,4})\s?)??(?P<part>1/[234]|2/3|3/4|[½¼¾])(?![0-9/])"), _fraction),
    Rule(re.compile(r"(?P<number>[0-9]{1,9})\.?(?P<ending>[ºª]|er|ero|ra|ro|[oa])(?![\w°])"), _ordinal),
    Rule(re.compile(rf"{_NUMBER}(?P<gap>\s?)(?P<unit>{_UNIT})(?!\w)"), _measure),
)
NUMBERS: Final = (Rule(re.compile(_NUMBER), _number),)
