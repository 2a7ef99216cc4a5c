"""The calendar's vocabulary: days of the week, months and feasts, as codes that a pattern can name.

Codes have a capital, which no word of an utterance has: `D0` is Monday, `M12` December, `F1225` the
25th of December.
"""

from __future__ import annotations

from typing import Final

from ivr.understanding.text import Words, phrases

_DAYS: Final = (
    "monday mon mondays",
    "tuesday tue tues tuesdays",
    "wednesday wed weds wednesdays wensday",
    "thursday thu thur thurs thursdays",
    "friday fri fridays",
    "saturday sat saturdays",
    "sunday sun sundays",
)
_MONTHS: Final = (
    "january jan",
    "february feb febuary",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
)
_FEASTS: Final = {
    "0101": "new years day | new year | new years | new year day",
    "0106": "epiphany | three kings day",
    "0214": "valentines | valentines day | saint valentines day | st valentines day",
    "0317": "st patricks day | saint patricks day | st patricks | paddys day | st paddys day",
    "0704": "independence day",
    "1031": "halloween",
    "1101": "all saints day",
    "1224": "christmas eve | xmas eve",
    "1225": "christmas day | christmas | xmas | xmas day",
    "1226": "boxing day | st stephens day | saint stephens day",
    "1231": "new years eve | new year eve",
}
_CODES: Final = {
    **{word: f"D{i}" for i, names in enumerate(_DAYS) for word in names.split()},
    **{word: f"M{i}" for i, names in enumerate(_MONTHS, 1) for word in names.split()},
}
_PHRASES: Final = {phrase: f"F{day}" for day, names in _FEASTS.items() for phrase in phrases(names)}
_NAMES: Final = {code: word for word, code in reversed(_CODES.items())} | {
    f"F{day}": names.partition(" |")[0] for day, names in _FEASTS.items()
}
_LONGEST: Final = max(map(len, _PHRASES))
_PRONOUNS: Final = frozenset(["i", "we", "he", "she", "they", "you"])


def coded(folded: Words) -> Words:
    """`folded` with codes for days, months and feasts. "May I" is no month."""
    out: list[str] = []
    place = 0
    while place < len(folded):
        feast = next(
            (n for n in range(_LONGEST, 0, -1) if folded[place : place + n] in _PHRASES),
            0,
        )
        word = folded[place]
        if feast:
            out.append(_PHRASES[folded[place : place + feast]])
            place += feast
            continue
        asks = word == "may" and not _PRONOUNS.isdisjoint(folded[place + 1 : place + 2])
        out.append(word if asks else _CODES.get(word, word))
        place += 1
    return tuple(out)


def uncoded(line: Words) -> Words:
    """Words for codes: `monday` for `D0`."""
    return tuple(_NAMES.get(word, word) for word in line)
