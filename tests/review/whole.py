"""Whole calls, made up field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.review.records import CallRow, LineRow, TurnRow, WholeCall

_ROW = CallRow(
    "CA1", "Line", "d1", "+15550100001", "", 0, 60_000, "completed", 60_000, 9, 2, 0, 0, 0, 0, 0, 900, 900,
    True, 0, 0, "", "",
)  # fmt: skip
_TURN = TurnRow(
    1, "speech", "desk", 0, "words", 0.9, "intent", "order", None, 0.9, "classifier", "Said.", "Said.", False,
    None, None, None, None, None, None, 900, "", "", None, None, None, None, None, None,
)  # fmt: skip


def row(**changes: Any) -> CallRow:
    return replace(_ROW, **changes)


def turn(number: int, **changes: Any) -> TurnRow:
    return replace(_TURN, number=number, **changes)


def whole(of: CallRow, *turns: TurnRow, lines: tuple[LineRow, ...] = ()) -> WholeCall:
    return WholeCall(of, "", turns=turns, lines=lines)
