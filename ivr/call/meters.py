"""What is counted and timed, as Protocols; `ivr.metrics` implements them. No method blocks or raises."""

from __future__ import annotations

from typing import Protocol

from ivr.core.usage import Usage


class LineMeter(Protocol):
    """What the edges count."""

    def webhook_refused(self, route: str, reason: str) -> None: ...

    def stream_rejected(self, reason: str) -> None: ...

    def call_refused(self, reason: str) -> None:
        """A call heard the polite sentence instead of the flow: `busy` or `draining`."""
        ...

    def frames_ignored(self, reason: str, count: int) -> None:
        """Inbound messages that were dropped: `late`, `gap`, `track`, `unknown`, `key`, `empty`."""
        ...

    def transfer_ended(self, outcome: str) -> None: ...


class CallMeter(Protocol):
    """What a call counts and times. All times in seconds."""

    def call_ended(self, outcome: str, seconds: float) -> None: ...

    def turn(self, decided_by: str) -> None: ...

    def responded(self, seconds: float) -> None:
        """From the end of the caller's speech to the first audio byte of the answer."""
        ...

    def barged_in(self, seconds: float) -> None:
        """From the onset of speech to the `clear` that obeys it."""
        ...

    def counted(self, what: str, seconds: float) -> None:
        """What `ivr.core.commands.Count` says, and how much of it."""
        ...

    def playout_gap(self, seconds: float) -> None:
        """The caller heard nothing for this long in the middle of a prompt."""
        ...


class ModelMeter(Protocol):
    """What language models count."""

    def model_used(self, usage: Usage) -> None: ...

    def model_state(self, model: str, *, up: bool) -> None:
        """Whether callers are sent to this model now."""
        ...


class EngineMeter(Protocol):
    """What supervised engines count."""

    def engine_queue(self, engine: str, length: int) -> None: ...

    def engine_restarted(self, engine: str) -> None: ...

    def engine_failed(self, engine: str, reason: str) -> None: ...
