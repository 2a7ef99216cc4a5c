"""Reading the records of calls: what there is to ask, and what comes back. The port `Records`.

How to query:

    await records.calls(CallFilter(since_ms=…, outcome="hung up", text="parking"), limit=50)
                                          newest first; for the next page give `before=calls[-1].place`
    await records.call("CA12…")           one call with everything that was computed; its id may be cut short
    await records.events("CA12…", 100)    the events behind seq 100, for a call that runs or has ended
    await records.trend(since, until, bucket_ms)    counts, times and money over time
    await records.traffic(flow_name, since)         how often each step and each way between two was taken
    await records.unhandled(flow_name, since)       words that meant nothing where they were said
    await records.versions(flow_name)               the versions of a flow that took calls
    await records.scores(flow_name, since, at_most=0.5)    low scores, each with the turns that led to it

A call that is still running is among `calls` with an empty `outcome`; its turns, lines, steps and slots
are computed when it has ended (for a running call, build them from `events` with
`ivr.review.record.RecordBuilder`). All methods raise `EngineError` while the database is away.
Times: `*_ms` of a call since it began, `began_ms`, `since_ms` and the like since 1970. Money is in
billionths of a dollar, `None` where it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls. Empty fields do not count; texts are found anywhere and whatever their case.

    outcome  as it begins: `hung up` finds `hung up by caller`; `running` finds those without an outcome
    flow     name of the flow
    caller   the number, or a part of it
    text     in what was said, either side
    step     a step, or `answer:NAME`, that the call went through
    scored   True: those that somebody or something has scored; False: those that nobody has
    """

    since_ms: int | None = None
    until_ms: int | None = None
    outcome: str = ""
    flow: str = ""
    caller: str = ""
    text: str = ""
    step: str = ""
    scored: bool | None = None


EVERY: Final = CallFilter()
"""Every call."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in a list. Counts are 0 and times empty while it runs."""

    call_id: str
    flow_name: str
    flow_digest: str
    caller: str
    called: str
    began_ms: int
    ended_ms: int | None
    outcome: str
    duration_ms: int
    events: int
    turns: int
    reprompts: int
    barge_ins: int
    cut_ins: int
    dead_airs: int
    failures: int
    response_median_ms: int | None
    response_worst_ms: int | None
    goal: bool | None
    cost_nano: int | None
    saved_nano: int | None
    recording: str
    """The recording's path inside the data folder; "" for none."""
    problem: str
    """Why the record is not whole; "" when it is."""
    score: float | None = None
    """Mean of all scores, 0..1."""
    summary: str = ""
    intent: str = ""

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list, for the next page."""
        return self.began_ms, self.call_id


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn as it is kept. Fields as in `ivr.review.record.Turn`; `None`: did not happen, not known."""

    number: int
    by: str
    step: str
    at_ms: int
    words: str
    heard_confidence: float | None
    meaning: str
    name: str
    value: Any
    confidence: float | None
    decided_by: str
    said: str
    said_heard: str
    cut: bool
    barge_in_ms: int | None
    speech_end_ms: int | None
    closed_ms: int | None
    heard_ms: int | None
    understood_ms: int | None
    first_audio_ms: int | None
    response_ms: int | None
    tier: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cost_nano: int | None
    saved_nano: int | None
    used: tuple[dict[str, Any], ...] | None
    """The requests to models, as `ivr.core.usage.Usage` has them; `None` for none."""
    candidates: tuple[dict[str, Any], ...] | None = None
    """What the classifier thought of, likeliest first: `name`, `score` (0..1). `None`: it was not asked."""
    cache_score: float | None = None
    """Of the answer-cache entry that came nearest, taken or not (`ivr.core.events.Meaning`)."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the transcript: `who` is `agent`, `caller` or `keys`."""

    number: int
    who: str
    text: str
    at_ms: int
    cut: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that ran, in turn `turn`."""

    number: int
    step: str
    at_ms: int
    turn: int


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A change of a slot (`None`: cleared) in turn `turn`, at step `step`. `final`: its last value."""

    number: int
    name: str
    value: Any
    at_ms: int
    turn: int
    step: str
    final: bool


