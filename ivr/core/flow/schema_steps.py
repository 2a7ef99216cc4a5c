"""The steps that an author writes: one model each, and its body where it has one.

Tags in locations stand in angle brackets, so that they are never mistaken for keys of the file.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, StrictInt, StrictStr, Tag

from ivr.core.flow.schema_lists import ErrorBranches, KeyBranch, Ladder, Rung, Steps, step_keys
from ivr.core.flow.schema_values import (
    Bare,
    Json,
    Part,
    SpeakingSettings,
    Text,
    Texts,
    WaitingSettings,
    Words,
    WorkingSettings,
    between,
    told,
)
from ivr.core.usage import Tier

MOST_SENTENCES: Final = 12
"""Of an answer: nobody listens to more."""

_MOST_RETRIES: Final = 3


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
    hours: Text | None = None
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


def _sentences(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SENTENCES:
        raise told(f"'{str(value)[:40]}' is not a number of sentences", f"Write 1 to {MOST_SENTENCES}.")
    return value


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
    until: Words = []
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


def _few(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_RETRIES:
        raise told(f"'{str(value)[:40]}' is not a number of retries", f"It is 0 to {_MOST_RETRIES}.")
    return value


class ActionBody(WorkingSettings):
    """Ask a web service."""

    short = "url"
    url: Text
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    query: dict[str, Bare] = {}
    headers: dict[str, StrictStr | SecretBody] = {}
    body: Json = None
    form: dict[str, Bare] | None = None
    timeout: Annotated[int, BeforeValidator(between(500, 30_000))] = 5000
    retries: Annotated[int, BeforeValidator(_few)] = 0
    idempotency_key: StrictStr = ""
    save: dict[str, Text] = {}
    on_error: ErrorBranches | None = None


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


def _step_kind(value: Any) -> str | None:
    kinds = step_keys(value)
    return f"<{kinds[0]}>" if len(kinds) == 1 else None


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
