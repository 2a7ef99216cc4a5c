"""What a caller's turn does to the dialogue: universals, answers, refusals, and the ladders of repair."""

from __future__ import annotations

from typing import Final, Self

from ivr.core import halves, keys
from ivr.core.correcting import Correcting
from ivr.core.dialogue_state import End, Result, Visit, WaitingStep
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow import model as m
from ivr.core.telling import SILENT, Ladder

MAX_TROUBLE: Final = 3
"""Engine failures in a row before the call goes to a person or ends."""


class Run(Correcting):
    """One run of the dialogue for one event: mutable inside, a new `Dialogue` outside."""

    def answer(self, answer: m.Answer) -> Result:
        self.digress()
        self._outs.append(Visit(f"answer:{answer.name}"))
        self._speak(answer.say, self._flow.settings)
        self._asked()
        return self.go()

    def remember(self, meaning: Meaning, heard: float) -> Self:
        """Keep what was said for slots that are still to be asked for."""
        if meaning.fills:
            said = {
                slot: (value, min(meaning.sure.get(slot, 1.0), heard))
                for slot, value in meaning.fills.items()
            }
            self._ahead = {**self._ahead, **said}
        return self

    def settle(self, step: m.ConfirmStep, *, right: bool) -> Self:
        """A value has been confirmed: what was wrong before counts no more, and there is no doubt left."""
        if right and step.slot:
            self._denied = {name: count for name, count in self._denied.items() if name != step.slot}
            self.set(step.slot, self._slots.get(step.slot))
        return self

    def refuse(self, slot: str, value: SlotValue | None, phrase: str) -> Result:
        """Say why a value is refused, and take the next rung for misunderstanding."""
        self.say_refusal(slot, value, phrase)
        return self.repair("no_match", "")

    def keep_half(self, half: halves.Half) -> Result:
        """Keep the half of a moment, and ask for the other; when that was asked already, as ever."""
        again = self._half[:2] == half[:2]
        self._half = half
        step = self._step()
        if again or not isinstance(step, WaitingStep):
            return self.repair("no_match", half.lacks)
        self.accept()
        self._phrase(halves.ASKS[half.lacks], step.settings)
        return self._result()

    def repair(self, ladder: Ladder, phrase: str) -> Result:
        """Take the next rung of a ladder, and go on from there."""
        self.take_rung(ladder, phrase)
        return self._result() if self._waiting else self.go()

    def put_again(self) -> Result:
        """Put the question again. Nobody failed to understand, so no rung of a ladder is used up."""
        step = self._step()
        assert isinstance(step, WaitingStep)
        self._said = []
        self._ask(step, again=self._stack[-1].asked)
        return self._result()

    def trouble(self) -> Result:
        self._trouble += 1
        step = self._step()
        if self.at_work():
            return self.still_working()
        if self._trouble >= MAX_TROUBLE or not isinstance(step, WaitingStep):
            return self._give_up("failed")
        self._phrase("trouble", step.settings)
        if takes_keys(self._flow, step):
            self._phrase("trouble_keys", step.settings)
        if "agent" in self._flow.universals and not takes_digits(self._flow, step):
            self._phrase("trouble_person", step.settings)
        return self._result()

    def put_through(self, contact: str) -> Result:
        self._drop_work()
        self._phrase("put_through", SILENT)
        to = self._flow.contacts[contact]
        self._end(End("transfer", "transferred", contact, self._whisper(to.whisper), to.timeout_ms))
        return self._result()

    def _give_up(self, reason: str) -> Result:
        self.give_up(reason)
        return self.go()


def takes_digits(flow: m.Flow, step: WaitingStep) -> bool:
    """Whether a step takes several digits, so that 0 is one of them."""
    return isinstance(step, m.CollectStep) and flow.slots[step.slot].type in keys.MANY


def takes_keys(flow: m.Flow, step: WaitingStep) -> bool:
    """Whether a step can be answered by keys."""
    match step:
        case m.ListenStep():
            return bool(step.keys)
        case m.CollectStep():
            return flow.slots[step.slot].type in keys.KEYED
        case m.ConfirmStep():
            return True
