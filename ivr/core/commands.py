"""What `advance` asks the outside to do: orders, never questions. Answers come back as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.core.flow.model import SlotType
from ivr.core.usage import Tier

ExpectKind = Literal["intents", "confirm", "nothing", SlotType]


@dataclass(frozen=True)
class Expectation:
    """What the waiting step can take, so that words are read in its light.

    kind      `intents` for `listen`; the slot's type for `collect`; `confirm` for yes/no on a read-back;
              `nothing` while work outside goes on: universals and answers are heard all the same
    intents   the intents this step listens for (kind `intents`)
    slot      the slot that is asked for (its type's details stand in the flow)
    hints     words worth telling the recogniser; never while digits are captured
    known     slots that the caller may correct: the latest first
    ahead     slots that may be filled together with the answer, in order: by intent, or under "" for a value
    spelled   the caller was asked to spell the answer
    about     those among them that the question itself names
    language  the flow's language in which it is said, if it has several (`es-US`)
    today     the date where the line is (ISO), for days and for answers that expire; "" when it is not known
    asked     the question as its author wrote it, slots not filled in
    sensitive the words must stay on this machine: no model elsewhere may see them
    """

    kind: ExpectKind
    intents: tuple[str, ...] = ()
    slot: str = ""
    hints: tuple[str, ...] = ()
    today: str = ""
    asked: str = ""
    language: str = ""
    sensitive: bool = False
    known: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    spelled: bool = False
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of speech, about a sentence: the unit of synthesis, caching and the playout ledger.

    `id` counts up from 0 through the whole call. `fixed`: always the same words, so its audio may be
    kept; words with a slot in them are the caller's and leave no trace.

    sound     the name of a sound that is played instead of the words: `tone`, `message-1`, `welcome.wav`
    hidden    a sensitive slot is in the words
    text      as it is written, for the record
    spoken    as it is said, for the voice; `None`: as it is written
    pause_ms  silence behind the words
    rate      how fast it is spoken: 1 is the voice's own speed, less is slower
    language  that it is in, if the flow has several (`es-US`)
    skip_ms   how much of the sound of `spoken` is left out at its beginning, since it has been heard
    """

    id: int
    text: str
    fixed: bool = True
    spoken: str | None = None
    pause_ms: int = 0
    rate: float = 1.0
    sound: str = ""
    hidden: bool = False
    language: str = ""
    skip_ms: int = 0

    @property
    def words(self) -> str:
        """What the voice is to say."""
        return self.text if self.spoken is None else self.spoken


@dataclass(frozen=True, slots=True)
class Say:
    """Queue these segments behind whatever is being spoken in this generation.

    first   say them before what waits for its audio
    again   they are the rest of what was said before and cut off by a noise
    """

    generation: int
    segments: tuple[Segment, ...]
    first: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence as it is said. `fixed`, `rate` and `language` as in `Segment`."""

    spoken: str
    fixed: bool = True
    rate: float = 1.0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have the sound of these sentences ready: they may be said soon. Those of an earlier order may go.

    urgent   the caller may be about to hear them; else they are what may come after the next answer
    """

    words: tuple[Words, ...]
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Silence the line now and drop what is queued. Later `Say`s carry the new `generation`."""

    generation: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise what was said between two moments of the call (ms). Answer: `Heard(turn)`.

    language  that it is in, if the flow has several (`es-US`)
    speculative  the caller may go on: it can wait, and be left undone, until the same turn is ordered again
                 without this. What is known or under way of a turn is not begun anew.
    """

    turn: int
    from_ms: int
    to_ms: int
    hints: tuple[str, ...] = ()
    language: str = ""
    speculative: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """The caller has gone on: nothing that was ordered for this turn is needed any more."""

    turn: int


@dataclass(frozen=True, slots=True)
class Understand:
    """Find the meaning of the words. Answer: `Understood(turn)`.

    spent  what this call has cost so far in models, in billionths of a dollar
    speculative  the caller may go on: what costs money can wait a little
    """

    turn: int
    text: str
    confidence: float
    expectation: Expectation
    spent: int = 0
    speculative: bool = False


@dataclass(frozen=True, slots=True)
class TransferCall:
    """Hand the caller to a named contact of the flow; the line is given up. Answer: `TransferEnded`.

    whisper     what the person hears first, and takes or refuses by key; "" connects them at once
    timeout_ms  how long it may ring
    """

    contact: str
    whisper: str = ""
    timeout_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class BeginMessage:
    """Keep what the caller says from now on, however long it gets."""

    number: int


@dataclass(frozen=True, slots=True)
class EndMessage:
    """The message is this stretch of the call (ms); from now on it is the sound `message-<number>`.

    `number` 0: nothing was said, and nothing is to be kept.
    """

    number: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class KeepMessage:
    """Lay a message down for the owner of the line. Answer: `Kept`."""

    number: int
    mailbox: str
    length_ms: int


@dataclass(frozen=True, slots=True)
class KeepCallback:
    """Lay down whom to call back, and when. Answer: `Kept`."""

    count: int
    number: str
    time: str
    note: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record both sides from now on, or no longer. Answer, the first time: `Kept`."""

    on: bool


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Ask a web service. It ends as `done`, `timeout`, `refused`, `failed`, `reply` or a status: `404`.

    url         percent-encoded, slots filled in
    headers     names and values
    secrets     name of a header, what stands before its value, and the variable of the environment that
                holds it: the value itself never comes in here
    body        "" for none
    timeout_ms  for one attempt
    attempts    how often it may be sent; more than once only where that does no harm
    once_by     a header that carries the same number in every attempt; "" for none
    pick        names, and paths into the JSON of the reply (`ivr.core.paths`): the values to bring
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str, str], ...] = ()
    body: str = ""
    timeout_ms: int = 5000
    attempts: int = 1
    once_by: str = ""
    pick: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the conversation; of ours, only what was heard."""

    who: Literal["agent", "caller"]
    text: str


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """Answer a question from the flow's knowledge. Answers: an `AnswerPart` for each sentence, and the end.

    It ends as `done`, `unknown` (the knowledge says nothing about it), `budget` (no money left for models),
    `late`, `failed`, or `cut` when it broke off behind a sentence.

    knowledge  name of the flow's knowledge
    question   in the caller's words; "" while it is to be taken from the conversation
    tier       of the model; `None`: by how hard the question is
    manner     how to answer, in the author's words; ""
    sentences  at most
    history    the conversation before the question, as it was heard
    spent      what this call has cost so far in models, in billionths of a dollar
    """

    knowledge: str
    question: str = ""
    tier: Tier | None = None
    manner: str = ""
    sentences: int = 4
    history: tuple[Turn, ...] = ()
    spent: int = 0


Order = HttpRequest | WriteAnswer
"""What may be done outside while the step that asked for it waits."""


@dataclass(frozen=True, slots=True)
class StartWork:
    """Begin work outside. Answer: `WorkEnded(work)`, once."""

    work: int
    order: Order


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Nobody waits for this work any more: stop it if that can be done. No answer."""

    work: int


@dataclass(frozen=True, slots=True)
class TurnClosed:
    """The caller's turn is over: told for the record. Nothing needs to be done.

    silence_ms  how long a silence it took
    awaited, so_far  the cell of `ivr.core.endpointing.TABLE`, or why it was not asked: `fixed`, `keys`, `cut`
    """

    turn: int
    speech_from_ms: int
    speech_to_ms: int
    silence_ms: int
    awaited: str
    so_far: str


@dataclass(frozen=True, slots=True)
class Count:
    """Something to be counted, and how much of it (ms of speech or silence).

    what   `speculation_used`, `speculation_dropped`, `false_interruption`, `not_speech`, `dead_air`,
           `filler`, `overheard`
    """

    what: str
    ms: int = 0


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. `reason`: `completed`, `no_input`, `failed` and the like."""

    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Tell whoever must act. `blame`: `flow`, `engine` or `bug`."""

    blame: str
    message: str


Command = (
    Say
    | StopSpeaking
    | Transcribe
    | Forget
    | Understand
    | TransferCall
    | StartWork
    | CancelWork
    | BeginMessage
    | EndMessage
    | KeepMessage
    | KeepCallback
    | Record
    | Prepare
    | TurnClosed
    | Count
    | HangUp
    | Report
)
