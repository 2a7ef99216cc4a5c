"""Several slots in one utterance: "a large one for Tuesday at six". Only what is certain is taken.

A value counts when its words say plainly what kind of thing it is: a choice by one of its ways, a day by
its name or date, a time with "at", "half past" or "pm", money with its unit, a whole telephone number, a
count before the name of its slot ("four people" for `people`); or when it stands with words that the slot's
author gave as examples (`ivr.understanding.cues`). No word counts for two slots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ivr.core import limits
from ivr.core.events import SlotValue
from ivr.core.flow.ahead import TYPES
from ivr.core.flow.model import Slot
from ivr.understanding.calendar_words import coded, uncoded
from ivr.understanding.choice import Forms, named
from ivr.understanding.cues import Cued
from ivr.understanding.date_times import TAKEN, day_and_time
from ivr.understanding.dates import day_in, reckoning
from ivr.understanding.folding import fold
from ivr.understanding.found import CARRIERS
from ivr.understanding.money import plain_amounts
from ivr.understanding.phone import spoken_phone
from ivr.understanding.text import Words, words
from ivr.understanding.times import time_in

_SURE_DAY: Final = 0.9
_SURE_PHONE: Final = 0.85
_PLAIN_TIME: Final = re.compile(
    r"\b(?:at|by|around|about|past|to|before|till|half|quarter|noon|midnight|midday|oclock|am|pm|a m|p m"
    r"|morning|afternoon|evening|night|hours)\b|:"
)
_FOR: Final = re.compile(r"\bfor \d+(?! (?:a m|p m|am|pm|oclock|in the|at night)\b)(?!\S)")
_PLURAL: Final = re.compile(r"(?:s|es)$")

_LONE: Final = re.compile(
    r"(?<!at )(?<!by )(?<!around )(?<!about )(?<!past )(?<!to )(?<!before )(?<!half )\b\d{1,2}"
    r"(?! (?:\d|am|pm|a m|p m|oclock|past|to|before|till|minutes|hours|in the|at night)\b)(?!\S)"
)
"""A small number with nothing beside it that makes it a time."""

Spans = list[tuple[int, int]]


@dataclass(slots=True)
class Several:
    """What an utterance gives: values with their confidence, by slot, and the words that are left."""

    values: dict[str, SlotValue] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    left: Words = ()

    def add(self, slot: Slot, value: SlotValue, confidence: float) -> None:
        self.values[slot.name] = value
        self.sure[slot.name] = round(confidence, 2)

    @property
    def strange(self) -> Words:
        """The words that are left and say something."""
        return tuple(word for word in self.left if word not in CARRIERS and word != TAKEN)


def several(
    text: str,
    slots: Sequence[Slot],
    choices: Mapping[str, Forms],
    today: str,
    by_cue: Callable[[str, Slot], Cued | None] = lambda _text, _slot: None,
) -> Several:
    """The values for `slots` that are certain in `text`. Of two slots of a type the first counts.

    choices  slot -> the ways to say each of its values, for those of type `choice`
    by_cue   the value that stands with the words of a slot's examples, which comes before all else
    """
    out = Several()
    text = _cues(text, slots, by_cue, out)
    slots = [slot for slot in slots if slot.name not in out.values and slot.type in TYPES]
    first: dict[str, Slot] = {}
    for slot in slots:
        first.setdefault(slot.type, slot)
    spoken = _choices(words(text), [slot for slot in slots if slot.type == "choice"], choices, out)
    line = " ".join(fold(spoken))
    if money := first.get("money"):
        line = _money(line, money, out)
    line = " ".join(coded(tuple(line.split())))
    line = _days(line, first, today, out)
    if phone := first.get("phone"):
        line = _phone(line, phone, out)
    for slot in slots:
        if slot.type == "integer":
            line = _count(line, slot, out)
    out.left = uncoded(tuple(line.split()))
    return out


def _cues(text: str, slots: Sequence[Slot], by_cue: Callable[[str, Slot], Cued | None], out: Several) -> str:
    """Take the values that stand with a cue. What is left, the cue's own words gone too."""
    for slot in slots:
        found = by_cue(text, slot) if slot.examples else None
        if found is not None and found.meaning.value is not None:
            out.add(slot, found.meaning.value, found.meaning.confidence)
            spoken = words(text)
            text = " ".join((*spoken[: found.start], TAKEN, *spoken[found.end :]))
    return text


