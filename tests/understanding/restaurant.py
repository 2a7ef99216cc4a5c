"""A flow model with a slot of many kinds, and what a caller's words mean at a question of it."""

from __future__ import annotations

from ivr.core.commands import Expectation, ExpectKind
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow, Slot
from ivr.understanding.choice import forms_of
from ivr.understanding.pipeline import FlowModel, by_rules
from ivr.understanding.universals import compile_universals

TODAY = "2026-03-11"  # a Wednesday
SLOTS = {
    slot.name: slot
    for slot in (
        Slot("size", "choice", choices={"small": ("little",), "large": ("big",)}),
        Slot("day", "date", least="tomorrow"),
        Slot("time", "time"),
        Slot("people", "integer", minimum=1, maximum=20),
        Slot("price", "money"),
        Slot("mobile", "phone"),
        Slot("number", "digits", minimum=4, maximum=4),
        Slot("reason", "text"),
        Slot("who", "name"),
        Slot("ok", "yes_no"),
        Slot("pin", "digits", sensitive=True, minimum=4, maximum=4),
        Slot("crust", "choice", choices={"thin": ("little",), "thick": ()}),
    )
}
CHOICES = {name: forms_of(slot) for name, slot in SLOTS.items() if slot.type == "choice"}
MODEL = FlowModel(Flow("restaurant", "main", {}, slots=SLOTS), compile_universals({}), CHOICES, None)


def meaning_of(  # noqa: PLR0913 -- the fields of an expectation
    text: str, kind: ExpectKind, known: str = "", about: str = "", slot: str = "", ahead: str = ""
) -> Meaning:
    """What `text` means; known, about, ahead: slots, by their names."""
    expectation = Expectation(
        kind,
        slot=slot,
        today=TODAY,
        known=tuple(known.split()),
        about=tuple(about.split()),
        ahead={"": tuple(ahead.split())} if ahead else {},
    )
    return by_rules(MODEL, text, expectation).meaning
