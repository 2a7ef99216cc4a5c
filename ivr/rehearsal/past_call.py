"""A call of the past as moves of its caller, and the same caller on another flow.

The events of a call hold what the old flow made of it. What stays true in any flow is what the caller
did: the words that were heard, the keys, the silences, and when they hung up. These are taken out of the
events, and played to a flow in simulated time, which reads the words anew. What was masked stays masked:
at a step that collects a value it is taken for the value that it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ivr.core import dialogue, working
from ivr.core.call import HIDDEN, CallState, advance
from ivr.core.call_state import taken, was_wordless
from ivr.core.commands import Command, Expectation, Order, Report, Say, StartWork, StopSpeaking
from ivr.core.events import (
    AnswerPart,
    CallStarted,
    Event,
    Heard,
    HungUp,
    KeyPressed,
    Meaning,
    SlotValue,
    SpeakingBegan,
    SpeechBegan,
    TimePassed,
    Typed,
    WorkEnded,
)
from ivr.core.flow.model import Flow
from ivr.core.text_caller import Read, TextCaller
from ivr.core.turns import Phase

Does = Literal["words", "keys", "silence", "noise"]

_NO_VALUE: Final = ("intents", "confirm")
_WORK_MS: Final = 300


@dataclass(frozen=True, slots=True)
class PastMove:
    """What the caller did, and what came of it.

    words      as they were heard; `•••` where they belonged to a sensitive slot
    after_ms   how far into what the line said it came; -1: the caller heard the line out
    confidence of the recogniser
    meaning    what the words were taken for; None: keys, a silence, or nobody found out
    step       the step that waited
    said       sentences that the line set out to say in answer
    """

    does: Does
    words: str = ""
    keys: str = ""
    after_ms: int = -1
    confidence: float = 1.0
    meaning: Meaning | None = None
    step: str = ""
    said: tuple[str, ...] = ()

    @property
    def taken_for(self) -> str:
        """What it was taken for, in a few words."""
        if self.meaning is None:
            return self.does if self.does != "words" else "nothing"
        value = "" if self.meaning.value is None else str(self.meaning.value)
        return " ".join(part for part in (self.meaning.kind, self.meaning.name, value) if part)

    @property
    def reprompt(self) -> bool:
        """Whether the line made nothing of it."""
        if self.does == "keys":
            return False
        return self.meaning is None or self.meaning.kind == "nothing"


@dataclass(frozen=True, slots=True)
class PastWork:
    """Work outside: the step that asked for it, how long it took, how it ended."""

    step: str
    order: Order
    ms: int
    ended: WorkEnded


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call by its moves. `left`: the caller hung up; `greeting`: what was said before the first move."""

    started: CallStarted
    moves: tuple[PastMove, ...]
    works: tuple[PastWork, ...]
    left: bool
    greeting: tuple[str, ...]
    outcome: str
    path: tuple[str, ...]
    slots: Mapping[str, SlotValue]
    faults: tuple[str, ...] = ()

    @property
    def reprompts(self) -> int:
        """Moves that the line made nothing of."""
        return sum(move.reprompt for move in self.moves)


def read(flow: Flow, events: Iterable[tuple[int, Event]]) -> PastCall:
    """Take the moves out of a call's events. `flow`: the one that the call ran on."""
    reading = _Reading(flow)
    for at_ms, event in events:
        reading.take(at_ms, event)
    return reading.call()


def rerun(flow: Flow, past: PastCall, understand: Read) -> PastCall:
    """The same caller on a flow, as a call of the same form. `understand`: the flow's reading of words."""
    caller = _Again(flow, past, understand)
    return caller.run()


