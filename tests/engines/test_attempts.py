"""One model's part: what it says of the model, and what it cost."""

from __future__ import annotations

import pytest

from ivr.engines.attempts import Attempt
from ivr.understanding.models.chat import Ask, Counts, Message, ModelFailed, Piece, Why
from ivr.understanding.models.health import SLOW_MS, Verdict
from ivr.understanding.models.prices import Prices
from ivr.understanding.models.table import Model

ASK = Ask((Message("user", "x" * 400),), 40)
ROW = Model("small", "https://a.b/v1", "economy", "small", prices=Prices(1.0, 2.0))


def attempt(model: Model = ROW) -> Attempt:
    return Attempt(model, Prices(10.0, 20.0), "intent", ASK, began_ms=1000)


@pytest.mark.parametrize(
    ("outcome", "first_ms", "verdict"),
    [
        ("used", 200, "good"),
        ("used", SLOW_MS + 1, "slow"),
        ("hedged", -1, "slow"),
        ("hedged", 200, "good"),
        ("late", -1, "slow"),
        ("invalid", 200, "failed"),
        ("stopped", 200, "good"),
        ("stopped", -1, None),
    ],
)
def test_what_an_outcome_says_of_the_model(outcome: str, first_ms: int, verdict: Verdict | None) -> None:
    one = attempt()
    if first_ms >= 0:
        one.wrote(Piece("Hi"), 1000 + first_ms)
    one.finish(outcome, 4000)
    assert one.verdict() == verdict
    assert one.waited_ms(9999) == (first_ms if first_ms >= 0 else 3000)


@pytest.mark.parametrize(
    ("why", "verdict", "cost"), [("key", "lasting", 0), ("busy", "failed", 0), ("broken", "failed", 100_000)]
)
def test_a_failure_is_noted_and_paid_for_only_if_the_model_read_the_prompt(
    why: Why, verdict: Verdict, cost: int
) -> None:
    one = attempt()
    one.fail(ModelFailed("it failed", why), 1100)
    assert one.verdict() == verdict
    usage = one.usage(1100)
    assert (usage.nano, usage.outcome, usage.note) == (cost, "failed", "it failed")


def test_the_endpoints_counts_win_over_estimates() -> None:
    one = attempt()
    one.wrote(Piece("four words of text"), 1100)
    assert one.usage(1200).estimated
    assert one.usage(1200).tokens_in == 100
    one.wrote(Piece(counts=Counts(90, 5, 30)), 1300)
    one.finish("used", 1300)
    usage = one.usage(9999)
    assert (usage.tokens_in, usage.cached, usage.tokens_out, usage.estimated) == (90, 30, 5, False)
    assert (usage.nano, usage.flagship_nano) == (100_000, 1_000_000)
    assert (usage.first_ms, usage.ms) == (100, 300)


def test_without_a_price_the_cost_is_unknown() -> None:
    one = attempt(Model("free?", "https://a.b/v1", "economy", "x"))
    assert one.usage(1100).nano is None
    assert one.usage(1100).flagship_nano is not None


def test_only_the_first_end_counts() -> None:
    one = attempt()
    one.finish("hedged", 1500)
    one.finish("stopped", 2500)
    assert (one.usage(3000).outcome, one.usage(3000).ms) == ("hedged", 500)
