"""Running a flow: the steps one after another, until one waits for the caller or the call ends.

A dialogue is a stack of places (sub-flow, index). What a run means for the outside comes out as a
list: something to say, a place visited, an end, a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ivr.core import expressions, keys, templates
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow import model as m
from ivr.core.phrases import DEFAULTS
from ivr.core.speaking import marks
from ivr.core.speaking.formatters import Place

MAX_STEPS: Final = 200
"""Steps that one event may run; more is a loop that never waits for the caller."""

MAX_DEPTH: Final = 50
"""Flows that may be under way inside one another; more is a flow that calls itself for ever."""

DEFAULT_ATTEMPTS: Final = 2
"""Reprompts where the author wrote no ladder."""

MAX_TROUBLE: Final = 3
"""Engine failures in a row before the call goes to a person or ends."""

_SILENT: Final = m.Settings(interruptible="none")
WaitingStep = m.ListenStep | m.CollectStep | m.ConfirmStep


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a sub-flow: the step that runs or waits. `asked`: its question was put before."""

    flow: str
    index: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where the conversation stands.

    said    our prompts since the caller's last turn, for `repeat`
    times   how often prompts that change from time to time were said, by step
    """

    stack: tuple[Frame, ...] = ()
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    waiting: bool = False
    keys: str = ""
    no_input: int = 0
    no_match: int = 0
    trouble: int = 0
    said: tuple[Speak, ...] = ()
    today: str = ""
    times: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Speak:
    """Words for the caller, slots filled in, and the silence behind them. `fixed`: no slot was in them."""

    text: str
    settings: m.Settings
    fixed: bool = True
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A step was run."""

    step: str


@dataclass(frozen=True, slots=True)
class End:
    """The call ends when everything has been said. `reason`: an outcome for the record."""

    kind: Literal["hang_up", "transfer"]
    reason: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """The flow did something wrong at run time: for its author."""

    message: str


Out = Speak | Visit | End | Fault
Result = tuple[Dialogue, tuple[Out, ...]]


