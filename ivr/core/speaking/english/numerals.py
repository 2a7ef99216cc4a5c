"""English names of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ivr.core.speaking.numbers import groups_of

ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS: Final = ("", " thousand", " million", " billion", " trillion")
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LARGEST: Final = 10**15
_YEARS: Final = range(1100, 2100)


@lru_cache(maxsize=1024)
def cardinal(number: int, region: str = "US") -> str:
    """`4271` -> `four thousand two hundred seventy-one`; outside the US `and seventy-one`."""
    if number < 0:
        return f"minus {cardinal(-number, region)}"
    if number < len(ONES):
        return ONES[number]
    if number >= _LARGEST:
        return digits(str(number))
    words: list[str] = []
    thousands = 0
    rest = number
    while rest:
        rest, three = divmod(rest, 1000)
        if three:
            joined = not thousands and three < 100 and rest  # noqa: PLR2004 - no hundreds to say
            british = joined and region != "US"
            words.insert(
                0, f"{'and ' if british else ''}{_below_thousand(three, region)}{_THOUSANDS[thousands]}"
            )
        thousands += 1
    return " ".join(words)


def _below_thousand(number: int, region: str) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    link = " " if region == "US" else " and "
    return f"{ONES[hundreds]} hundred{link + _below_hundred(rest) if rest else ''}"


def _below_hundred(number: int) -> str:
    if number < len(ONES):
        return ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{ONES[ones]}" if ones else _TENS[tens]


def ordinal(number: int, region: str = "US") -> str:
    """`23` -> `twenty-third`."""
    words = cardinal(number, region)
    start = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[start:]
    if last in _ORDINALS:
        return words[:start] + _ORDINALS[last]
    return words[:start] + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def year(number: int) -> str:
    """`2026` -> `twenty twenty-six`, `1905` -> `nineteen oh five`, `2005` -> `two thousand five`."""
    century, rest = divmod(number, 100)
    if number not in _YEARS or 2000 <= number < 2010:  # noqa: PLR2004 - the first ten are said in full
        return cardinal(number)
    if not rest:
        return f"{_below_hundred(century)} hundred"
    return f"{_below_hundred(century)} {'oh ' if rest < len(ONES) // 2 else ''}{_below_hundred(rest)}"


def is_year(number: int) -> bool:
    """Whether four digits are more likely a year than a number."""
    return number in _YEARS


def digits(text: str) -> str:
    """One by one, in groups with the commas that make a voice pause: `four two seven, one two three`.

    Groups that the text has (by anything that is no digit) stay; other long ones are cut.
    """
    return ", ".join(" ".join(ONES[int(c)] for c in group) for group in groups_of(text))


def decimal(whole: str, part: str, region: str) -> str:
    """`3`, `05` -> `three point zero five`."""
    return f"{cardinal(int(whole), region)} point {' '.join(ONES[int(c)] for c in part)}"


def plural(unit: str, number: str) -> str:
    """The unit (`singular/plural`) for a number as it is written."""
    one, _, many = unit.partition("/")
    return one if number == "1" else many or one
