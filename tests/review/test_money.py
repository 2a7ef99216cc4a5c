"""Money added up: known, unknown, estimated, saved."""

from __future__ import annotations

from ivr.core.usage import Usage
from ivr.review.money import Spent, Tally, tallies, whole

DAY_MS = 86_400_000
NOON = 20_000 * DAY_MS + DAY_MS // 2

CHEAP = Usage("intent", "economy", "small", tokens_in=100, tokens_out=10, nano=30, flagship_nano=350)
HEDGED = Usage(
    "intent", "economy", "slow", tokens_in=100, nano=20, flagship_nano=250, estimated=True, outcome="hedged"
)
DEAR = Usage(
    "answer", "flagship", "big", tokens_in=200, cached=50, tokens_out=40, nano=900, flagship_nano=900
)
UNPRICED = Usage("answer", "economy", "secret", tokens_in=7, flagship_nano=100)
SPARED = Usage("intent", "flagship", "big", nano=0, flagship_nano=300, estimated=True, outcome="spared")
ALL = [
    Spent("CA1", "pizza", NOON, CHEAP),
    Spent("CA1", "pizza", NOON, HEDGED),
    Spent("CA2", "clinic", NOON + DAY_MS, DEAR),
    Spent("CA2", "clinic", NOON + DAY_MS, UNPRICED),
    Spent("CA2", "clinic", NOON + DAY_MS, SPARED),
]


def test_sums_by_model() -> None:
    sums = tallies(ALL, "model")
    assert list(sums) == ["big", "none", "secret", "slow", "small"]
    assert sums["small"] == Tally(requests=1, tokens_in=100, tokens_out=10, nano=30, by_tier=320)
    assert sums["big"] == Tally(requests=1, tokens_in=200, cached=50, tokens_out=40, nano=900)
    assert sums["none"] == Tally(spared=1, by_rules=300)


def test_an_unknown_price_is_counted_and_in_no_sum_of_money() -> None:
    assert tallies(ALL, "model")["secret"] == Tally(requests=1, unpriced=1, tokens_in=7)


def test_a_hedge_saves_nothing_but_costs() -> None:
    assert tallies(ALL, "model")["slow"] == Tally(1, lost=1, estimated=1, tokens_in=100, nano=20, by_tier=-20)


def test_sums_by_day_flow_tier_and_use() -> None:
    assert {name: t.nano for name, t in tallies(ALL, "day").items()} == {"2024-10-04": 50, "2024-10-05": 900}
    assert {name: t.nano for name, t in tallies(ALL, "flow").items()} == {"clinic": 900, "pizza": 50}
    assert {name: t.requests for name, t in tallies(ALL, "tier").items()} == {
        "economy": 3,
        "flagship": 1,
        "none": 0,
    }
    assert {name: t.requests for name, t in tallies(ALL, "use").items()} == {"answer": 2, "intent": 2}


def test_the_whole_is_the_sum_of_its_parts() -> None:
    total, calls = whole(ALL)
    assert calls == 2
    assert (total.requests, total.spared, total.nano, total.by_tier, total.by_rules) == (4, 1, 950, 300, 300)
