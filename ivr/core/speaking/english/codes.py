"""What is read out digit by digit or letter by letter: telephone numbers, codes, addresses of the net."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.english.numerals import cardinal, digits
from ivr.core.speaking.english.words import STREET
from ivr.core.speaking.numbers import groups_of
from ivr.core.speaking.rules import Rule, starts_word

_CONTEXT: Final = re.compile(
    r"(?:order|account|code|pin|extension|ext|case|ticket|reference|ref|confirmation|tracking|policy|member"
    r"|id|zip|zip code|patient|invoice|card|serial|ending|ends|customer|booking|parcel|package|flight|room"
    r"|suite|unit|apartment|dial|call|ring|text|box|passcode|password|key in|social security)s?\.?"
    r"(?:\s+(?:number|no\.?|nr\.?|is|was|are|code|in|with|at|of|#))*\s*[:#]?\s*",
    re.IGNORECASE,
)
_CONTEXT_CHARS: Final = 60
_SHORT: Final = 3
_AMERICAN: Final = 11
"""Digits of a number of the American plan with its country code."""
_SYMBOLS: Final = {
    ".": "dot",
    "-": "dash",
    "_": "underscore",
    "+": "plus",
    "@": "at",
    "/": "slash",
    ":": "colon",
    "%": "percent",
    "&": "and",
    "=": "equals",
    "?": "question mark",
    "#": "hash",
    "~": "tilde",
}
_NET_PIECE: Final = re.compile(r"[A-Za-z]+|[0-9]+|.")
_WORDLIKE: Final = re.compile(r"[aeiouyAEIOUY]")
_CODE_PIECE: Final = re.compile(r"[A-Za-z]+|[0-9]+")


def spelled(letters: str) -> str:
    """`A, B`: the comma keeps a voice from reading the letter A as an article."""
    return ", ".join(letters.upper())


def _phone(found: re.Match[str], region: str) -> str | None:
    groups = groups_of(found[0])
    if not found[0].startswith("+"):
        return _grouped(groups)
    number = "".join(groups)
    if number.startswith("1") and len(number) == _AMERICAN:
        words = _grouped((number[1:4], number[4:7], number[7:]))
        return words if region == "US" else f"plus one, {words}"
    return f"plus {_grouped(groups)}"


def _grouped(groups: tuple[str, ...]) -> str:
    return ", ".join("eight hundred" if group == "800" else digits(group) for group in groups)


def _after_name(found: re.Match[str], _region: str) -> str | None:
    """`order 4271`, `room 305`: three digits or more behind a word that numbers things."""
    before = found.string[max(0, found.start() - _CONTEXT_CHARS) : found.start()]
    return digits(found[0]) if _names_a_number(before) else None


def _names_a_number(before: str) -> bool:
    return any(m.end() == len(before) for m in _CONTEXT.finditer(before) if starts_word(before, m.start()))


def _house(found: re.Match[str], _region: str) -> str | None:
    """The number of a house, in pairs: `123` one twenty-three, `1205` twelve oh five."""
    number = found[0]
    first, last = number[:-2], number[-2:]
    if number.startswith("0") or len(first) > 2:  # noqa: PLR2004 - pairs
        return digits(number)
    if last == "00":
        return f"{cardinal(int(first))} hundred" if int(first) % 10 else None
    return f"{cardinal(int(first))} {'oh ' if last[0] == '0' else ''}{cardinal(int(last))}"


def _hash(found: re.Match[str], _region: str) -> str | None:
    number = found["number"]
    return f"number {digits(number) if len(number) >= _SHORT else cardinal(int(number))}"


def _net(found: re.Match[str], _region: str) -> str | None:
    """An e-mail or web address: symbols by name, digits one by one, letters without a vowel spelled."""
    words: list[str] = []
    for piece in _NET_PIECE.findall(found["address"]):
        if piece[0].isdigit():
            words.append(digits(piece))
        elif piece.isalpha():
            words.append(piece if _WORDLIKE.search(piece) else spelled(piece).replace(",", ""))
        else:
            words.append(_SYMBOLS.get(piece, " "))
    return " ".join(words)


def _code(found: re.Match[str], _region: str) -> str | None:
    """`AB-1234`: letters one by one, unless they make a word (`COVID-19`); short numbers as numbers."""
    pieces = _CODE_PIECE.findall(found[0])
    numbers = [piece for piece in pieces if piece.isdigit()]
    small = len(pieces) == 2 and len(numbers[0]) <= 2 and not numbers[0].startswith("0")  # noqa: PLR2004 - `B12`
    words: list[str] = []
    for piece in pieces:
        if piece.isdigit():
            words.append(cardinal(int(piece)) if small else digits(piece))
        elif len(piece) > 3 and _WORDLIKE.search(piece):  # noqa: PLR2004 - letters of a code are fewer
            words.append(piece)
        else:
            words.append(spelled(piece))
    if small:
        return (", " if words[0].endswith("A") else " ").join(words)
    return ", ".join(words)


_GROUP: Final = r"[ .\-\u2011\u2013]"

RULES: Final = (
    Rule(
        re.compile(
            r"(?:mailto:)?(?P<address>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
        ),
        _net,
    ),
    Rule(
        re.compile(
            r"(?:https?://)?(?P<address>(?:www\.[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
            r"|(?:[A-Za-z0-9-]{2,63}\.){1,4}(?:com|org|net|edu|gov|io|info|co\.uk|de|fr|es|eu|ie|ca|app|dev|health))"
            r"(?:/[A-Za-z0-9_\-./%?=&#~]*[A-Za-z0-9/])?)(?![A-Za-z0-9@])"
        ),
        _net,
    ),
    Rule(re.compile(r"\+[0-9](?:[ ().\-]{0,2}[0-9]){6,16}(?![0-9])"), _phone),
    Rule(
        re.compile(rf"(?:1{_GROUP})?\(?[0-9]{{3}}\)?{_GROUP}?[0-9]{{3}}{_GROUP}[0-9]{{4}}(?![0-9]|-[0-9])"),
        _phone,
    ),
    Rule(re.compile(r"\([0-9]{2,5}\)[ \-][0-9]{3,8}(?:[ \-][0-9]{3,4})?(?![0-9])"), _phone),
    Rule(re.compile(r"[0-9]{3}-[0-9]{4}(?![0-9]|-[0-9])"), _phone),
    Rule(re.compile(r"[0-9]+(?:-[0-9]+){2,}(?![0-9A-Za-z])"), _phone),
    Rule(re.compile(r"(?:0[0-9]{1,5}|[0-9]{3,4})(?: [0-9]{2,4}){2,5}(?![0-9]|[.,][0-9])"), _phone),
    Rule(re.compile(r"0[0-9]{2,5} [0-9]{3,8}(?![0-9]|[.,][0-9])"), _phone),
    Rule(re.compile(r"#\s?(?P<number>[0-9]{1,40})"), _hash),
    Rule(re.compile(r"[0-9]{5}-[0-9]{4}(?![0-9]|-[0-9])"), _phone),
    Rule(re.compile(rf"[0-9]{{3,5}}{STREET}"), _house),
    Rule(re.compile(r"(?<![0-9.,])[0-9]{3,40}(?![0-9A-Za-z]|[.,/][0-9])"), _after_name),
)
CODES: Final = (
    Rule(
        re.compile(r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z-]*[0-9])[A-Z0-9]+(?:-[A-Z0-9]+)*(?![A-Za-z0-9])"),
        _code,
    ),
)
"""Behind times and measures, whose letters these are not."""
