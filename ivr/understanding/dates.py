"""Days as people say them: "the 3rd", "Tuesday week", "March 5th 2027", "the day after tomorrow".

A day without a year is the next one; where the slot takes days of the past only, it is the last one.
"Next Friday" is the Friday of next week, "Friday" the one that comes; on a Friday "Friday" is a week
away, and both are less sure than a day of the month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ivr.core import limits
from ivr.core.flow.model import Slot
from ivr.understanding.calendar_words import coded, uncoded
from ivr.understanding.day_patterns import DISAGREES, PATTERNS, WEEKDAY, Today, month_day
from ivr.understanding.folding import fold
from ivr.understanding.found import CORRECTIONS, Found, certainty
from ivr.understanding.text import Words, words

_CORRECTED: Final = 0.75
_NOT: Final = "not "


@dataclass(frozen=True, slots=True)
class Named:
    """A day named in an utterance, and the characters that name it. weekday: only by that."""

    day: date
    start: int
    end: int
    confidence: float = 1.0
    weekday: int = -1


def spoken_date(text: str, slot: Slot, today: str) -> Found | None:
    """The day that `text` names. today: ISO date, without which no day can be told."""
    now = reckoning(slot, today)
    if now is None:
        return None
    line = " ".join(coded(fold(words(text))))
    named = day_in(line, now)
    if named is None:
        return None
    rest = left_over(line, named.start, named.end)
    confidence = certainty(named.confidence, rest)
    if confidence is None:
        return None
    value = named.day.isoformat()
    return Found(value, confidence, rest, "" if limits.allowed(slot, value, today) else "out_of_range")


def reckoning(slot: Slot, today: str) -> Today | None:
    """From where a slot's days are reckoned; None without today's date."""
    day = limits.parse_day(today)
    if day is None:
        return None
    latest = limits.bound("date", slot.most, today)
    return Today(day, slot.region, past=latest is not None and latest <= today)


def left_over(line: str, start: int, end: int) -> Words:
    """The words of a line before `start` and after `end`."""
    return uncoded((*line[:start].split(), *line[end:].split()))


def day_in(line: str, now: Today) -> Named | None:
    """The one day named in a line of folded and coded words; None for none and for two."""
    found = _together(list(_days(line, now)))
    kept = [named for named in found if not _negated(line, named)]
    taken_back = len(kept) < len(found)
    while len(kept) > 1:
        between = line[kept[-2].end : kept[-1].start].split()
        if kept[-1].day == kept[-2].day:
            kept.pop()
            continue
        if CORRECTIONS.isdisjoint(between):
            return None
        kept, taken_back = kept[-1:], True
    if not kept:
        return None
    last = kept[0]
    if not taken_back:
        return last
    start = min(named.start for named in found)
    start -= len(_NOT) if line[:start].endswith(_NOT) else 0
    return Named(last.day, start, last.end, min(last.confidence, _CORRECTED))


def _negated(line: str, named: Named) -> bool:
    return line[: named.start].endswith(_NOT)


def _days(line: str, now: Today) -> Iterator[Named]:
    """Every day named, in order, each by the longest way of naming that fits there."""
    place = 0
    while place < len(line):
        longest: Named | None = None
        ends = place
        for pattern, read in PATTERNS:
            match = pattern.match(line, place)
            if match is None or (longest is not None and match.end() <= longest.end):
                continue
            day, confidence = read(match, now)
            if day is None and read is month_day:
                ends = max(ends, match.end())  # the 30th of February is no 30th
            if day is not None:
                weekday = int(match["weekday"]) if pattern is WEEKDAY else -1
                longest = Named(day, place, match.end(), confidence, weekday)
        if longest and longest.end >= ends:
            yield longest
        gap = line.find(" ", max(ends, longest.end if longest else place))
        place = len(line) if gap < 0 else gap + 1


def _together(found: list[Named]) -> list[Named]:
    """With a bare weekday beside a full date taken for a check of it ("Thursday, March 19th")."""
    out: list[Named] = []
    for named in found:
        before = out[-1] if out else None
        pair = (before, named) if before is not None else None
        if pair and (pair[0].weekday >= 0) != (pair[1].weekday >= 0) and pair[1].start - pair[0].end <= 1:
            day, checked = pair if pair[1].weekday >= 0 else (pair[1], pair[0])
            agrees = day.day.weekday() == checked.weekday
            confidence = day.confidence if agrees else DISAGREES
            out[-1] = Named(day.day, pair[0].start, pair[1].end, confidence)
        else:
            out.append(named)
    return out
