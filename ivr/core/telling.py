"""One run of the dialogue for one event, the lower half: places, slots, and what is said.

Mutable inside; a new `Dialogue` and the list of what it means come out at the end.
"""

from __future__ import annotations

from typing import Final, Literal, Self

from ivr.core import expressions, hours, keepable, keys, moments, templates
from ivr.core.changing import changed
from ivr.core.dialogue_state import Dialogue, Drop, End, Fault, Frame, Out, Place, Result, Speak, WaitingStep
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow import model as m
from ivr.core.halves import Half
from ivr.core.phrases import built_in
from ivr.core.speaking import formatters, marks

MAX_DEPTH: Final = 50
"""Flows that may be under way inside one another; more is a flow that calls itself for ever."""

LONGEST_TRAIL: Final = 20
"""Questions to which a caller can go back."""

SILENT: Final = m.Settings(interruptible="none")
"""Settings of last words: nothing interrupts them."""


Ladder = Literal["no_input", "no_match", "low_confidence"]
"""What goes wrong with a turn, each with a ladder of its own."""


def fresh() -> dict[Ladder, int]:
    """No attempt made yet."""
    return {"no_input": 0, "no_match": 0, "low_confidence": 0}


class Telling:
    """What a run changes and says."""

    def __init__(self, flow: m.Flow, dialogue: Dialogue) -> None:
        self._flow = flow
        self._was = dialogue
        self._stack = list(dialogue.stack)
        self._slots = dialogue.slots
        self._waiting = dialogue.waiting
        self._attempts: dict[Ladder, int] = {
            "no_input": dialogue.no_input,
            "no_match": dialogue.no_match,
            "low_confidence": dialogue.low_confidence,
        }
        self._kept: tuple[Place, dict[Ladder, int]] | None = None
        self._half = dialogue.half
        self._trouble = dialogue.trouble
        self._said = list(dialogue.said)
        self._times = dialogue.times
        self._sure = dialogue.sure
        self._working = dialogue.working
        self._language = dialogue.language
        self._works = dialogue.works
        self._rate = dialogue.rate
        self._denied = dialogue.denied
        self._ahead = dialogue.ahead
        self._trail = list(dialogue.trail)
        self._home = dialogue.home
        self._outs: list[Out] = []
        self._ended = False

    def accept(self) -> Self:
        """The caller was understood: the ladders begin anew."""
        self._attempts = fresh()
        self._trouble = 0
        self._said = []
        return self

    def digress(self) -> Self:
        """The caller was understood, in another matter than what was asked: its ladders go on afterwards."""
        self._kept = (self.place(), dict(self._attempts))
        return self.accept()

    def set(self, slot: str, value: SlotValue | None, confidence: float = 1.0) -> Self:
        """Give a slot a value, of which we are so sure; None clears it. A text that is too long is cut."""
        slots, sure = dict(self._slots), dict(self._sure)
        slots.pop(slot, None)
        sure.pop(slot, None)
        if self._half.slot == slot:
            self._half = Half()
        if isinstance(value, str) and len(value) > expressions.LONGEST_TEXT:
            most = expressions.LONGEST_TEXT
            self._outs.append(
                Fault(f"the slot '{slot}': a text of {len(value):,} characters was cut to {most:,}")
            )
            value = value[:most]
        if value is not None:
            slots[slot] = value
            if confidence < 1:
                sure[slot] = round(confidence, 3)
        self._slots, self._sure = slots, sure
        return self

    def value(self, expression: str) -> SlotValue | None:
        """What an expression of the flow comes to. Raises `FlowError`."""
        return expressions.evaluate(hours.answered(expression, self._open), self._slots, self._sure)

    def holds(self, condition: str) -> bool:
        """Whether a condition of the flow is true. Raises `FlowError`."""
        return expressions.is_true(hours.answered(condition, self._open), self._slots, self._sure)

    def _open(self, schedule: str) -> bool:
        return hours.is_open(self._flow.hours[schedule], self._minute(f"open({schedule})"))

    def _opens(self, schedule: str) -> str:
        """When it opens next, in words."""
        at = hours.opens(self._flow.hours[schedule], self._minute(f"{{{schedule} | opens}}"))
        place = formatters.Place(self._flow.language, self._was.today)
        return formatters.FORMATTERS["date_time"](at, place) if at else ""

    def _minute(self, asks: str) -> int:
        if not self._was.minute:
            raise FlowError(f'{asks} needs a time: add now: "2030-01-07 10:00" to this test case')
        return self._was.minute

    def why_not(self, slot: str, value: SlotValue) -> str:
        """Why a value is refused, as a key of the phrases; "" when it is not."""
        if not self.valid(slot, value):
            return "out_of_range"
        return moments.why_not(self._flow, self._flow.slots[slot], value, self._was.minute)

    def valid(self, slot: str, value: SlotValue) -> bool:
        """Whether a value keeps what the slot's author demands of it. A masked one did, when it was said."""
        condition = self._flow.slots[slot].validate
        if isinstance(value, str) and keys.HIDDEN_KEY in value:
            return True
        if not keepable.fits(value):
            return False
        try:
            return not condition or expressions.is_true(
                hours.answered(condition, self._open), {**self._slots, slot: value}, self._sure
            )
        except FlowError as error:
            self._outs.append(Fault(f"validate of the slot '{slot}': {error}"))
            return False

    def say_refusal(self, slot: str, value: SlotValue | None, phrase: str) -> None:
        """Say why a value is refused: in the words of the slot's author, else by a phrase.

        value  what these words may say back; `None`, as one that is too large: nothing
        """
        words = self._flow.slots[slot].reject
        if not words or phrase in moments.REASONS:
            self._phrase(phrase, self._flow.settings)
            return
        kept = self._slots
        self._slots = {name: known for name, known in kept.items() if name != slot}
        if value is not None and keepable.fits(value):
            self._slots[slot] = value
        self._speak(words, self._flow.settings)
        self._slots = kept

    def jump(self, index: int) -> Self:
        here = self._stack[-1]
        self._stack[-1] = Frame(here.flow, index, until=here.until)
        self._waiting = False
        return self

    def next(self) -> Self:
        return self.jump(self._stack[-1].at + 1)

    def place(self) -> Place:
        """Where we are, whether or not the question was put before."""
        return tuple([frame.bare for frame in self._stack])

    # Places and words

    def _step(self) -> m.Step | None:
        frame = self._stack[-1]
        steps = self._flow.flows[frame.flow].steps
        return steps[frame.at] if frame.at < len(steps) and frame.at != frame.until else None

    def _push(self, flow: str) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise FlowError(
                f"{MAX_DEPTH} flows are under way inside one another; the last is '{flow}'. "
                "Use `link` where nothing has to come back."
            )
        self._stack.append(Frame(flow, 0))

    def _asked(self) -> None:
        here = self._stack[-1]
        self._stack[-1] = Frame(here.flow, here.at, asked=True, until=here.until)

    def _ask(self, step: WaitingStep, *, again: bool) -> None:
        prompt, name = step.prompt, step.id
        if again and not isinstance(step, m.ConfirmStep) and step.again:
            prompt, name = step.again, f"{step.id}/again"
        if prompt is None and isinstance(step, m.CollectStep):
            prompt = m.Prompt(self._flow.slots[step.slot].ask, step.settings)
        if prompt is not None and prompt.text:
            self._speak(self._text(name, prompt), prompt.settings, question=True)
        if isinstance(step, m.ConfirmStep) and step.tail:
            self._speak(self._wording(step.tail), step.settings, question=True)

    def _text(self, name: str, prompt: m.Prompt) -> str:
        """What to say this time. Times are counted for prompts that change only."""
        if not prompt.later:
            return prompt.text
        before = self._times.get(name, 0)
        self._times = {**self._times, name: before + 1}
        return (prompt.text, *prompt.later)[min(before, len(prompt.later))]

    def _speak(self, text: str, settings: m.Settings, *, question: bool = False) -> None:
        for part in marks.parts(text):
            fixed = "{" not in part.text
            hidden = not fixed and templates.says_sensitive(part.text, self._flow.slots)
            words = self._with_slots(part.text)
            spoken = Speak(
                words, settings, fixed, part.pause_ms, part.sound, hidden=hidden, question=question
            )
            self._outs.append(spoken)
            self._said.append(spoken)

    def _with_slots(self, text: str) -> str:
        if not templates.has_braces(text):
            return text
        place = formatters.Place(self._flow.language, self._was.today)
        return templates.fill(hours.told(text, self._opens), self._slots, self._flow.slots, place)

    def _phrase(self, key: str, settings: m.Settings) -> None:
        """Our own words: never part of what `repeat` says again."""
        parts = marks.parts(self._wording(key))
        self._outs += [Speak(part.text, settings, pause_ms=part.pause_ms, sound=part.sound) for part in parts]

    def _wording(self, key: str) -> str:
        return self._flow.phrases.get(key) or built_in(key, self._flow.language)

    def _end(self, end: End) -> None:
        self._outs.append(end)
        self._waiting = False
        self._ended = True
        self._drop_work()

    def _drop_work(self) -> None:
        """Nothing on the stack waits for work outside any more."""
        self._outs += [Drop(work.number) for work in self._working if work.ended is None]
        self._working = ()

    def _fault(self, message: str) -> None:
        self._outs.append(Fault(message))
        self._phrase("give_up", SILENT)
        self._end(End("hang_up", "failed"))

    def _result(self) -> Result:
        return changed(
            self._was,
            stack=tuple(self._stack),
            slots=self._slots,
            waiting=self._waiting,
            keys="",
            no_input=self._attempts["no_input"],
            no_match=self._attempts["no_match"],
            low_confidence=self._attempts["low_confidence"],
            trouble=self._trouble,
            said=tuple(self._said),
            times=self._times,
            sure=self._sure,
            working=self._working,
            language=self._language,
            works=self._works,
            rate=self._rate,
            denied=self._denied,
            ahead=self._ahead,
            trail=tuple(self._trail[-LONGEST_TRAIL:]),
            home=self._home,
            half=self._half,
        ), tuple(self._outs)
