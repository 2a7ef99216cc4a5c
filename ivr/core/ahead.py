"""What may be said after the caller's next turn: every answer that can be foreseen, tried without its effect.

Sentences without a slot are rendered when a flow is loaded. Those with one are known only in the call; so
that nobody waits for them, they are made while the caller still listens or thinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from ivr.core import dialogue as dlg
from ivr.core.dialogue_state import Dialogue, Result, Speak
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow import model as m

MOST_WAYS: Final = 8
"""So many answers are tried; a menu with more is not foreseen to its end."""
MOST_SENTENCES: Final = 3
"""So many sentences are made that may never be said."""


def likely(flow: m.Flow, dialogue: Dialogue) -> tuple[Speak, ...]:
    """Words with a slot in them that one of the caller's next answers would bring, likeliest first."""
    found: dict[str, Speak] = {}
    for _, outs in islice(_results(flow, dialogue), MOST_WAYS):
        for item in outs:
            if isinstance(item, Speak) and not item.fixed and not item.sound:
                found.setdefault(item.text, item)
    return tuple(found.values())[:MOST_SENTENCES]


def _results(flow: m.Flow, dialogue: Dialogue) -> Iterator[Result]:
    """What each foreseeable answer would lead to."""
    step = dlg.waiting_step(flow, dialogue)
    match step:
        case m.ConfirmStep():
            yield dlg.on_meaning(flow, dialogue, Meaning("value", value=True))
            yield dlg.on_meaning(flow, dialogue, Meaning("value", value=False))
        case m.ListenStep():
            for name in step.intents:
                yield dlg.on_meaning(flow, dialogue, Meaning("intent", name))
        case m.CollectStep():
            for value in _values(flow.slots[step.slot]):
                yield dlg.on_meaning(flow, dialogue, Meaning("value", value=value))
        case None:
            return
    yield dlg.on_no_match(flow, dialogue)
    yield dlg.on_no_input(flow, dialogue)


def _values(slot: m.Slot) -> tuple[SlotValue, ...]:
    match slot.type:
        case "yes_no":
            return (True, False)
        case "choice":
            return tuple(slot.choices)
        case _:
            return ()
