"""Prompts with slots in them: `{slot}` and `{slot | formatter}`; `{{` and `}}` are the braces themselves.

There is nothing else: no conditions, no loops, and what is filled in is never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot
from ivr.core.flow.problems import Fault, nearest
from ivr.core.speaking.formatters import BY_TYPE, FORMATTERS, Place, plain

MOST_FAULTS: Final = 10
"""A prompt with more faults than this is reported up to here."""

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_REFERENCE: Final = re.compile(r"\s*([^\s|]+)\s*(?:\|\s*([^\s|]*)\s*)?")
_GAPS: Final = re.compile(r"\s+([,.;:?!])|(\s)\s+")
_ANYWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Reference:
    """A slot in a prompt. `formatter`: "" where its type tells how it is said."""

    slot: str
    formatter: str = ""


def has_braces(text: str) -> bool:
    """Whether there is anything in a text that is not said as it stands."""
    return "{" in text or "}" in text


def fill(
    text: str, slots: Mapping[str, SlotValue], flow_slots: Mapping[str, Slot], place: Place = _ANYWHERE
) -> str:
    """The words to say. A slot without a value leaves nothing behind; others are said as their type is."""
    if not has_braces(text):
        return text
    said = [
        piece if isinstance(piece, str) else _value(piece, slots, flow_slots.get(piece.slot), place)
        for piece in _pieces(text)
    ]
    words = "".join(said)
    return words.strip() if all(said) else _GAPS.sub(r"\1\2", words).strip()


def _value(reference: Reference, slots: Mapping[str, SlotValue], slot: Slot | None, place: Place) -> str:
    value = slots.get(reference.slot)
    if value is None:
        return ""
    formatter = reference.formatter or BY_TYPE.get(slot.type if slot else "", "plain")
    its = Place(place.language, place.today, slot.region, slot.currency) if slot else place
    return FORMATTERS.get(formatter, plain)(value, its)


def references(text: str) -> tuple[Reference, ...]:
    """The slots that a prompt says, in order."""
    if "{" not in text:
        return ()
    return tuple(piece for piece in _pieces(text) if isinstance(piece, Reference))


def says_sensitive(text: str, flow_slots: Mapping[str, Slot]) -> bool:
    """Whether a prompt says a slot that is sensitive."""
    slots = (flow_slots.get(reference.slot) for reference in references(text))
    return any(slot is not None and slot.sensitive for slot in slots)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[str | Reference, ...]:
    """The words and slots of a prompt: the same few are said in every call, so they are read once."""
    pieces: list[str | Reference] = []
    at = 0
    for match in _PIECE.finditer(text):
        pieces.append(text[at : match.start()])
        at = match.end()
        if match[1] is None:
            pieces.append(match[0][0])
        elif reference := _REFERENCE.fullmatch(match[1]):
            pieces.append(Reference(reference[1], reference[2] or ""))
    pieces.append(text[at:])
    return tuple(piece for piece in pieces if piece != "")


def check(text: str, flow_slots: Mapping[str, Slot]) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """The slots that a prompt refers to, and what is wrong with it."""
    used: list[str] = []
    faults: list[Fault] = []
    for match in _PIECE.finditer(text):
        if len(faults) >= MOST_FAULTS:
            break
        if match[0] in ("{{", "}}"):
            continue
        if match[1] is None:
            what = "A '{' is not closed" if match[0] == "{" else "A '}' closes nothing"
            faults.append(Fault(match.start(), what, f"For the brace itself, write '{match[0] * 2}'."))
            continue
        reference = _REFERENCE.fullmatch(match[1])
        if not reference:
            faults.append(
                Fault(match.start(), f"'{match[0]}' is no slot", "Write {slot} or {slot | digits}.")
            )
            continue
        name, formatter = reference[1], reference[2]
        if name not in flow_slots:
            hint = nearest(name, flow_slots, "slots")
            faults.append(Fault(match.start(1) + reference.start(1), f"There is no slot '{name}'", hint))
        else:
            used.append(name)
        if formatter is not None and formatter not in FORMATTERS:
            hint = nearest(formatter, FORMATTERS, "formatters")
            at = match.start(1) + reference.start(2)
            faults.append(Fault(at, f"There is no formatter '{formatter}'", hint))
    return tuple(used), tuple(faults)
