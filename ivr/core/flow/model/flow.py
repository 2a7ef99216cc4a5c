"""A whole phone line, and what belongs to all of its steps: slots, intents, answers, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.core.events import SlotValue
from ivr.core.flow.model.settings import Settings
from ivr.core.flow.model.steps import Step
from ivr.core.flow.problems import Spot
from ivr.core.hours import Schedule

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
    """A whole phone line. `digest`: SHA-256 of its source, which pins it for the length of a call.

    sounds   the sound files that are played, and where in the source each is first
    """

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
    sounds: Mapping[str, Spot] = field(default_factory=dict)
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
