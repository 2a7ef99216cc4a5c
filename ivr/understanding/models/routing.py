"""Which tier a request goes to, by rule, by difficulty and by what is left of the budgets; and who is asked.

A tier's models come first, in the order of the table, but for those whose breaker is open. The other
tier stands in when a whole tier is down: the cheaper one always, the dearer one if the budgets allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.core.usage import Stage, Tier
from ivr.understanding.models.health import Health, p95_first_ms, state, wants_probe
from ivr.understanding.models.race import Limits
from ivr.understanding.models.table import Table

LOWER_AT: Final = 0.8
"""The share of a budget from which on only the economy tier is used."""

LONG_WORDS: Final = 30
"""Words of an utterance from which on it is long: people then tell a story, or want two things."""
NARROW_MARGIN: Final = 0.05
"""Between the classifier's two likeliest labels: closer together than this they are hard to tell apart."""
SHORT_QUESTION: Final = 12
"""Words of a question up to which, with one or two passages, the answer is a short reply."""
FEW_PASSAGES: Final = 2

LIMITS: Final[Mapping[Stage, Limits]] = {
    "intent": Limits(hedge_ms=600, first_ms=1_500, total_ms=2_500),
    "answer": Limits(hedge_ms=600, first_ms=1_500, total_ms=20_000),
    "other": Limits(hedge_ms=5_000, first_ms=20_000, total_ms=60_000),
}
"""How long a request of a kind may take."""
SHORTEST_HEDGE_MS: Final = 250
KNOWN_FROM: Final = 5
"""Requests from which on a model's own times say when it is silent too long."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What is measured of a request before it is made.

    words     of the utterance or question
    margin    between the classifier's two likeliest labels, 0..1
    passages  that an answer is to be made of
    """

    words: int = 0
    margin: float = 1.0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Purse:
    """What was spent of the budgets, in billionths of a dollar. A limit of `None`: there is none."""

    call_spent: int = 0
    call_limit: int | None = None
    day_spent: int = 0
    day_limit: int | None = None

    def fullest(self) -> tuple[float, str]:
        """The share that is used of the budget that is used most, and its name."""
        call = _share(self.call_spent, self.call_limit)
        day = _share(self.day_spent, self.day_limit)
        return (call, "call budget") if call >= day else (day, "day budget")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request may use. `tier` is `None` when models may not be used any more.

    note  what bore upon it, for the record; "" when the tier is the one that was wanted
    """

    tier: Tier | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is asked, in this order, and who is to be tried beside the calls."""

    models: tuple[str, ...]
    limits: Limits
    probes: tuple[str, ...] = ()


def wanted(stage: Stage, difficulty: Difficulty, rule: Tier | None = None) -> Tier:
    """The tier that a request deserves. `rule`: what the flow says about it, which counts."""
    if rule is not None:
        return rule
    if stage == "answer":
        short = difficulty.words <= SHORT_QUESTION and difficulty.passages <= FEW_PASSAGES
        return "economy" if short else "flagship"
    hard = difficulty.words >= LONG_WORDS and difficulty.margin < NARROW_MARGIN
    return "flagship" if hard else "economy"


def allowed(tier: Tier, purse: Purse) -> Choice:
    """The tier that the budgets allow."""
    share, name = purse.fullest()
    if share >= 1.0:
        return Choice(None, f"{name} used up")
    if share >= LOWER_AT and tier == "flagship":
        return Choice("economy", f"{name} nearly used up")
    return Choice(tier)


def plan(  # noqa: PLR0913 -- what there is, how it does, what for, and what may be spent
    table: Table, healths: Mapping[str, Health], stage: Stage, tier: Tier, purse: Purse, now: int
) -> Plan:
    """Who is asked. `now`: ms on the clock of the healths."""
    others: tuple[Tier, ...] = ("economy",) if tier == "flagship" else ("flagship",)
    stand_ins = [t for t in others if allowed(t, purse).tier == t]
    names = [name for t in (tier, *stand_ins) for name in table.tier(t)]
    up = tuple(name for name in names if state(healths.get(name, Health()), now) == "closed")
    probes = tuple(name for name in table.models if wants_probe(healths.get(name, Health()), now))
    return Plan(up, _limits(stage, healths.get(up[0], Health())) if up else LIMITS[stage], probes)


def _limits(stage: Stage, primary: Health) -> Limits:
    """A quick model is silent too long sooner than a slow one."""
    usual = LIMITS[stage]
    if len(primary.outcomes) < KNOWN_FROM:
        return usual
    hedge = min(usual.hedge_ms, max(SHORTEST_HEDGE_MS, 2 * p95_first_ms(primary)))
    return Limits(hedge, usual.first_ms, usual.total_ms)


def _share(spent: int, limit: int | None) -> float:
    if limit is None:
        return 0.0
    return spent / limit if limit > 0 else 1.0
