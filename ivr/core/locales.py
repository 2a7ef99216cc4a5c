"""What a flow's language says about its callers' country: telephone region, order of dates, money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

DateOrder = Literal["mdy", "dmy", "ymd"]

_REGIONS: Final = {"en": "US", "es": "ES", "fr": "FR", "de": "DE", "it": "IT", "pt": "PT", "nl": "NL"}
_MONTH_FIRST: Final = frozenset(["US", "PH", "PR", "GU", "VI", "AS"])
_YEAR_FIRST: Final = frozenset(["CN", "HU", "JP", "KR", "LT", "MN", "TW"])
_EURO: Final = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
_OF_REGION: Final = dict.fromkeys(_EURO.split(), "EUR") | {
    "AU": "AUD",
    "CA": "CAD",
    "CH": "CHF",
    "CN": "CNY",
    "GB": "GBP",
    "IN": "INR",
    "JP": "JPY",
    "MX": "MXN",
    "NZ": "NZD",
    "PH": "PHP",
    "PR": "USD",
    "SG": "SGD",
    "US": "USD",
    "ZA": "ZAR",
}


@dataclass(frozen=True, slots=True)
class Currency:
    """How callers name an amount. decimals: of its minor unit; 0 when there is none in use."""

    code: str
    major: tuple[str, ...]
    minor: tuple[str, ...] = ("cent", "cents", "c")
    decimals: int = 2


_DOLLARS: Final = ("dollar", "dollars", "buck", "bucks")
CURRENCIES: Final = {
    currency.code: currency
    for currency in (
        Currency("USD", _DOLLARS),
        Currency("AUD", _DOLLARS),
        Currency("CAD", _DOLLARS),
        Currency("NZD", _DOLLARS),
        Currency("SGD", _DOLLARS),
        Currency("EUR", ("euro", "euros")),
        Currency(
            "GBP", ("pound", "pounds", "quid", "sterling"), ("penny", "pennies", "pence", "p", "pee", "pea")
        ),
        Currency("INR", ("rupee", "rupees", "rs"), ("paisa", "paise")),
        Currency("ZAR", ("rand", "rands")),
        Currency("CHF", ("franc", "francs"), ("rappen", "centime", "centimes")),
        Currency("MXN", ("peso", "pesos"), ("centavo", "centavos")),
        Currency("PHP", ("peso", "pesos"), ("centavo", "centavos", "sentimo")),
        Currency("CNY", ("yuan", "renminbi", "kuai"), ("fen",)),
        Currency("JPY", ("yen",), (), 0),
    )
}
SIGNS: Final = {"$": _DOLLARS, "£": ("pound",), "€": ("euro",), "¥": ("yen", "yuan"), "₹": ("rupee",)}
"""Signs that a recogniser writes, and the names they may stand for."""


def region_of(language: str) -> str:
    """The country of a language tag: `en-GB` -> `GB`; without one, the usual country."""
    tag, _, region = language.replace("_", "-").partition("-")
    last = region.rpartition("-")[2].upper()
    return last if len(last) == 2 and last.isalpha() else _REGIONS.get(tag.lower(), "US")  # noqa: PLR2004 - ISO 3166


def date_order(region: str) -> DateOrder:
    """The order in which a country writes a date in figures."""
    return "mdy" if region in _MONTH_FIRST else "ymd" if region in _YEAR_FIRST else "dmy"


def currency_of(region: str) -> str:
    """The currency of a country; "" where we do not know it."""
    return _OF_REGION.get(region, "")
