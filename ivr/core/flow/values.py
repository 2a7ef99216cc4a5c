"""Whether a value suits a slot."""

from __future__ import annotations

from typing import Final

from ivr.core import limits
from ivr.core.events import SlotValue
from ivr.core.expressions import LONGEST_TEXT
from ivr.core.flow.model import Slot
from ivr.core.flow.problems import nearest
from ivr.core.keepable import LARGEST, fits
from ivr.core.telephone import is_e164

_FORMS: Final = {
    "money": 'Write it as text: "12.50".',
    "date": "Write year-month-day: 2030-01-31.",
    "time": 'Write 24 hours: "15:30".',
    "date_time": "Write 2030-01-31T15:30.",
    "phone": 'Write it with + and the country code, in quotes: "+12125550123".',
}


def wrong_value(slot: Slot, value: SlotValue) -> tuple[str, str]:
    """Message and hint for a value that a slot cannot hold; two empty texts when it can."""
    shown = f"'{value}'" if isinstance(value, str) else str(value).lower()
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"The text for '{slot.name}' has more than {LONGEST_TEXT:,} characters", "Make it shorter."
    match slot.type:
        case "yes_no" if not isinstance(value, bool):
            return f"'{slot.name}' is a yes_no slot and cannot be {shown}", "Write true or false."
        case "integer" if not isinstance(value, int) or isinstance(value, bool):
            return f"'{slot.name}' is an integer slot and cannot be {shown}", "Write a whole number."
        case "integer" if isinstance(value, int):
            low, high = slot.minimum, slot.maximum
            if not fits(value):
                return f"That number is too large for '{slot.name}'", f"The largest is {LARGEST:,}."
            if (low is not None and value < low) or (high is not None and value > high):
                return f"{value} is outside the limits of '{slot.name}'", ""
        case "choice" if value not in slot.choices:
            return f"{shown} is not a choice of '{slot.name}'", nearest(str(value), slot.choices, "choices")
        case "digits":
            return _wrong_digits(slot, value, shown)
        case "yes_no" | "integer":
            pass
        case kind if not isinstance(value, str):
            return f"'{slot.name}' is a {kind} slot and cannot be {shown}", f'Put it in quotes: "{value}".'
        case "money" | "date" | "time" | "date_time" if limits.measure(slot.type, value) is None:
            return f"'{slot.name}' is a {slot.type} slot and cannot be {shown}", _FORMS[slot.type]
        case "money" | "date" | "time" | "date_time" if not limits.allowed(slot, value, ""):
            return f"{shown} is outside the limits of '{slot.name}'", ""
        case "phone" if not is_e164(value):
            return f"'{slot.name}' is a phone slot and cannot be {shown}", _FORMS["phone"]
        case _:
            pass
    return "", ""


def _wrong_digits(slot: Slot, value: SlotValue, shown: str) -> tuple[str, str]:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"'{slot.name}' is a digits slot, and {shown} is a number", f'Put it in quotes: "{value}".'
    if not isinstance(value, str) or not (value.isascii() and value.isdecimal()):
        return f"'{slot.name}' is a digits slot and cannot be {shown}", ""
    low, high = slot.minimum or 1, slot.maximum or len(value)
    if not low <= len(value) <= high:
        return f"{shown} has {len(value)} digits, which '{slot.name}' does not allow", ""
    return "", ""
