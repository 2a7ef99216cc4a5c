"""Marks in an author's text: `[pause 300ms]` is silence, `[sound hello.wav: Hello.]` a file that is played.

What stands behind the colon is what the file says, for the record and for those who only read. There is no
mark for emphasis: the voices we have make nothing of one. A pause before a word does it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ivr.core.flow.problems import Fault, nearest

LEAST_MS: Final = 50
MOST_MS: Final = 5_000

_MARK: Final = re.compile(r"\[\s*([^\W\d_]+)([^\[\]]*)\]")
_TIME: Final = re.compile(r"\s+([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s)\s*")
_PAUSE: Final = re.compile(r"\[\s*pause\s+([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s)\s*\]")
_FILE: Final = r"(?:[\w-][\w. -]{0,60}/){0,4}[\w-][\w. -]{0,60}\.wav"
_SOUND: Final = re.compile(rf"\[\s*sound\s+({_FILE})\s*(?::([^\[\]]*))?\]")
_SILENCE_OR_SOUND: Final = re.compile(f"{_PAUSE.pattern}|{_SOUND.pattern}")
_WAY: Final = "Write [pause 300ms] or [pause 1.5s]."
_SOUND_WAY: Final = "Write [sound welcome.wav], or [sound welcome.wav: what it says]."
_NAMES: Final = ("pause", "sound")


@dataclass(frozen=True, slots=True)
class Part:
    """Words, and the silence behind them (ms). sound: a file that is played instead, and says them."""

    text: str
    pause_ms: int = 0
    sound: str = ""


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[Part, ...]:
    """An author's text between its marks. One without marks is one part."""
    if "[" not in text:
        return (Part(text),)
    found: list[Part] = []
    at = 0
    for mark in _SILENCE_OR_SOUND.finditer(text):
        before = text[at : mark.start()].strip()
        if mark[3]:
            found += [Part(before)] if before else []
            found.append(Part((mark[4] or "").strip(), 0, mark[3]))
            at = mark.end()
            continue
        pause_ms = max(LEAST_MS, min(_ms(mark[1], mark[2]), MOST_MS))
        if before or not found:
            found.append(Part(before, pause_ms))
        else:
            longer = min(found[-1].pause_ms + pause_ms, MOST_MS)
            found[-1] = replace(found[-1], pause_ms=longer)
        at = mark.end()
    if rest := text[at:].strip():
        found.append(Part(rest))
    return tuple(found) or (Part(text),)


def without(text: str) -> str:
    """A text for those who can make nothing of marks."""
    return " ".join(part.text for part in parts(text) if part.text)


def sounds(text: str) -> tuple[str, ...]:
    """The files that a text plays."""
    return tuple(part.sound for part in parts(text) if part.sound) if "[" in text else ()


def bare(text: str) -> str:
    """A mark without its brackets, which YAML took for those of a list; "" for any other text."""
    words = text.strip()
    return words if re.fullmatch(r"(?:pause|sound)\s.*", words) and not check(f"[{words}]") else ""


def check(text: str) -> tuple[Fault, ...]:
    """What is wrong with the marks of a text. Other words in brackets are left alone."""
    faults: list[Fault] = []
    for mark in _MARK.finditer(text):
        name = mark[1].lower()
        if name == "sound":
            faults += _sound_faults(mark)
            continue
        if name != "pause":
            if near := nearest(name, _NAMES):
                way = _WAY if "pause" in near else _SOUND_WAY
                faults.append(Fault(mark.start(), f"There is no mark '{mark[0][:40]}'", way))
            continue
        time = _TIME.fullmatch(mark[2])
        if not time or mark[1] != "pause":
            faults.append(Fault(mark.start(), f"'{mark[0][:40]}' is no pause", _WAY))
        elif not LEAST_MS <= _ms(time[1], time[2]) <= MOST_MS:
            limits = f"{LEAST_MS} ms and {MOST_MS / 1000:g} s"
            faults.append(Fault(mark.start(), f"A pause of {time[1]} {time[2]} is not between {limits}"))
    return tuple(faults)


def _sound_faults(mark: re.Match[str]) -> list[Fault]:
    sound = _SOUND.fullmatch(mark[0])
    if sound is None:
        message = f"'{mark[0][:40]}' is no sound: it names no WAV file below the flow's folder"
        return [Fault(mark.start(), message, _SOUND_WAY)]
    if "{" in mark[0] or "}" in mark[0]:
        return [Fault(mark.start(), "What a file says is always the same: no slot stands in it", _SOUND_WAY)]
    return []


def _ms(number: str, unit: str) -> int:
    return round(float(number) * (1 if unit == "ms" else 1000))
