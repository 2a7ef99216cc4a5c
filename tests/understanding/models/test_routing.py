"""Tiers, budgets, and who is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.usage import Tier
from ivr.understanding.models import health as h
from ivr.understanding.models.health import Health, Outcome
from ivr.understanding.models.routing import (
    LIMITS,
    SHORTEST_HEDGE_MS,
    Choice,
    Difficulty,
    Purse,
    allowed,
    plan,
    wanted,
)
from ivr.understanding.models.table import Model, Table

TABLE = Table(
    {
        name: Model(name, "https://a.b/v1", tier, name)  # type: ignore[arg-type] # the tiers are these
        for name, tier in (("e1", "economy"), ("f1", "flagship"), ("e2", "economy"), ("f2", "flagship"))
    }
)
BAD = Health((), rested_at_ms=10_000, rest_ms=10_000)


@pytest.mark.parametrize(
    ("difficulty", "rule", "tier"),
    [
        (Difficulty(words=5, margin=0.01), None, "economy"),
        (Difficulty(words=40, margin=0.5), None, "economy"),
        (Difficulty(words=40, margin=0.01), None, "flagship"),
        (Difficulty(words=5, margin=0.9), "flagship", "flagship"),
        (Difficulty(words=40, margin=0.01), "economy", "economy"),
    ],
)
def test_the_meaning_of_a_turn_is_cheap_unless_it_is_hard(
    difficulty: Difficulty, rule: Tier | None, tier: Tier
) -> None:
    assert wanted("intent", difficulty, rule) == tier


def test_short_replies_are_cheap_and_long_answers_are_not() -> None:
    assert wanted("answer", Difficulty(words=6, passages=1)) == "economy"
    assert wanted("answer", Difficulty(words=6, passages=4)) == "flagship"
    assert wanted("answer", Difficulty(words=30, passages=1)) == "flagship"


def test_budgets_lower_the_tier_and_then_end_the_use_of_models() -> None:
    assert allowed("flagship", Purse(79, 100)) == Choice("flagship")
    assert allowed("flagship", Purse(80, 100)) == Choice("economy", "call budget nearly used up")
    assert allowed("economy", Purse(80, 100)) == Choice("economy")
    assert allowed("economy", Purse(0, 100, 500, 500)) == Choice(None, "day budget used up")
    assert allowed("economy", Purse(call_limit=0)) == Choice(None, "call budget used up")
    assert allowed("flagship", Purse(10**15)) == Choice("flagship"), "no budget, no limit"


def test_a_tiers_own_models_come_first_and_the_other_tier_stands_in() -> None:
    assert plan(TABLE, {}, "intent", "economy", Purse(), 0).models == ("e1", "e2", "f1", "f2")
    assert plan(TABLE, {}, "answer", "flagship", Purse(), 0).models == ("f1", "f2", "e1", "e2")
    assert plan(TABLE, {}, "intent", "economy", Purse(90, 100), 0).models == ("e1", "e2")


def test_a_model_that_rests_is_left_out_until_it_is_tried() -> None:
    resting = plan(TABLE, {"e1": BAD}, "intent", "economy", Purse(), 0)
    assert resting.models == ("e2", "f1", "f2")
    assert resting.probes == ()
    assert plan(TABLE, {"e1": BAD}, "intent", "economy", Purse(), 10_000).probes == ("e1",)
    assert plan(TABLE, dict.fromkeys(TABLE.models, BAD), "intent", "economy", Purse(), 0).models == ()


def test_a_quick_model_is_hedged_sooner() -> None:
    quick = Health(tuple(Outcome(0, "good", 180) for _ in range(10)))
    assert plan(TABLE, {"e1": quick}, "answer", "economy", Purse(), 0).limits.hedge_ms == 360
    at_once = Health(tuple(Outcome(0, "good", 20) for _ in range(10)))
    assert plan(TABLE, {"e1": at_once}, "answer", "economy", Purse(), 0).limits.hedge_ms == SHORTEST_HEDGE_MS
    slow = Health(tuple(Outcome(0, "good", 900) for _ in range(10)))
    assert plan(TABLE, {"e1": slow}, "answer", "economy", Purse(), 0).limits == LIMITS["answer"]


HEALTHS = st.dictionaries(
    st.sampled_from(list(TABLE.models)),
    st.builds(Health, rested_at_ms=st.integers(-1, 2000), rest_ms=st.just(h.REST_MS)),
)
PURSES = st.builds(
    Purse,
    st.integers(0, 200),
    st.none() | st.integers(0, 100),
    st.integers(0, 200),
    st.none() | st.integers(0, 100),
)


@given(HEALTHS, PURSES, st.sampled_from(["economy", "flagship"]), st.integers(0, 3000))
def test_no_plan_breaks_a_budget_or_asks_a_model_that_rests(
    healths: dict[str, Health], purse: Purse, tier: Tier, now: int
) -> None:
    choice = allowed(tier, purse)
    share, _ = purse.fullest()
    assert (choice.tier is None) == (share >= 1)
    if choice.tier is None:
        return
    made = plan(TABLE, healths, "answer", choice.tier, purse, now)
    assert len(set(made.models)) == len(made.models)
    for name in made.models:
        assert h.state(healths.get(name, Health()), now) == "closed"
        assert TABLE.models[name].tier == "economy" or share < 0.8
    closed = [n for n in TABLE.models if h.state(healths.get(n, Health()), now) == "closed"]
    economy = [n for n in closed if TABLE.models[n].tier == "economy"]
    assert set(economy) <= set(made.models), "a cheap model that is up is always there to stand in"
