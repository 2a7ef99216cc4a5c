"""What would have gone differently: a call as it was, beside the same caller on another flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from ivr.core.events import SlotValue
from ivr.rehearsal.checks import show
from ivr.rehearsal.past_call import PastCall, PastMove

What = Literal["outcome", "path", "slot", "understood", "said", "fault", "unused"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was. `at`: the caller's move (from 1), a slot, or nothing."""

    what: What
    was: str
    would_be: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A call of the past beside its rerun."""

    call_id: str
    was: PastCall
    would_be: PastCall
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Many calls together. `outcomes`: (as it was, as it would be) -> calls."""

    calls: int
    changed: int
    outcomes: dict[tuple[str, str], int]
    reached: tuple[int, int]
    reprompts: tuple[int, int]


def compare(was: PastCall, would_be: PastCall) -> Compared:
    """Find what is different."""
    found = [
        *_outcome(was, would_be),
        *_slots(was.slots, would_be.slots),
        *_path(was.path, would_be.path),
        *_said("the greeting", was.greeting, would_be.greeting),
    ]
    for number, (old, new) in enumerate(zip_longest(was.moves, would_be.moves), 1):
        found += _move(number, old, new)
    found += [Difference("fault", "", fault) for fault in would_be.faults if fault not in was.faults]
    return Compared(was.started.call_id, was, would_be, tuple(found))


def add_up(compared: Sequence[Compared]) -> Sum:
    """Many calls together."""
    outcomes = Counter((one.was.outcome, one.would_be.outcome) for one in compared)
    return Sum(
        calls=len(compared),
        changed=sum(bool(one.differences) for one in compared),
        outcomes=dict(outcomes.most_common()),
        reached=(
            sum(_reached(one.was.outcome) for one in compared),
            sum(_reached(one.would_be.outcome) for one in compared),
        ),
        reprompts=(
            sum(one.was.reprompts for one in compared),
            sum(one.would_be.reprompts for one in compared),
        ),
    )


def _reached(outcome: str) -> bool:
    return outcome == "completed" or outcome.startswith("transferred")


def _outcome(was: PastCall, would_be: PastCall) -> list[Difference]:
    if was.outcome == would_be.outcome:
        return []
    # Whoever hung up in the middle did so of their own accord; that a rerun has no more moves is the same.
    return [Difference("outcome", was.outcome or "running", would_be.outcome)]


def _slots(was: object, would_be: object) -> list[Difference]:
    old: dict[str, SlotValue] = dict(was)  # type: ignore[call-overload] # mappings of slots
    new: dict[str, SlotValue] = dict(would_be)  # type: ignore[call-overload] # likewise
    return [
        Difference("slot", show(old.get(name)), show(new.get(name)), name)
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _path(was: Sequence[str], would_be: Sequence[str]) -> list[Difference]:
    """The stretches of steps that differ."""
    matcher = SequenceMatcher(None, was, would_be, autojunk=False)
    return [
        Difference("path", " > ".join(was[i:i_end]), " > ".join(would_be[j:j_end]))
        for kind, i, i_end, j, j_end in matcher.get_opcodes()
        if kind != "equal"
    ]


def _move(number: int, old: PastMove | None, new: PastMove | None) -> list[Difference]:
    if old is None or new is None:
        left = old or new
        assert left is not None
        told = _told(left)
        return [Difference("unused", told if old else "", told if new else "", str(number))]
    found = []
    if old.does == new.does and old.taken_for != new.taken_for:
        found.append(Difference("understood", old.taken_for, new.taken_for, f"{number}: {_told(old)}"))
    return [*found, *_said(f"{number}: {_told(old)}", old.said, new.said)]


def _said(at: str, was: Sequence[str], would_be: Sequence[str]) -> list[Difference]:
    if tuple(was) == tuple(would_be):
        return []
    return [Difference("said", " ".join(was), " ".join(would_be), at)]


def _told(move: PastMove) -> str:
    match move.does:
        case "words":
            return f"'{move.words}'"
        case "keys":
            return f"keys {move.keys}"
        case other:
            return other
