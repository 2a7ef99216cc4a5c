"""A day and a time in one: "tomorrow at three", "next Friday, half past two", "the 3rd at 10 a.m."."""

from __future__ import annotations

import re
from typing import Final

from ivr.core import limits
from ivr.core.flow.model import Slot
from ivr.understanding.calendar_words import coded, uncoded
from ivr.understanding.dates import day_in, reckoning
from ivr.understanding.day_patterns import Today
from ivr.understanding.folding import fold
from ivr.understanding.found import Found, certainty
from ivr.understanding.text import words
from ivr.understanding.times import outside, time_in

_PART: Final = re.compile(r"\b(?:(?:in|this|the|early|late) )*(?:morning|afternoon|evening|night|tonight)\b")
TAKEN: Final = "|"
"""Stands where the other half of the utterance was."""


def spoken_date_time(text: str, slot: Slot, today: str) -> Found | None:
    """The day and time that `text` names. One of the two alone is refused: `no_time`, `no_day`."""
    now = reckoning(slot, today)
    if now is None:
        return None
    line = " ".join(coded(fold(words(text))))
    both = day_and_time(line, slot, now)
    if both is None:
        return _half(line, slot, now)
    day, time, confidence, spans = both
    rest = uncoded(outside(line, spans))
    sure = certainty(confidence, rest)
    if sure is None:
        return None
    value = f"{day}T{time}"
    return Found(value, sure, rest, "" if limits.allowed(slot, value, today) else "out_of_range")


_Both = tuple[str, str, float, list[tuple[int, int]]]


def day_and_time(line: str, slot: Slot, now: Today) -> _Both | None:
    """The day, the time, the confidence in both and the spans that name them, in a line of coded words.

    slot  whose limits tell the morning's hours from the afternoon's
    """
    return _time_first(line, slot, now) or _day_first(line, slot, now)


def _day_first(line: str, slot: Slot, now: Today) -> _Both | None:
    """Find the day, and the time in what is left."""
    named = day_in(line, now)
    if named is None:
        return None
    size = named.end - named.start
    part = _PART.search(line[named.start : named.end])
    kept = part.group().rjust(size) if part else TAKEN.rjust(size)
    left = line[: named.start] + kept + line[named.end :]
    clock = time_in(left, slot)
    if clock is None:
        return None
    value, confidence, spans = clock
    return named.day.isoformat(), value, min(confidence, named.confidence), [(named.start, named.end), *spans]


def _time_first(line: str, slot: Slot, now: Today) -> _Both | None:
    """Find the time, when it is plainly one, and the day in what is left."""
    clock = time_in(line, slot)
    if clock is None:
        return None
    value, confidence, spans = clock
    (start, end), *_ = spans
    left = line[:start] + TAKEN.rjust(end - start) + line[end:]
    named = day_in(left, now)
    if named is None:
        return None
    return named.day.isoformat(), value, min(confidence, named.confidence), [(named.start, named.end), *spans]


def _half(line: str, slot: Slot, now: Today) -> Found | None:
    """What is missing, when one of the two was said."""
    if (named := day_in(line, now)) is not None:
        rest = uncoded(outside(line, [(named.start, named.end)]))
        return (
            Found(named.day.isoformat(), 0.9, rest, "no_time") if certainty(1.0, rest) is not None else None
        )
    if (clock := time_in(line, slot)) is not None:
        rest = uncoded(outside(line, clock[2]))
        return Found(f"T{clock[0]}", 0.9, rest, "no_day") if certainty(1.0, rest) is not None else None
    return None
