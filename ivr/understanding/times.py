"""Times of day as people say them: "half past two", "quarter to four", "three oh five pm", "noon".

An hour from one to twelve without morning or evening can mean two times. The slot's limits decide; else
seven to eleven are in the morning and the rest in the afternoon, and the time is less sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ivr.core import limits
from ivr.core.flow.model import Slot
from ivr.understanding.folding import fold
from ivr.understanding.found import CORRECTIONS, Found, certainty
from ivr.understanding.text import Words, vocabulary, words

_GUESSED: Final = 0.8
"""For an hour that may be of the morning or of the afternoon."""
_BARE: Final = 0.75
"""For an hour that nothing marks as one."""
_CORRECTED: Final = 0.75
_EARLIEST: Final = 7
"""Hours from here to noon are taken for the morning's."""
_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A time named in an utterance. certain: it is of 24 hours; start, end: the characters of it."""

    hour: int
    minute: int
    start: int
    end: int
    certain: bool = False
    confidence: float = 1.0


Reader = Callable[[re.Match[str]], tuple[int, int]]


def spoken_time(text: str, slot: Slot) -> Found | None:
    """The time of day that `text` names."""
    line = " ".join(fold(words(text)))
    if _VAGUE.search(line):
        return None
    found = time_in(line, slot)
    if found is None:
        return None
    value, confidence, spans = found
    rest = outside(line, spans)
    sure = certainty(confidence, rest)
    if sure is None:
        return None
    return Found(value, sure, rest, "" if limits.allowed(slot, value, "") else "out_of_range")


def outside(line: str, spans: list[tuple[int, int]]) -> Words:
    """The words of a line that stand in none of the spans."""
    out = line
    for start, end in sorted(spans, reverse=True):
        out = f"{out[:start]} {out[end:]}"
    return tuple(out.split())


def time_in(line: str, slot: Slot) -> tuple[str, float, list[tuple[int, int]]] | None:
    """The one time named in a line of folded words: value, confidence, the spans that name it.

    None for no time, and for two of which none takes the other back.
    """
    clocks = list(_clocks(line))
    taken_back = False
    tried = clocks[0].start if clocks else 0
    if len(clocks) > 1:
        marked = [clock for clock in clocks if clock.confidence == 1.0]
        corrected = not CORRECTIONS.isdisjoint(line[clocks[-2].end : clocks[-1].start].split())
        if corrected:
            clocks, taken_back = clocks[-1:], True
        else:
            clocks = marked
    if len(clocks) != 1:
        return None
    clock = clocks[0]
    spans = [(tried if taken_back else clock.start, clock.end)]
    value, sure = _twelve(clock), 1.0
    if not clock.certain and 1 <= clock.hour <= _NOON:
        part = _PARTS.search(line)
        if part:
            spans.append(part.span())
            value = _in_part(clock, part.lastgroup or "")
        else:
            value, sure = _likely(clock, slot)
    confidence = min(clock.confidence, sure, _CORRECTED if taken_back else 1.0)
    return value, confidence, spans


def _written(hour: int, minute: int) -> str:
    return f"{hour:02}:{minute:02}"


def _twelve(clock: Clock) -> str:
    return _written(clock.hour % _HOURS, clock.minute)


def _in_part(clock: Clock, part: str) -> str:
    """In the morning, afternoon, evening or at night."""
    hour = clock.hour % _NOON
    match part:
        case "am":
            return _written(hour, clock.minute)
        case "night":
            early = hour < 5  # noqa: PLR2004 - "two at night" is before dawn
            return _written(hour if early else hour + _NOON, clock.minute)
        case _:
            return _written(hour + _NOON, clock.minute)


def _likely(clock: Clock, slot: Slot) -> tuple[str, float]:
    """The one of both times that the slot allows; else the one in waking hours."""
    hour = clock.hour % _NOON
    morning, afternoon = _written(hour, clock.minute), _written(hour + _NOON, clock.minute)
    if slot.type == "time" and (slot.least or slot.most):
        fits = [value for value in (morning, afternoon) if limits.allowed(slot, value, "")]
        if len(fits) == 1:
            return fits[0], 0.95
    return (morning if hour >= _EARLIEST else afternoon), _GUESSED


def _clocks(line: str) -> Iterator[Clock]:
    """Every time named, in order, each by the longest way that fits there."""
    place = 0
    while place < len(line):
        longest: Clock | None = None
        for pattern, read, confidence in _PATTERNS:
            match = pattern.match(line, place)
            if match is None or (longest is not None and match.end() <= longest.end):
                continue
            hour, minute = read(match)
            if hour > _HOURS or minute >= _MINUTES or (hour == _HOURS and minute):
                continue
            if confidence == _BARE and _is_count(line, match):
                continue
            written = _LEAD.sub("", match.group())
            certain = hour > _NOON or hour == 0 or written.startswith("0") or "hours" in written
            certain = certain or pattern in {_MIDNIGHT, _MIDDAY}
            longest = Clock(hour, minute, place, match.end(), certain, confidence)
        if longest:
            yield longest
        gap = line.find(" ", longest.end if longest else place)
        place = len(line) if gap < 0 else gap + 1


def _is_count(line: str, match: re.Match[str]) -> bool:
    """Tell whether a bare number counts something: "4 people", "in 2 hours"."""
    after = line[match.end() :].split()[:1]
    return bool(after) and after[0] in _COUNTED


def _plain(match: re.Match[str]) -> tuple[int, int]:
    return int(match["h"]), int(match.groupdict().get("m") or 0)


def _run_together(match: re.Match[str]) -> tuple[int, int]:
    return int(match["hm"]) // 100, int(match["hm"]) % 100


def _past(match: re.Match[str]) -> tuple[int, int]:
    return int(match["h"]), _said_minutes(match)


def _before(match: re.Match[str]) -> tuple[int, int]:
    minutes = _said_minutes(match)
    hour = int(match["h"]) - 1
    return (hour or _NOON, _MINUTES - minutes) if 1 <= minutes < _MINUTES else (_HOURS, 1)


def _said_minutes(match: re.Match[str]) -> int:
    said = match["m"]
    return 15 if "quarter" in said else 30 if said == "half" else int(said)


def _fixed(hour: int) -> Reader:
    return lambda _: (hour, 0)


_COUNTED: Final = vocabulary(
    """
    people persons person day days week weeks month months year years hour hours minute minutes of us
    guests adults children kids dollars pounds euros th percent times tickets nights night
    """
)
_H: Final = r"(?P<h>0?[1-9]|1\d|2[0-4]|00|0)"
_FEW_MINUTES: Final = r"(?:a )?quarter|\d{1,2}(?= minutes?\b)|5|10|20|25"
_MINUTE: Final = r"(?P<m>[0-5]\d)"
_VAGUE: Final = re.compile(
    r"\b(?:few|some|couple of|couple|just|shortly|soon) (?:minutes )?(?:past|after|before|to)\b"
)
_PARTS: Final = re.compile(
    r"\b(?:(?P<am>(?:in the |this |early |late |the )*morning|a m|am|ante meridiem)"
    r"|(?P<night>(?:at |in the |late )*night)"
    r"|(?P<pm>(?:in the |this |early |late |the )*(?:afternoon|evening)|tonight|p m|pm|post meridiem))(?!\S)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:(?:at|by|around|about|say|for) )?(?:{text})(?!\S)")


_LEAD: Final = re.compile(r"^(?:at|by|around|about|say|for) ")
_MIDNIGHT: Final = _pattern(r"(?:12 )?midnight(?: ish)?")
_MIDDAY: Final = _pattern(r"(?:12 )?(?:noon|midday|noontime)(?: ish)?|12 oclock noon")
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Reader, float], ...]] = (
    (_MIDNIGHT, _fixed(0), 1.0),
    (_MIDDAY, _fixed(_NOON), 1.0),
    (
        _pattern(rf"(?P<m>half|{_FEW_MINUTES}) (?:minutes? )?(?:past|after|gone) {_H}"),
        _past,
        1.0,
    ),
    (
        _pattern(rf"(?P<m>{_FEW_MINUTES}) (?:minutes? )?(?:to|of|before|till|til|until) {_H}"),
        _before,
        1.0,
    ),
    (_pattern(rf"(?P<m>half) {_H}"), _past, 0.9),
    (_pattern(rf"{_H}[:.]{_MINUTE}"), _plain, 1.0),
    (_pattern(rf"{_H} {_MINUTE}(?: (?:oclock|hours))?"), _plain, 0.95),
    (_pattern(rf"{_H} (?:oclock|o clock)(?: sharp)?"), _plain, 1.0),
    (_pattern(r"(?P<hm>0?[1-9][0-5]\d|1\d[0-5]\d|2[0-3][0-5]\d)(?: hours)?"), _run_together, 0.9),
    (_pattern(rf"{_H} (?:hundred(?: hours)?|100(?: hours)?|hours)"), _plain, 0.95),
    (_pattern(rf"{_H}(?= (?:a ?m|p ?m)\b)"), _plain, 1.0),
    (
        _pattern(rf"{_H}(?= (?:in the (?:morning|afternoon|evening)|at night|tonight|this \w+|sharp))"),
        _plain,
        1.0,
    ),
    (re.compile(rf"\b(?:at|by|around|about|say|for) {_H}(?: ish)?(?!\S)"), _plain, 0.95),
    (_pattern(rf"{_H}(?: ish)?"), _plain, _BARE),
)
