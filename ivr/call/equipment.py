"""What a call is given: its flow, the engines that all calls share, and who watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ivr.call.ears import SpeechSettings
from ivr.call.meters import CallMeter
from ivr.call.ports import (
    Interpreter,
    Journal,
    Reader,
    Recogniser,
    Recordings,
    SpeechDetector,
    Voice,
    WebClient,
    Writer,
)
from ivr.core.call import CallState
from ivr.core.commands import Command
from ivr.core.events import Event
from ivr.core.flow.model import Flow
from ivr.core.timing import TurnTiming


class Observer(Protocol):
    """Somebody who watches calls as they happen."""

    def event(
        self, call_id: str, at_ms: int, event: Event, commands: tuple[Command, ...], state: CallState
    ) -> None: ...

    def turn(self, call_id: str, timing: TurnTiming) -> None: ...


@dataclass(frozen=True, slots=True)
class Observers:
    """Several who watch, told one after the other."""

    each: tuple[Observer, ...]

    def event(
        self, call_id: str, at_ms: int, event: Event, commands: tuple[Command, ...], state: CallState
    ) -> None:
        for one in self.each:
            one.event(call_id, at_ms, event, commands, state)

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        for one in self.each:
            one.turn(call_id, timing)


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A flow ready to take calls: compiled, trained, its prompts rendered. `source`: its text.

    interpreter, writer  language models, if there are any
    sounds               mu-law of the files that it plays, by name
    """

    flow: Flow
    source: str
    reader: Reader
    interpreter: Interpreter | None = None
    writer: Writer | None = None
    sounds: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What another server left of a call: its state after so many events, the last of them at `at_ms`.

    now_ms  how long ago the call began
    """

    state: CallState
    events: int
    at_ms: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class Equipment:
    """What every call shares.

    sounds      mu-law by name, for what is played and not spoken: the `tone` before a message
    voices      for other languages than that of `voice`, by their two letters
    recordings  where sound is laid down; nothing: it is not
    """

    recogniser: Recogniser
    voice: Voice
    detector: SpeechDetector
    journal: Journal
    meter: CallMeter
    observer: Observer | None = None
    speech: SpeechSettings = SpeechSettings()
    web: WebClient | None = None
    sounds: Mapping[str, bytes] = field(default_factory=dict)
    recordings: Recordings | None = None
    voices: Mapping[str, Voice] = field(default_factory=dict)
