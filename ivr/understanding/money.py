"""Amounts of money as people say them: "twelve fifty", "a hundred bucks", "twenty pounds and six pence".

The value is a decimal text in the slot's currency, `12.50`. Another currency than the slot's is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from ivr.core import limits
from ivr.core.flow.model import Slot
from ivr.core.locales import CURRENCIES, SIGNS, Currency
from ivr.understanding.folding import fold
from ivr.understanding.found import CARRIERS, CORRECTIONS, Found, certainty
from ivr.understanding.text import MAX_CHARS, vocabulary, words
from ivr.understanding.times import outside

_GUESSED: Final = 0.75
"""For "twelve fifty", which may be 1250."""
_BARE: Final = 0.9
_CORRECTED: Final = 0.75
_LARGEST: Final = Decimal(10) ** 12
_CARRIERS: Final = CARRIERS | vocabulary(
    """
    pay send transfer cost costs total balance amount worth spend put owe each deposit withdraw charge
    charged
    """
)
_PARTS: Final = {
    "half": Decimal("0.5"),
    "quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
    "couple": Decimal(2),
    "couple of": Decimal(2),
}
_SCALES: Final = {
    "hundred": 100,
    "k": 1000,
    "grand": 1000,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "": 1,
}


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount in an utterance: `pair` is the number it may also be ("twelve fifty": 1250)."""

    value: Decimal
    start: int
    end: int
    confidence: float = 1.0
    pair: Decimal | None = None


def spoken_money(text: str, slot: Slot) -> Found | None:
    """The amount that `text` names. `other_currency` when it is not in the slot's."""
    currency = CURRENCIES.get(slot.currency, CURRENCIES["USD"])
    line = " ".join(fold(words(text)))
    if foreign := _foreign(text, line, currency):
        return foreign
    amounts = list(_amounts(line, _ways(currency)))
    taken_back = len(amounts) > 1 and not CORRECTIONS.isdisjoint(
        line[amounts[-2].end : amounts[-1].start].split()
    )
    tried = amounts[0].start if amounts else 0
    amounts = amounts[-1:] if taken_back else amounts
    if len(amounts) != 1:
        return None
    amount = amounts[0]
    value, confidence = _written(amount.value, currency), amount.confidence
    if amount.pair is not None and not limits.allowed(slot, value, ""):
        value = _written(amount.pair, currency)
    rest = outside(line, [(tried, amount.end)])
    sure = certainty(min(confidence, _CORRECTED if taken_back else 1.0), rest, carriers=_CARRIERS)
    if sure is None or amount.value >= _LARGEST:
        return None
    return Found(value, sure, rest, "" if limits.allowed(slot, value, "") else "out_of_range")


def plain_amounts(line: str, slot: Slot) -> list[tuple[str, tuple[int, int]]]:
    """The amounts in a line of folded words that are said with their unit, and where."""
    currency = CURRENCIES.get(slot.currency, CURRENCIES["USD"])
    return [
        (_written(amount.value, currency), (amount.start, amount.end))
        for amount in _amounts(line, _ways(currency))
        if amount.confidence == 1.0 and amount.value < _LARGEST
    ]


def _written(value: Decimal, currency: Currency) -> str:
    return f"{value:.{currency.decimals}f}"


def _foreign(text: str, line: str, currency: Currency) -> Found | None:
    """A refusal, when a currency is named and it is not the slot's."""
    spoken = set(line.split())
    said = {name for other in CURRENCIES.values() for name in other.major if name in spoken}
    said |= {name for sign, names in SIGNS.items() if sign in text[:MAX_CHARS] for name in names}
    if not said or not said.isdisjoint(currency.major) or not any(char.isdecimal() for char in line):
        return None
    return Found("", 0.9, (), "other_currency")


_Ways = tuple[re.Pattern[str], ...]


@cache
def _ways(currency: Currency) -> _Ways:
    """How amounts of a currency are said."""
    major = "|".join(currency.major)
    minor = "|".join(currency.minor)
    scale = "(?P<scale>hundred|thousand|grand|million|billion|10{2,9})"
    part = "half|quarter|three quarters"
    thousands = "(?P<scale>k|grand|thousand|million|billion)"
    number = rf"(?P<n>\d+(?:\.\d+)?)(?: and (?:an? )?(?P<part>{part}))?(?: {thousands})?"
    cents = r"(?P<c>\d{1,2})"
    unit = rf"(?:{major})(?: (?:sterling|{currency.code.lower()}))?"
    texts = (
        rf"{number} {unit}(?: and)? {cents}(?: (?:{minor}))?",
        rf"{number} {unit}(?: and (?:an? )?(?P<also>{part}))?",
        rf"(?P<one>an?) (?:{major})(?: and)? (?P<c>\d{{1,2}})(?: (?:{minor}))?",
        rf"(?P<one>an?) (?:{major})(?: and (?:an? )?(?P<also>{part}))?",
        rf"(?P<c>\d{{1,2}}) (?:{minor})",
        rf"(?:an? )?(?P<one>{part}|couple|couple of)(?: of)?(?: an?)? {scale}(?: (?:{major}))?",
        rf"(?P<one>an?) (?P<scale>k|grand)(?: (?:{major}))?",
        rf"(?P<n>\d+) and {cents} (?:{minor})",
        r"(?P<slang>an? (?:fiver|tenner))",
        r"(?P<n>\d{1,4}) (?P<pair>\d\d)",
        number,
    )
    return tuple(re.compile(rf"\b(?:{text})(?!\S)") for text in texts)


def _amounts(line: str, ways: _Ways) -> Iterator[_Amount]:
    """Every amount named, in order, each by the longest way that fits there."""
    place = 0
    while place < len(line):
        matches = [match for way in ways if (match := way.match(line, place))]
        longest = max(matches, key=re.Match.end, default=None)
        if longest:
            yield _amount(longest)
        gap = line.find(" ", longest.end() if longest else place)
        place = len(line) if gap < 0 else gap + 1


def _amount(match: re.Match[str]) -> _Amount:
    named = match.groupdict()
    start, end = match.span()
    if slang := named.get("slang"):
        return _Amount(Decimal(5 if "fiver" in slang else 10), start, end)
    if pair := named.get("pair"):
        whole = Decimal(named["n"])
        return _Amount(whole + Decimal(pair) / 100, start, end, _GUESSED, whole * 100 + Decimal(pair))
    one = named.get("one")
    whole = Decimal(named.get("n") or 0) if one is None else _PARTS.get(one, Decimal(1))
    whole += _PARTS.get(named.get("part") or "", 0)
    scale = named.get("scale") or ""
    whole *= _SCALES.get(scale) or int(scale)
    whole += _PARTS.get(named.get("also") or "", 0)
    whole += Decimal(named.get("c") or 0) / 100
    plain = match.re.groups == _PLAIN_GROUPS and "c" not in named and "also" not in named
    return _Amount(whole, start, end, _BARE if plain else 1.0)


_PLAIN_GROUPS: Final = 3
"""Of the last way: a number and nothing that says what it counts."""
