"""Prompts with slots in them: `{slot}` and `{slot | formatter}`; `{{` and `}}` are the braces themselves.

There is nothing else: no conditions, no loops, and what is filled in is never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
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


def fill(
    text: str, slots: Mapping[str, SlotValue], flow_slots: Mapping[str, Slot], place: Place = _ANYWHERE
) -> str:
    """The words to say. A slot without a value leaves nothing behind; others are said as their type is."""

    def piece(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        reference = _REFERENCE.fullmatch(match[1])
        if not reference or reference[1] not in slots:
            return ""
        slot = flow_slots.get(reference[1])
        formatter = reference[2] or BY_TYPE.get(slot.type if slot else "", "plain")
        its = replace(place, country=slot.region, currency=slot.currency) if slot else place
        return FORMATTERS.get(formatter, plain)(slots[reference[1]], its)

    if "{" not in text and "}" not in text:
        return text
    return _GAPS.sub(r"\1\2", _PIECE.sub(piece, text)).strip()


def says_sensitive(text: str, flow_slots: Mapping[str, Slot]) -> bool:
    """Whether a prompt says a slot that is sensitive."""
    if "{" not in text:
        return False
    found = (_REFERENCE.match(piece[1] or "") for piece in _PIECE.finditer(text))
    slots = (flow_slots.get(reference[1]) for reference in found if reference)
    return any(slot is not None and slot.sensitive for slot in slots)


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
