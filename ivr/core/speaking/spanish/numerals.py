"""Spanish names of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from ivr.core.speaking.numbers import groups_of

Form = Literal["", "m", "f"]
"""Before what a number stands: nothing (`uno`), a masculine noun (`un`), a feminine one (`una`)."""

ONES: Final = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once"),
    *("doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte"),
    *("veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete"),
    *("veintiocho", "veintinueve"),
)
_TENS: Final = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS: Final = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos"),
    *("setecientos", "ochocientos", "novecientos"),
)
_ORDINALS: Final = (
    *("", "primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"),
)
_SAID_WHOLE: Final = 2
"""So many decimals are said as a number, more one by one."""
_LARGEST: Final = 10**12
_MILLION: Final = 10**6

DECIMAL_POINT: Final = frozenset(["US", "MX", "PR", "GT", "HN", "NI", "PA", "SV", "DO", "PE"])
"""Where Spanish writes `1,234.50`; elsewhere it is `1.234,50`."""


@lru_cache(maxsize=1024)
def cardinal(number: int, form: Form = "") -> str:
    """`4271` -> `cuatro mil doscientos setenta y uno`."""
    if number < 0:
        return f"menos {cardinal(-number, form)}"
    if number >= _LARGEST:
        return digits(str(number))
    millions, rest = divmod(number, _MILLION)
    words = []
    if millions:
        words.append("un millón" if millions == 1 else f"{_below_million(millions, 'm')} millones")
    if rest or not millions:
        words.append(_below_million(rest, form))
    return " ".join(words)


def _below_million(number: int, form: Form) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(rest, form)
    many = "mil" if thousands == 1 else f"{_below_thousand(thousands, form or 'm')} mil"
    return f"{many} {_below_thousand(rest, form)}" if rest else many


def _below_thousand(number: int, form: Form) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest, form)
    if number == 100:  # noqa: PLR2004 -- it has a name of its own
        return "cien"
    word = _HUNDREDS[hundreds]
    word = f"{word[:-2]}as" if form == "f" and hundreds > 1 else word
    return f"{word} {_below_hundred(rest, form)}" if rest else word


def _below_hundred(number: int, form: Form) -> str:
    if number < len(ONES):
        word = ONES[number]
        return _before_noun(word, form) if word.endswith("uno") else word
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]} y {_below_hundred(ones, form)}" if ones else _TENS[tens]


def _before_noun(word: str, form: Form) -> str:
    """`uno`, `veintiuno` as they stand before a noun."""
    if form == "f":
        return f"{word[:-1]}a"
    if form == "m":
        return "veintiún" if word == "veintiuno" else word[:-1]
    return word


def ordinal(number: int, ending: str) -> str:
    """`3`, `o` -> `tercero`; beyond the tenth as it is counted."""
    return _ORDINALS[number] + ending if 0 < number < len(_ORDINALS) else cardinal(number)


def digits(text: str) -> str:
    """One by one, in groups with the commas that make a voice pause: `cuatro dos siete, uno dos tres`."""
    return ", ".join(" ".join(ONES[int(c)] for c in group) for group in groups_of(text))


def decimal(whole: int, part: str, mark: str) -> str:
    """`3`, `05` -> `tres coma cero cinco`; `mark`: `coma` or `punto`."""
    zeros = len(part) - len(part.lstrip("0"))
    rest = part[zeros:]
    said = ["cero"] * zeros
    if 0 < len(rest) <= _SAID_WHOLE:
        said.append(cardinal(int(rest)))
    else:
        said += [ONES[int(c)] for c in rest]
    return f"{cardinal(whole)} {mark} {' '.join(said)}"


def point(region: str) -> bool:
    """Whether a country writes its decimals behind a point."""
    return region in DECIMAL_POINT


def parsed(written: str, region: str) -> tuple[int, str]:
    """A number as it is written to its whole part and its decimals: `1.234,50` -> (1234, `50`)."""
    mark, group = (".", ",") if point(region) else (",", ".")
    whole, _, part = written.partition(mark)
    if group in whole and len(whole.rpartition(group)[2]) != 3 and not part:  # noqa: PLR2004 -- the other country's mark
        whole, _, part = written.rpartition(group)
    return int(whole.replace(group, "").replace(mark, "") or "0"), part
