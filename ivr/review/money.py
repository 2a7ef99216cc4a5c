"""What language models cost, added up: by day, flow, model or kind of request, and what was saved.

Saved is the difference to sending every turn that was spoken to the flagship: `by_rules` on turns that
needed no model at all (rules, canonical answers, the classifier), `by_tier` on those that a cheaper model
did. Costs that are not known are counted, never taken for nothing; estimated ones are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from ivr.core.usage import Usage

By = Literal["day", "flow", "model", "tier", "use"]


@dataclass(frozen=True, slots=True)
class Spent:
    """A request of a turn of a call that began at `began_ms` (ms since 1970)."""

    call_id: str
    flow: str
    began_ms: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum. Money in billionths of a dollar.

    requests    that were made; `lost`: whose answer was not used
    spared      turns that needed no model
    unpriced    requests whose cost is not known; `estimated`: those that the endpoint did not count
    """

    requests: int = 0
    lost: int = 0
    spared: int = 0
    unpriced: int = 0
    estimated: int = 0
    tokens_in: int = 0
    cached: int = 0
    tokens_out: int = 0
    nano: int = 0
    by_rules: int = 0
    by_tier: int = 0

    def plus(self, usage: Usage) -> Tally:
        """With one more."""
        if usage.outcome == "spared":
            saved = usage.flagship_nano or 0
            return replace(self, spared=self.spared + 1, by_rules=self.by_rules + saved)
        known = usage.nano is not None and usage.flagship_nano is not None
        # What the flagship alone would not have spent (a hedge, a failure) saves nothing: it is a loss.
        at_flagship = (usage.flagship_nano or 0) if usage.outcome in ("used", "stopped") else 0
        return replace(
            self,
            requests=self.requests + 1,
            lost=self.lost + (usage.outcome != "used"),
            unpriced=self.unpriced + (usage.nano is None),
            estimated=self.estimated + usage.estimated,
            tokens_in=self.tokens_in + usage.tokens_in,
            cached=self.cached + usage.cached,
            tokens_out=self.tokens_out + usage.tokens_out,
            nano=self.nano + (usage.nano or 0),
            by_tier=self.by_tier + (at_flagship - (usage.nano or 0) if known else 0),
        )


_NAMES: Final[Mapping[By, Callable[[Spent], str]]] = {
    "day": lambda spent: datetime.fromtimestamp(spent.began_ms / 1000, tz=UTC).date().isoformat(),
    "flow": lambda spent: spent.flow,
    "model": lambda spent: "none" if spent.usage.outcome == "spared" else spent.usage.model,
    "tier": lambda spent: "none" if spent.usage.outcome == "spared" else spent.usage.tier,
    "use": lambda spent: spent.usage.stage,
}


def tallies(spent: Iterable[Spent], by: By) -> dict[str, Tally]:
    """Sums by day, flow, model, tier or use, in the order of their names."""
    sums: dict[str, Tally] = {}
    for one in spent:
        name = _NAMES[by](one)
        sums[name] = sums.get(name, Tally()).plus(one.usage)
    return dict(sorted(sums.items()))


def whole(spent: Iterable[Spent]) -> tuple[Tally, int]:
    """Everything in one sum, and of how many calls."""
    total, calls = Tally(), set()
    for one in spent:
        total = total.plus(one.usage)
        calls.add(one.call_id)
    return total, len(calls)
