"""A day without a time, or a time without a day: it is kept, and the other half is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from ivr.core import limits
from ivr.core.events import Meaning
from ivr.core.flow.model import Slot

ASKS: Final = {"no_time": "what_time", "no_day": "what_day"}
"""What is missing, and the phrase that asks for it."""


class Half(NamedTuple):
    """Half a moment: `2030-01-31` that lacks its time (`no_time`), or `T09:00` that lacks its day."""

    slot: str = ""
    lacks: str = ""
    text: str = ""


def of(slot: Slot, meaning: Meaning) -> Half | None:
    """The half that was said; `None` when none was. One that must not be kept is none."""
    if slot.type != "date_time" or slot.sensitive or meaning.kind != "nothing":
        return None
    said = meaning.value if meaning.name in ASKS else None
    return Half(slot.name, meaning.name, said) if isinstance(said, str) else None


def joined(slot: Slot, kept: Half, said: Half, meaning: Meaning, today: str) -> Meaning | None:
    """What both halves come to; `None` when they are no two halves of one moment."""
    if kept.slot != slot.name or kept.lacks == said.lacks:
        return None
    day, time = (kept.text, said.text) if kept.lacks == "no_time" else (said.text, kept.text)
    value = day + time
    if limits.allowed(slot, value, today):
        return replace(meaning, kind="value", name="", value=value)
    return replace(meaning, name="out_of_range", value=value)
