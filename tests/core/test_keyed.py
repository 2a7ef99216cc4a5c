"""Money, dates, times and telephone numbers from keys."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot
from ivr.core.keyed import LENGTHS, Keyed, complete, value_of

TODAY = "2026-11-23"
MONEY = Slot("sum", "money", currency="USD")
AMERICAN = Slot("day", "date", region="US")
IRISH = Slot("day", "date", region="IE")
JAPANESE = Slot("day", "date", region="JP")


@pytest.mark.parametrize(
    ("slot", "keys", "value"),
    [
        (MONEY, "12*50", "12.50"),
        (MONEY, "12*5", "12.50"),
        (MONEY, "12*", "12.00"),
        (MONEY, "0012", "12.00"),
        (Slot("sum", "money", currency="JPY"), "0500", "500"),
        (AMERICAN, "04032026", "2026-04-03"),
        (IRISH, "04032026", "2026-03-04"),
        (JAPANESE, "20260403", "2026-04-03"),
        (Slot("at", "time"), "1530", "15:30"),
        (Slot("at", "date_time", region="US"), "040320261530", "2026-04-03T15:30"),
        (Slot("phone", "phone", region="US"), "2125550123", "+12125550123"),
        (Slot("phone", "phone", region="US"), "011442079460958", "+442079460958"),
    ],
)
def test_what_keys_come_to(slot: Slot, keys: str, value: str):
    assert value_of(slot, keys, TODAY) == Keyed(value)


@pytest.mark.parametrize(
    ("slot", "keys", "reason"),
    [
        (MONEY, "*", "no_match"),
        (MONEY, "1*2*3", "no_match"),
        (MONEY, "1*234", "no_match"),
        (Slot("sum", "money", currency="JPY"), "5*50", "no_match"),
        (AMERICAN, "0403", "too_few"),
        (AMERICAN, "040320260", "too_many"),
        (AMERICAN, "13012026", "no_match"),
        (IRISH, "31022026", "no_match"),
        (Slot("at", "time"), "2460", "no_match"),
        (Slot("phone", "phone", region="US"), "212", "too_few"),
        (Slot("phone", "phone", region="US"), "1" * 19, "too_many"),
    ],
)
def test_why_keys_are_no_value(slot: Slot, keys: str, reason: str):
    assert value_of(slot, keys, TODAY) == Keyed(reason=reason)


def test_a_value_that_breaks_a_limit_is_told_with_it():
    little = Slot("sum", "money", currency="USD", most="10")
    assert value_of(little, "12", TODAY) == Keyed("12.00", "out_of_range")
    coming = Slot("day", "date", region="US", least="today")
    assert value_of(coming, "11222026", TODAY) == Keyed("2026-11-22", "out_of_range")
    assert value_of(coming, "11232026", TODAY) == Keyed("2026-11-23")


@pytest.mark.parametrize(
    ("slot", "keys", "whole"),
    [
        (MONEY, "1250", False),
        (MONEY, "12*5", False),
        (MONEY, "12*50", True),
        (AMERICAN, "0403202", False),
        (AMERICAN, "04032026", True),
        (Slot("phone", "phone", region="US"), "2125550123", True),
        (Slot("phone", "phone", region="US"), "212555012", False),
        (Slot("phone", "phone", region="US", sensitive=True), "2125550123", False),
    ],
)
def test_when_no_further_key_can_belong_to_it(slot: Slot, keys: str, *, whole: bool):
    assert complete(slot, keys) is whole


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_can_be_keyed_in_every_order(day: date):
    for slot, written in ((AMERICAN, "%m%d%Y"), (IRISH, "%d%m%Y"), (JAPANESE, "%Y%m%d")):
        assert value_of(slot, day.strftime(written), TODAY) == Keyed(day.isoformat())


@given(st.sampled_from(["money", *LENGTHS, "phone"]), st.text("0123456789*", max_size=24))
def test_any_keys_are_a_value_or_a_reason(kind: str, keys: str):
    slot = Slot("x", kind, currency="USD", region="US")  # type: ignore[arg-type] # one of the types
    found = value_of(slot, keys, TODAY)
    assert bool(found.value) != bool(found.reason)
