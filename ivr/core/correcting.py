"""A caller changes what they said before: "no, Thursday", "actually make it six", "change the day".

The slot is changed and said back, and the call goes on where it was. A slot that is always confirmed is
confirmed again, and one that is to be changed without a new value is asked for in place.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.core import templates
from ivr.core.dialogue_state import Dialogue, Frame, Place, Result, WaitingStep
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow import model as m
from ivr.core.going import Going


def correctable(flow: m.Flow, dialogue: Dialogue) -> dict[str, Place]:
    """The slots that were collected on the way here and have a value, the latest first, and where."""
    found: dict[str, Place] = {}
    for place in reversed(dialogue.trail):
        step = _step_at(flow, place)
        if isinstance(step, m.CollectStep) and step.slot in dialogue.slots:
            found.setdefault(step.slot, place)
    return found


def named(flow: m.Flow, step: WaitingStep | None) -> tuple[str, ...]:
    """The slots that the question of a step names."""
    if not isinstance(step, m.ConfirmStep):
        return ()
    said = (reference.slot for reference in templates.references(step.prompt.text))
    own = (step.slot,) if step.slot else ()
    return tuple(dict.fromkeys((*own, *(slot for slot in said if slot in flow.slots))))


class Correcting(Going):
    """Changes slots that have a value."""

    def correct(self, values: Mapping[str, SlotValue], confidence: float) -> Result:
        """Take new values. The first that is not allowed is refused, and nothing behind it is changed."""
        self.accept()
        places = correctable(self._flow, self._was)
        step = self._step()
        asked = named(self._flow, step if isinstance(step, WaitingStep) else None)
        doubtful: list[str] = []
        for slot, value in values.items():
            if reason := self.why_not(slot, value):
                self.say_refusal(slot, value, reason)
                break
            self.set(slot, value, confidence)
            how = self._flow.slots[slot].confirm or m.Confirmation()
            if slot in asked:
                continue  # the question that is open says it
            if how.when == "explicit" or (how.when == "when_unsure" and confidence < how.below):
                doubtful.append(slot)
            else:
                self._phrase("corrected", self._flow.settings)
                words = how.words if how.when == "implicit" else ""
                self._speak(words or f"{{{slot}}}.", self._flow.settings)
        self._asked()
        for slot in reversed(doubtful):
            self._insert(places[slot], places[slot][-1].at + 1)
        return self.go()

    def ask_anew(self, slot: str) -> Result:
        """Ask for a slot in place, then go on."""
        self.accept()
        place = correctable(self._flow, self._was)[slot]
        self.set(slot, None)
        self._asked()
        self._insert(place, place[-1].at)
        return self.go()

    def _insert(self, place: Place, index: int) -> None:
        """Run what belongs to a `collect`, from a step of it on, before the question that is open."""
        frame = place[-1]
        step = _step_at(self._flow, place)
        if not isinstance(step, m.CollectStep):
            return
        try:
            self._push(frame.flow)
        except FlowError as error:
            self._fault(str(error))
            return
        self._stack[-1] = Frame(frame.flow, index, until=step.passed(frame.at))


def _step_at(flow: m.Flow, place: Place) -> m.Step | None:
    frame = place[-1]
    steps = flow.flows[frame.flow].steps
    return steps[frame.at] if frame.at < len(steps) else None
