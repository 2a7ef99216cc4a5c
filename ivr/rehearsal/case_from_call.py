"""A call of the past as a test: the caller's moves, and what the flow says to them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ivr.core.call import HIDDEN
from ivr.core.events import SlotValue
from ivr.core.flow.model import CollectStep, Flow, Slot
from ivr.core.flow.problems import Spot
from ivr.core.keys import HIDDEN_KEY
from ivr.core.text_caller import Read
from ivr.rehearsal.past_call import PastCall, PastMove
from ivr.rehearsal.recorder import Recorder
from ivr.rehearsal.script import Case, Move
from ivr.rehearsal.talk import Talk

_DIGITS: Final = "1234567890"
_NOISE: Final = "mmm"
_SAID: Final[Mapping[str, str]] = {
    "yes_no": "yes",
    "integer": "one",
    "money": "ten dollars",
    "date": "January the first 1980",
    "time": "ten in the morning",
    "date_time": "tomorrow at ten in the morning",
    "phone": "two one two five five five zero one two three",
    "email": "somebody at example dot com",
    "name": "John Smith",
    "spelling": "A B C D E F",
    "address": "one Main Street",
}
"""What stands for words that were given for a sensitive slot, by its type."""
_EARLIEST_MS: Final = 100


def as_test(flow: Flow, past: PastCall, read: Read, name: str) -> tuple[str, bool]:
    """The text of a test case, and whether stand-ins are in it for what was masked.

    The test holds what the flow at hand says to the caller's moves: with the flow of the call that is what
    was said; what should have been said instead is for the author to write.
    """
    slots = {n: v for n, v in past.started.slots.items() if n in flow.slots and not flow.slots[n].sensitive}
    case = Case(name, Spot(), (), slots, past.started.today)
    talk = Talk(flow, read, case)
    recorder = Recorder()
    recorder.greeting(talk.said)
    masked = False
    for past_move in past.moves:
        if talk.over:
            break
        move, stands_in = _move(flow, past_move)
        masked |= stands_in
        talk.make(move)
        recorder.move(move, talk.said)
    talk.end()
    state = talk.caller.state
    end = state.ending.reason if state.ending else ""
    kept: dict[str, SlotValue] = dict(state.dialogue.slots)
    return recorder.case(name, kept, end, past.started.today), masked


def _move(flow: Flow, move: PastMove) -> tuple[Move, bool]:
    words, keys = move.words, move.keys
    masked = words == HIDDEN or HIDDEN_KEY in keys
    slot = _slot(flow, move.step)
    if words == HIDDEN:
        words = _words(slot)
    if HIDDEN_KEY in keys:
        keys = "".join(_DIGITS[n % 10] if key == HIDDEN_KEY else key for n, key in enumerate(keys))
    after_ms = max(_EARLIEST_MS, move.after_ms) if move.after_ms >= 0 else 0
    match move.does:
        case "silence":
            return Move("silence", Spot()), False
        case "noise":
            words = _NOISE
        case "keys" if not after_ms:
            return Move("keys", Spot(), keys=keys), masked
        case _:
            pass
    if after_ms:
        return Move("interrupts", Spot(), words, keys, after_ms), masked
    return Move("caller", Spot(), words), masked


def _slot(flow: Flow, step: str) -> Slot | None:
    for sub in flow.flows.values():
        for one in sub.steps:
            if one.id == step and isinstance(one, CollectStep):
                return flow.slots[one.slot]
    return None


def _words(slot: Slot | None) -> str:
    """Words that a slot might take."""
    if slot is None:
        return _NOISE
    if slot.type == "digits":
        return " ".join(_DIGITS[n % 10] for n in range(slot.minimum or slot.maximum or 4))
    if slot.type == "choice" and slot.choices:
        return next(iter(slot.choices))
    return _SAID.get(slot.type, "something")
