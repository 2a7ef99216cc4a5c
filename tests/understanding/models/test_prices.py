"""What requests cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.models.prices import Prices, cost, dollars, estimated_tokens

FLASH = Prices(0.27, 1.10, 0.07, "2026-11-01")


def test_a_request_costs_what_its_tokens_cost() -> None:
    assert cost(FLASH, 1_000_000, 0, 0) == 270_000_000
    assert cost(FLASH, 0, 0, 1_000_000) == 1_100_000_000
    assert cost(FLASH, 1000, 400, 100) == 600 * 270 + 400 * 70 + 100 * 1100


def test_cached_tokens_without_a_price_cost_what_others_do() -> None:
    assert cost(Prices(1.0, 2.0), 100, 50, 0) == cost(Prices(1.0, 2.0), 100, 0, 0)


@pytest.mark.parametrize("prices", [Prices(), Prices(input=1.0), Prices(output=1.0)])
def test_an_unknown_price_is_unknown_and_never_nothing(prices: Prices) -> None:
    assert cost(prices, 10, 0, 10) is None
    assert not prices.known
    assert dollars(cost(prices, 10, 0, 10)) == "unknown"


def test_a_model_of_ones_own_may_cost_nothing() -> None:
    assert cost(Prices(0.0, 0.0), 10, 0, 10) == 0
    assert dollars(0) == "$0.0000"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_more_kept_tokens_never_cost_more(tokens_in: int, cached: int, tokens_out: int) -> None:
    whole = cost(FLASH, tokens_in, 0, tokens_out)
    kept = cost(FLASH, tokens_in, cached, tokens_out)
    assert whole is not None
    assert kept is not None
    assert 0 <= kept <= whole


def test_tokens_are_estimated_from_the_length() -> None:
    assert estimated_tokens(["", "abcd", "abcde"]) == 3


def test_amounts_are_shown_for_people() -> None:
    assert dollars(1_234_567_890) == "$1.2346"
    assert dollars(4_200) == "$0.000004"
    assert dollars(-2_500_000_000) == "-$2.5000"
