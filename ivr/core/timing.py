"""How long the caller waited, from the events and commands of a call: the same for metrics and records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.core.commands import Command, StopSpeaking, TurnClosed, Understand
from ivr.core.events import (
    Event,
    Heard,
    KeyPressed,
    SpeakingBegan,
    SpeechBegan,
    SpeechEnded,
    Typed,
    Understood,
)


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """One turn of the caller, in ms since the call began. -1: did not happen.

    What was heard and understood on speculation was there before the turn was closed.

    response_ms  end of the caller's speech (or key) -> first audio sent
    """

    turn: int
    speech_end_ms: int
    closed_ms: int = -1
    heard_ms: int = -1
    understood_ms: int = -1
    first_audio_ms: int = -1
    decided_by: str = ""

    @property
    def response_ms(self) -> int:
        return self.first_audio_ms - self.speech_end_ms if self.first_audio_ms >= 0 else -1


class Stopwatch:
    """Feed every event with its commands; finished turns and barge-in times come out."""

    def __init__(self) -> None:
        self._turn = 0
        self._end = -1
        self._closed = self._heard = self._understood = -1
        self._decided_by = ""
        self._onset = -1

    def take(self, event: Event, commands: Iterable[Command], now: int) -> tuple[TurnTiming | None, int]:
        """Gives (the turn that this event answers, or None; barge-in time in ms, or -1)."""
        barge_in = -1
        match event:
            case SpeechBegan(at_ms):
                self._onset = at_ms
            case SpeechEnded(at_ms):
                self._end = at_ms
                self._closed = self._heard = self._understood = -1
                self._decided_by = ""
            case KeyPressed():
                self._end, self._decided_by = now, "keys"
                self._closed = self._heard = self._understood = -1
            case Typed():
                self._end = self._closed = self._heard = now
            case Heard():
                self._heard = now
            case Understood(meaning=meaning):
                self._understood, self._decided_by = now, meaning.decided_by
            case SpeakingBegan() if self._end >= 0 and (self._decided_by == "keys" or self._closed >= 0):
                return self._finish(now), -1
            case _:
                pass
        for command in commands:
            match command:
                case TurnClosed() as closed:
                    self._turn, self._end, self._closed = closed.turn, closed.speech_to_ms, now
                case Understand(turn=turn):
                    self._turn, self._heard = turn, now
                case StopSpeaking() if isinstance(event, KeyPressed):
                    barge_in = 0
                case StopSpeaking() if self._onset >= 0:
                    barge_in = now - self._onset
                case _:
                    pass
        return None, barge_in

    def _finish(self, now: int) -> TurnTiming:
        timing = TurnTiming(
            self._turn,
            self._end,
            self._closed,
            self._heard,
            self._understood,
            now,
            self._decided_by or "repair",
        )
        self._end = self._closed = self._heard = self._understood = -1
        self._decided_by = ""
        return timing
