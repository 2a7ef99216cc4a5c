"""Where a conversation stands, and what a run of it means for the outside.

A dialogue is a stack of places (sub-flow, index). A run gives a new dialogue and a list: something to
say, a place visited, work for the outside, an end, a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ivr.core.commands import Order
from ivr.core.events import SlotValue, WorkEnded
from ivr.core.flow import model as m
from ivr.core.halves import Half

WaitingStep = m.ListenStep | m.CollectStep | m.ConfirmStep
"""The steps that wait for the caller."""


class Frame(NamedTuple):
    """A place in a sub-flow: the step that runs or waits.

    at     its index among the sub-flow's steps
    asked  its question was put before
    mode   how the answer is awaited: by words (""), `keys`, or letters (`spell`)
    until  the index at which it ends and returns, before the sub-flow's own end; -1 for none
    """

    flow: str
    at: int
    asked: bool = False
    until: int = -1
    mode: m.Mode = ""

    @property
    def bare(self) -> Frame:
        """The place alone, whether or not its question was put before."""
        return Frame(self.flow, self.at, until=self.until) if self.asked or self.mode else self


Place = tuple[Frame, ...]
"""Where a step waits: the flows under way, the innermost last."""


@dataclass(frozen=True, slots=True)
class Working:
    """Work outside whose end a step waits for (`ivr.core.working`).

    number  counts up through the call; an end with another number is stale
    depth   how many places are on the stack when that step is on top
    parts   sentences of an answer that are still to be spoken; `spoke`: how many were
    ended   its end, from when it is known until the step goes on
    """

    number: int
    depth: int
    parts: tuple[str, ...] = ()
    spoke: int = 0
    ended: WorkEnded | None = None


@dataclass(frozen=True)
class Dialogue:
    """Where the conversation stands.

    said    our prompts since the caller's last turn, for `repeat`
    times   how often prompts that change from time to time were said, by step
    heard   how sure the recogniser was of the caller's last words (0..1)
    rate    how fast we speak: 1 is the voice's own speed
    ahead   values, and how sure we are of them, that were said before they were asked for
    denied  how often a slot's value was said to be wrong since one was right
    trail   the questions put so far, the latest last, each by its place
    home    the place of the first question that offered a choice of intents: the menu; () for none yet
    draft   the message that the caller has left and that is not kept yet
    messages  how many messages were begun
    wishes  how often they have asked to be called back
    sure    how sure we are of what was said for a slot (0..1); slots that are not here are certain
    language  that is spoken, if it is not the first of the flow
    minute  the moment, in minutes since 1970 (UTC), for opening hours; 0 when it is not known
    half    the day or the time of a moment whose other half is still to be said
    working work outside that steps on the stack wait for; works: how much there was so far
    """

    stack: tuple[Frame, ...] = ()
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    waiting: bool = False
    keys: str = ""
    no_input: int = 0
    no_match: int = 0
    low_confidence: int = 0
    trouble: int = 0
    said: tuple[Speak, ...] = ()
    today: str = ""
    times: Mapping[str, int] = field(default_factory=dict)
    heard: float = 1.0
    rate: float = 1.0
    ahead: Mapping[str, tuple[SlotValue, float]] = field(default_factory=dict)
    denied: Mapping[str, int] = field(default_factory=dict)
    trail: tuple[Place, ...] = ()
    home: Place = ()
    sure: Mapping[str, float] = field(default_factory=dict)
    minute: int = 0
    language: str = ""
    working: tuple[Working, ...] = ()
    works: int = 0
    draft: Draft | None = None
    messages: int = 0
    wishes: int = 0
    half: Half = Half()


@dataclass(frozen=True, slots=True)
class Speak:
    """Words for the caller, slots filled in, and the silence behind them; or a sound.

    fixed     no slot was in the words; `hidden`: a sensitive slot was
    sound     what is played instead of the words: `tone`, `message-1`, a file of the author's
    question  they are what a step asks
    """

    text: str
    settings: m.Settings
    fixed: bool = True
    pause_ms: int = 0
    sound: str = ""
    hidden: bool = False
    question: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A step was run."""

    step: str


@dataclass(frozen=True, slots=True)
class Start:
    """Work begins outside, and the step waits for its end. No `order`: it waits for time to pass."""

    work: int
    order: Order | None
    patience: m.Patience


@dataclass(frozen=True, slots=True)
class Tongue:
    """From here on another language of the flow is spoken and heard."""

    language: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Nobody waits for this work any more."""

    work: int


@dataclass(frozen=True, slots=True)
class End:
    """The call ends when everything has been said. `reason`: an outcome for the record."""

    kind: Literal["hang_up", "transfer"]
    reason: str
    contact: str = ""
    whisper: str = ""
    timeout_ms: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something went wrong at run time: for the flow's author, or for whoever runs what it needs."""

    message: str
    blame: Literal["flow", "engine"] = "flow"


@dataclass(frozen=True, slots=True)
class Take:
    """A message is to be taken when everything has been said."""

    limits: m.MessageLimits


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was taken: its number in this call, whose it is, and how long."""

    number: int
    mailbox: str
    length_ms: int


@dataclass(frozen=True, slots=True)
class Keep:
    """A message is to be kept."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Wish:
    """The caller wants to be called back. `count`: how often they have said so."""

    count: int
    number: str
    time: str
    note: str


@dataclass(frozen=True, slots=True)
class Recording:
    """The call is to be recorded from here on, or no longer."""

    on: bool


Out = Speak | Visit | Tongue | Start | Drop | End | Fault | Take | Keep | Wish | Recording
Result = tuple[Dialogue, tuple[Out, ...]]
