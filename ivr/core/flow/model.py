"""A compiled flow: what the dialogue runs.

Each sub-flow is a flat tuple of steps with jumps, so that a place in a call is two words
(flow name, index) and survives a restart. `ivr.core.flow.load` compiles it from YAML; it has been
checked, so every index, slot, intent, contact and flow named here exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ivr.core.events import SlotValue
from ivr.core.hours import Schedule
from ivr.core.usage import Tier

Mode = Literal["", "keys", "spell"]
Interruptible = Literal["none", "keys", "speech", "any"]
SlotType = Literal[
    "yes_no",
    "digits",
    "integer",
    "choice",
    "text",
    "money",
    "date",
    "time",
    "date_time",
    "phone",
    "email",
    "name",
    "spelling",
    "address",
]


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


@dataclass(frozen=True, slots=True)
class _Step:
    id: str
    line: int


@dataclass(frozen=True, slots=True)
class SayStep(_Step):
    """Speak, and go on at once: prompts queue until a step waits for the caller."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class ListenStep(_Step):
    """Ask, then branch on an intent or a key. After the branch, the step behind the `listen`.

    ahead   intent -> the slots that a caller may fill together with it (`ivr.core.flow.ahead`)
    """

    prompt: Prompt | None
    again: Prompt | None
    intents: Mapping[str, int]
    keys: Mapping[str, int]
    repair: Repair
    hints: tuple[str, ...]
    settings: Settings
    help: Prompt | None = None
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectStep(_Step):
    """Ask for a slot until it has a value. `again`: the shorter question after a digression.

    A value that is given goes on with the next step, where it may be said back; `passed` is where a slot
    that has a value already goes on: behind all that belongs to this step.

    ask_first: its question is put even if the caller has given the value before. ahead: the slots that a
    caller may fill together with this one (`ivr.core.flow.ahead`).

    finish_on_key ends keyed input early ("" for none), and so does the last of max_digits; keys count for
    digits, integer, yes_no (1 yes, 2 no) and choice (by position).
    """

    slot: str
    prompt: Prompt | None
    again: Prompt | None
    repair: Repair
    hints: tuple[str, ...]
    finish_on_key: str
    settings: Settings
    help: Prompt | None = None
    skip: int = -1
    ask_first: bool = False
    ahead: tuple[str, ...] = ()
    max_digits: int | None = None

    def passed(self, index: int) -> int:
        """Where a slot that has a value goes on, when this step stands at `index`."""
        return index + 1 if self.skip < 0 else self.skip


@dataclass(frozen=True, slots=True)
class ConfirmStep(_Step):
    """Read back and branch on yes (`yes`) or no (`no`): step indices. Keys 1 and 2 do the same.

    slot   the slot whose value is confirmed as a part of collecting it; "" for a step of the author's
    tail   phrase that is said behind the prompt; "" for none
    """

    prompt: Prompt
    yes: int
    no: int
    repair: Repair
    settings: Settings
    help: Prompt | None = None
    slot: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class SetSlotsStep(_Step):
    """Set slots to the values of expressions (`None` clears)."""

    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class BranchStep(_Step):
    """If the condition is false, jump to `otherwise`."""

    condition: str
    otherwise: int


@dataclass(frozen=True, slots=True)
class JumpStep(_Step):
    """Go on at `target`."""

    target: int


@dataclass(frozen=True, slots=True)
class DeniedStep(JumpStep):
    """A value was said to be wrong: clear the slot and ask again at `target`, in the next other words."""

    slot: str


@dataclass(frozen=True, slots=True)
class AgainStep(_Step):
    """Wait again at the step `target` without asking its question again (the end of a repair rung).

    mode   how the answer is awaited from now on: "", `keys` or `spell`
    """

    target: int
    mode: Mode = ""


@dataclass(frozen=True, slots=True)
class PersonStep(_Step):
    """Go to a person by the universal `agent`, in these words."""

    prompt: Prompt | None


@dataclass(frozen=True, slots=True)
class CallStep(_Step):
    """Run another flow, then come back."""

    flow: str


@dataclass(frozen=True, slots=True)
class LinkStep(_Step):
    """Go on in another flow and do not come back."""

    flow: str


