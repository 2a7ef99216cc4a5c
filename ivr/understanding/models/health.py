"""How well a model does: a rolling window of its latest requests, and a breaker that is moved by it.

    closed -- too many failures, or the 95th percentile of times to the first token too long --> open
    open -- its rest is over --> half-open (one request beside the calls may try it)
    half-open -- the trial went well --> closed; badly --> open, for twice as long

Times are ms on one clock that never runs back. Everything here is pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

WINDOW_MS: Final = 300_000
MOST: Final = 20
"""Requests that are looked at: few, so that an outage in the middle of good times is seen soon."""
LEAST_BAD: Final = 3
"""One or two bad requests may be chance; a hedge covers them."""
ERROR_RATE: Final = 0.15
SLOW_MS: Final = 1_500
"""A first token that takes longer is too late for a caller."""
REST_MS: Final = 10_000
LONGEST_REST_MS: Final = 300_000
PROBE_LIMIT_MS: Final = 10_000
"""A trial whose result is not known after this long is forgotten, and another one allowed."""

Verdict = Literal["good", "slow", "failed", "lasting"]
"""How a request went; `lasting`: wrong in a way that does not go away by itself, as a wrong key."""
State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request. `first_ms`: until its first token, or until it was given up without one."""

    at_ms: int
    verdict: Verdict
    first_ms: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one model.

    rested_at_ms  when its rest is over; -1: it does not rest, the breaker is closed
    rest_ms       how long the rest is
    probing_ms    since when it is being tried; -1: it is not
    """

    outcomes: tuple[Outcome, ...] = ()
    rested_at_ms: int = -1
    rest_ms: int = 0
    probing_ms: int = -1


def judged(first_ms: int, *, came: bool) -> Verdict:
    """The verdict on a request that did not fail. `came`: it had a first token, in time or not."""
    return "good" if came and first_ms <= SLOW_MS else "slow"


def state(health: Health, now: int) -> State:
    """Where the breaker stands."""
    if health.rested_at_ms < 0:
        return "closed"
    return "open" if now < health.rested_at_ms else "half-open"


def wants_probe(health: Health, now: int) -> bool:
    """Whether somebody should try it now, beside the calls."""
    idle = health.probing_ms < 0 or now - health.probing_ms > PROBE_LIMIT_MS
    return idle and state(health, now) == "half-open"


def probing(health: Health, now: int) -> Health:
    """Somebody tries it."""
    return replace(health, probing_ms=now)


def probed(health: Health, outcome: Outcome) -> Health:
    """The trial is over."""
    if outcome.verdict == "good":
        return Health((outcome,))
    longer = min(max(health.rest_ms, REST_MS) * 2, LONGEST_REST_MS)
    return _rest(health, outcome.at_ms, LONGEST_REST_MS if outcome.verdict == "lasting" else longer)


def noted(health: Health, outcome: Outcome) -> Health:
    """A caller's request is over. While the breaker is open only a trial can close it."""
    kept = (*health.outcomes, outcome)[-MOST:]
    recent = tuple(o for o in kept if outcome.at_ms - o.at_ms <= WINDOW_MS)
    health = replace(health, outcomes=recent)
    if health.rested_at_ms >= 0:
        return health
    if outcome.verdict == "lasting":
        return _rest(health, outcome.at_ms, LONGEST_REST_MS)
    return _rest(health, outcome.at_ms, REST_MS) if _too_bad(health) else health


def p95_first_ms(health: Health) -> int:
    """The 95th percentile of times to the first token; -1: there are none."""
    times = sorted(o.first_ms for o in health.outcomes if o.verdict in ("good", "slow"))
    return times[max(0, -(-len(times) * 95 // 100) - 1)] if times else -1


def error_rate(health: Health) -> float:
    """The share of requests that failed, 0..1."""
    failed = sum(o.verdict in ("failed", "lasting") for o in health.outcomes)
    return failed / len(health.outcomes) if health.outcomes else 0.0


def _too_bad(health: Health) -> bool:
    failed = sum(o.verdict == "failed" for o in health.outcomes)
    slow = sum(o.verdict == "slow" for o in health.outcomes)
    if failed + slow < LEAST_BAD:
        return False
    return error_rate(health) >= ERROR_RATE or p95_first_ms(health) > SLOW_MS or slow >= LEAST_BAD


def _rest(health: Health, now: int, rest_ms: int) -> Health:
    return replace(health, rested_at_ms=now + rest_ms, rest_ms=rest_ms, probing_ms=-1)
