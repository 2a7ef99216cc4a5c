"""What requests to models cost: in billionths of a dollar, so that a sum of many small ones stays exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

NANO: Final = 1_000_000_000
"""Billionths of a dollar in a dollar."""

_BYTES_A_TOKEN: Final = 4
"""Of English, by most tokenisers; other scripts take about as many bytes."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for a million tokens, and the day on which that was so. `None`: not known, never 0.

    cached  for tokens of the prompt that the endpoint has kept from before; `None`: those of `input`
    """

    input: float | None = None
    output: float | None = None
    cached: float | None = None
    date: str = ""

    @property
    def known(self) -> bool:
        """Whether a request's cost can be told."""
        return self.input is not None and self.output is not None


def cost(prices: Prices, tokens_in: int, cached: int, tokens_out: int) -> int | None:
    """What a request costs, in billionths of a dollar; `None`: not known.

    tokens_in  of the whole prompt; `cached` of them were kept from before
    """
    if prices.input is None or prices.output is None:
        return None
    kept = prices.input if prices.cached is None else prices.cached
    cached = min(cached, tokens_in)
    dollars_a_million = (tokens_in - cached) * prices.input + cached * kept + tokens_out * prices.output
    return round(dollars_a_million * NANO / 1_000_000)


def estimated_tokens(texts: Iterable[str]) -> int:
    """About how many tokens these texts are, for endpoints that did not count them."""
    return sum(-(-len(text.encode()) // _BYTES_A_TOKEN) for text in texts)


def dollars(nano: int | None) -> str:
    """An amount for people: `$0.0042`; `unknown`."""
    if nano is None:
        return "unknown"
    sign, amount = ("-", -nano) if nano < 0 else ("", nano)
    return f"{sign}${amount / NANO:.{6 if 0 < amount < NANO // 1000 else 4}f}"
