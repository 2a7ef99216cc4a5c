"""What an author writes: one model per piece of a flow file.

Here is the file. Its steps stand in `ivr.core.flow.schema_steps`, and the values that all of them share in
`ivr.core.flow.schema_values`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, StrictInt, StrictStr, Tag

from ivr.core.flow.model import Confirming, SlotType
from ivr.core.flow.schema_lists import STEP_KEYS, Steps
from ivr.core.flow.schema_steps import Step  # noqa: F401 -- pydantic looks here for what `Steps` are a list of
from ivr.core.flow.schema_values import Bare, Part, Text, WaitingSettings, Words, between, share, told

VERSION: Final = 1
"""The version of the language that this program reads."""


def _version(value: Any) -> Any:
    if value != VERSION or isinstance(value, bool):
        hint = f"This program reads 'ivr: {VERSION}'."
        raise told(f"This is written in version {value} of the language", hint)
    return value


def _limit(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        hint = "Write a number, a day such as today or 2030-01-31, or a time such as 08:30."
        raise told("This is no limit", hint)
    return value if isinstance(value, int) else str(value)


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
    examples: Words = []
    choices: Annotated[dict[str, Words], BeforeValidator(_choices)] = {}
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


Spans = Words
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

    examples: Words
    by: Text
    on: Text


def _reviews(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class KnowledgeBody(Part):
    """Texts that answers may be grounded in."""

    short = "files"
    files: Words


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

    @classmethod
    def hint_for(cls, key: str) -> str:
        return "A flow is a list of steps: write '- ' before each." if key in STEP_KEYS else ""


class FlowFile(WaitingSettings):
    """A whole file."""

    ivr: Annotated[int, BeforeValidator(_version)]
    name: Text = "a phone line"
    language: Text = "en-US"
    languages: Words = []
    timezone: Text = "UTC"
    voice: Text | None = None
    entry: Text = "main"
    include: Words = []
    intents: dict[str, IntentBody] = {}
    answers: dict[str, AnswerBody] = {}
    reviewed: dict[str, Annotated[list[ReviewBody], BeforeValidator(_reviews)]] = {}
    never_cache: Words = []
    slots: dict[str, SlotBody] = {}
    universals: dict[str, Annotated[UniversalBody, BeforeValidator(_universal)]] = {}
    contacts: dict[str, ContactBody] = {}
    hours: dict[str, HoursBody] = {}
    knowledge: dict[str, KnowledgeBody] = {}
    phrases: dict[str, Text] = {}
    pronunciations: dict[str, Text] = {}
    flows: dict[str, FlowBody]
