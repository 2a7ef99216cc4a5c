"""What an author writes in a test file: one model per piece."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from ivr.core.flow.schema_values import Bare, Part, Text, between, share, told

MOVES: Final = ("caller", "keys", "silence", "interrupts")
"""What a caller may do in a step."""

_KEYS: Final = re.compile(r"[0-9*#]{1,64}")
_span = between(100, 600_000)


def keys_pressed(value: Any) -> Any:
    """Keys, of which plain digits may stand without quotes."""
    text = str(value).replace(" ", "") if isinstance(value, int | str) else ""
    if isinstance(value, bool) or not _KEYS.fullmatch(text):
        raise told(f"'{str(value)[:40]}' are no keys", "Keys are 0-9, * and #, in quotes.")
    return text


def how_long(value: Any) -> Any:
    """`true`: until the line does something; else how long, in ms."""
    if value is True:
        return value
    if value is False:
        raise told("'silence: false' says nothing", "Leave it out, or write 'silence: true'.")
    return _span(value)


def texts(value: Any) -> Any:
    """One text or a list of them."""
    return [value] if isinstance(value, str) else value


def how_ended(value: Any) -> Any:
    """Whether the call has ended, or how."""
    return ("no", "yes")[value] if isinstance(value, bool) else value


Keys = Annotated[StrictStr, BeforeValidator(keys_pressed)]
Texts = Annotated[list[Text], BeforeValidator(texts)]
Ended = Annotated[
    Literal["no", "yes", "completed", "transferred", "no_input", "no_match", "not_reached", "failed"],
    BeforeValidator(how_ended),
]


OUTCOMES: Final = ("completed", "busy", "no_answer", "failed", "refused")
"""What may become of a transfer."""

Outcomes = Annotated[
    list[Literal["completed", "busy", "no_answer", "failed", "refused"]], BeforeValidator(texts)
]
"""What becomes of transfers to a contact, one after another; the last stays."""
Kept = StrictBool | Annotated[StrictInt, Field(ge=0)]
"""Whether any was kept, or how many were."""


class InterruptBody(Part):
    """The caller speaks, or presses keys, while the line speaks."""

    short = "caller"
    caller: Text | None = None
    keys: Keys | None = None
    after: Annotated[int, BeforeValidator(between(100, 60_000))] = 1000


class AssertBody(Part):
    """What must be so after the caller's last move."""

    said: Texts | None = None
    not_said: Texts = Field(default_factory=list)
    slots: dict[str, Bare] = Field(default_factory=dict)
    step: Text | None = None
    transfer: Text | None = None
    ended: Ended | None = None
    understood: Text | None = None
    fills: dict[str, Bare] = Field(default_factory=dict)
    confidence: dict[str, Annotated[float, BeforeValidator(share)]] = Field(default_factory=dict)
    requests: Texts | None = None
    voicemail: Kept | None = None
    callback: Kept | None = None
    recording: StrictBool | None = None


class StepBody(Part):
    """One move of the caller, and what must be so after it. Either may be left out."""

    caller: Text | None = None
    keys: Keys | None = None
    silence: Annotated[StrictBool | int | None, BeforeValidator(how_long)] = None
    interrupts: InterruptBody | None = None
    confidence: Annotated[float | None, BeforeValidator(share)] = None
    expect: AssertBody | None = Field(default=None, alias="assert")


def one_reply(value: Any) -> Any:
    """A status, or what went wrong, stands for a reply."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"status": value}
    return {"fails": value} if isinstance(value, str) else value


def a_status(value: Any) -> Any:
    """A status of HTTP."""
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:  # noqa: PLR2004 -- HTTP's
        raise told(f"'{str(value)[:40]}' is no status", "It is a number such as 200 or 404.")
    return value


class ReplyBody(Part):
    """What a web service replies to an action, or what a model answers."""

    status: Annotated[int, BeforeValidator(a_status)] = 200
    json_: Any = Field(default=None, alias="json")
    answer: Text | None = None
    fails: Literal["timeout", "refused", "failed", "reply", "unknown", "budget", "late"] | None = None
    after: Annotated[int, BeforeValidator(between(0, 600_000))] = 200


def one_or_more(value: Any) -> Any:
    """One reply, or one after another; the last stays."""
    return value if isinstance(value, list) else [value]


OneReply = Annotated[ReplyBody, BeforeValidator(one_reply)]


class CaseBody(Part):
    """One call."""

    test_case: Text
    replies: dict[str, Annotated[list[OneReply], BeforeValidator(one_or_more)]] = Field(default_factory=dict)
    slots: dict[str, Bare] = Field(default_factory=dict)
    today: Text | None = None
    now: Text | None = None
    transfers: dict[str, Outcomes] = Field(default_factory=dict)
    steps: list[StepBody]


class CasesFile(Part):
    """A whole test file."""

    flow: Text | None = None
    test_cases: list[CaseBody]
