"""Which calls are live, whether there is room for one more, and who may open a stream.

Time is an argument: `now` in seconds on any clock that never goes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ivr.call.lines import Transfer
from ivr.core.events import SlotValue

Verdict = Literal["ok", "unknown", "used", "expired", "other_call", "live"]
"""What became of a token: accepted, never given out, used before, too old, given to another call, or
right but for a call that has a stream already."""

EndingKind = Literal["transfer", "hang_up", "caller", "broken", "operator"]

KEEP_ENDINGS_S: Final = 300.0
"""How long the end of a call is remembered for the carrier's question what to do next, in seconds."""

KEEP_REQUESTS_S: Final = 24 * 3600.0
"""How long a request is remembered, so that a copy of it is refused, in seconds."""

MAX_REQUESTS: Final = 50_000
"""How many requests are remembered; past that, the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call's stream ended: by our transfer or hang-up, by the caller, broken off, or by shutdown."""

    kind: EndingKind
    transfer: Transfer | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """What is known of a call that was let in: numbers as the carrier's webhook gave them.

    slots   values that preset slots of the flow; `step`: the step to begin at, "" for the entry
    resumes its carrier asks what next when the stream ends, and may give the call another
    """

    call_id: str
    caller: str
    called: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    step: str = ""
    resumes: bool = False


@dataclass(slots=True)
class _Ticket:
    admission: Admission
    expires: float
    used: bool = False


class Registry:
    """Live calls and pending ones, at most `limit` together.

    A pending call holds a token and a place until its stream opens, `release` is called, or the token
    expires after `token_ttl_s` seconds. `draining` set to true lets nobody new in, and neither does
    `strained`, which says that those who are in wait too long already.
    """

    def __init__(
        self,
        limit: int,
        *,
        token_ttl_s: float = 60.0,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24),
    ) -> None:
        self._limit = limit
        self._token_ttl_s = token_ttl_s
        self._new_token = new_token
        self._tickets: dict[str, _Ticket] = {}  # by token, oldest first
        self._live: dict[str, Admission] = {}
        self._endings: dict[str, tuple[float, Ending]] = {}  # by call, oldest first
        self.draining = False
        self.strained: Callable[[], bool] = lambda: False

    @property
    def limit(self) -> int:
        return self._limit

    @property
    def active(self) -> int:
        """How many calls have an open stream."""
        return len(self._live)

    def pending(self, now: float) -> int:
        """How many calls were let in and have no stream yet."""
        self._forget(now)
        return sum(not ticket.used for ticket in self._tickets.values())

    def room(self, now: float) -> int:
        """How many more calls may come in."""
        if self.draining or (self._live and self.strained()):
            return 0
        return max(0, self._limit - self.active - self.pending(now))

    def is_live(self, call_id: str) -> bool:
        return call_id in self._live

    def admit(self, admission: Admission, now: float) -> str | None:
        """A token for the call's stream, or `None` when there is no room."""
        if self.room(now) <= 0:
            return None
        token = self._new_token()
        self._tickets[token] = _Ticket(admission, now + self._token_ttl_s)
        return token

    def readmit(self, admission: Admission, now: float) -> str:
        """A token for another stream of a call that goes on. A running call is never turned away."""
        self._forget(now)
        token = self._new_token()
        self._tickets[token] = _Ticket(admission, now + self._token_ttl_s)
        return token

    def redeem(self, token: str, call_id: str, now: float) -> tuple[Verdict, Admission | None]:
        """Spend a token and make its call live. Anything but `ok` changes nothing."""
        ticket = self._tickets.get(token)
        verdict = self._judge(ticket, call_id, now)
        self._forget(now)
        if ticket is None or verdict != "ok":
            return verdict, None
        ticket.used = True
        self._live[call_id] = ticket.admission
        self._endings.pop(call_id, None)
        return verdict, ticket.admission

    def _judge(self, ticket: _Ticket | None, call_id: str, now: float) -> Verdict:
        if ticket is None:
            return "unknown"
        if ticket.used:
            return "used"
        if now >= ticket.expires:
            return "expired"
        if ticket.admission.call_id != call_id:
            return "other_call"
        return "live" if call_id in self._live else "ok"

    def release(self, call_id: str) -> None:
        """The caller is gone before a stream was opened: give the place back."""
        for token in [t for t, k in self._tickets.items() if k.admission.call_id == call_id and not k.used]:
            del self._tickets[token]

    def note_ending(self, call_id: str, ending: Ending, now: float) -> None:
        """Say how a live call ends, before its stream closes; the first word counts."""
        if call_id not in self._endings:
            self._endings[call_id] = (now + KEEP_ENDINGS_S, ending)

    def finish(self, call_id: str, ending: Ending, now: float) -> None:
        """The call's stream is closed. `ending` counts unless another was noted before."""
        self.note_ending(call_id, ending, now)
        self._live.pop(call_id, None)
        self._forget(now)

    def ending(self, call_id: str, now: float) -> Ending | None:
        """How the call ended; `None` while it goes on, or when nothing is known (any more)."""
        self._forget(now)
        kept = self._endings.get(call_id)
        return kept[1] if kept else None

    def _forget(self, now: float) -> None:
        while self._tickets:
            token = next(iter(self._tickets))
            if self._tickets[token].expires > now:
                break
            del self._tickets[token]
        while self._endings:
            call_id = next(iter(self._endings))
            if self._endings[call_id][0] > now or call_id in self._live:
                break
            del self._endings[call_id]


class RequestMemory:
    """Tells a fresh request from the carrier's own retry and from a replay.

    A carrier repeats a request once when the answer is late; such a copy within `retry_s` seconds gets
    the same answer. Any later copy is a replay.
    """

    def __init__(
        self,
        retry_s: float = 15.0,
        keep_s: float = KEEP_REQUESTS_S,
        capacity: int = MAX_REQUESTS,
    ) -> None:
        self._retry_s = retry_s
        self._keep_s = keep_s
        self._capacity = capacity
        self._seen: dict[bytes, float] = {}  # when, by fingerprint, oldest first
        self._answers: dict[bytes, str] = {}  # those young enough to be asked for again

    def judge(self, fingerprint: bytes, now: float) -> tuple[Literal["fresh", "retry", "replay"], str]:
        """What a request is, and for a retry the answer that was given. A fresh one is remembered."""
        self._forget(now)
        if fingerprint not in self._seen:
            self._seen[fingerprint] = now
            return "fresh", ""
        answer = self._answers.get(fingerprint)
        return ("replay", "") if answer is None else ("retry", answer)

    def answered(self, fingerprint: bytes, answer: str) -> None:
        """Remember what a fresh request was answered."""
        if fingerprint in self._seen:
            self._answers[fingerprint] = answer

    def _forget(self, now: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest] < self._keep_s and len(self._seen) < self._capacity:
                break
            del self._seen[oldest]
            self._answers.pop(oldest, None)
        while self._answers:
            oldest = next(iter(self._answers))
            if now - self._seen[oldest] < self._retry_s:
                break
            del self._answers[oldest]