def _without(line: str, spans: Spans) -> str:
    for start, end in sorted(spans, reverse=True):
        line = f"{line[:start]}{TAKEN}{line[end:]}"
    return line


def _choices(spoken: Words, slots: Sequence[Slot], choices: Mapping[str, Forms], out: Several) -> Words:
    """Take choices. Words that name values of two slots count for neither."""
    found = [(slot, at) for slot in slots if (at := named(spoken, choices[slot.name])) is not None]
    taken: set[int] = set()
    for slot, (value, places) in found:
        others = [other for name, (_, other) in found if name is not slot]
        if not any(places & other for other in others):
            out.add(slot, value, 0.95)
            taken |= places
            taken |= {i + 1 for i in places if spoken[i + 1 : i + 2] in (("one",), ("ones",))}
    return tuple(TAKEN if i in taken else word for i, word in enumerate(spoken))


def _money(line: str, slot: Slot, out: Several) -> str:
    amounts = plain_amounts(line, slot)
    if len(amounts) != 1:
        return line
    value, span = amounts[0]
    if not limits.allowed(slot, value, ""):
        return line
    out.add(slot, value, 0.95)
    return _without(line, [span])


def _days(line: str, first: Mapping[str, Slot], today: str, out: Several) -> str:
    """Days and times: both in one slot, or in two. "For four" is a count."""
    whole, line = line, _FOR.sub(_blank, line)
    spans = _day_spans(line, first, today, out)
    return _without(whole, spans)


def _day_spans(line: str, first: Mapping[str, Slot], today: str, out: Several) -> Spans:
    """Take a day and a time, or the one that is there. Where they stand."""
    both, day, time = first.get("date_time"), first.get("date"), first.get("time")
    dated = both or day
    now = reckoning(dated, today) if dated else None
    clock = both or time
    found = day_and_time(line, clock, now) if clock and now is not None else None
    if found and _said_plainly(line, found[3]):
        given = [(both, f"{found[0]}T{found[1]}")] if both else [(day, found[0]), (time, found[1])]
        return found[3] if _take(out, [(s, v, found[2]) for s, v in given if s], today) else []
    spans: Spans = []
    at = day_in(line, now) if day and now is not None else None
    if (
        day
        and at
        and at.confidence >= _SURE_DAY
        and _take(out, [(day, at.day.isoformat(), at.confidence)], today)
    ):
        spans.append((at.start, at.end))
    alone = _LONE.sub(_blank, _blanked(line, spans))
    one = time_in(alone, time) if time else None
    if time and one and _said_plainly(line, one[2]) and _take(out, [(time, one[0], one[1])], today):
        spans += one[2]
    return spans


def _blank(found: re.Match[str]) -> str:
    return TAKEN.rjust(len(found[0]))


def _blanked(line: str, spans: Spans) -> str:
    """The line with nothing in the spans, each character where it was."""
    for start, end in spans:
        line = f"{line[:start]}{TAKEN.rjust(end - start)}{line[end:]}"
    return line


def _take(out: Several, given: Sequence[tuple[Slot, str, float]], today: str) -> bool:
    """Add values, if all of them keep their limits."""
    if not all(limits.allowed(slot, value, today) for slot, value, _ in given):
        return False
    for slot, value, confidence in given:
        out.add(slot, value, confidence)
    return True


def _said_plainly(line: str, spans: Spans) -> bool:
    """Whether what stands in the spans is a time by its words."""
    return any(_PLAIN_TIME.search(line[start:end]) for start, end in spans)


def _phone(line: str, slot: Slot, out: Several) -> str:
    found = spoken_phone(line.replace(TAKEN, " "), slot)
    if found is None or found.reason or found.confidence < _SURE_PHONE:
        return line
    out.add(slot, found.value, found.confidence)
    return " ".join(found.rest)


def _count(line: str, slot: Slot, out: Several) -> str:
    """A number in front of the slot's name: "four people", "two nights"."""
    name = _PLURAL.sub("", slot.name.rsplit("_", 1)[-1].lower())
    found = list(re.finditer(rf"\b(\d{{1,9}}) {re.escape(name)}(?:s|es)?(?!\S)", line))
    if len(found) != 1 or not name:
        return line
    value = int(found[0][1])
    low = slot.minimum is None or value >= slot.minimum
    high = slot.maximum is None or value <= slot.maximum
    if not (low and high):
        return line
    out.add(slot, value, 0.95)
    return _without(line, [found[0].span()])
