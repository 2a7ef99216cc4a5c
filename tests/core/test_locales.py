"""What a language says about its callers' country."""

from __future__ import annotations

from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.locales import CURRENCIES, SIGNS, currency_of, date_order, region_of


@pytest.mark.parametrize(
    ("language", "region"),
    [
        ("en-GB", "GB"),
        ("en_ie", "IE"),
        ("en", "US"),
        ("es", "ES"),
        ("zh-Hant-TW", "TW"),
        ("es-419", "ES"),
        ("xx", "US"),
        ("", "US"),
    ],
)
def test_a_language_says_the_country(language: str, region: str):
    assert region_of(language) == region


def test_the_country_says_the_order_of_a_date():
    assert [date_order(region) for region in ("US", "IE", "JP", "")] == ["mdy", "dmy", "ymd", "dmy"]


def test_the_country_says_its_money():
    assert [currency_of(region) for region in ("IE", "US", "JP", "XX")] == ["EUR", "USD", "JPY", ""]


def test_every_currency_of_a_country_can_be_named():
    codes = {currency_of(a + b) for a in ascii_uppercase for b in ascii_uppercase} - {""}
    assert codes <= set(CURRENCIES)
    assert all(currency.code == code for code, currency in CURRENCIES.items())
    names = {name for currency in CURRENCIES.values() for name in currency.major}
    assert {name for named in SIGNS.values() for name in named} <= names


@given(st.text(max_size=12))
def test_any_tag_says_a_country_of_two_letters(language: str):
    region = region_of(language)
    assert len(region) == 2
    assert region.isalpha()
