"""What of the outside may become part of a call: text and numbers that can be kept and sent anywhere.

A NUL, or half a character, is no text to a database or to JSON; a whole number beyond 2^53 is not read
exactly by every reader of JSON, and one beyond 2^63 by no database.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ivr.core.events import (
    AnswerPart,
    CallStarted,
    EngineFailed,
    Event,
    Heard,
    Meaning,
    SlotValue,
    Typed,
    Understood,
    WorkEnded,
)

LARGEST: Final = 2**53
"""Of whole numbers, either way from 0."""
DIGITS: Final = len(str(LARGEST))


def fits(value: SlotValue) -> bool:
    """Whether a value is no number that is too large."""
    return not isinstance(value, int) or abs(value) <= LARGEST


def plain(text: str) -> str:
    """A text without NUL characters, and with `?` in place of half a character."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


def from_json(value: str | float | bool | None) -> str | int | float | bool | None:  # noqa: FBT001 -- any kind
    """A bare value of somebody else's JSON; a number that is too large, as the text that stood there.

    Raises `ValueError` for a number without bounds (`1e999`).
    """
    match value:
        case str():
            return plain(value)
        case float() if not math.isfinite(value):
            raise ValueError("it holds a number that is too large")
        case int() if not fits(value):
            return str(value)
        case _:
            return value


def clean(event: Event) -> Event:
    """An event as it may enter a call."""
    match event:
        case Heard(text=text) | Typed(text=text) | AnswerPart(text=text):
            kept = plain(text)
            return event if kept == text else replace(event, text=kept)
        case EngineFailed(reason=reason):
            return replace(event, reason=plain(reason))
        case Understood(meaning=meaning):
            return replace(event, meaning=_meaning(meaning))
        case WorkEnded(values=values, reason=reason):
            return replace(event, values=_texts(values), reason=plain(reason))
        case CallStarted(caller=caller, called=called, slots=slots):
            return replace(event, caller=plain(caller), called=plain(called), slots=_numbers(_texts(slots)))
        case _:
            return event


def _meaning(meaning: Meaning) -> Meaning:
    fills = _numbers(_texts(meaning.fills))
    rest, value = plain(meaning.rest), meaning.value
    if value is not None and not fits(value):
        if meaning.kind == "value":  # said as a grammar says it
            return replace(meaning, kind="nothing", name="out_of_range", value=None, rest=rest, fills=fills)
        value = None
    return replace(meaning, value=plain(value) if isinstance(value, str) else value, rest=rest, fills=fills)


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}


def _numbers(values: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """Without numbers that are too large: a slot without a value is asked for."""
    return {name: value for name, value in values.items() if fits(value)}
