"""The record of a call, computed from its events: what was said and heard, where it went, what it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.core.call import HIDDEN, CallState, Line, advance
from ivr.core.commands import StopSpeaking
from ivr.core.events import CallStarted, Event, SlotValue
from ivr.core.flow.model import Flow
from ivr.core.timing import Stopwatch, TurnTiming


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call in the past. Times in ms since it began; `barge_ins_ms`: onset of speech -> silence ordered."""

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


def build(flow: Flow, events: Iterable[tuple[int, Event]]) -> CallRecord:
    """Run the events through `flow` and read the record off. Sensitive slots come out hidden."""
    state, watch = CallState(), Stopwatch()
    turns: list[TurnTiming] = []
    barge_ins: list[int] = []
    count = last_ms = 0
    preset = CallStarted("")
    for at_ms, event in events:
        state, commands = advance(flow, state, event, at_ms)
        timing, barge_in_ms = watch.take(event, commands, at_ms)
        if timing:
            turns.append(timing)
        if barge_in_ms >= 0 and any(isinstance(c, StopSpeaking) for c in commands):
            barge_ins.append(barge_in_ms)
        if isinstance(event, CallStarted):
            preset = event
        count, last_ms = count + 1, at_ms
    hidden = {name for name, slot in flow.slots.items() if slot.sensitive}
    return CallRecord(
        call_id=preset.call_id,
        caller=preset.caller,
        called=preset.called,
        flow=flow.name,
        flow_digest=flow.digest,
        duration_ms=last_ms,
        outcome=state.outcome,
        transcript=state.transcript,
        path=state.path,
        slots={n: HIDDEN if n in hidden else v for n, v in state.dialogue.slots.items()},
        turns=tuple(turns),
        barge_ins_ms=tuple(barge_ins),
        events=count,
    )
