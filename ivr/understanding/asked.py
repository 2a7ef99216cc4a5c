"""The value that the grammar of what was asked finds in an utterance, in the flow's language.

Where the slot's author gave examples, the words around the value are looked for first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from ivr.core.commands import Expectation
from ivr.core.errors import Bug
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow, Slot
from ivr.understanding import spanish
from ivr.understanding.choice import Forms, by_letters, choice
from ivr.understanding.cues import Cue, Cued, cued
from ivr.understanding.grammars import spoken_value
from ivr.understanding.spanish_moments import spoken_in_spanish
from ivr.understanding.spelling import spoken_spelling
from ivr.understanding.text import MAX_CHARS, Words, without_pauses, words
from ivr.understanding.yes_no import yes_no


class Known(Protocol):
    """What is known of a flow's slots: the ways to say each choice, the words around each value."""

    @property
    def flow(self) -> Flow: ...

    @property
    def choices(self) -> Mapping[str, Forms]: ...

    @property
    def cues(self) -> Mapping[str, tuple[Cue, ...]]: ...


def by_grammar(known: Known, text: str, spoken: Words, expectation: Expectation) -> Meaning | None:
    """The value that the grammar of what was asked finds, a `nothing` with a reason, or None."""
    if expectation.spelled and (meaning := _spelled(known, text, expectation)) is not None:
        return meaning
    if expectation.slot in known.cues and expectation.kind not in ("confirm", "intents", "nothing"):
        found = by_cue(known, text, slot_asked(known, expectation), expectation)
        if found is not None:
            return replace(found.meaning, rest=" ".join(spoken[: found.start] + spoken[found.end :]))
    return plainly(known, text, spoken, expectation)


def plainly(known: Known, text: str, spoken: Words, expectation: Expectation) -> Meaning | None:
    """The same by the grammar alone, whatever words its author expects."""
    match expectation.kind:
        case "intents" | "nothing":
            return None
        case "yes_no" | "confirm":
            return said_yes_no(known, text)
        case "choice":
            return choice(text, known.choices[slot_asked(known, expectation).name])
        case "text":
            return _as_said(text) if without_pauses(spoken) else None
        case "digits" if _is_spanish(known):
            return spanish.spoken_digits(text, slot_asked(known, expectation))
        case "integer" if _is_spanish(known):
            return spanish.spoken_integer(text, slot_asked(known, expectation))
        case ("date" | "time" | "date_time" | "money" | "phone") as kind if _is_spanish(known):
            return spoken_in_spanish(kind, text, slot_asked(known, expectation), expectation.today)
        case kind:
            return spoken_value(kind, text, slot_asked(known, expectation), expectation.today)


def by_cue(known: Known, text: str, slot: Slot, expectation: Expectation) -> Cued | None:
    """The value of a slot that stands with the words of its examples, or None."""
    if not (cues := known.cues.get(slot.name)):
        return None
    plain = Expectation(slot.type, slot=slot.name, today=expectation.today)

    def read(said: str) -> Meaning | None:
        return plainly(known, said, words(said), plain)

    return cued(text, slot, cues, read)


def _spelled(known: Known, text: str, expectation: Expectation) -> Meaning | None:
    """The value that `text` spells, for types that have no letters of their own; None for none."""
    if expectation.kind not in ("name", "text", "address", "choice"):
        return None
    found = spoken_spelling(text, Slot("", "spelling"))
    if found is None or found.reason:
        return None
    value = found.value
    match expectation.kind:
        case "name":
            value = "-".join(part.capitalize() for part in value.split("-"))
        case "choice":
            value = by_letters(value, known.choices[expectation.slot])
    return replace(found.meaning(), value=value) if value else None


def said_yes_no(known: Known, text: str) -> Meaning | None:
    """Yes or no, or None."""
    return spanish.yes_no(text) if _is_spanish(known) else yes_no(text)


def _as_said(text: str) -> Meaning:
    """The words themselves, on one line, without what cannot be printed."""
    printable = "".join(char if char.isprintable() else " " for char in text[:MAX_CHARS])
    return Meaning("value", value=" ".join(printable.split()), decided_by="grammar")


def _is_spanish(known: Known) -> bool:
    return known.flow.language.startswith("es")


def slot_asked(known: Known, expectation: Expectation) -> Slot:
    """The slot that is asked for. Raises `Bug` when the expectation was made for another flow."""
    slot = known.flow.slots.get(expectation.slot)
    if slot is None or (expectation.kind == "choice" and slot.name not in known.choices):
        raise Bug(
            f"The flow {known.flow.name!r} has no slot {expectation.slot!r} of type {expectation.kind!r}; "
            "an expectation must name one. The step that made it was compiled for another flow."
        )
    return slot
