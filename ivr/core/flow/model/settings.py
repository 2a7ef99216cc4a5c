"""What steps inherit and share: settings, prompts, ladders of repair, and patience with work outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Mode = Literal["", "keys", "spell"]
Interruptible = Literal["none", "keys", "speech", "any"]

NO_LIMIT: Final = -1
"""A `no_input_timeout_ms` that never runs out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a step inherits: file -> flow -> step. All times in ms.

    interruptible        what stops a prompt: nothing, keys, speech, or any of the two
    interrupt_after_ms   how much speech it takes to interrupt a prompt
    end_silence_ms       how long a silence ends the caller's turn; `None`: by what is expected and was heard
    end_silences         the same for some cases only, by the names of `ivr.core.endpointing.SoFar`
    no_input_timeout_ms  how long we wait for a first word or key after the prompt
    inter_digit_timeout_ms  how long we wait for the next key
    low_confidence       words that the recogniser is less sure of (0..1) take the ladder for that
    dead_air_ms          how long the caller may hear nothing after they have stopped
    """

    interruptible: Interruptible = "any"
    interrupt_after_ms: int = 150
    end_silence_ms: int | None = None
    end_silences: tuple[tuple[str, int], ...] = ()
    no_input_timeout_ms: int = 5000
    inter_digit_timeout_ms: int = 2500
    low_confidence: float = 0.5
    dead_air_ms: int = 1500


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words for the caller. `{slot}` and `{slot | digits}` are filled in when it is said.

    later   what is said instead the second time in a call, the third and so on; the last for good
    """

    text: str
    settings: Settings = Settings()
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """What to do about silence or misunderstanding: targets by attempt (first = index 0).

    Each target is a step index where the rung of the ladder begins. Past the last rung comes the
    built-in ending: a person if the flow has one (universal `agent`), else goodbye.
    """

    no_input: tuple[int, ...] = ()
    no_match: tuple[int, ...] = ()
    low_confidence: tuple[int, ...] = ()
    """What to do about words that were hardly heard; past its last rung they are taken as they were heard."""

    @property
    def targets(self) -> tuple[int, ...]:
        """Where all rungs begin."""
        return (*self.no_input, *self.no_match, *self.low_confidence)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a step waits for work outside, and what the caller hears meanwhile (ms).

    limit_ms  when the work counts as failed, whatever the outside does
    filler    what is said while it lasts; `None`: the phrase `working`
    after_ms  the silence before it is said first; `every_ms`: before it is said again
    """

    limit_ms: int
    filler: Prompt | None = None
    after_ms: int = 1500
    every_ms: int = 8000
