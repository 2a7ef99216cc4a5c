"""The record of a call, computed from its events: what was said and heard, where it went, what it took.

A record is a list of turns. A turn is what the caller did (or did not do), what became of it, and what
was said to it; the first one is the greeting. Since it is computed from the events as they were kept,
it can hold nothing that was masked there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ivr.core import dialogue
from ivr.core.call import HIDDEN, CallState, Line, advance
from ivr.core.call_state import taken, was_wordless
from ivr.core.commands import Command, Count, Report, Say, StopSpeaking
from ivr.core.events import (
    CallStarted,
    EngineFailed,
    Event,
    Heard,
    Meaning,
    ModelsUsed,
    SlotValue,
    TimePassed,
    Typed,
)
from ivr.core.flow.model import Flow
from ivr.core.timing import Stopwatch, TurnTiming
from ivr.core.turns import Phase
from ivr.core.usage import Usage

DEAD_AIR_MS: Final = 1500
"""A caller who waits longer than this for an answer hears nothing for too long."""

By = Literal["start", "speech", "keys", "silence", "noise", "trouble"]
"""What a turn came from: words, keys, no word in time, sound without words, an engine that failed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. Times in ms since the call began; -1: did not happen.

    step        the step that waited for the caller
    words       what was heard, or the keys; masked where the step's slot is sensitive
    confidence  of the recogniser, 0..1; -1: no words
    meaning     what it was taken for
    said        what we set out to say to it, and `said_heard` what of that was heard; `cut`: interrupted
    visited     steps that ran because of it
    changed     slots that it changed, with their new values (`None`: cleared)
    barge_in_ms onset of the caller's speech over our prompt -> silence ordered
    used        requests to language models that it took
    """

    number: int
    by: By
    at_ms: int
    step: str = ""
    words: str = ""
    confidence: float = -1.0
    meaning: Meaning | None = None
    timing: TurnTiming | None = None
    said: str = ""
    said_heard: str = ""
    cut: bool = False
    visited: tuple[tuple[int, str], ...] = ()
    changed: tuple[tuple[int, str, SlotValue | None], ...] = ()
    barge_in_ms: int = -1
    used: tuple[Usage, ...] = ()

    @property
    def decided_by(self) -> str:
        """The stage that decided: `keys`, `universal`, `grammar`, `classifier`, a model's tier, `repair`."""
        if self.by == "keys":
            return "keys"
        if self.meaning is not None and self.meaning.kind != "nothing":
            return self.meaning.decided_by
        return "" if self.by == "start" else "repair"

    @property
    def response_ms(self) -> int:
        """End of the caller's speech (or key) -> first audio of the answer; -1: there was none."""
        return self.timing.response_ms if self.timing else -1

    @property
    def cost_nano(self) -> int | None:
        """What models took for it, in billionths of a dollar; `None`: not known."""
        return total(request.nano for request in self.used)

    @property
    def saved_nano(self) -> int | None:
        """How much less that was than the same tokens at the flagship; `None`: not known."""
        return total(
            None if r.flagship_nano is None or r.nano is None else r.flagship_nano - r.nano for r in self.used
        )

    @property
    def reprompt(self) -> bool:
        """Whether the caller was not understood, or silent."""
        return self.decided_by == "repair"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call in the past. Times in ms since it began; `barge_ins_ms`: onset of speech -> silence ordered.

    turns    times of each answer; `exchanges`: the whole turns
    cut_ins  how often the caller went on after we took the turn
    failures engines that failed and faults of the flow
    counts   what turn-taking counts (`ivr.core.commands.Count`): speculation, false interruptions, fillers, …
    """

    call_id: str
    caller: str
    called: str
    flow: str
    flow_digest: str
    duration_ms: int
    outcome: str
    transcript: tuple[Line, ...]
    path: tuple[str, ...]
    slots: Mapping[str, SlotValue]
    turns: tuple[TurnTiming, ...]
    barge_ins_ms: tuple[int, ...]
    events: int
    exchanges: tuple[Turn, ...] = ()
    cut_ins: int = 0
    failures: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def reprompts(self) -> int:
        """Turns in which the caller was not understood, or silent."""
        return sum(turn.reprompt for turn in self.exchanges)

    @property
    def dead_airs(self) -> int:
        """How often the caller waited too long for an answer."""
        return sum(turn.response_ms > DEAD_AIR_MS for turn in self.exchanges)

    @property
    def cost_nano(self) -> int | None:
        """What models took, in billionths of a dollar; `None`: a price is not known."""
        return total(turn.cost_nano for turn in self.exchanges)

    @property
    def saved_nano(self) -> int | None:
        """How much less that was than the same tokens at the flagship; `None`: not known."""
        return total(turn.saved_nano for turn in self.exchanges)

    @property
    def responses_ms(self) -> tuple[int, ...]:
        """How long each answer took, shortest first."""
        return tuple(sorted(turn.response_ms for turn in self.exchanges if turn.response_ms >= 0))

    @property
    def goal(self) -> bool | None:
        """Whether the call came to an end that the flow meant; `None` while it runs."""
        if not self.outcome:
            return None
        return self.outcome == "completed" or self.outcome.startswith("transferred")


def total(amounts: Iterable[int | None]) -> int | None:
    """A sum is known when every part of it is; of no parts at all it is 0."""
    known = 0
    for amount in amounts:
        if amount is None:
            return None
        known += amount
    return known


def build(flow: Flow, events: Iterable[tuple[int, Event]]) -> CallRecord:
    """Run the events through `flow` and read the record off. Sensitive slots come out hidden."""
    builder = RecordBuilder(flow)
    for at_ms, event in events:
        builder.take(at_ms, event)
    return builder.record()


@dataclass(slots=True)
class _Open:
    """The turn that is being written, its pieces still loose."""

    turn: Turn
    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


_THINKING: Final = frozenset([Phase.THINKING, Phase.STALLING])


class RecordBuilder:
    """Takes a call's events one by one, in order. `record()` may be asked for at any time."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._hidden = {name for name, slot in flow.slots.items() if slot.sensitive}
        self._state = CallState()
        self._watch = Stopwatch()
        self._timings: list[TurnTiming] = []
        self._barge_ins: list[int] = []
        self._turns: list[Turn] = []
        self._open: _Open | None = None
        self._preset = CallStarted("")
        self._words_confidence = -1.0
        self._events = self._last_ms = 0
        self._cut_ins = self._failures = 0
        self._counts: Counter[str] = Counter()

    def take(self, at_ms: int, event: Event) -> None:
        """Take the next event."""
        before = self._state
        after, commands = advance(self._flow, before, event, at_ms)
        self._state = after
        self._events, self._last_ms = self._events + 1, at_ms
        if isinstance(event, CallStarted):
            self._preset = event
            self._begin("start", at_ms, before)
        if isinstance(event, Heard | Typed) and event.text:
            self._words_confidence = event.confidence if isinstance(event, Heard) else 1.0
        self._counts.update(command.what for command in commands if isinstance(command, Count))
        self._failures += isinstance(event, EngineFailed)
        self._failures += sum(isinstance(c, Report) and c.blame == "flow" for c in commands)
        thinking = before.turns.phase in _THINKING
        self._cut_ins += thinking and after.turns.phase is Phase.HEARING
        self._lines(before, after)
        self._opened_by(event, at_ms, before, after)
        if self._open is not None:
            self._gather(event, at_ms, before, after, commands)
        self._time(event, at_ms, commands)

    def record(self) -> CallRecord:
        """The record so far."""
        turns = [*self._turns, self._closed()] if self._open else self._turns
        return CallRecord(
            call_id=self._preset.call_id,
            caller=self._preset.caller,
            called=self._preset.called,
            flow=self._flow.name,
            flow_digest=self._flow.digest,
            duration_ms=self._last_ms,
            outcome=self._state.outcome,
            transcript=self._state.transcript,
            path=self._state.path,
            slots={n: HIDDEN if n in self._hidden else v for n, v in self._state.dialogue.slots.items()},
            turns=tuple(self._timings),
            barge_ins_ms=tuple(self._barge_ins),
            events=self._events,
            exchanges=tuple(turns),
            cut_ins=self._cut_ins,
            failures=self._failures,
            counts=dict(self._counts),
        )

    def _opened_by(self, event: Event, at_ms: int, before: CallState, after: CallState) -> None:
        """Whether this event is a turn without words: silence, noise, trouble."""
        if before.dialogue is after.dialogue or len(after.transcript) > len(before.transcript):
            return
        match event:
            case TimePassed() if before.turns.phase is Phase.WAITING:
                self._begin("silence", at_ms, before)
            case Heard() | TimePassed() if was_wordless(event, before, after):
                self._begin("noise", max(0, before.turns.speech_from_ms), before)
            case TimePassed() if before.turns.phase in _THINKING:
                self._begin("trouble", at_ms, before)
            case EngineFailed(turn=turn) if turn:
                self._begin("trouble", at_ms, before)
            case _:
                pass

    def _lines(self, before: CallState, after: CallState) -> None:
        """What the transcript gained: our words belong to the turn that is open, the caller's open one."""
        for line in after.transcript[len(before.transcript) :]:
            if line.who == "agent":
                if self._open is not None:
                    self._open.heard.append(line.text)
                    self._open.turn = replace(self._open.turn, cut=self._open.turn.cut or line.cut)
                continue
            self._begin("speech" if line.who == "caller" else "keys", line.at_ms, before, line.text)

    def _begin(self, by: By, at_ms: int, before: CallState, words: str = "") -> None:
        if self._open is not None:
            self._turns.append(self._closed())
        step = dialogue.waiting_step(self._flow, before.dialogue)
        confidence = self._words_confidence if by == "speech" else -1.0
        turn = Turn(len(self._turns), by, at_ms, step.id if step else "", words, confidence)
        self._open = _Open(turn)

    def _closed(self) -> Turn:
        assert self._open is not None
        return replace(self._open.turn, said=" ".join(self._open.said), said_heard=" ".join(self._open.heard))

    def _gather(
        self,
        event: Event,
        at_ms: int,
        before: CallState,
        after: CallState,
        commands: tuple[Command, ...],
    ) -> None:
        assert self._open is not None
        turn = self._open.turn
        meaning = taken(event, before, after)
        if meaning is not None:
            turn = replace(turn, meaning=self._masked(meaning, turn.step))
        if isinstance(event, ModelsUsed):
            turn = replace(turn, used=(*turn.used, *event.used))
        new = after.path[len(before.path) :]
        changed = self._changed(at_ms, before, after)
        if new or changed:
            visited = (*turn.visited, *((at_ms, step) for step in new))
            turn = replace(turn, visited=visited, changed=(*turn.changed, *changed))
        self._open.turn = turn
        for command in commands:
            if isinstance(command, Say) and not command.again:
                self._open.said += [segment.text for segment in command.segments if segment.text]

    def _changed(
        self, at_ms: int, before: CallState, after: CallState
    ) -> list[tuple[int, str, SlotValue | None]]:
        was, now = before.dialogue.slots, after.dialogue.slots
        if was is now:
            return []
        names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
        return [(at_ms, name, self._shown(name, now.get(name))) for name in names]

    def _shown(self, slot: str, value: SlotValue | None) -> SlotValue | None:
        return HIDDEN if slot in self._hidden and value is not None else value

    def _masked(self, meaning: Meaning, step: str) -> Meaning:
        """The meaning as it may be kept: the values of sensitive slots came masked, and are made alike."""
        waited = {s.id: getattr(s, "slot", "") for sub in self._flow.flows.values() for s in sub.steps}
        if meaning.value is not None and waited.get(step) in self._hidden:
            return replace(meaning, value=HIDDEN)
        return meaning

    def _time(self, event: Event, at_ms: int, commands: tuple[Command, ...]) -> None:
        timing, barge_in_ms = self._watch.take(event, commands, at_ms)
        if timing:
            self._timings.append(timing)
            if self._open is not None:
                self._open.turn = replace(self._open.turn, timing=timing)
        if barge_in_ms >= 0 and any(isinstance(c, StopSpeaking) for c in commands):
            self._barge_ins.append(barge_in_ms)
            if self._open is not None:
                self._open.turn = replace(self._open.turn, barge_in_ms=barge_in_ms)
