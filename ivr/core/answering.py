"""Answers in a model's words: what the outside is asked, and what may be told to a model.

    answer step -> StartWork(work, WriteAnswer) … AnswerPart, AnswerPart … WorkEnded -> step goes on

Parts are sentences. They are only ever spoken: whatever stands in them, the flow goes on as its author
wrote. When the caller interrupts, the rest is called off, and the flow goes on to where it waits next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal

from ivr.core import cards, working
from ivr.core import dialogue as dlg
from ivr.core.cards import HIDDEN
from ivr.core.commands import Turn, WriteAnswer
from ivr.core.dialogue_state import Dialogue, Speak, Visit
from ivr.core.events import SlotValue
from ivr.core.flow.model import Flow

MOST_TURNS: Final = 8
"""Lines of the conversation that a model is told: it needs what "it" and "that" may stand for, no more."""
MOST_CHARS: Final = 300
"""Of each of them."""

_LEAST: Final = 2
_TELLING: Final = 4
"""Fewer letters or digits stand in too many words by chance."""

Said = tuple[Literal["agent", "caller", "keys"], str]
"""Who said something, and what of it was heard."""


def told(order: WriteAnswer, said: Iterable[Said], hidden: tuple[str, ...], spent: int) -> WriteAnswer:
    """The order with what only the call knows: the conversation as it was heard, and what it has cost.

    hidden  values of sensitive slots: a line that holds one is left out
    """
    turns: list[Turn] = []
    for who, text in said:
        if who != "keys" and HIDDEN not in text and not any(_holds(text, value) for value in hidden):
            turns.append(Turn(who, text[:MOST_CHARS]))
    question = order.question
    if not question and turns and turns[-1].who == "caller":
        question = turns.pop().text
    question = cards.without(question)
    return replace(order, question=question, history=tuple(turns[-MOST_TURNS:]), spent=spent)


def cut(flow: Flow, dialogue: Dialogue) -> tuple[Dialogue, tuple[str, ...]]:
    """The caller has interrupted an answer: where the flow waits next, and the steps on the way there.

    So their words are read in the light of that step, as they are when a prompt before it is interrupted;
    what it would have said first is left unsaid. Where the flow would do anything else than wait for the
    caller, it stays where it is, to go on when their turn is over.
    """
    stays = working.without_parts(dialogue)
    after, outs = dlg.on_work_over(flow, stays)
    if dlg.waiting_step(flow, after) and all(isinstance(item, Speak | Visit) for item in outs):
        return after, tuple(item.step for item in outs if isinstance(item, Visit))
    return stays, ()


def secrets(flow: Flow, slots: Mapping[str, SlotValue]) -> tuple[str, ...]:
    """The values of sensitive slots."""
    return tuple(
        str(value)
        for name, value in slots.items()
        if name in flow.slots and flow.slots[name].sensitive and not isinstance(value, bool)
    )


def tells(text: str, values: Iterable[str]) -> bool:
    """Whether a text says the value of a sensitive slot, whatever its author called it there."""
    return any(len(_squeezed(value)) >= _TELLING and _holds(text, value) for value in values)


def _holds(text: str, value: str) -> bool:
    """Whether a value stands in a text, however it was written out: `4, 2, 7, 1` for `4271`."""
    wanted = _squeezed(value)
    return len(wanted) >= _LEAST and wanted in _squeezed(text)


def _squeezed(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
