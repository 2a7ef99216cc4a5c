"""`[pause 300ms]` in an author's text: silence between what stands before it and behind it.

There is no mark for emphasis: the voices we have make nothing of one. A pause before a word does it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ivr.core.flow.problems import Fault, nearest

LEAST_MS: Final = 50
MOST_MS: Final = 5_000

_MARK: Final = re.compile(r"\[\s*([^\W\d_]+)([^\[\]]*)\]")
_TIME: Final = re.compile(r"\s+([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s)\s*")
_PAUSE: Final = re.compile(r"\[\s*pause\s+([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s)\s*\]")
_WAY: Final = "Write [pause 300ms] or [pause 1.5s]."


@dataclass(frozen=True, slots=True)
class Part:
    """Words, and the silence behind them (ms)."""

    text: str
    pause_ms: int = 0


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[Part, ...]:
    """An author's text between its pauses. One without marks is one part."""
    if "[" not in text:
        return (Part(text),)
    found: list[Part] = []
    at = 0
    for mark in _PAUSE.finditer(text):
        before = text[at : mark.start()].strip()
        pause_ms = max(LEAST_MS, min(_ms(mark[1], mark[2]), MOST_MS))
        if before or not found:
            found.append(Part(before, pause_ms))
        else:
            found[-1] = Part(found[-1].text, min(found[-1].pause_ms + pause_ms, MOST_MS))
        at = mark.end()
    if rest := text[at:].strip():
        found.append(Part(rest))
    return tuple(found) or (Part(text),)


def without(text: str) -> str:
    """A text for those who can make nothing of marks."""
    return " ".join(part.text for part in parts(text) if part.text)


def check(text: str) -> tuple[Fault, ...]:
    """What is wrong with the marks of a text. Other words in brackets are left alone."""
    faults: list[Fault] = []
    for mark in _MARK.finditer(text):
        name = mark[1].lower()
        if name != "pause":
            if nearest(name, ("pause",)):
                faults.append(Fault(mark.start(), f"There is no mark '{mark[0][:40]}'", _WAY))
            continue
        time = _TIME.fullmatch(mark[2])
        if not time or mark[1] != "pause":
            faults.append(Fault(mark.start(), f"'{mark[0][:40]}' is no pause", _WAY))
        elif not LEAST_MS <= _ms(time[1], time[2]) <= MOST_MS:
            limits = f"{LEAST_MS} ms and {MOST_MS / 1000:g} s"
            faults.append(Fault(mark.start(), f"A pause of {time[1]} {time[2]} is not between {limits}"))
    return tuple(faults)


def _ms(number: str, unit: str) -> int:
    return round(float(number) * (1 if unit == "ms" else 1000))
