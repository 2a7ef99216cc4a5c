"""Abbreviations and symbols in Spanish."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.rules import Rule

_WITH_STOP: Final = {
    "sr": "señor",
    "sra": "señora",
    "srta": "señorita",
    "sres": "señores",
    "dr": "doctor",
    "dra": "doctora",
    "prof": "profesor",
    "ud": "usted",
    "uds": "ustedes",
    "vd": "usted",
    "av": "avenida",
    "avda": "avenida",
    "pza": "plaza",
    "plza": "plaza",
    "pl": "plaza",
    "ctra": "carretera",
    "núm": "número",
    "num": "número",
    "tel": "teléfono",
    "tfno": "teléfono",
    "tlf": "teléfono",
    "ext": "extensión",
    "aprox": "aproximadamente",
    "etc": "etcétera",
    "máx": "máximo",
    "mín": "mínimo",
    "dcha": "derecha",
    "izda": "izquierda",
    "izq": "izquierda",
    "dpto": "departamento",
    "depto": "departamento",
    "admón": "administración",
    "pág": "página",
    "ref": "referencia",
    "min": "minutos",
    "hrs": "horas",
    "incl": "incluido",
    "cía": "compañía",
}
_PLACES: Final = re.compile(
    r"(?:EE\.\s?UU\.|EEUU|[pP]\.\s?ej\.|s/n(?!\w)|[cC]/(?=\s?\w)|[nN](?:\.?[º°]|o\.)(?=\s?[0-9]))"
)
_PLACE_WORDS: Final = {
    "ee": "Estados Unidos",
    "p.": "por ejemplo",
    "s/": "sin número",
    "c/": "calle",
    "n.": "número",
    "nº": "número",
    "n°": "número",
    "no": "número",
}
_TITLES: Final = frozenset(["sr", "sra", "srta", "dr", "dra", "prof", "ud", "uds", "vd", "sres"])
_SIGNS: Final = {
    "&": "y",
    "+": "más",
    "=": "igual a",
    "@": "arroba",
    "%": "por ciento",
    "#": "almohadilla",
    "/": "entre",
}
_TO: Final = r"(?<=[0-9])\s?[-\u2013\u2014]\s?(?=[0-9$€£])"


def _stopped(found: re.Match[str], _region: str) -> str | None:
    word = found["word"]
    said = _WITH_STOP[word.lower()]
    return said.capitalize() if word[0].isupper() and word.lower() not in _TITLES else said


def _place(found: re.Match[str], _region: str) -> str | None:
    return _PLACE_WORDS[found[0][:2].lower()]


def _range(_found: re.Match[str], _region: str) -> str | None:
    return "a"


def _minus(_found: re.Match[str], _region: str) -> str | None:
    return "menos"


def _sign(found: re.Match[str], _region: str) -> str | None:
    return _SIGNS[found[0]]


RULES: Final = (
    Rule(_PLACES, _place),
    Rule(
        re.compile(rf"(?P<word>{'|'.join(sorted(_WITH_STOP, key=len, reverse=True))})\.", re.IGNORECASE),
        _stopped,
    ),
)
SYMBOLS: Final = (
    Rule(re.compile(_TO), _range),
    Rule(re.compile(r"(?<![\w)])[-\u2212](?=[0-9$€£])"), _minus),
    Rule(re.compile(r"(?<=[0-9])/(?=[0-9])|[&+=@%#]"), _sign),
)
SPECIAL: Final = frozenset(
    [
        *(f"{form}." for word in _WITH_STOP for form in (word, word.capitalize(), word.upper())),
        *("EEUU", "EE.", "UU.", "p.", "P.", "ej.", "No.", "no."),
    ]
)
"""Words with their stops that look plain and are not."""
