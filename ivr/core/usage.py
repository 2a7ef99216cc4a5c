"""What language models did for a turn: tokens, time and money, one record a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tier = Literal["economy", "flagship"]
"""Kinds of models: cheap and quick, or thorough."""

Stage = Literal["intent", "answer", "other"]
"""What a request was for: to tell what was meant, to write an answer, or work beside the call."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One request to a model.

    first_ms   until its first token; -1: none came
    ms         until it was done, or stopped
    tokens_in  of the prompt, with those in `cached`, which the endpoint had kept from before
    nano       what it cost, in billionths of a dollar; `None`: the price is not known
    flagship_nano  what the same tokens would have cost at the flagship; `None`: not known
    estimated  the endpoint did not count the tokens, as it does not for a stream that was stopped
    outcome    `used`, or why it was not: `hedged` (another was quicker), `late`, `failed`, `invalid`,
               `stopped`; `spared`: no request was made, since the words were understood without a model
    note       what bore upon the choice of the model, for people: `call budget nearly used up`
    """

    stage: Stage
    tier: Tier
    model: str
    first_ms: int = -1
    ms: int = 0
    tokens_in: int = 0
    cached: int = 0
    tokens_out: int = 0
    nano: int | None = None
    flagship_nano: int | None = None
    estimated: bool = False
    outcome: str = "used"
    note: str = ""