@dataclass(frozen=True, slots=True)
class TransferStep(_Step):
    """Hand the caller to a contact, and go on at a branch if that comes to nothing.

    prompt      what the caller hears before
    whisper     what the person hears first, and takes or refuses by key; "": the contact's own, if any
    timeout_ms  how long it may ring; 0: the contact's own
    branches    step indices by `busy`, `no_answer`, `failed`, `refused`; what has none takes `failed`,
                and without that the line says that nobody could be reached, and ends the call
    """

    contact: str
    prompt: Prompt | None
    whisper: str = ""
    timeout_ms: int = 0
    branches: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """When a message that a caller leaves is over. All times in ms.

    longest_ms      however much they say
    end_silence_ms  the silence behind their words that ends it
    no_input_ms     how long we wait for a first word
    finish_on_key   the key that ends it; "": any key
    """

    longest_ms: int = 120_000
    end_silence_ms: int = 3_000
    no_input_ms: int = 6_000
    finish_on_key: str = ""


@dataclass(frozen=True, slots=True)
class VoicemailStep(_Step):
    """Ask for a message, sound the tone, and keep what is said until it is over.

    mailbox       whose the message is
    taken, empty  step indices: a message was left, or nothing was said
    """

    prompt: Prompt | None
    mailbox: str
    limits: MessageLimits
    taken: int
    empty: int


@dataclass(frozen=True, slots=True)
class PlayMessageStep(_Step):
    """Let the caller hear the message that they left."""

    prompt: Prompt
    settings: Settings


@dataclass(frozen=True, slots=True)
class KeepMessageStep(_Step):
    """Keep the message for the owner of its mailbox."""


@dataclass(frozen=True, slots=True)
class KeepCallbackStep(_Step):
    """Keep for the operator whom to call back: slots for the number and the time, and a note."""

    number: str
    time: str
    note: str


@dataclass(frozen=True, slots=True)
class RecordStep(_Step):
    """Record the call from here on, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class LanguageStep(_Step):
    """Go on in another language of the flow (`es-US`)."""

    language: str


@dataclass(frozen=True, slots=True)
class HoldStep(_Step):
    """Keep the caller for a time, or until they say one of the intents `until`, or press a key.

    on_timeout   where to go when the time is over and nobody said so; `None`: the next step
    patience     its limit is the time; its filler is said again and again
    """

    prompt: Prompt | None
    until: tuple[str, ...]
    on_timeout: int | None
    patience: Patience


@dataclass(frozen=True, slots=True)
class NoopStep(_Step):
    """Do nothing: a place with a name."""


@dataclass(frozen=True, slots=True)
class ActionStep(_Step):
    """Ask a web service, keep what it replies in slots, and go on at the next step or by `on_error`.

    url        with `{slot}` in its path or query, filled in percent-encoded
    query      more of the query; a slot without a value is left out
    headers    names and values as they stand
    secrets    header -> what stands before the secret, and the environment's variable that holds it
    body       what is sent: JSON with slots filled in, or the fields of a form; `None` for nothing
    save       slot -> path into the JSON of the reply
    attempts   how often it may be sent
    once_by    a header that carries the same number in every attempt, so that it is done once; ""
    on_error   kind of error, or status -> step index; `other` for the rest
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    secrets: Mapping[str, tuple[str, str]]
    body: Any
    encoding: Literal["json", "form"]
    save: Mapping[str, str]
    timeout_ms: int
    attempts: int
    once_by: str
    on_error: Mapping[str, int]
    patience: Patience


@dataclass(frozen=True, slots=True)
class HangUpStep(_Step):
    """Say goodbye (optional), wait until it has been heard, end the call."""

    prompt: Prompt | None


@dataclass(frozen=True, slots=True)
class AnswerStep(_Step):
    """Let a model answer from the flow's knowledge, sentence by sentence, and go on.

    question    slot that holds the question; "": what the caller said last
    manner      how to answer, in the author's words; ""
    sentences   at most
    on_unknown  where to go when the knowledge says nothing about it; `None`: say so and go on
    on_error    where to go when no model could be had; `None`: say so and go on
    """

    knowledge: str
    question: str
    tier: Tier | None
    manner: str
    sentences: int
    on_unknown: int | None
    on_error: int | None
    settings: Settings
    patience: Patience


