"""What `advance` asks the outside to do: orders, never questions. Answers come back as events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.core.flow.model import SlotType

ExpectKind = Literal["intents", "confirm", SlotType]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the waiting step can take, so that words are read in its light.

    kind      `intents` for `listen`; the slot's type for `collect`; `confirm` for yes/no on a read-back
    intents   the intents this step listens for (kind `intents`)
    slot      the slot that is asked for (its type's details stand in the flow)
    hints     words worth telling the recogniser; never while digits are captured
    today     the date where the line is (ISO), for `date` and `date_time`; "" when it is not known
    """

    kind: ExpectKind
    intents: tuple[str, ...] = ()
    slot: str = ""
    hints: tuple[str, ...] = ()
    today: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of speech, about a sentence: the unit of synthesis, caching and the playout ledger.

    `id` counts up from 0 through the whole call. `fixed`: always the same words, so its audio may be
    kept; words with a slot in them are the caller's and leave no trace.

    text      as it is written, for the record
    spoken    as it is said, for the voice; `None`: as it is written
    pause_ms  silence behind the words
    """

    id: int
    text: str
    fixed: bool = True
    spoken: str | None = None
    pause_ms: int = 0

    @property
    def words(self) -> str:
        """What the voice is to say."""
        return self.text if self.spoken is None else self.spoken


@dataclass(frozen=True, slots=True)
class Say:
    """Queue these segments behind whatever is being spoken in this generation."""

    generation: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Silence the line now and drop what is queued. Later `Say`s carry the new `generation`."""

    generation: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise what was said between two moments of the call (ms). Answer: `Heard(turn)`."""

    turn: int
    from_ms: int
    to_ms: int
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understand:
    """Find the meaning of the words. Answer: `Understood(turn)`."""

    turn: int
    text: str
    confidence: float
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class TransferCall:
    """Hand the caller to a named contact of the flow (cold: we leave)."""

    contact: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. `reason`: `completed`, `no_input`, `failed` and the like."""

    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Tell whoever must act. `blame`: `flow`, `engine` or `bug`."""

    blame: str
    message: str


Command = Say | StopSpeaking | Transcribe | Understand | TransferCall | HangUp | Report
