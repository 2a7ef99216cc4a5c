"""Who answers a request: a race in which the second model starts when the first one is silent too long.

    begin -> Start(primary)
    no token after `hedge_ms`, or the primary fails -> Start(secondary)
    a first token -> that model has won: Stop(the other)
    no token at all after `first_ms`, no end after `total_ms` -> Stop(all), GiveUp

At most two run at the same time, and each is started once. Times are ms on the caller's clock; the
functions give the race as it stands and what is to be done, and `deadline` when to come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

TOGETHER: Final = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a caller may wait, in ms from the beginning.

    hedge_ms  for a model's first token, before another one is started beside it
    first_ms  for the first token of any model
    total_ms  for the whole answer
    """

    hedge_ms: int
    first_ms: int
    total_ms: int


@dataclass(frozen=True, slots=True)
class Start:
    """Ask this model."""

    model: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Close this model's stream. `hedged`: another one was quicker; `late`: it took too long."""

    model: str
    why: Literal["hedged", "late"]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody answers in time. `why`: `late`, or `failed` when there is nobody left to ask."""

    why: Literal["late", "failed"]


Act = Start | Stop | GiveUp


@dataclass(frozen=True, slots=True)
class Race:
    """Where a race stands.

    waiting  models that have not been started, the next one first
    running  those under way, and since when
    winner   the one that had a first token; "": none yet
    over     the winner is done, or it was given up
    """

    began_ms: int
    limits: Limits
    waiting: tuple[str, ...]
    running: Mapping[str, int] = field(default_factory=dict)
    winner: str = ""
    over: bool = False


Moved = tuple[Race, tuple[Act, ...]]


def begin(models: tuple[str, ...], limits: Limits, now: int) -> Moved:
    """Start the first of `models`; none: there is nobody to ask."""
    return _start_next(Race(now, limits, models), now)


def deadline(race: Race) -> int | None:
    """When to call `time_passed`; `None`: the race is over."""
    if race.over:
        return None
    if race.winner:
        return race.began_ms + race.limits.total_ms
    last = race.began_ms + min(race.limits.first_ms, race.limits.total_ms)
    return min(last, _hedge_at(race)) if _may_hedge(race) else last


def time_passed(race: Race, now: int) -> Moved:
    """A deadline has come."""
    due = deadline(race)
    if due is None or now < due:
        return race, ()
    if not race.winner and _may_hedge(race) and now < race.began_ms + race.limits.first_ms:
        return _start_next(race, now)
    return _give_up(race, "late")


def first_token(race: Race, model: str) -> Moved:
    """A model begins to answer: the first one to do so has won."""
    if race.over or race.winner or model not in race.running:
        return race, ()
    losers = tuple(Stop(other, "hedged") for other in race.running if other != model)
    return replace(race, winner=model, running={model: race.running[model]}), losers


def failed(race: Race, model: str, now: int) -> Moved:
    """A model failed, or what it said cannot be used. The next one starts if there is time for it."""
    if race.over or model not in race.running:
        return race, ()
    left = {name: began for name, began in race.running.items() if name != model}
    race = replace(race, running=left, winner="" if race.winner == model else race.winner)
    if race.winner:
        return race, ()
    if now - race.began_ms >= race.limits.first_ms:
        return _give_up(race, "late")
    if race.waiting:
        return _start_next(race, now)
    return (race, ()) if left else _give_up(race, "failed")


def done(race: Race, model: str) -> Race:
    """The winner has said all."""
    return replace(race, running={}, over=True) if model == race.winner else race


def _may_hedge(race: Race) -> bool:
    return bool(race.waiting) and len(race.running) < TOGETHER


def _hedge_at(race: Race) -> int:
    return max(race.running.values(), default=race.began_ms) + race.limits.hedge_ms


def _start_next(race: Race, now: int) -> Moved:
    if not race.waiting:
        return _give_up(race, "failed")
    model, *rest = race.waiting
    return replace(race, waiting=tuple(rest), running={**race.running, model: now}), (Start(model),)


def _give_up(race: Race, why: Literal["late", "failed"]) -> Moved:
    stops = tuple(Stop(model, "late") for model in race.running)
    return replace(race, running={}, waiting=(), winner="", over=True), (*stops, GiveUp(why))
