"""The breaker of a model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.models import health as h
from ivr.understanding.models.health import Health, Outcome


def after(*verdicts: str, every_ms: int = 1000) -> Health:
    health = Health()
    for number, verdict in enumerate(verdicts):
        first_ms = 3000 if verdict == "slow" else 200
        outcome = Outcome(number * every_ms, verdict, first_ms)  # type: ignore[arg-type] # one of them
        health = h.noted(health, outcome)
    return health


def test_one_or_two_bad_requests_do_not_open_it() -> None:
    assert h.state(after("failed", "slow"), 2000) == "closed"
    assert h.state(after(*["good"] * 10, "slow", "failed"), 12_000) == "closed"


def test_failures_open_it_and_so_do_late_first_tokens() -> None:
    for verdict in ("failed", "slow"):
        opened = after(*["good"] * 17, *[verdict] * 3)
        assert h.state(opened, 19_000) == "open"
        assert h.state(opened, 19_000 + h.REST_MS) == "half-open"


def test_a_wrong_key_opens_it_at_once_and_for_long() -> None:
    opened = after("lasting")
    assert h.state(opened, h.LONGEST_REST_MS - 1) == "open"


def test_old_failures_are_forgotten() -> None:
    late = after("failed", "failed", "failed", every_ms=h.WINDOW_MS // 2 + 1)
    assert h.state(late, h.WINDOW_MS * 2) == "closed"


def test_a_trial_brings_it_back_or_lets_it_rest_twice_as_long() -> None:
    opened = after(*["failed"] * 3)
    due = 2000 + h.REST_MS
    assert not h.wants_probe(opened, due - 1)
    assert h.wants_probe(opened, due)
    trying = h.probing(opened, due)
    assert not h.wants_probe(trying, due + 1), "one trial at a time"
    assert h.wants_probe(trying, due + h.PROBE_LIMIT_MS + 1), "a trial that is lost holds nothing up"
    again = h.probed(trying, Outcome(due + 100, "failed"))
    assert again.rested_at_ms == due + 100 + 2 * h.REST_MS
    back = h.probed(trying, Outcome(due + 100, "good", 100))
    assert h.state(back, due + 100) == "closed"
    assert back.outcomes == (Outcome(due + 100, "good", 100),)


def test_a_callers_good_request_does_not_close_it() -> None:
    opened = after(*["failed"] * 3)
    assert h.state(h.noted(opened, Outcome(2001, "good", 100)), 2001) == "open"


def test_the_percentile_is_of_first_tokens_only() -> None:
    good = [Outcome(0, "good", ms) for ms in range(100, 2001, 100)]
    health = Health((*good, Outcome(0, "failed", 9)))
    assert h.p95_first_ms(health) == 1900
    assert h.p95_first_ms(Health()) == -1
    assert h.error_rate(health) == 1 / 21


def test_a_request_is_judged_by_its_first_token() -> None:
    assert h.judged(200, came=True) == "good"
    assert h.judged(h.SLOW_MS + 1, came=True) == "slow"
    assert h.judged(600, came=False) == "slow"


STEPS = st.lists(
    st.tuples(st.integers(0, 60_000), st.sampled_from(["good", "slow", "failed", "lasting"]), st.booleans()),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_it_comes_back_when_the_model_does(steps: list[tuple[int, h.Verdict, bool]]) -> None:
    health, now = Health(), 0
    for wait, verdict, probe in steps:
        now += wait
        outcome = Outcome(now, verdict, 100)
        if probe and h.wants_probe(health, now):
            health = h.probed(h.probing(health, now), outcome)
        else:
            health = h.noted(health, outcome)
        assert len(health.outcomes) <= h.MOST
        assert health.rested_at_ms <= now + h.LONGEST_REST_MS
    now += h.LONGEST_REST_MS + h.PROBE_LIMIT_MS + 1
    if h.state(health, now) != "closed":
        assert h.wants_probe(health, now)
        health = h.probed(h.probing(health, now), Outcome(now, "good", 100))
    assert h.state(health, now) == "closed"