Step = (
    SayStep
    | ListenStep
    | CollectStep
    | ConfirmStep
    | SetSlotsStep
    | BranchStep
    | JumpStep
    | DeniedStep
    | AgainStep
    | PersonStep
    | CallStep
    | LinkStep
    | TransferStep
    | VoicemailStep
    | PlayMessageStep
    | KeepMessageStep
    | KeepCallbackStep
    | RecordStep
    | HangUpStep
    | ActionStep
    | HoldStep
    | LanguageStep
    | NoopStep
    | AnswerStep
)
WorkStep = ActionStep | AnswerStep | HoldStep
"""The steps that wait for work outside."""


@dataclass(frozen=True, slots=True)
class SubFlow:
    """A named list of steps. Past its last step it returns to where it was called from."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """Something a caller may want, by examples of how people say it."""

    name: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A canonical answer: spoken word for word whenever a caller asks the question."""

    name: str
    examples: tuple[str, ...]
    say: str
    owner: str = ""
    expires: str = ""
    """ISO date after which the answer is no longer given; "" for never."""


Confirming = Literal["never", "implicit", "explicit", "when_unsure"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a value is said back when it has been given.

    when   `implicit`: in front of what is said next; `explicit`: as a question; `when_unsure`: as a question
           when the confidence is under `below`
    words  what is said; "" for the value itself (and, as a question, the phrase `is_right`)
    """

    when: Confirming = "never"
    words: str = ""
    below: float = 0.7


@dataclass(frozen=True, slots=True)
class Slot:
    """A value the flow keeps.

    choices     for `choice`: value -> other ways to say it
    minimum     smallest number (`integer`); fewest digits or letters (`digits`, `spelling`)
    maximum     largest number; most digits or letters
    least       smallest amount, first day or time (`money`, `date`, `time`, `date_time`): `ivr.core.limits`
    most        largest amount, last day or time
    region      country whose numbers and order of dates count (ISO 3166)
    currency    what amounts are in (ISO 4217)
    validate    expression that a value has to make true; "" for none
    reject      what is said when a value breaks the limits or `validate`; slots are filled in
    sensitive   never shown in logs, transcripts or records
    ask_first   it is asked for even if the caller has given the value before
    confirm     whether a value is said back; `None`: only one that was given before it was asked for
    examples    what callers say with the value, `{name}` in its place: "my order number is {order_number}"
    """

    name: str
    type: SlotType
    ask: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    least: str = ""
    most: str = ""
    region: str = "US"
    currency: str = "USD"
    validate: str = ""
    reject: str = ""
    sensitive: bool = False
    initial: SlotValue | None = None
    confirm: Confirmation | None = None
    ask_first: bool = False
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Universal:
    """Something a caller may say at any step.

    does     `repeat`: say the last prompts again; `slower`: likewise, and speak more slowly from now on;
             `back`: to the question before; `menu`: to the first question of the call that offers a choice
             of intents; `help`: the step's own help; `flow`: run the flow `flow`, then return to the question
    phrases  how callers say it, added to the built-in ways
    """

    name: str
    does: Literal["repeat", "slower", "back", "menu", "help", "flow"]
    flow: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody a call may be handed to. `number`: E.164 or a `sip:` address.

    say, whisper, timeout_ms  what a transfer that has none of its own takes from here
    """

    name: str
    number: str
    say: str = ""
    whisper: str = ""
    timeout_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Texts that answers may be grounded in. `files`: Markdown, relative to the flow's folder."""

    name: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole phone line. `digest`: SHA-256 of its source, which pins it for the length of a call."""

    name: str
    entry: str
    flows: Mapping[str, SubFlow]
    language: str = "en-US"
    timezone: str = "UTC"
    voice: str = ""
    settings: Settings = Settings()
    intents: Mapping[str, Intent] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    never_cache: tuple[str, ...] = ()
    """Words on which no canonical answer is given: what callers say about them goes on to the next stage."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    universals: Mapping[str, Universal] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    hours: Mapping[str, Schedule] = field(default_factory=dict)
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    """The line's own wording of `ivr.core.phrases`, by key."""
    pronunciations: Mapping[str, str] = field(default_factory=dict)
    """How words are said, whatever their case; the record keeps them as they are written."""
    digest: str = ""
    family: Mapping[str, Flow] = field(default_factory=dict, compare=False, repr=False)
    """The same flow in each of its languages, if there are several: same steps, other texts."""

    def speaking(self, language: str) -> Flow:
        """The flow in one of its languages; itself for any other."""
        return self.family.get(language, self)
