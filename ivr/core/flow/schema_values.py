"""The smallest pieces of what an author writes: values, mappings, and settings that many pieces share.

Short forms are opened before validation (`say: Hello` is `say: {text: Hello}`), so the compiler sees
one form only. Unknown keys are told to the `Report` in the validation context, with their places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ivr.core.flow.model import Interruptible
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.yaml_source import Table

_TIME_IN_WORDS: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*(seconds?|secs?|minutes?|mins?|m)\.?")
_TIME: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(ms|s|)")


def told(message: str, hint: str = "") -> PydanticCustomError:
    """An error whose message is for the author as it stands."""
    return PydanticCustomError("told", "{message}", {"message": message, "hint": hint})


def _not_empty(text: str) -> str:
    if not text.strip():
        raise told("There is no text here")
    return text.strip()


def between(low: int, high: int) -> Callable[[Any], Any]:
    """Read a time within limits in ms: `700ms`, `1.5s`, or a number of seconds."""

    def read(value: Any) -> Any:
        found = _TIME.fullmatch(str(value))
        if not found or isinstance(value, bool):
            shown = str(value).lower() if isinstance(value, bool) else str(value)[:40]
            raise told(f"'{shown}' is not a time", _time_meant(shown))
        ms = round(float(found[1]) * (1 if found[2] == "ms" else 1000))
        if low <= ms <= high:
            return ms
        hint = f"Did you mean '{found[1]}ms'?" if not found[2] and low <= ms / 1000 <= high else ""
        limits = f"{low / 1000:g} s and {high / 1000:g} s"
        raise told(f"{found[1]} {found[2] or 's'} is not between {limits}", hint)

    return read


def _time_meant(text: str) -> str:
    """How a time is written that an author wrote in words."""
    if found := _TIME_IN_WORDS.fullmatch(text.lower()):
        seconds = float(found[1]) * (60 if found[2].startswith("m") else 1)
        return f"Write {seconds:g}s."
    return "Write 700ms, 1.5s, or a number of seconds."


def _bare(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    raise told("A slot holds text, a whole number, true or false", "A null clears it.")


Bare = Annotated[StrictStr | StrictInt | StrictBool | None, BeforeValidator(_bare)]
Text = Annotated[StrictStr, AfterValidator(_not_empty)]


def _turns(value: Any) -> Any:
    if isinstance(value, list) and not value:
        raise told("There is no text here")
    return value if isinstance(value, list) else [value]


Texts = Annotated[list[Text], BeforeValidator(_turns)]
"""A prompt: a text, or one for the first time, one for the second and so on."""


def _words(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


Words = Annotated[list[Text], BeforeValidator(_words)]
"""Texts, or the only one without the dash."""


def _json(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    raise told("A body is a mapping or a list", "Write names and values below it; slots stand in {braces}.")


Json = Annotated[Any, BeforeValidator(_json)]
"""What is sent as the body of a request."""


def share(value: Any) -> Any:
    """Read a share, between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise told("This is no number between 0 and 1", "Write 0.7, for example.")
    return float(value)


def _cut_text(key: object, value: object) -> str:
    """What to do about a text that a comma inside { } has cut in two; "" for a key that is none."""
    words = str(key)
    cut = value is None and (" " in words or words.endswith((".", "?", "!")))
    return "A comma in { } ends a text: put the whole text in quotes." if cut else ""


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
                    hint = _cut_text(key, data[key]) or cls.hint_for(key) or cls._deeper(key, data)
                    hint = hint or nearest(key, names, "keys here")
                    info.context.error(data.node.key(key), f"There is no key '{key}' here", hint)
        return data

    @classmethod
    def hint_for(cls, _key: str) -> str:
        """What to do about a key that does not exist here; "" for the nearest that does."""
        return ""

    @classmethod
    def _deeper(cls, key: str, data: Table) -> str:
        """Where a key belongs that stands beside the key it should stand under; "" for none."""
        for name, inner in cls.model_fields.items():
            kind, under = inner.annotation, inner.alias or name
            if under in data and isinstance(kind, type) and issubclass(kind, Part) and key in kind.names():
                return f"It belongs under '{under}'."
        return ""

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


class WorkingSettings(Part):
    """What the caller hears while work outside goes on."""

    filler: Texts | None = None
    filler_after: Annotated[int, BeforeValidator(between(500, 30_000))] = 1500
    filler_every: Annotated[int, BeforeValidator(between(1_000, 60_000))] = 8000