class Run:
    """One run of the dialogue for one event: mutable inside, a new `Dialogue` outside."""

    def __init__(self, flow: m.Flow, dialogue: Dialogue) -> None:
        self._flow = flow
        self._was = dialogue
        self._stack = list(dialogue.stack)
        self._slots = dialogue.slots
        self._waiting = dialogue.waiting
        self._attempts = {"no_input": dialogue.no_input, "no_match": dialogue.no_match}
        self._trouble = dialogue.trouble
        self._said = list(dialogue.said)
        self._times = dialogue.times
        self._outs: list[Out] = []
        self._ended = False

    # What callers' turns do

    def accept(self) -> Run:
        """The caller was understood: the ladders begin anew."""
        self._attempts = {"no_input": 0, "no_match": 0}
        self._trouble = 0
        self._said = []
        return self

    def set(self, slot: str, value: SlotValue | None) -> Run:
        slots = {**self._slots}
        if value is None:
            slots.pop(slot, None)
        else:
            slots[slot] = value
        self._slots = slots
        return self

    def jump(self, index: int) -> Run:
        self._stack[-1] = Frame(self._stack[-1].flow, index)
        self._waiting = False
        return self

    def next(self) -> Run:
        return self.jump(self._stack[-1].index + 1)

    def universal(self, universal: m.Universal) -> Result:
        if universal.does == "repeat":
            self._outs.extend(self._said)
            return self._result()
        self.accept()
        self._asked()
        try:
            self._push(universal.flow)
        except FlowError as error:
            self._fault(str(error))
            return self._result()
        return self.go()

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
            return not condition or expressions.is_true(condition, {**self._slots, slot: value})
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
        if self._trouble >= MAX_TROUBLE or not isinstance(step, WaitingStep):
            return self._give_up("failed")
        self._phrase("trouble", step.settings)
        if _takes_keys(self._flow, step):
            self._phrase("trouble_keys", step.settings)
        if "agent" in self._flow.universals and not _takes_digits(self._flow, step):
            self._phrase("trouble_person", step.settings)
        return self._result()

    # Running steps

    def go(self) -> Result:
        """Run steps until one waits or the call ends."""
        self._waiting = False
        visited: list[str] = []
        while not (self._waiting or self._ended):
            if not self._stack:
                self._phrase("goodbye", _SILENT)
                self._end(End("hang_up", "completed"))
                break
            step = self._step()
            if step is None:
                self._stack.pop()
                continue
            visited.append(step.id)
            if len(visited) > MAX_STEPS:
                self._loop(visited)
                break
            self._visit(step)
        return self._result()

    def _visit(self, step: m.Step) -> None:
        if not isinstance(step, m.JumpStep | m.AgainStep):
            self._outs.append(Visit(step.id))
        try:
            self._steps[type(step)](self, step)
        except FlowError as error:
            self._fault(f"{step.id} (line {step.line}): {error}")

    def _say(self, step: m.SayStep) -> None:
        self._speak(self._text(step.id, step.prompt), step.prompt.settings)
        self.next()

    def _wait(self, step: WaitingStep) -> None:
        if isinstance(step, m.CollectStep) and step.slot in self._slots:
            self.next()
            return
        self._ask(step, again=self._stack[-1].asked)
        self._waiting = True
        self._attempts = {"no_input": 0, "no_match": 0}

    def _set_slots(self, step: m.SetSlotsStep) -> None:
        for slot, expression in step.values.items():
            value = None if expression is None else expressions.evaluate(expression, self._slots)
            self.set(slot, value)
        self.next()

    def _branch(self, step: m.BranchStep) -> None:
        if expressions.is_true(step.condition, self._slots):
            self.next()
        else:
            self.jump(step.otherwise)

    def _jump(self, step: m.JumpStep) -> None:
        self.jump(step.target)

    def _again(self, step: m.AgainStep) -> None:
        self.jump(step.target)
        self._stack[-1] = replace(self._stack[-1], asked=True)
        self._waiting = True

    def _call(self, step: m.CallStep) -> None:
        self.next()
        self._push(step.flow)

    def _link(self, step: m.LinkStep) -> None:
        self._stack = [Frame(step.flow, 0)]

    def _transfer(self, step: m.TransferStep) -> None:
        if step.prompt:
            self._speak(step.prompt.text, _SILENT)
        self._end(End("transfer", "transferred", step.contact))

    def _hang_up(self, step: m.HangUpStep) -> None:
        if step.prompt:
            self._speak(step.prompt.text, _SILENT)
        self._end(End("hang_up", "completed"))

    _steps: Final[Mapping[type, Callable[..., None]]] = {
        m.SayStep: _say,
        m.ListenStep: _wait,
        m.CollectStep: _wait,
        m.ConfirmStep: _wait,
        m.SetSlotsStep: _set_slots,
        m.BranchStep: _branch,
        m.JumpStep: _jump,
        m.AgainStep: _again,
        m.CallStep: _call,
        m.LinkStep: _link,
        m.TransferStep: _transfer,
        m.HangUpStep: _hang_up,
    }

    # Small parts

    def _step(self) -> m.Step | None:
        frame = self._stack[-1]
        steps = self._flow.flows[frame.flow].steps
        return steps[frame.index] if frame.index < len(steps) else None

    def _push(self, flow: str) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise FlowError(
                f"{MAX_DEPTH} flows are under way inside one another; the last is '{flow}'. "
                "Use `link` where nothing has to come back."
            )
        self._stack.append(Frame(flow, 0))

    def _asked(self) -> None:
        self._stack[-1] = replace(self._stack[-1], asked=True)

    def _ask(self, step: WaitingStep, *, again: bool) -> None:
        prompt, name = step.prompt, step.id
        if again and not isinstance(step, m.ConfirmStep) and step.again:
            prompt, name = step.again, f"{step.id}/again"
        if prompt is None and isinstance(step, m.CollectStep):
            prompt = m.Prompt(self._flow.slots[step.slot].ask, step.settings)
        if prompt is not None and prompt.text:
            self._speak(self._text(name, prompt), prompt.settings)

    def _text(self, name: str, prompt: m.Prompt) -> str:
        """What to say this time. Times are counted for prompts that change only."""
        if not prompt.later:
            return prompt.text
        before = self._times.get(name, 0)
        self._times = {**self._times, name: before + 1}
        return (prompt.text, *prompt.later)[min(before, len(prompt.later))]

    def _speak(self, text: str, settings: m.Settings) -> None:
        for part in marks.parts(text):
            place = Place(self._flow.language, self._was.today)
            filled = templates.fill(part.text, self._slots, self._flow.slots, place)
            spoken = Speak(filled, settings, "{" not in part.text, part.pause_ms)
            self._outs.append(spoken)
            self._said.append(spoken)

    def _phrase(self, key: str, settings: m.Settings) -> None:
        """Our own words: never part of what `repeat` says again."""
        text = self._flow.phrases.get(key) or DEFAULTS.get(key) or DEFAULTS["no_match"]
        self._outs += [Speak(part.text, settings, pause_ms=part.pause_ms) for part in marks.parts(text)]

    def _give_up(self, reason: str) -> Result:
        """To a person if the flow has one and we have not been there yet, else goodbye."""
        agent = self._flow.universals.get("agent")
        if agent and agent.does == "flow" and self._stack[0].flow != agent.flow:
            self._attempts = {"no_input": 0, "no_match": 0}
            self._stack = [Frame(agent.flow, 0)]
            step = self._step()
            if isinstance(step, m.TransferStep):
                # Its own words answer a wish ("Of course…"); here nobody wished for anything.
                self._phrase("to_person", _SILENT)
                self._visit(replace(step, prompt=None))
                return self._result()
            return self.go()
        self._phrase("give_up", _SILENT)
        self._end(End("hang_up", reason))
        return self._result()

    def _end(self, end: End) -> None:
        self._outs.append(end)
        self._waiting = False
        self._ended = True

    def _fault(self, message: str) -> None:
        self._outs.append(Fault(message))
        self._phrase("give_up", _SILENT)
        self._end(End("hang_up", "failed"))

    def _loop(self, visited: list[str]) -> None:
        last = visited[-1]
        first = len(visited) - 2 - visited[-2::-1].index(last)
        names = list(dict.fromkeys(visited[first:]))
        self._fault(
            f"{MAX_STEPS} steps ran without waiting for the caller: the loop is "
            f"{' -> '.join([*names[:10], names[0]])}. Put a listen or collect into it, or a way out.",
        )

    def _result(self) -> Result:
        return Dialogue(
            stack=tuple(self._stack),
            slots=self._slots,
            waiting=self._waiting,
            keys="",
            no_input=self._attempts["no_input"],
            no_match=self._attempts["no_match"],
            trouble=self._trouble,
            said=tuple(self._said),
            today=self._was.today,
            times=self._times,
        ), tuple(self._outs)


def _takes_digits(flow: m.Flow, step: WaitingStep) -> bool:
    return isinstance(step, m.CollectStep) and flow.slots[step.slot].type in keys.MANY


def _takes_keys(flow: m.Flow, step: WaitingStep) -> bool:
    match step:
        case m.ListenStep():
            return bool(step.keys)
        case m.CollectStep():
            return flow.slots[step.slot].type in keys.KEYED
        case m.ConfirmStep():
            return True