class _Reading:
    """Runs a call's events, and notes what the caller did."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.state = CallState()
        self._started = CallStarted("")
        self.moves: list[PastMove] = []
        self._works: list[PastWork] = []
        self._parts: dict[int, list[str]] = {}
        self._orders: dict[int, tuple[int, str, Order]] = {}
        self._greeting: list[str] = []
        self._faults: list[str] = []
        self._left = False
        self._keys = ""
        self._confidence = 1.0
        self._onset = self._speaking_from = -1
        self._cut_ms = -1

    def take(self, at_ms: int, event: Event) -> None:
        """Run the next event."""
        before = self.state
        self.state, commands = advance(self._flow, before, event, at_ms)
        self.note(at_ms, event, before, commands)

    def note(self, at_ms: int, event: Event, before: CallState, commands: Iterable[Command]) -> None:
        """Note an event that has been run."""
        commands = tuple(commands)
        match event:
            case CallStarted():
                self._started = event
            case SpeechBegan(begun):
                self._onset = begun
            case SpeakingBegan() if self._speaking_from < 0:
                self._speaking_from = at_ms
            case KeyPressed(key):
                self._keys += key
            case Heard(text=text, confidence=confidence) if text:
                self._confidence = confidence
            case Typed():
                self._confidence = 1.0
            case HungUp(by):
                self._left = by != "us"
            case WorkEnded(work) if work in self._orders:
                began, step, order = self._orders.pop(work)
                spoken = " ".join(self._parts.pop(work, ()))
                ended = replace(event, values={**event.values, "said": spoken}) if spoken else event
                self._works.append(PastWork(step, order, at_ms - began, ended))
            case AnswerPart(work, text):
                self._parts.setdefault(work, []).append(text)
            case _:
                pass
        self._commands(at_ms, event, commands)
        self._moved(event, before)
        meaning = taken(event, before, self.state)
        if meaning is not None and self.moves:
            self.moves[-1] = replace(self.moves[-1], meaning=meaning)
        says = [c for c in commands if isinstance(c, Say) and not c.again]
        said = tuple(segment.text for say in says for segment in say.segments if segment.text)
        if said and self.moves:
            self.moves[-1] = replace(self.moves[-1], said=self.moves[-1].said + said)
        else:
            self._greeting += said

    def call(self) -> PastCall:
        """The call so far."""
        hidden = {slot.name for slot in self._flow.slots.values() if slot.sensitive}
        slots = self.state.dialogue.slots
        return PastCall(
            self._started,
            tuple(self.moves),
            tuple(self._works),
            self._left,
            tuple(self._greeting),
            self.state.outcome,
            self.state.path,
            {name: HIDDEN if name in hidden else value for name, value in slots.items()},
            tuple(self._faults),
        )

    def _commands(self, at_ms: int, event: Event, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case StopSpeaking():
                    onset = at_ms if isinstance(event, KeyPressed) else self._onset
                    self._cut_ms = max(0, onset - max(0, self._speaking_from))
                case Say(again=True):  # it was no interruption
                    self._cut_ms = self._speaking_from = -1
                case StartWork(work, order):
                    step = working.step_of(self._flow, self.state.dialogue, work)
                    self._orders[work] = (at_ms, step, order)
                case Report(blame="flow", message=message):
                    self._faults.append(message)
                case _:
                    pass

    def _moved(self, event: Event, before: CallState) -> None:
        """Whether the caller has done something with this."""
        waits = dialogue.waiting_step(self._flow, before.dialogue)
        step = waits.id if waits else ""
        lines = self.state.transcript[len(before.transcript) :]
        for line in lines:
            if line.who == "caller":
                self._move(PastMove("words", line.text, confidence=self._confidence, step=step))
            elif line.who == "keys":
                self._move(PastMove("keys", keys=self._keys, step=step))
        if before.dialogue is self.state.dialogue or any(line.who != "agent" for line in lines):
            return
        match event:
            case TimePassed() if before.turns.phase is Phase.WAITING:
                self._move(PastMove("silence", step=step))
            case Heard() | TimePassed() if was_wordless(event, before, self.state):
                self._move(PastMove("noise", step=step))
            case _:
                pass

    def _move(self, move: PastMove) -> None:
        self.moves.append(replace(move, after_ms=self._cut_ms))
        self._keys, self._cut_ms, self._speaking_from = "", -1, -1


class _Again:
    """The caller of the past, on a flow."""

    def __init__(self, flow: Flow, past: PastCall, understand: Read) -> None:
        self._past = past
        self._understand = understand
        self._flow = flow
        self._move = PastMove("silence")
        self._left = list(past.works)

    def run(self) -> PastCall:
        """Make the moves as long as the line is there."""
        steps = {step.id for sub in self._flow.flows.values() for step in sub.steps}
        started = self._past.started
        if started.step and started.step not in steps:
            started = replace(started, step="")
        caller = TextCaller(self._flow, started, self._read, outside=self._outside)
        for move in self._past.moves:
            if caller.over or caller.state.ending:
                break
            self._move = move
            _make(caller, move)
        caller.hear_out()
        if not caller.over:
            caller.hang_up()
        return read(self._flow, caller.events)

    def _read(self, text: str, expectation: Expectation) -> Meaning:
        if text != HIDDEN:
            return self._understand(text, expectation)
        meaning = self._move.meaning
        if meaning is None or (meaning.kind == "value" and expectation.kind in _NO_VALUE):
            return Meaning("nothing")
        return meaning

    def _outside(self, state: CallState, work: int, order: Order) -> tuple[int, WorkEnded]:
        """What the same order brought in the past; one of its step, if it is not quite the same."""
        step = working.step_of(self._flow, state.dialogue, work)
        fits = [w for w in self._left if w.order == order] or [w for w in self._left if w.step == step]
        if not fits:
            return _WORK_MS, WorkEnded(work, "failed", reason="the past call did nothing like this")
        self._left.remove(fits[0])
        return fits[0].ms, replace(fits[0].ended, work=work)


def _make(caller: TextCaller, move: PastMove) -> None:
    """One move."""
    match move.does:
        case "words" | "noise" if move.after_ms >= 0:
            caller.interrupt(move.words, move.after_ms, move.confidence)
        case "words" | "noise":
            caller.say(move.words, move.confidence)
        case "keys" if move.after_ms >= 0:
            caller.interrupt_with(move.keys, move.after_ms)
        case "keys":
            caller.press(move.keys)
        case "silence":
            caller.be_silent()
