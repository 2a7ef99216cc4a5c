"""Where a conversation stands, and what a run of it means for the outside.

A dialogue is a stack of places (sub-flow, index). A run gives a new dialogue and a list: something to
say, a place visited, an end, a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.core.events import SlotValue
from ivr.core.flow import model as m

WaitingStep = m.ListenStep | m.CollectStep | m.ConfirmStep
"""The steps that wait for the caller."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a sub-flow: the step that runs or waits. `asked`: its question was put before."""

    flow: str
    index: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where the conversation stands.

    said    our prompts since the caller's last turn, for `repeat`
    times   how often prompts that change from time to time were said, by step
    heard   how sure the recogniser was of the caller's last words (0..1)
    sure    how sure we are of what was said for a slot (0..1); slots that are not here are certain
    """

    stack: tuple[Frame, ...] = ()
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    waiting: bool = False
    keys: str = ""
    no_input: int = 0
    no_match: int = 0
    trouble: int = 0
    said: tuple[Speak, ...] = ()
    today: str = ""
    times: Mapping[str, int] = field(default_factory=dict)
    heard: float = 1.0
    sure: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Speak:
    """Words for the caller, slots filled in, and the silence behind them. `fixed`: no slot was in them."""

    text: str
    settings: m.Settings
    fixed: bool = True
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A step was run."""

    step: str


@dataclass(frozen=True, slots=True)
class End:
    """The call ends when everything has been said. `reason`: an outcome for the record."""

    kind: Literal["hang_up", "transfer"]
    reason: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """The flow did something wrong at run time: for its author."""

    message: str


Out = Speak | Visit | End | Fault
Result = tuple[Dialogue, tuple[Out, ...]]
