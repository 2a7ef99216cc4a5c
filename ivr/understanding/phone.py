"""Telephone numbers as people say them: "two one two, triple five, oh one two three", "plus forty four"."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.flow.model import Slot
from ivr.core.telephone import Dialled, dialled
from ivr.understanding.digits import every_reading
from ivr.understanding.found import Found
from ivr.understanding.text import MAX_CHARS, Words, asks

_PLUS: Final = re.compile(r"^(.*?)(?:\+|\bplus\b)\s*(?=\S)", re.IGNORECASE | re.DOTALL)
_EXTENSION: Final = re.compile(r"\b(?:extension|ext)\b", re.IGNORECASE)
_ASSIGNED: Final = 1.0
_POSSIBLE: Final = 0.7
"""For a number of the right length that nobody has."""
_REREAD: Final = 0.1
_DOUBT: Final = 0.03
_MOST_STRANGE: Final = 12


def spoken_phone(text: str, slot: Slot) -> Found | None:
    """The number that `text` names, in E.164. Without a country code it is one of the slot's region.

    An extension is left over.
    """
    text, *extension = _EXTENSION.split(text[:MAX_CHARS], maxsplit=1)
    plus = _PLUS.match(text)
    abroad = "+" if plus and not any(char.isdecimal() for char in plus[1]) else ""
    readings, strange = every_reading(text[plus.end() :] if plus and abroad else text)
    rest = (*strange, *("extension " + extension[0] if extension else "").split())
    if not readings or len(strange) > _MOST_STRANGE:
        return None
    numbers = [dialled(abroad + reading, slot.region) for reading in readings]
    best = next((n for n in numbers if n.assigned), None) or next((n for n in numbers if n.number), None)
    if best is None:
        return _refused(numbers[0], text, readings[0], strange)
    start = _ASSIGNED if best.assigned else _POSSIBLE
    reread = _REREAD if best is not numbers[0] else 0.0
    return Found(best.number, round(max(start - reread - _DOUBT * len(strange), 0.5), 2), rest)


def _refused(usual: Dialled, text: str, reading: str, strange: Words) -> Found | None:
    """Too few or too many digits, when the words sound like a number at all."""
    meant = len(reading) > len(strange) + 2 and not asks(text)
    return Found("", 0.9, strange, usual.reason) if meant else None
