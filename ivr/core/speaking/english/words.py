"""Abbreviations and symbols in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ivr.core.speaking.rules import Rule

_TITLES: Final = {
    "Dr": "Doctor",
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Prof": "Professor",
    "Rev": "Reverend",
    "Hon": "Honorable",
    "Capt": "Captain",
    "Sgt": "Sergeant",
    "Lt": "Lieutenant",
    "Gov": "Governor",
    "Sen": "Senator",
    "Mt": "Mount",
    "Ft": "Fort",
}
_ALWAYS_TITLES: Final = frozenset(("Mr", "Mrs", "Ms", "Prof"))
_STREETS: Final = {
    "St": "Street",
    "Dr": "Drive",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Ln": "Lane",
    "Ct": "Court",
    "Pl": "Place",
    "Sq": "Square",
    "Hwy": "Highway",
    "Pkwy": "Parkway",
    "Cir": "Circle",
    "Ter": "Terrace",
}
_WITH_STOP: Final = {
    "approx": "approximately",
    "apt": "apartment",
    "appt": "appointment",
    "dept": "department",
    "est": "established",
    "etc": "et cetera",
    "ext": "extension",
    "incl": "including",
    "excl": "excluding",
    "inc": "incorporated",
    "max": "maximum",
    "min": "minimum",
    "misc": "miscellaneous",
    "tel": "telephone",
    "temp": "temperature",
    "fl": "floor",
    "ste": "suite",
    "bldg": "building",
    "jr": "junior",
    "sr": "senior",
    "co": "company",
    "corp": "corporation",
    "ltd": "limited",
    "govt": "government",
    "mgr": "manager",
    "hr": "hour",
    "hrs": "hours",
    "mins": "minutes",
    "secs": "seconds",
    "wk": "week",
    "wks": "weeks",
    "yr": "year",
    "yrs": "years",
}
_BARE: Final = {
    "approx": "approximately",
    "appt": "appointment",
    "appts": "appointments",
    "dept": "department",
    "ext": "extension",
    "vs": "versus",
    "etc": "et cetera",
    "ASAP": "as soon as possible",
    "FYI": "for your information",
    "DOB": "date of birth",
    "PIN": "pin",
}
_DOTTED: Final = {
    "e.g.": "for example",
    "eg.": "for example",
    "i.e.": "that is",
    "ie.": "that is",
    "a.k.a.": "also known as",
}
_SAINTS: Final = frozenset(
    """
    Agnes Alban Albans Andrew Andrews Ann Anne Anthony Augustine Barnabas Bernard Brigid Catharines
    Catherine Christopher Clair Clare Cloud Croix David Davids Elizabeth Francis Gabriel George Helena
    Helens Ives James Jerome Joe Joan John Johns Joseph Jude Kitts Lawrence Leo Louis Lucia Luke Margaret
    Mark Martin Mary Marys Matthew Maria Michael Monica Nicholas Patrick Paul Pauls Peter Peters
    Petersburg Philip Pius Raphael Rita Rose Simon Stephen Teresa Thomas Timothy Ursula Valentine Vincent
    Xavier
    """.split()  # noqa: SIM905 - read as a list of names
)
_STATES: Final = dict(
    pair.split(":")
    for pair in """
    AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware
    FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa KS:Kansas KY:Kentucky
    LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota MS:Mississippi MO:Missouri
    MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire NJ:New_Jersey NM:New_Mexico NY:New_York
    NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon PA:Pennsylvania RI:Rhode_Island
    SC:South_Carolina SD:South_Dakota TN:Tennessee TX:Texas UT:Utah VT:Vermont VA:Virginia WA:Washington
    WV:West_Virginia WI:Wisconsin WY:Wyoming
    """.split()  # noqa: SIM905 - read as a table
)
_COMPASS: Final = {"N": "North", "S": "South", "E": "East", "W": "West"}
_SYMBOLS: Final = {
    "&": "and",
    "@": "at",
    "%": "percent",
    "+": "plus",
    "=": "equals",
    "\u00b0": "degrees",
    "\u20ac": "euros",
    "\u00a3": "pounds",
    "$": "dollars",
    "\u2013": ",",
    "\u2014": ",",
    "\u2022": ",",
    "\u00b7": ",",
    "\u2122": "",
    "\u00ae": "",
    "\u00a9": "copyright",
    "#": "hash",
}
_CONTEXT_CHARS: Final = 60
_CAPITAL: Final = re.compile(r"\s+[\"'\u201c]?([A-Z]\w*)")
_NAMED_BEFORE: Final = re.compile(r"(?:\b[A-Z][\w'\u2019]*|[0-9](?:st|nd|rd|th))\s+$")
_HOUSE_BEFORE: Final = re.compile(r"[0-9]\s+(?:[A-Z][\w'\u2019]*\s+){1,3}$")
_AMOUNT_BEFORE: Final = re.compile(r"(?:[0-9]\S{0,8}|%|\b(?:[AaPp]\.?[Mm]\.?|noon|midnight))\s*$")
_AMOUNT: Final = re.compile(r"[$\u20ac\u00a3]?[0-9]|noon|midnight")


def _before(found: re.Match[str]) -> str:
    return found.string[max(0, found.start() - _CONTEXT_CHARS) : found.start()]


def _title_or_street(found: re.Match[str], _region: str) -> str | None:
    """`Dr. Smith` and `St. John`, but not so in `12 Elm Dr.` and `Main St.`."""
    name, before = found["name"], _before(found)
    behind = _CAPITAL.match(found.string, found.end())
    street = name in _STREETS and bool(_NAMED_BEFORE.search(before))
    if name == "St" and behind and (behind[1] in _SAINTS or not street):
        return "Saint"
    if name in _TITLES and not (street and (not behind or _HOUSE_BEFORE.search(before))):
        return _TITLES[name] if behind or name in _ALWAYS_TITLES else None
    if not street:
        return None
    return _STREETS[name] + ("." if found[0].endswith(".") and behind else "")


def _abbreviation(found: re.Match[str], _region: str) -> str | None:
    way = _WITH_STOP.get(found["word"].lower())
    return way.capitalize() if way and found["word"][0].isupper() and not found.start() else way


def _bare(found: re.Match[str], _region: str) -> str | None:
    return _BARE[found[0].rstrip(".")]


def _dotted(found: re.Match[str], _region: str) -> str | None:
    return _DOTTED[found["word"].lower()]


def _number_word(found: re.Match[str], _region: str) -> str | None:
    return "number" if found.start() else "Number"


def _state(found: re.Match[str], region: str) -> str | None:
    return _STATES[found[0]].replace("_", " ") if region in ("US", "") else None


def _compass(found: re.Match[str], _region: str) -> str | None:
    return _COMPASS[found[0][0]] if re.search(r"[0-9]\s+$", _before(found)) else None


def _dash(found: re.Match[str], _region: str) -> str | None:
    """A range between two amounts, a minus before a number, a break between words."""
    text, before = found.string, _before(found)
    if amount := _AMOUNT.match(text, found.end()):
        if _AMOUNT_BEFORE.search(before):
            return "to"
        stands_alone = not before or before[-1] in " ("
        return "minus" if stands_alone and amount.start() == found.start() + 1 else None
    return "," if found[0][0] != "-" or (before.endswith(" ") and found[0].endswith(" ")) else None


def _ellipsis(found: re.Match[str], _region: str) -> str | None:
    """A pause: a voice hears none in three dots."""
    behind = found.string[found.end() :].strip()[:1]
    return "," if behind.isalnum() and not behind.isupper() else "."


def _slash(found: re.Match[str], _region: str) -> str | None:
    before, behind = _before(found)[-1:], found.string[found.end() : found.end() + 1]
    if before.isdigit() and behind.isdigit():
        return "over"
    if before.isalpha() and behind.isalpha():
        return "" if _before(found).endswith("and") else "or"
    return ""


def _symbol(found: re.Match[str], _region: str) -> str | None:
    return _SYMBOLS[found[0]]


def _fixed(pattern: str, words: str) -> Rule:
    return Rule(re.compile(pattern), lambda _found, _region: words)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


STREET: Final = (
    rf"(?=\s+(?:[NSEW]\.?\s+)?(?:(?:[A-Z][\w'\u2019]*|[0-9]{{1,3}}(?:st|nd|rd|th))\s+){{1,3}}"
    rf"(?:{_any((*_STREETS, *_STREETS.values()))})\b)"
)
"""Looks ahead to the name of a street."""

SPECIAL: Final = frozenset(
    form
    for words, ends in (
        ((*_TITLES, *_STREETS, *_BARE), ("", ".")),
        ((*_STATES, *_COMPASS), ("", ".")),
        ((*_WITH_STOP, "no", "nos", *(w.capitalize() for w in _WITH_STOP), "No", "Nos"), (".",)),
    )
    for word in words
    for end in ends
    for form in (word + end,)
)
"""Words that look plain and are not."""

RULES: Final = (
    Rule(re.compile(rf"(?P<name>{_any({*_TITLES, *_STREETS})})\b\.?(?![\w'\u2019])"), _title_or_street),
    Rule(re.compile(rf"(?i:(?P<word>{_any(_DOTTED)}))(?!\w)"), _dotted),
    Rule(re.compile(r"(?:[Nn]os?\.\s?|N\u00ba\s?|n\u00ba\s?)(?=#?[0-9])"), _number_word),
    Rule(re.compile(rf"(?P<word>(?i:{_any(_WITH_STOP)}))\.(?!\w)"), _abbreviation),
    Rule(re.compile(rf"(?:{_any(_BARE)})(?![\w'\u2019-])\.?"), _bare),
    Rule(re.compile(rf"(?<=,\s)(?:{'|'.join(_STATES)})(?=\s+[0-9]{{5}}\b|[.,]|\s*$)"), _state),
    Rule(re.compile(rf"[NSEW]\b\.?{STREET}"), _compass),
    _fixed(r"N/A\b", "not applicable"),
    _fixed(r"[Ww]/o\b", "without"),
    _fixed(r"[Ww]/(?=\s|[a-z])", "with"),
    _fixed(r"24/7(?![0-9/])", "twenty-four seven"),
)

SYMBOLS: Final = (
    Rule(re.compile(r"(?:\.{2,}|\u2026)+"), _ellipsis),
    Rule(re.compile(r"(?:-|\u2013|\u2014)\s*"), _dash),
    Rule(re.compile(r"/"), _slash),
    Rule(re.compile(_any(_SYMBOLS)), _symbol),
    _fixed(r"[*_~^|\\<>\[\]{}`\u200b]+", ""),
)
