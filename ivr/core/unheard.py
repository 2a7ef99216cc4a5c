"""An answer to a read-back that nobody has heard: words and keys that began before it, or with it, are none.

Elsewhere a caller may answer over the question: they know the answer. What we understood of them they
know only when we have said it, so a "yes" to a read-back that has barely begun agrees to nothing.
"""

from __future__ import annotations

from typing import Final

from ivr.core.correcting import correctable
from ivr.core.dialogue import waiting_step
from ivr.core.dialogue_state import Dialogue, Result, Speak
from ivr.core.events import Meaning
from ivr.core.flow import model as m
from ivr.core.repairing import Run

HEARD_MS: Final = 1_000
"""So much of a read-back is heard, or all of a shorter one, before an answer to it counts."""

NOTHING: Final = "…"
"""Stands in the record for a question of which not a word was heard."""


def is_new(before: Dialogue, result: Result) -> bool:
    """Whether a question is put that the caller has not been asked in these words before."""
    after, outs = result
    if not any(isinstance(item, Speak) and item.question for item in outs):
        return False
    same = before.waiting and after.waiting and _place(before) == _place(after)
    return not (same and before.slots is after.slots)  # a masked value would look like the one before


def _place(dialogue: Dialogue) -> tuple[object, ...]:
    return tuple(frame.bare for frame in dialogue.stack)


def answers(flow: m.Flow, dialogue: Dialogue, meaning: Meaning | None) -> bool:
    """Whether a meaning would be taken for an answer to a read-back. A wish or another value is none."""
    if not isinstance(waiting_step(flow, dialogue), m.ConfirmStep):
        return False
    if meaning is None or meaning.kind in ("value", "nothing"):
        return True
    if meaning.kind != "correction" or meaning.name not in correctable(flow, dialogue):
        return False
    same = meaning.value is not None and meaning.value == dialogue.slots[meaning.name]
    return same and not flow.slots[meaning.name].sensitive  # masked, all look the same


def ask_again(flow: m.Flow, dialogue: Dialogue) -> Result:
    """Put the question again, which is no failed attempt."""
    return Run(flow, dialogue).put_again()
