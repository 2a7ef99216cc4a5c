from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.understanding.money import spoken_money

DOLLARS = Slot("amount", "money")


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_written_amounts_come_back(whole: int, cents: int) -> None:
    for text in (
        f"${whole:,}.{cents:02}",
        f"{whole} dollars and {cents} cents",
        f"It was {whole}.{cents:02}.",
    ):
        found = spoken_money(text, DOLLARS)
        assert found is not None
        assert Decimal(found.value) == Decimal(f"{whole}.{cents:02}")


def test_limits_decide_what_twelve_fifty_is() -> None:
    small, large = (
        spoken_money("twelve fifty", DOLLARS),
        spoken_money("twelve fifty", Slot("a", "money", least="100")),
    )
    assert small is not None
    assert large is not None
    assert (small.value, large.value, large.reason) == ("12.50", "1250.00", "")
    assert small.confidence < 1


@pytest.mark.parametrize(
    ("text", "currency"),
    [("twenty euros", "USD"), ("\u20ac20", "USD"), ("20 pounds", "EUR"), ("$5", "GBP"), ("five yen", "EUR")],
)
def test_another_currency_is_refused(text: str, currency: str) -> None:
    found = spoken_money(text, Slot("a", "money", currency=currency))
    assert found is not None
    assert (found.value, found.reason) == ("", "other_currency")


def test_a_currency_without_cents() -> None:
    found = spoken_money("two thousand yen", Slot("a", "money", currency="JPY"))
    assert found is not None
    assert found.value == "2000"


@pytest.mark.parametrize("text", ["ten or twenty", "a lot", "", "9" * 40, "what does it cost"])
def test_no_amount(text: str) -> None:
    assert spoken_money(text, DOLLARS) is None


def test_an_amount_that_is_taken_back_is_not_left_over() -> None:
    found = spoken_money("pay forty dollars, no, sixty", DOLLARS)
    assert found is not None
    assert (found.value, found.confidence, found.rest) == ("60.00", 0.75, ("pay",))
