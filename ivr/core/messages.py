"""Taking a message: from the tone on, all that the caller says is kept until they are done.

A message is not a turn: nobody interrupts and nothing is recognised. It ends by a silence, a key, its
longest length, or because the caller is gone. Pure; times in ms since the call began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ivr.core.flow.model import MessageLimits

TAIL_MS: Final = 300
"""What is kept behind the last sound of speech."""

LEAST_MS: Final = 700
"""Less speech than this is a cough or a word to somebody else, and no message."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A message that is being taken.

    number      of the message in this call, from 1
    began_ms    when the tone had been heard; -1 before
    since_ms    when speech began, while there is any; else -1
    spoken_ms   how much speech there has been before
    quiet_ms    when the last speech ended; without any, when the tone did
    """

    number: int
    limits: MessageLimits
    began_ms: int = -1
    since_ms: int = -1
    spoken_ms: int = 0
    quiet_ms: int = -1

    @property
    def open(self) -> bool:
        """Whether the caller's words are being kept by now."""
        return self.began_ms >= 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A message: which stretch of the call it is. `number` 0: nothing was said."""

    number: int
    from_ms: int
    to_ms: int

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms


def opened(taking: Taking, now: int) -> Taking:
    """The tone has been heard."""
    return replace(taking, began_ms=now, quiet_ms=now)


def speech_began(taking: Taking, at_ms: int) -> Taking:
    """The caller speaks. What began before the tone counts from there."""
    if not taking.open or taking.since_ms >= 0:
        return taking
    return replace(taking, since_ms=max(at_ms, taking.began_ms))


def speech_ended(taking: Taking, at_ms: int) -> Taking:
    """The caller pauses."""
    if taking.since_ms < 0:
        return taking
    end_ms = max(at_ms, taking.since_ms)
    return replace(
        taking, since_ms=-1, spoken_ms=taking.spoken_ms + end_ms - taking.since_ms, quiet_ms=end_ms
    )


def deadline(taking: Taking | None) -> int | None:
    """When the message ends by itself."""
    if taking is None or not taking.open:
        return None
    longest = taking.began_ms + taking.limits.longest_ms
    if taking.since_ms >= 0:
        return longest
    patience = taking.limits.end_silence_ms if taking.spoken_ms else taking.limits.no_input_ms
    return min(longest, taking.quiet_ms + patience)


def taken(taking: Taking, now: int) -> Taken:
    """What has been said by now."""
    last = speech_ended(taking, now)
    if not last.open or last.spoken_ms < LEAST_MS:
        return Taken(0, now, now)
    return Taken(last.number, last.began_ms, min(now, last.quiet_ms + TAIL_MS))
