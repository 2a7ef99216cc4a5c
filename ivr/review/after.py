"""Work after a call: which jobs a finished call gives rise to, and when a job that failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

JobKind = Literal["summary", "quality", "send"]
"""summary: say in a few words what the call was about; quality: score it; send: tell the webhook."""

RETRY_S: Final = (10, 30, 60, 120, 300, 600, 900)
"""When a failed job is tried again; after the last of these, as long again each time."""
GIVE_UP_AFTER: Final = 100
"""Attempts, about a day's worth: a receiver may be away for hours."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for a call. Doing it twice must do no harm."""

    kind: JobKind
    call_id: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an operator wants done after calls.

    share    of the calls that are scored, 0..1; `send`: there is a webhook
    """

    share: float = 0.01
    summaries: bool = True
    send: bool = False


def jobs_after(call_id: str, wishes: Wishes) -> tuple[Job, ...]:
    """The jobs of a call that has ended. `send` follows from `summary`, when there is something to send."""
    jobs = [Job("summary", call_id)] if wishes.summaries or wishes.send else []
    if sampled(call_id, wishes.share):
        jobs.append(Job("quality", call_id))
    return tuple(jobs)


def sampled(call_id: str, share: float) -> bool:
    """Whether a call belongs to the share that is scored: the same calls each time, wherever it is asked."""
    return int.from_bytes(sha256(call_id.encode()).digest()[:8]) < share * 2**64


def retry_after_s(attempts: int) -> int | None:
    """How long to wait after so many attempts (1: after the first); `None`: give up."""
    if attempts >= GIVE_UP_AFTER:
        return None
    return RETRY_S[min(attempts, len(RETRY_S)) - 1]
