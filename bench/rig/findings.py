"""What the rig found, and the figures made of it. The goals stand in `GOALS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench.figures import Figure
from bench.rig.judge import (
    COLLISION_MS,
    CallHeard,
    Disturbance,
    Turn,
    gaps_ms,
    interruptions,
    p95,
    share,
    spoken_ms,
    turns,
)

DEAD_AIR_MS: Final = 1500.0
TOLERANCE_MS: Final = 200.0
"""What the limit may be passed by: the detector's own delay, and a frame each way."""
GAP_MS: Final = 60.0

GOALS: Final[Mapping[str, tuple[float, float | None]]] = {
    "canonical answer": (450, 800),
    "yes/no": (350, None),
    "interruption": (180, 300),
}
"""Median and 95th percentile, ms."""
TEN_CALLS: Final = 1.3
LOAD_P95_MS: Final = 1200
LOAD_CALLS: Final = 25
ON_ONE_CORE: Final = "talking callers on one core"


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Talking callers on one core. `cpu_s`: by stage, per call-minute."""

    callers: int
    responses_ms: tuple[float, ...]
    worst_gap_ms: float
    unanswered: int
    broken: int
    cpu_s: Mapping[str, float]

    @property
    def held(self) -> bool:
        """Whether all callers were served as they should be."""
        return not self.broken and self.worst_gap_ms <= GAP_MS and p95(self.responses_ms) < LOAD_P95_MS


@dataclass(frozen=True, slots=True)
class Compared:
    """One server of the comparison. CPU per call-minute; `None`: not known of a server elsewhere."""

    name: str
    calls: int
    cpu_s: float | None
    idle_mb: float | None
    call_mb: float | None
    responses_ms: tuple[float, ...]
    clears_ms: tuple[float, ...]
    missed: int
    cut_ins: int
    turns: int
    gaps: int
    worst_gap_ms: float
    broken: int


@dataclass(slots=True)
class Findings:
    """All of it. Times in ms; empty where nothing was measured."""

    people: bool = True
    responses: dict[str, list[float]] = field(default_factory=dict)
    cut_ins: dict[str, tuple[int, int]] = field(default_factory=dict)  # kind: (cut, turns)
    cut: list[str] = field(default_factory=list)
    right: dict[str, tuple[int, int]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    hanging_waits: list[float] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    clips: int = 0
    clips_spoken_to: int = 0
    acted_on: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    long_gaps: list[str] = field(default_factory=list)
    prompts_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)
    loads: list[LoadRow] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def talk(self, kind: str, calls: Iterable[CallHeard]) -> None:
        """Take in conversations: responses, cut-ins, waits, and what every call tells."""
        for heard in calls:
            self.call(heard)
            for turn in turns(heard):
                cut, total = self.cut_ins.get(kind, (0, 0))
                self.cut_ins[kind] = (cut + turn.cut_in, total + 1)
                if turn.cut_in:
                    self.cut.append(f"{kind}: '{turn.spoke.line.text}', {_cut_where(turn, heard)}")
                self.waits.append(turn.waited_ms)
                if turn.response_ms is not None:
                    self.responses.setdefault(kind, []).append(turn.response_ms)

    def interrupted(self, calls: Iterable[CallHeard]) -> None:
        """Take in calls whose callers spoke over prompts."""
        for heard in calls:
            self.call(heard)
            for one in interruptions(heard):
                if one.clear_ms is None:
                    self.missed.append(one.spoke.line.text)
                else:
                    self.clears.append(one.clear_ms)

    def call(self, heard: CallHeard) -> None:
        """Take in what every call tells."""
        self.gaps += gaps_ms(heard)
        self.long_gaps += [f"{gap:.0f} ms in {heard.call_id}" for gap in gaps_ms(heard) if gap > GAP_MS]
        self.prompts_s += spoken_ms(heard) / 1000
        if heard.broken:
            self.broken.append(heard.broken)


def _cut_where(turn: Turn, heard: CallHeard) -> str:
    """Behind which word or pause the agent began."""
    spoke = turn.spoke
    begins = (span.start_ms - spoke.began_ms for span in heard.spans)
    at_ms = next(at for at in begins if spoke.line.onset_ms + COLLISION_MS < at < spoke.line.end_ms)
    said = [piece for piece in spoke.line.speech if piece[1] <= at_ms]
    silent_ms = at_ms - said[-1][1] if said and all(not a <= at_ms < b for a, b in spoke.line.speech) else 0
    return f"behind stretch {len(said)} of {len(spoke.line.speech)}, {silent_ms:.0f} ms into a pause"


def breaches(waits: Iterable[float]) -> int:
    """How many waited in silence for longer than the limit."""
    return sum(wait > DEAD_AIR_MS + TOLERANCE_MS for wait in waits)


def figures(found: Findings) -> list[Figure]:
    """What was measured, with goals."""
    return [
        *_responses(found),
        *_cut_ins(found),
        *_interruptions(found),
        *_silence(found),
        *_audio(found),
        *_load(found),
    ]


def _responses(found: Findings) -> Iterable[Figure]:
    for kind, values in found.responses.items():
        middle, tail = GOALS.get(kind, (None, LOAD_P95_MS if kind.endswith(ON_ONE_CORE) else None))
        yield Figure(f"response, {kind}: median of {len(values)}", median(values), "ms", middle, digits=0)
        yield Figure(f"response, {kind}: p95", p95(values), "ms", tail, digits=0)
    one, ten = found.responses.get("canonical answer"), found.responses.get("canonical answer, 10 calls")
    if one and ten:
        ratio = median(ten) / median(one)
        yield Figure("response at 10 calls, median against one call's", ratio, "x", TEN_CALLS)
    for kind, (right, total) in found.right.items():
        if total:
            yield Figure(f"understood rightly, {kind}, of {total}", share(right, total), "%", digits=1)


def _cut_ins(found: Findings) -> Iterable[Figure]:
    cut, total = (sum(counts[at] for counts in found.cut_ins.values()) for at in (0, 1))
    if total:
        yield Figure(f"cut-ins, of {total} turns", share(cut, total), "%", 2.0, digits=1)
    for kind, (some, of) in found.cut_ins.items():
        if of and (some or "digits" in kind):
            goal = 1.0 if "digits" in kind else None
            yield Figure(f"cut-ins, {kind}, of {of} turns", share(some, of), "%", goal, digits=1)


def _interruptions(found: Findings) -> Iterable[Figure]:
    tried = len(found.clears) + len(found.missed)
    middle, tail = GOALS["interruption"]
    if found.clears:
        yield Figure(
            f"interruption: onset to clear, median of {len(found.clears)}",
            median(found.clears), "ms", middle, digits=0,
        )  # fmt: skip
        yield Figure("interruption: onset to clear, p95", p95(found.clears), "ms", tail, digits=0)
    if tried:
        yield Figure(f"interruptions missed, of {tried}", share(found.missed, tried), "%", 1.0, digits=1)
    if found.disturbances:
        count = len(found.disturbances)
        lost = sum(one.lost for one in found.disturbances)
        stopped = sum(one.silenced for one in found.disturbances)
        yield Figure(f"noises that lost the prompt, of {count}", lost, goal=0, digits=0)
        yield Figure(f"noises that silenced it for a moment, of {count}", stopped, digits=0)


def _silence(found: Findings) -> Iterable[Figure]:
    for name, waits in (("healthy", found.waits), ("the recogniser hangs", found.hanging_waits)):
        if waits:
            what = f"silence over {DEAD_AIR_MS / 1000:g} s, {name}, of {len(waits)} turns"
            yield Figure(what, breaches(waits), goal=0, digits=0)
            yield Figure(f"longest silence, {name}", max(waits), "ms", digits=0)
    if found.clips:
        yield Figure(
            f"clips without speech acted upon, of {found.clips}", len(found.acted_on), goal=0, digits=0
        )
        yield Figure(
            f"clips that the agent said something to, of {found.clips}", found.clips_spoken_to, digits=0
        )


def _audio(found: Findings) -> Iterable[Figure]:
    if found.prompts_s:
        over = sum(gap > GAP_MS for gap in found.gaps)
        what = f"gaps over {GAP_MS:.0f} ms in {found.prompts_s / 60:.0f} min of prompts"
        yield Figure(what, over, goal=0, digits=0)
        yield Figure("longest gap", max(found.gaps, default=0.0), "ms", digits=0)
    for stage, cpu in found.cpu_s.items():
        yield Figure(f"CPU per call-minute, 10 calls: {stage}", cpu, "s")
    yield Figure("calls that broke", len(found.broken), goal=0, digits=0)


def _load(found: Findings) -> Iterable[Figure]:
    for row in found.loads:
        name = f"{row.callers} {ON_ONE_CORE}"
        yield Figure(f"{name}: longest gap", row.worst_gap_ms, "ms", GAP_MS, digits=0)
        yield Figure(f"{name}: CPU per call-minute", sum(row.cpu_s.values()), "s")
    if found.loads:
        held = max((row.callers for row in found.loads if row.held), default=0)
        tried = "/".join(str(row.callers) for row in found.loads)
        what = f"talking callers held on one core, of {tried}"
        yield Figure(what, held, goal=LOAD_CALLS, at_least=True, digits=0)
