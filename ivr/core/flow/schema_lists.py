"""How lists of steps are written: one step or several, a ladder's rungs, and what a key leads to.

`Step` itself stands in `ivr.core.flow.schema_steps`: whoever uses these lists has it under that name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Discriminator, Tag

from ivr.core.flow.schema_values import Text, told

if TYPE_CHECKING:
    from ivr.core.flow.schema_steps import Step

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


def _steps(value: Any) -> Any:
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    if value in ("yes", "on"):
        raise told(f"'{value}' is not a step", "Write true.")
    raise told(f"'{str(value)[:40]}' is not a step", "Write 'say: ...', 'call: flow', or a list of steps.")


def _rung(value: Any) -> Any:
    return [{"say": value}] if isinstance(value, str) else _steps(value)


def _ladder(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


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


ERROR_KIND: Final = re.compile(r"timeout|refused|failed|reply|other|[1-5]xx|[1-5][0-9][0-9]")
"""What can become of a request besides a good reply."""


def _errors(value: Any) -> Any:
    """Steps for any error, or steps by kind."""
    if isinstance(value, dict) and value and all(ERROR_KIND.fullmatch(key) for key in value):
        return value
    return {"other": value}


ErrorBranches = Annotated[dict[str, Steps], BeforeValidator(_errors)]
"""What follows when a request comes to nothing: the same whatever it was, or by kind."""
