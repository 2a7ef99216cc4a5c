import pytest

from ivr.core.locales import currency_of, date_order, region_of
from ivr.core.telephone import Dialled, complete, dialled, is_e164


@pytest.mark.parametrize(
    ("digits", "region", "number"),
    [
        ("2125550123", "US", "+12125550123"),
        ("12125550123", "US", "+12125550123"),
        ("02079460958", "GB", "+442079460958"),
        ("00442079460958", "IE", "+442079460958"),
        ("011442079460958", "US", "+442079460958"),
        ("+442079460958", "US", "+442079460958"),
        ("0871234567", "IE", "+353871234567"),
    ],
)
def test_numbers(digits: str, region: str, number: str) -> None:
    assert dialled(digits, region) == Dialled(number, assigned=True)
    assert is_e164(number)


@pytest.mark.parametrize(
    ("digits", "reason"),
    [
        ("5550123", "too_few"),
        ("1", "too_few"),
        ("", "too_few"),
        ("212555012345", "too_many"),
        ("9" * 99, "too_many"),
    ],
)
def test_no_numbers(digits: str, reason: str) -> None:
    assert dialled(digits, "US") == Dialled(reason=reason)  # type: ignore[arg-type] # parametrized text


def test_a_number_that_nobody_has_is_told_apart() -> None:
    assert dialled("07700900123", "GB") == Dialled("+447700900123", assigned=False)


def test_keyed_numbers_are_complete_when_nothing_can_follow() -> None:
    assert not complete("212555012", "US")
    assert complete("2125550123", "US")
    assert not complete("1212555012", "US")
    assert complete("12125550123", "US")


@pytest.mark.parametrize("text", ["12125550123", "+1 212 555 0123", "+1212555", "", "+", "x"])
def test_what_is_not_e164(text: str) -> None:
    assert not is_e164(text)


def test_a_language_says_the_country() -> None:
    assert [region_of(tag) for tag in ("en-GB", "en", "es-419", "zh-Hans-CN", "de_AT", "xx")] == [
        "GB",
        "US",
        "ES",
        "CN",
        "AT",
        "US",
    ]
    assert [date_order(region) for region in ("US", "GB", "JP")] == ["mdy", "dmy", "ymd"]
    assert [currency_of(region) for region in ("US", "IE", "AQ")] == ["USD", "EUR", ""]
