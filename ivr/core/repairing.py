"""What a caller's turn does to the dialogue: universals, answers, refusals, and the ladders of repair."""

from __future__ import annotations

from typing import Final, Literal

from ivr.core import expressions, hours, keys
from ivr.core.dialogue_state import End, Fault, Result, Visit, WaitingStep
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow import model as m
from ivr.core.going import Going
from ivr.core.telling import SILENT

DEFAULT_ATTEMPTS: Final = 2
"""Reprompts where the author wrote no ladder."""

MAX_TROUBLE: Final = 3
"""Engine failures in a row before the call goes to a person or ends."""


class Run(Going):
    """One run of the dialogue for one event: mutable inside, a new `Dialogue` outside."""

    def answer(self, answer: m.Answer) -> Result:
        self.accept()
        self._outs.append(Visit(f"answer:{answer.name}"))
        self._speak(answer.say, self._flow.settings)
        self._asked()
        return self.go()

    def valid(self, slot: str, value: SlotValue) -> bool:
        """Whether a value keeps what the slot's author demands of it. A masked one did, when it was said."""
        condition = self._flow.slots[slot].validate
        if isinstance(value, str) and keys.HIDDEN_KEY in value:
            return True
        try:
            return not condition or expressions.is_true(
                hours.answered(condition, self._open), {**self._slots, slot: value}, self._sure
            )
        except FlowError as error:
            self._outs.append(Fault(f"validate of the slot '{slot}': {error}"))
            return False

    def refuse(self, slot: str, value: SlotValue, phrase: str) -> Result:
        """Say why a value is refused, and take the next rung for misunderstanding."""
        step = self._step()
        if not isinstance(step, WaitingStep):
            return self._result()
        words = self._flow.slots[slot].reject
        kept = self._slots
        if words:
            self._slots = {**kept, slot: value}
            self._speak(words, step.settings)
            self._slots = kept
        else:
            self._phrase(phrase, step.settings)
        return self.repair("no_match", "")

    def repair(self, ladder: Literal["no_input", "no_match"], phrase: str) -> Result:
        """Take the next rung: the author's, else the built-in one; past the last, a person or goodbye.

        phrase  what the built-in rung says first; "" when it has been said
        """
        step = self._step()
        if not isinstance(step, WaitingStep):
            return self._result()
        rungs = getattr(step.repair, ladder)
        attempt = self._attempts[ladder]
        self._attempts[ladder] += 1
        self._said = []  # `repeat` says the last thing again, not the whole ladder
        if attempt < len(rungs):
            if phrase not in ("", "no_input", "no_match"):
                self._phrase(phrase, step.settings)  # what was wrong, which no rung can know
            self.jump(rungs[attempt])
            return self.go()
        if not rungs and attempt < DEFAULT_ATTEMPTS:
            if phrase:
                self._phrase(phrase, step.settings)
            self._ask(step, again=self._stack[-1].asked)
            return self._result()
        return self._give_up(ladder)

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
