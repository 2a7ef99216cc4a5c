"""What is read out digit by digit or letter by letter in Spanish: telephone numbers, codes, net addresses."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.speaking.numbers import groups_of
from ivr.core.speaking.rules import Rule, starts_word
from ivr.core.speaking.spanish.numerals import cardinal, digits

_CONTEXT: Final = re.compile(
    r"(?:pedido|cuenta|c[oó]digo|pin|extensi[oó]n|ext|caso|referencia|ref|confirmaci[oó]n|seguimiento|p[oó]liza"
    r"|socio|cliente|paciente|factura|tarjeta|reserva|paquete|env[ií]o|vuelo|habitaci[oó]n|sala|despacho|apartado"
    r"|clave|contrase[nñ]a|postal|marque|llame al|n[uú]mero|dni|expediente|terminad[ao] en|acabad[ao] en)\.?"
    r"(?:\s+(?:n[uú]mero|n\.?º|nº|n[uú]m\.?|es|el|la|al|de|del|en|postal))*\s*[:#]?\s*",
    re.IGNORECASE,
)
_CONTEXT_CHARS: Final = 60
_SHORT: Final = 3
_AMERICAN: Final = 11
_SYMBOLS: Final = {
    ".": "punto",
    "-": "guion",
    "_": "guion bajo",
    "+": "más",
    "@": "arroba",
    "/": "barra",
    ":": "dos puntos",
    "%": "por ciento",
    "&": "y",
    "=": "igual",
    "?": "interrogación",
    "#": "almohadilla",
}
_NET_PIECE: Final = re.compile(r"[A-Za-z]+|[0-9]+|.")
_VOWEL: Final = re.compile(r"[aeiouyAEIOUY]")
_CODE_PIECE: Final = re.compile(r"[A-Za-z]+|[0-9]+")


def _phone(found: re.Match[str], region: str) -> str | None:
    groups = groups_of(found[0])
    if not found[0].startswith("+"):
        return _grouped(groups)
    number = "".join(groups)
    if number.startswith("1") and len(number) == _AMERICAN:
        words = _grouped((number[1:4], number[4:7], number[7:]))
        return words if region in ("US", "PR") else f"más uno, {words}"
    return f"más {_grouped(groups)}"


def _grouped(groups: tuple[str, ...]) -> str:
    return ", ".join({"800": "ochocientos", "900": "novecientos"}.get(g) or digits(g) for g in groups)


def _after_name(found: re.Match[str], _region: str) -> str | None:
    """`pedido 4271`, `habitación 305`: three digits or more behind a word that numbers things."""
    before = found.string[max(0, found.start() - _CONTEXT_CHARS) : found.start()]
    named = any(m.end() == len(before) for m in _CONTEXT.finditer(before) if starts_word(before, m.start()))
    return digits(found[0]) if named else None


def _hash(found: re.Match[str], _region: str) -> str | None:
    number = found["number"]
    return f"número {digits(number) if len(number) >= _SHORT else cardinal(int(number))}"


def _net(found: re.Match[str], region: str) -> str | None:
    """An e-mail or web address: symbols by name, digits one by one, letters without a vowel spelled."""
    words: list[str] = []
    for piece in _NET_PIECE.findall(found["address"]):
        if piece.lower() == "www":
            words.append("triple uve doble" if region == "ES" else "triple doble u")
        elif piece[0].isdigit():
            words.append(digits(piece))
        elif piece.isalpha():
            words.append(piece if _VOWEL.search(piece) else " ".join(piece.upper()))
        else:
            words.append(_SYMBOLS.get(piece, " "))
    return " ".join(words)


def _code(found: re.Match[str], _region: str) -> str | None:
    """`AB-1234`: letters one by one, unless they make a word."""
    words = []
    for piece in _CODE_PIECE.findall(found[0]):
        if piece.isdigit():
            words.append(digits(piece))
        elif len(piece) > 3 and _VOWEL.search(piece):  # noqa: PLR2004 -- letters of a code are fewer
            words.append(piece)
        else:
            words.append(", ".join(piece))
    return ", ".join(words)


RULES: Final = (
    Rule(
        re.compile(r"(?P<address>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"),
        _net,
    ),
    Rule(
        re.compile(
            r"(?:https?://)?(?P<address>(?:www\.[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
            r"|(?:[A-Za-z0-9-]{2,63}\.){1,4}(?:com|org|net|edu|gov|info|es|mx|ar|co|cl|pe|eu|app))"
            r"(?:/[A-Za-z0-9_\-./%?=&#~]*[A-Za-z0-9/])?)(?![A-Za-z0-9@])"
        ),
        _net,
    ),
    Rule(re.compile(r"\+[0-9](?:[ ().\-]{0,2}[0-9]){6,16}(?![0-9])"), _phone),
    Rule(re.compile(r"\(?[0-9]{3}\)?[ \-][0-9]{3}[ \-][0-9]{4}(?![0-9]|-[0-9])"), _phone),
    Rule(re.compile(r"[0-9]{3}-[0-9]{4}(?![0-9]|-[0-9])"), _phone),
    Rule(re.compile(r"[0-9]+(?:-[0-9]+){2,}(?![0-9A-Za-z])"), _phone),
    Rule(re.compile(r"[0-9]{2,4}(?: [0-9]{2,4}){2,5}(?![0-9]|[.,][0-9])"), _phone),
    Rule(re.compile(r"#\s?(?P<number>[0-9]{1,40})"), _hash),
    Rule(re.compile(r"(?<![0-9.,])[0-9]{3,40}(?![0-9A-Za-z]|[.,/:][0-9])"), _after_name),
)
CODES: Final = (
    Rule(
        re.compile(r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z-]*[0-9])[A-Z0-9]+(?:-[A-Z0-9]+)*(?![A-Za-z0-9])"),
        _code,
    ),
)
"""Behind times and measures, whose letters these are not."""
