"""Which slots a caller may fill before they are asked for: those that the flow goes on to collect.

From a `collect`, or from the branch of an intent, the way is followed over steps that speak, set, decide,
ask outside, or run other flows, up to the next `listen` or `confirm`. The slots that are collected on it,
in order, may be filled ahead, unless they are sensitive, of a type that cannot be told for certain among
other words (without examples of the words around them), or asked for first by their author's wish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ivr.core.flow import model as m

TYPES: Final = frozenset(["choice", "date", "time", "date_time", "money", "phone", "integer"])
"""Types whose values can be told for certain among other words."""
CUED: Final = frozenset(["digits", "spelling", "name", "email"])
"""Types whose values can be told by the words around them, where the slot has examples."""

_MOST_STEPS: Final = 300
_MOST_SLOTS: Final = 12
_SWALLOWS: Final = frozenset(["text", "name", "address", "spelling", "email"])
"""Types whose answers may be any words."""

Spot = tuple[str, int]


def with_ahead(flow: m.Flow) -> m.Flow:
    """The flow with `ahead` of every `collect` and `listen` filled in."""
    flows = {
        name: replace(
            sub, steps=tuple(_step(flow, name, index, step) for index, step in enumerate(sub.steps))
        )
        for name, sub in flow.flows.items()
    }
    return replace(flow, flows=flows)


def _step(flow: m.Flow, name: str, index: int, step: m.Step) -> m.Step:
    match step:
        case m.CollectStep(slot=slot):
            own = flow.slots.get(slot)
            if own is None or own.sensitive or own.type in _SWALLOWS:
                return step
            found = _collected(flow, (name, step.passed(index)))
            return replace(step, ahead=tuple(other for other in found if other != slot))
        case m.ListenStep(intents=intents):
            ahead = {intent: _collected(flow, (name, target)) for intent, target in intents.items()}
            return replace(step, ahead={intent: slots for intent, slots in ahead.items() if slots})
        case _:
            return step


def _collected(flow: m.Flow, start: Spot) -> tuple[str, ...]:
    """The slots that are collected from a place on, in order."""
    found: dict[str, None] = {}
    seen: set[tuple[Spot, ...]] = set()
    todo: list[tuple[Spot, ...]] = [(start,)]
    while todo and len(seen) < _MOST_STEPS and len(found) < _MOST_SLOTS:
        stack = todo.pop()
        if stack in seen:
            continue
        seen.add(stack)
        if not stack:
            continue
        (name, index), below = stack[-1], stack[:-1]
        sub = flow.flows.get(name)
        if sub is None:
            continue
        step = sub.steps[index] if index < len(sub.steps) else None
        if isinstance(step, m.CollectStep) and _may_fill(flow.slots, step):
            found.setdefault(step.slot)
        todo += [(*below, *places) for places in reversed(_onward(name, index, step))]
    return tuple(found)


def _may_fill(slots: Mapping[str, m.Slot], step: m.CollectStep) -> bool:
    slot = slots.get(step.slot)
    if slot is None or slot.sensitive or step.ask_first:
        return False
    return slot.type in TYPES or (slot.type in CUED and bool(slot.examples))


def _onward(name: str, index: int, step: m.Step | None) -> list[tuple[Spot, ...]]:
    """Where the way goes on: what replaces the place on top of the stack."""
    after = (name, index + 1)
    match step:
        case None:
            return [()]
        case m.CollectStep():
            return [((name, step.passed(index)),)]
        case m.BranchStep():
            return [(after,), ((name, step.otherwise),)]
        case m.DeniedStep():
            return []
        case m.JumpStep():
            return [((name, step.target),)]
        case m.CallStep():
            return [(after, (step.flow, 0))]
        case m.LinkStep():
            return [((step.flow, 0),)]
        case m.SayStep() | m.SetSlotsStep() | m.ActionStep() | m.NoopStep():
            return [(after,)]
        case _:
            return []
