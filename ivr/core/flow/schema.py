"""What an author writes: one model per piece of a flow file.

Short forms are opened before validation (`say: Hello` is `say: {text: Hello}`), so the compiler sees
one form only. Unknown keys are told to the `Report` in the validation context, with their places.
Tags in locations stand in angle brackets, so that they are never mistaken for keys of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ivr.core.flow.model import Confirming, Interruptible, SlotType
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.yaml_source import Table
from ivr.core.usage import Tier

VERSION: Final = 1
"""The version of the language that this program reads."""

MOST_SENTENCES: Final = 12
"""Of an answer: nobody listens to more."""

_MOST_RETRIES: Final = 3
_TIME: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(ms|s|)")


def told(message: str, hint: str = "") -> PydanticCustomError:
    """An error whose message is for the author as it stands."""
    return PydanticCustomError("told", "{message}", {"message": message, "hint": hint})


def _not_empty(text: str) -> str:
    if not text.strip():
        raise told("There is no text here")
    return text.strip()


def _version(value: Any) -> Any:
    if value != VERSION or isinstance(value, bool):
        hint = f"This program reads 'ivr: {VERSION}'."
        raise told(f"This is written in version {value} of the language", hint)
    return value


def between(low: int, high: int) -> Callable[[Any], Any]:
    """Read a time within limits in ms: `700ms`, `1.5s`, or a number of seconds."""

    def read(value: Any) -> Any:
        found = _TIME.fullmatch(str(value))
        if not found or isinstance(value, bool):
            shown = str(value).lower() if isinstance(value, bool) else str(value)[:40]
            raise told(f"'{shown}' is not a time", "Write 700ms, 1.5s, or a number of seconds.")
        ms = round(float(found[1]) * (1 if found[2] == "ms" else 1000))
        if low <= ms <= high:
            return ms
        hint = f"Did you mean '{found[1]}ms'?" if not found[2] and low <= ms / 1000 <= high else ""
        limits = f"{low / 1000:g} s and {high / 1000:g} s"
        raise told(f"{found[1]} {found[2] or 's'} is not between {limits}", hint)

    return read


def _bare(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    raise told("A slot holds text, a whole number, true or false", "A null clears it.")


def _limit(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        hint = "Write a number, a day such as today or 2030-01-31, or a time such as 08:30."
        raise told("This is no limit", hint)
    return value if isinstance(value, int) else str(value)


Bare = Annotated[StrictStr | StrictInt | StrictBool | None, BeforeValidator(_bare)]
Text = Annotated[StrictStr, AfterValidator(_not_empty)]


def _turns(value: Any) -> Any:
    if isinstance(value, list) and not value:
        raise told("There is no text here")
    return value if isinstance(value, list) else [value]


Texts = Annotated[list[Text], BeforeValidator(_turns)]
"""A prompt: a text, or one for the first time, one for the second and so on."""


def share(value: Any) -> Any:
    """Read a share, between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise told("This is no number between 0 and 1", "Write 0.7, for example.")
    return float(value)


class Part(BaseModel):
    """A mapping of the file. `short`: the key that a value in place of the mapping stands for."""

    model_config = ConfigDict(frozen=True)
    short: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _open(cls, data: Any, info: ValidationInfo) -> Any:
        if cls.short and not isinstance(data, dict):
            return {cls.short: data}
        if isinstance(data, Table) and isinstance(info.context, Report):
            names = cls.names()
            for key in data:
                if key not in names:
                    hint = nearest(key, names, "keys here")
                    info.context.error(data.node.key(key), f"There is no key '{key}' here", hint)
        return data

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The keys that an author may write."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class SpeakingSettings(Part):
    """How a prompt may be interrupted."""

    interruptible: Interruptible | None = None
    interrupt_after: Annotated[int | None, BeforeValidator(between(0, 5_000))] = None


Silence = Annotated[int | None, BeforeValidator(between(100, 10_000))]


