"""Digits in groups, and days in figures, whatever the language."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DIGITS: Final = re.compile(r"[0-9]+")
_LONGEST: Final = 4
"""A group of more digits than this is cut."""


def groups_of(text: str) -> tuple[str, ...]:
    """The digits of a text in groups that can be heard: those that the text has, the long ones cut.

    Threes, with a last of four or two; fours where that comes out even, as on cards.
    """
    return tuple(group for run in _DIGITS.findall(text) for group in _cut(run))


def _cut(run: str) -> tuple[str, ...]:
    length = len(run)
    if length <= _LONGEST:
        return (run,)
    if length % _LONGEST == 0 and length != 12:  # noqa: PLR2004 - twelve are heard better as four threes
        return tuple(run[at : at + _LONGEST] for at in range(0, length, _LONGEST))
    end = length - 4 if length % 3 == 1 else length
    cut = tuple(run[at : at + 3] for at in range(0, end, 3))
    return (*cut, run[end:]) if end < length else cut


def day_of(year: str, month: str, day: str) -> date | None:
    """The day that three numbers name; `None` when there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
