"""Whether a day and time can still be kept: it lies ahead of us, and somebody is there then."""

from __future__ import annotations

from typing import Final

from ivr.core import hours, keys, limits
from ivr.core.events import SlotValue
from ivr.core.flow import model as m

REASONS: Final = ("past", "closed")
"""Why a moment is refused, as keys of `ivr.core.phrases`."""


def why_not(flow: m.Flow, slot: m.Slot, value: SlotValue, minute: int) -> str:
    """One of `REASONS`, or "" when nothing stands against it.

    minute  the moment of the call, in minutes since 1970; 0: not known, and nothing is refused
    """
    masked = isinstance(value, str) and keys.HIDDEN_KEY in value
    if slot.type != "date_time" or not minute or masked or limits.measure(slot.type, value) is None:
        return ""
    wishes = [wish for wish in _wishes(flow) if wish.time == slot.name]
    at = hours.moment(str(value), flow.timezone)
    if (wishes or slot.least.strip() == "today") and at < minute:
        return "past"
    shut = any(wish.hours and not hours.is_open(flow.hours[wish.hours], at) for wish in wishes)
    return "closed" if shut else ""


def _wishes(flow: m.Flow) -> list[m.KeepCallbackStep]:
    """The steps that keep a wish to be called back."""
    steps = (step for sub in flow.flows.values() for step in sub.steps)
    return [step for step in steps if isinstance(step, m.KeepCallbackStep)]