class EndSilence(Part):
    """The silence that ends a turn: one for all, or by how far the utterance has come."""

    short = "always"
    always: Silence = None
    unknown: Silence = None
    nothing: Silence = None
    unfinished: Silence = None
    unclear: Silence = None
    open: Silence = None
    complete: Silence = None


class WaitingSettings(SpeakingSettings):
    """How long we wait for the caller, and they for us."""

    end_silence: EndSilence | None = None
    no_input_timeout: Annotated[int | None, BeforeValidator(between(500, 120_000))] = None
    inter_digit_timeout: Annotated[int | None, BeforeValidator(between(300, 60_000))] = None
    low_confidence: Annotated[float | None, BeforeValidator(share)] = None
    dead_air: Annotated[int | None, BeforeValidator(between(500, 30_000))] = None


# Lists of steps


def _steps(value: Any) -> Any:
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    raise told(f"'{str(value)[:40]}' is not a step", "Write 'say: ...', 'call: flow', or a list of steps.")


def _sentences(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SENTENCES:
        raise told(f"'{str(value)[:40]}' is not a number of sentences", f"Write 1 to {MOST_SENTENCES}.")
    return value


def _rung(value: Any) -> Any:
    return [{"say": value}] if isinstance(value, str) else _steps(value)


def _ladder(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _step_kind(value: Any) -> str | None:
    kinds = step_keys(value)
    return f"<{kinds[0]}>" if len(kinds) == 1 else None


def step_keys(value: Any) -> list[str]:
    """The keys of a mapping that make it a step: one, in a step that is well written."""
    return [key for key in value if key in STEP_KEYS] if isinstance(value, dict) else []


Steps = Annotated[list["Step"], BeforeValidator(_steps)]
Rung = Annotated[list["Step"], BeforeValidator(_rung)]
Ladder = Annotated[list[Rung], BeforeValidator(_ladder)]
KeyBranch = Annotated[
    Annotated[Text, Tag("<intent>")] | Annotated[Steps, Tag("<steps>")],
    Discriminator(lambda value: "<intent>" if isinstance(value, str) else "<steps>"),
]


# Steps


class Named(Part):
    """A step may have a name of its own, for the call record."""

    id: Text | None = None


class SayBody(SpeakingSettings):
    """Speak and go on."""

    short = "text"
    text: Texts


class Say(Named):
    """`say: text`."""

    say: SayBody


class Asking(WaitingSettings):
    """What all steps that wait for the caller have: two ladders of repair."""

    on_no_input: Ladder = []
    on_no_match: Ladder = []
    on_low_confidence: Ladder = []
    help: Text | None = None


class ListenBody(Asking):
    """Ask and branch on what the caller wants, or on a key."""

    ask: Texts | None = None
    ask_again: Texts | None = None
    intents: dict[str, Steps] = {}
    keys: dict[str, KeyBranch] = {}
    hints: list[Text] = []


class Listen(Named):
    """`listen: {ask, intents, keys}`."""

    listen: ListenBody


class CollectBody(Asking):
    """Ask until a slot has a value."""

    short = "slot"
    slot: Text
    ask: Texts | None = None
    ask_again: Texts | None = None
    hints: list[Text] = []
    ask_before_filling: StrictBool = False
    finish_on_key: StrictStr = "#"
    max_digits: Annotated[StrictInt, Field(ge=1, le=64)] | None = None


class Collect(Named):
    """`collect: slot`."""

    collect: CollectBody


class ConfirmBody(Asking):
    """Read back and branch on yes or no."""

    ask: Texts
    yes: Steps = []
    no: Steps


class Confirm(Named):
    """`confirm: {ask, yes, no}`."""

    confirm: ConfirmBody


class SetSlots(Named):
    """`set_slots: {slot: value}`. A text that begins with `=` is an expression; null clears."""

    set_slots: dict[str, Bare]


class If(Named):
    """`if: condition`, `then: steps`, `else: steps`."""

    condition: Text = Field(alias="if")
    then: Steps
    otherwise: Steps = Field(default=[], alias="else")


class Call(Named):
    """`call: flow`."""

    call: Text


class Link(Named):
    """`link: flow`."""

    link: Text


class TransferBody(Part):
    """Hand the caller to a contact."""

    short = "contact"
    contact: Text
    say: Texts | None = None
    whisper: Text | None = None
    timeout: Annotated[int | None, BeforeValidator(between(5_000, 120_000))] = None
    on_busy: Steps = []
    on_no_answer: Steps = []
    on_failed: Steps = []
    on_refused: Steps = []


class Transfer(Named):
    """`transfer: contact`."""

    transfer: TransferBody


class VoicemailBody(Part):
    """Take a message."""

    short = "say"
    say: Texts | None = None
    mailbox: Text = "general"
    max_length: Annotated[int, BeforeValidator(between(5_000, 600_000))] = 120_000
    end_silence: Annotated[int, BeforeValidator(between(1_000, 15_000))] = 3_000
    no_input_timeout: Annotated[int, BeforeValidator(between(2_000, 60_000))] = 6_000
    finish_on_key: StrictStr | None = None
    review: StrictBool = True
    ask: Texts | None = None
    on_empty: Steps = []


class Voicemail(Named):
    """`voicemail:`."""

    voicemail: VoicemailBody


class CallbackBody(Part):
    """Take down whom to call back, and when."""

    number: Text
    time: Text | None = None
    ask: Texts | None = None
    note: Text | None = None


class Callback(Named):
    """`callback: {number, time}`."""

    callback: CallbackBody


class RecordingBody(Asking):
    """Record the call: at once, no longer, or if the caller agrees."""

    short = "do"
    do: Literal["start", "stop"] | None = None
    ask: Texts | None = None
    yes: Steps = []
    no: Steps = []


class Recording(Named):
    """`recording: start`, `recording: stop`, or `recording: {ask, yes, no}`."""

    recording: RecordingBody


class HangUpBody(Part):
    """Say goodbye and end the call."""

    short = "say"
    say: Text | None = None


class HangUp(Named):
    """`hangup:`."""

    hangup: HangUpBody


class AnswerStepBody(SpeakingSettings):
    """Let a model answer from the flow's knowledge."""

    short = "knowledge"
    knowledge: Text
    question: Text | None = None
    tier: Tier | None = None
    manner: Text | None = None
    sentences: Annotated[int, BeforeValidator(_sentences)] = 4
    filler: Texts | None = None
    on_unknown: Rung | None = None
    on_error: Rung | None = None


class AnswerFrom(Named):
    """`answer: knowledge`."""

    answer: AnswerStepBody


class HoldBody(SpeakingSettings):
    """Keep the caller for a time."""

    short = "for"
    say: Texts | None = None
    time: Annotated[int, BeforeValidator(between(1_000, 600_000))] = Field(alias="for")
    again: Texts | None = None
    every: Annotated[int, BeforeValidator(between(2_000, 120_000))] = 20_000
    until: Annotated[list[Text], BeforeValidator(_words)] = []
    on_timeout: Steps | None = None


class Hold(Named):
    """`hold: 30s`."""

    hold: HoldBody


class Language(Named):
    """`language: es`."""

    language: Text


class Noop(Named):
    """`noop:`."""

    noop: StrictStr | None


class SecretBody(Part):
    """A value that stands in the environment, for a header."""

    env: Text
    prefix: StrictStr = ""


def _errors(value: Any) -> Any:
    """Steps for any error, or steps by kind."""
    if isinstance(value, dict) and value and all(ERROR_KIND.fullmatch(key) for key in value):
        return value
    return {"other": value}


ERROR_KIND: Final = re.compile(r"timeout|refused|failed|reply|other|[1-5]xx|[1-5][0-9][0-9]")
"""What can become of a request besides a good reply."""


def _few(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_RETRIES:
        raise told(f"'{str(value)[:40]}' is not a number of retries", f"It is 0 to {_MOST_RETRIES}.")
    return value


def _json(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    raise told("A body is a mapping or a list", "Write names and values below it; slots stand in {braces}.")


class WorkingSettings(Part):
    """What the caller hears while work outside goes on."""

    filler: Texts | None = None
    filler_after: Annotated[int, BeforeValidator(between(500, 30_000))] = 1500
    filler_every: Annotated[int, BeforeValidator(between(1_000, 60_000))] = 8000


class ActionBody(WorkingSettings):
    """Ask a web service."""

    short = "url"
    url: Text
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    query: dict[str, Bare] = {}
    headers: dict[str, StrictStr | SecretBody] = {}
    body: Annotated[Any, BeforeValidator(_json)] = None
    form: dict[str, Bare] | None = None
    timeout: Annotated[int, BeforeValidator(between(500, 30_000))] = 5000
    retries: Annotated[int, BeforeValidator(_few)] = 0
    idempotency_key: StrictStr = ""
    save: dict[str, Text] = {}
    on_error: Annotated[dict[str, Steps], BeforeValidator(_errors)] | None = None


class Action(Named):
    """`action: {url, save, on_error}`."""

    action: ActionBody


class Keys(Named):
    """`keys: text`, in a ladder: asks for keys from now on."""

    keys: Text


class Spell(Named):
    """`spell: text`, in a ladder: asks for the spelling from now on."""

    spell: Text


class Person(Named):
    """`person: text`: goes to a person by the universal `agent`."""

    person: Text | None


STEP_KEYS: Final = (
    "say",
    "listen",
    "collect",
    "confirm",
    "set_slots",
    "if",
    "call",
    "link",
    "transfer",
    "action",
    "voicemail",
    "callback",
    "recording",
    "hold",
    "noop",
    "language",
    "hangup",
    "answer",
    "keys",
    "spell",
    "person",
)
Step = Annotated[
    Annotated[Say, Tag("<say>")]
    | Annotated[AnswerFrom, Tag("<answer>")]
    | Annotated[Listen, Tag("<listen>")]
    | Annotated[Collect, Tag("<collect>")]
    | Annotated[Confirm, Tag("<confirm>")]
    | Annotated[SetSlots, Tag("<set_slots>")]
    | Annotated[If, Tag("<if>")]
    | Annotated[Call, Tag("<call>")]
    | Annotated[Link, Tag("<link>")]
    | Annotated[Transfer, Tag("<transfer>")]
    | Annotated[Action, Tag("<action>")]
    | Annotated[Voicemail, Tag("<voicemail>")]
    | Annotated[Callback, Tag("<callback>")]
    | Annotated[Recording, Tag("<recording>")]
    | Annotated[Hold, Tag("<hold>")]
    | Annotated[Noop, Tag("<noop>")]
    | Annotated[Language, Tag("<language>")]
    | Annotated[Keys, Tag("<keys>")]
    | Annotated[Spell, Tag("<spell>")]
    | Annotated[Person, Tag("<person>")]
    | Annotated[HangUp, Tag("<hangup>")],
    Discriminator(_step_kind),
]


# The file


class IntentBody(Part):
    """Something a caller may want."""

    short = "examples"
    examples: list[Text]


class AnswerBody(Part):
    """A canonical answer."""

    examples: list[Text]
    say: Text
    owner: Text | None = None
    expires: Text | None = None


def _choices(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(choice, str) for choice in value):
        return dict.fromkeys(value)
    return value


def _words(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


class SlotConfirmBody(Part):
    """Whether a value is said back when it has been given."""

    short = "when"
    when: Confirming
    say: Text | None = None
    ask: Text | None = None
    below: Annotated[float | None, BeforeValidator(share)] = None


class SlotBody(Part):
    """A value that the flow keeps."""

    short = "type"
    type: SlotType
    ask: Text | None = None
    examples: Annotated[list[Text], BeforeValidator(_words)] = []
    choices: Annotated[
        dict[str, Annotated[list[Text], BeforeValidator(_words)]], BeforeValidator(_choices)
    ] = {}
    min: Annotated[StrictInt | StrictStr | None, BeforeValidator(_limit)] = None
    max: Annotated[StrictInt | StrictStr | None, BeforeValidator(_limit)] = None
    length: Annotated[StrictInt, Field(ge=1, le=64)] | None = None
    min_length: Annotated[StrictInt, Field(ge=1, le=64)] | None = None
    max_length: Annotated[StrictInt, Field(ge=1, le=64)] | None = None
    region: Text | None = None
    currency: Text | None = None
    validate_: Text | None = Field(default=None, alias="validate")
    reject: Text | None = None
    sensitive: StrictBool = False
    initial: Bare = None
    confirm: SlotConfirmBody | None = None
    ask_before_filling: StrictBool = False


Spans = Annotated[list[Text], BeforeValidator(_words)]
"""When something is open on a day: `9:00-17:00`, `closed`, or several."""


class HolidaysBody(Part):
    """Whose holidays are kept, and when it is open on them."""

    short = "country"
    country: Text
    region: Text | None = None
    hours: Spans = ["closed"]


class HoursBody(Part):
    """When a place is open."""

    short = "week"
    week: Text | None = None
    every_day: Spans | None = None
    weekdays: Spans | None = None
    weekend: Spans | None = None
    monday: Spans | None = None
    tuesday: Spans | None = None
    wednesday: Spans | None = None
    thursday: Spans | None = None
    friday: Spans | None = None
    saturday: Spans | None = None
    sunday: Spans | None = None
    holidays: HolidaysBody | None = None
    dates: dict[str, Spans] = {}
    timezone: Text | None = None


class ReviewBody(Part):
    """Examples that somebody added to an intent or answer, and who stands for them since when."""

    examples: Annotated[list[Text], BeforeValidator(_words)]
    by: Text
    on: Text


def _reviews(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class KnowledgeBody(Part):
    """Texts that answers may be grounded in."""

    short = "files"
    files: Annotated[list[Text], BeforeValidator(_words)]


class ContactBody(Part):
    """Somebody a call may be handed to."""

    short = "number"
    number: Text
    say: Text | None = None
    whisper: Text | None = None
    timeout: Annotated[int, BeforeValidator(between(5_000, 120_000))] = 30_000


def _universal(value: Any) -> Any:
    if isinstance(value, dict) and (not value or "do" in value or "phrases" in value):
        return value
    return {"do": value}


class UniversalBody(Part):
    """Something a caller may say at any step: steps, or `true` for what the line does by itself."""

    do: Annotated[
        Annotated[StrictBool, Tag("<switch>")] | Annotated[Steps, Tag("<steps>")],
        Discriminator(lambda value: "<switch>" if isinstance(value, bool) else "<steps>"),
    ] = True
    phrases: list[Text] = []


class FlowBody(WaitingSettings):
    """A named list of steps."""

    short = "steps"
    steps: Steps


class FlowFile(WaitingSettings):
    """A whole file."""

    ivr: Annotated[int, BeforeValidator(_version)]
    name: Text = "a phone line"
    language: Text = "en-US"
    languages: Annotated[list[Text], BeforeValidator(_words)] = []
    timezone: Text = "UTC"
    voice: Text | None = None
    entry: Text = "main"
    include: Annotated[list[Text], BeforeValidator(_words)] = []
    intents: dict[str, IntentBody] = {}
    answers: dict[str, AnswerBody] = {}
    reviewed: dict[str, Annotated[list[ReviewBody], BeforeValidator(_reviews)]] = {}
    never_cache: Annotated[list[Text], BeforeValidator(_words)] = []
    slots: dict[str, SlotBody] = {}
    universals: dict[str, Annotated[UniversalBody, BeforeValidator(_universal)]] = {}
    contacts: dict[str, ContactBody] = {}
    hours: dict[str, HoursBody] = {}
    knowledge: dict[str, KnowledgeBody] = {}
    phrases: dict[str, Text] = {}
    pronunciations: dict[str, Text] = {}
    flows: dict[str, FlowBody]
