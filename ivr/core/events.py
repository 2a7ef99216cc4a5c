"""What can happen in a call. A call is the list of these, each with its time.

Times are whole milliseconds since the call began (`now` in `advance`). Events are immutable,
compare by value and travel as flat JSON objects (`ivr.core.journal`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ivr.core.usage import Usage

SlotValue = str | int | bool
"""A slot's value: text (digit strings too), a whole number, or yes/no."""

MeaningKind = Literal["universal", "value", "correction", "intent", "answer", "nothing"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An intent or a canonical answer that the words may have meant.

    score  how sure we would have been of it, as `Meaning.confidence`, 0..1
    """

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a caller's words mean at the step that waited for them.

    kind        `universal`: one of the flow's universals (`name`);
                `value`: the answer to the slot that was asked for (`value`);
                `correction`: another value for a slot that has one (`name`, `value`), or none: ask for it;
                `intent`: one of the intents the step listens for (`name`);
                `answer`: a canonical answer (`name`);
                `nothing`: no match; `name` may say why, and `value` what was understood and is refused.
    confidence  0..1
    decided_by  the stage that decided: `universal`, `grammar`, `cache`, `classifier`, `model`, `none`
    rest        the words that a grammar left over, in their plain form
    fills       values for other slots that were said with it; sure: how sure we are of each (0..1)

    And for whoever wonders afterwards why; nothing is decided by these, so they do not make two meanings
    differ:

    candidates   what the classifier thought of, likeliest first; none where the rules settled the matter
    cache_score  of the answer-cache entry that came nearest to standing for the words, taken or not;
                 it answers from `ivr.understanding.answer_cache.ACCEPTED` on. None: no entry came near
    """

    kind: MeaningKind
    name: str = ""
    value: SlotValue | None = None
    confidence: float = 1.0
    decided_by: str = "none"
    rest: str = ""
    fills: dict[str, SlotValue] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = field(default=(), compare=False)
    cache_score: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line is open both ways.

    slots   values that preset slots of the flow
    today   the date where the line is (ISO), against which answers expire; "" for none
    step    the step to begin at, for an author who tries a part of the flow; "" for the entry
    wall_ms when the call began, in ms since 1970 (UTC), for opening hours; 0 when it is not known
    """

    call_id: str
    caller: str = ""
    called: str = ""
    today: str = ""
    slots: dict[str, SlotValue] = field(default_factory=dict)
    step: str = ""
    wall_ms: int = 0


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """The ears noticed speech that began at `at_ms` (a little before now)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The ears noticed that the speech ended at `at_ms` (a little before now)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the telephone: 0-9, *, #."""

    key: str


@dataclass(frozen=True, slots=True)
class SpeakingBegan:
    """The mouth has sent the first audio of a segment, which lasts `duration_ms`."""

    segment: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Played:
    """The carrier says that a segment has been played up to `position_ms`; `last`: to its end.

    A mark of a generation that was cleared proves nothing, so `generation` comes with it.
    """

    generation: int
    segment: int
    position_ms: int
    last: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """The recogniser's result for a turn. Empty `text`: nothing that counts as words.

    why    why words do not count: `no_speech`, `low_probability`, `repetition`, `punctuation`
    kind   what the words are besides, told where `text` must not be kept: `echo`, `backchannel`, `trailing`;
           else `few` or `words`
    """

    turn: int
    text: str
    confidence: float = 1.0
    why: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that an author typed instead of saying them: a whole turn, heard without a doubt."""

    text: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words of a turn mean."""

    turn: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """An engine did not do its work. `turn` 0: it was not the work of a turn.

    engine  `recogniser`, `voice`, `understanding`, `detector`
    segment the segment that cannot be spoken, for the voice; else -1
    """

    engine: str
    reason: str
    turn: int = 0
    segment: int = -1


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The moment named by `next_deadline(state)` has come."""


@dataclass(frozen=True, slots=True)
class TransferAnswered:
    """Whoever was rung has been told who calls, and takes the call or refuses it."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The carrier came back from a transfer: `completed`, `busy`, `no-answer`, `failed`, `canceled`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class WorkEnded:
    """Work that a step waits for has come to an end outside.

    work     the number of its `StartWork`
    outcome  `done`, or what went wrong in the words of its kind: `timeout`, `failed`, …
    values   what it brings: text, numbers, yes/no or nothing, by name; a slot's value by the slot's name
    reason   why it went wrong, for the log
    """

    work: int
    outcome: str
    values: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A sentence of an answer that a model writes. `work`: the number of its `StartWork`."""

    work: int
    text: str


@dataclass(frozen=True, slots=True)
class ModelsUsed:
    """Requests to language models were made, for a turn or for work outside (0: not for that)."""

    used: tuple[Usage, ...]
    turn: int = 0
    work: int = 0


@dataclass(frozen=True, slots=True)
class LineLost:
    """The line broke, and the caller may still be there: the carrier may give the call another line."""


@dataclass(frozen=True, slots=True)
class LineOpened:
    """The caller is back on a new line, after a transfer that came to nothing or a line that broke."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of this call was laid down: `recording`, `voicemail` or `callback`, in `file`.

    `file` is relative to the data folder. It may come when the call is over.
    """

    kind: str
    file: str


@dataclass(frozen=True, slots=True)
class PutThrough:
    """An operator takes the caller out of the flow and hands them to one of its contacts."""

    contact: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is gone. `by`: `caller`, `carrier`, `operator` or `us`."""

    by: str


Event = (
    CallStarted
    | SpeechBegan
    | SpeechEnded
    | KeyPressed
    | SpeakingBegan
    | Played
    | Heard
    | Typed
    | Understood
    | EngineFailed
    | TimePassed
    | TransferAnswered
    | TransferEnded
    | WorkEnded
    | AnswerPart
    | ModelsUsed
    | LineLost
    | LineOpened
    | Kept
    | PutThrough
    | HungUp
)