@dataclass(frozen=True, slots=True)
class Score:
    """An answer to a question of a rubric, 0..1. `kind`: `model` or `person`; `turns` that led to it."""

    scorer: str
    question: str
    kind: str
    score: float
    reason: str = ""
    turns: tuple[int, ...] = ()
    rubric: str = ""
    scored_ms: int = 0


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """A score with its call. What people and models agree on: `ivr.review.quality.agreement`."""

    call_id: str
    began_ms: int
    flow_name: str
    score: Score


@dataclass(frozen=True, slots=True)
class Summary:
    """What was made of a call afterwards. `made_by`: the model, or how it was made without one."""

    summary: str
    intent: str
    follow_up: str
    made_by: str
    made_ms: int
    sent_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WholeCall:
    """A call with everything that is kept of it, its events left out."""

    row: CallRow
    flow_source: str
    turns: tuple[TurnRow, ...] = ()
    lines: tuple[LineRow, ...] = ()
    steps: tuple[StepRow, ...] = ()
    slots: tuple[SlotRow, ...] = ()
    scores: tuple[Score, ...] = ()
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as `ivr.core.journal.decode` reads it."""

    seq: int
    at_ms: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time. `goal`: calls that came to an end that the flow meant.

    busiest      calls at the same time, at most
    response_*   of all answers in ms (to the next 20 ms); `None` without any
    cost_nano  of the calls whose cost is known; `cost_unknown`: how many it is not known of
    score        mean of all scores of these calls, by kind of scorer
    """

    from_ms: int
    calls: int = 0
    goal: int = 0
    failed: int = 0
    turns: int = 0
    reprompts: int = 0
    barge_ins: int = 0
    cut_ins: int = 0
    dead_airs: int = 0
    failures: int = 0
    minutes: float = 0.0
    busiest: int = 0
    response_median_ms: int | None = None
    response_p95_ms: int | None = None
    cost_nano: int = 0
    cost_unknown: int = 0
    saved_nano: int = 0
    score: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How calls went through a flow. `steps`: calls that came to a step; `left`: that ended there.

    edges  (step, next step): how often the one came right after the other
    """

    calls: int
    steps: dict[str, int]
    left: dict[str, int]
    edges: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Unhandled:
    """Words that meant nothing at the step that heard them."""

    call_id: str
    turn: int
    began_ms: int
    flow_name: str
    step: str
    words: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a flow that took calls."""

    digest: str
    name: str
    first_ms: int
    calls: int
    source: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What somebody did. `detail` never holds what a caller said."""

    at_ms: int
    who: str
    did: str
    call_id: str = ""
    detail: str = ""


class Records(Protocol):
    """The records of calls. See the module for how to ask."""

    async def calls(
        self,
        filters: CallFilter = EVERY,
        *,
        limit: int = 50,
        before: tuple[int, str] | None = None,
    ) -> list[CallRow]: ...

    async def count(self, filters: CallFilter = EVERY) -> int: ...

    async def call(self, call_id: str) -> WholeCall | None: ...

    async def events(self, call_id: str, after_seq: int = -1, limit: int = 5000) -> list[EventRow]: ...

    async def trend(self, since_ms: int, until_ms: int, bucket_ms: int, flow: str = "") -> list[Bucket]: ...

    async def traffic(
        self, flow: str, since_ms: int = 0, until_ms: int | None = None, digest: str = ""
    ) -> Traffic: ...

    async def unhandled(self, flow: str = "", since_ms: int = 0, limit: int = 500) -> list[Unhandled]: ...

    async def versions(self, flow: str = "") -> list[Version]: ...

    async def scores(
        self, flow: str = "", since_ms: int = 0, *, at_most: float = 1.0, limit: int = 5000
    ) -> list[ScoredCall]:
        """Scores of the latest calls, lowest first within a call. `at_most`: only those this low."""
        ...

    async def score(self, call_id: str, scores: Sequence[Score]) -> None:
        """Keep answers to a rubric; what the same scorer said before is replaced. Raises `ConfigError`."""
        ...

    async def note(self, row: AuditRow) -> None:
        """Keep what somebody did."""
        ...

    async def audit(self, limit: int = 200, before_ms: int | None = None) -> list[AuditRow]: ...
