"""What keys mean at the step that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ivr.core import keepable, keyed
from ivr.core.events import SlotValue
from ivr.core.flow.model import CollectStep, Slot

HIDDEN_KEY = "•"
"""Stands in the journal for a key that was pressed for a sensitive slot; counts as a digit."""

_DIGITS = frozenset("0123456789" + HIDDEN_KEY)

MANY: Final = frozenset(["digits", "integer", "money", "date", "time", "date_time", "phone"])
"""Slot types that take several keys; a 0 is one of them."""
KEYED: Final = MANY | {"yes_no", "choice"}
"""Slot types that take keys at all."""


@dataclass(frozen=True, slots=True)
class KeyResult:
    """What the keys so far come to.

    status  `more`: wait for the next key; `value`: the slot's value is known;
            `wrong`: they are no answer (`reason`: a key of `ivr.core.phrases`; `value`: what they
            come to, when that is refused)
    """

    status: str
    value: SlotValue | None = None
    reason: str = "no_match"


MORE = KeyResult("more")


def read(step: CollectStep, slot: Slot, keys: str, *, finished: bool, today: str = "") -> KeyResult:
    """Read the keys of a `collect`.

    finished  no further key is coming
    today     the date where the line is (ISO), for limits that are counted from it
    """
    match slot.type:
        case "digits" | "integer":
            return _number(step, slot, keys, finished=finished)
        case "yes_no":
            return yes_no(keys)
        case "choice":
            return _choice(slot, keys)
        case "money" | "date" | "time" | "date_time" | "phone":
            return _worded(step, slot, keys, finished=finished, today=today)
        case _:
            return KeyResult("wrong")


def yes_no(keys: str) -> KeyResult:
    """1 is yes, 2 is no."""
    match keys[-1:]:
        case "1":
            return KeyResult("value", value=True)
        case "2":
            return KeyResult("value", value=False)
        case _:
            return KeyResult("wrong")


def _choice(slot: Slot, keys: str) -> KeyResult:
    values = list(slot.choices)
    key = keys[-1:]
    if key.isdecimal() and 1 <= int(key) <= len(values):
        return KeyResult("value", value=values[int(key) - 1])
    return KeyResult("wrong")


def _number(step: CollectStep, slot: Slot, keys: str, *, finished: bool) -> KeyResult:
    ended = bool(step.finish_on_key) and keys.endswith(step.finish_on_key)
    digits = keys[: -len(step.finish_on_key)] if ended else keys
    if not set(digits) <= _DIGITS:
        return KeyResult("wrong")
    longest = slot.maximum if slot.type == "digits" else None
    whole = longest is not None and len(digits) >= longest
    if not (ended or finished or whole or _all_pressed(step, digits)):
        return MORE
    if not digits:
        return KeyResult("wrong")
    if slot.type == "digits":
        return _counted(slot, digits)
    shown = digits.replace(HIDDEN_KEY, "0").lstrip("0")
    value = int(shown[: keepable.DIGITS] or "0")
    if len(shown) > keepable.DIGITS or not keepable.fits(value):
        return KeyResult("wrong", reason="out_of_range")
    low, high = slot.minimum, slot.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return KeyResult("wrong", value=value, reason="out_of_range")
    return KeyResult("value", value=value)


def _worded(step: CollectStep, slot: Slot, keys: str, *, finished: bool, today: str) -> KeyResult:
    """Money, dates, times and telephone numbers."""
    ended = bool(step.finish_on_key) and keys.endswith(step.finish_on_key)
    pressed = keys[: -len(step.finish_on_key)] if ended else keys
    if not set(pressed) <= _DIGITS | ({keyed.POINT} if slot.type == "money" else set()):
        return KeyResult("wrong")
    if not (ended or finished or keyed.complete(slot, pressed) or _all_pressed(step, pressed)):
        return MORE
    if not pressed:
        return KeyResult("wrong")
    if HIDDEN_KEY in pressed:
        return KeyResult("value", value=pressed)
    found = keyed.value_of(slot, pressed, today)
    status = "wrong" if found.reason else "value"
    return KeyResult(status, value=found.value or None, reason=found.reason or "no_match")


def _all_pressed(step: CollectStep, digits: str) -> bool:
    """Whether as many keys were pressed as the author says that there are at most."""
    return step.max_digits is not None and len(digits) >= step.max_digits


def _counted(slot: Slot, digits: str) -> KeyResult:
    if slot.minimum is not None and len(digits) < slot.minimum:
        return KeyResult("wrong", reason="too_few")
    if slot.maximum is not None and len(digits) > slot.maximum:
        return KeyResult("wrong", reason="too_many")
    return KeyResult("value", value=digits)
