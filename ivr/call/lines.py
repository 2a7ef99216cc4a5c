"""Between an edge and a call, as Protocols: the line, who answers it, and a call that outlives its line.

Audio is G.711 mu-law, 8 kHz, mono: 8 bytes a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ivr.core.events import SlotValue
from ivr.core.flow.model import Contact


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whom the caller is handed to, and how.

    whisper     what the person hears before being connected, and answers by key; "" connects at once
    timeout_ms  how long it may ring
    language    that `whisper` is in
    """

    contact: Contact
    whisper: str = ""
    timeout_ms: int = 30_000
    language: str = "en-US"


class Line(Protocol):
    """The carrier's side of a call. No method blocks; what cannot be sent any more is dropped."""

    def play(self, audio: bytes, mark: str) -> None:
        """Send mu-law, then a mark that the carrier returns when the audio before it has played."""
        ...

    def clear(self) -> None:
        """Silence the carrier's buffer; pending marks come back at once."""
        ...

    def transfer(self, transfer: Transfer) -> None:
        """Hand the caller over and close this line; the call may come back on another."""
        ...

    def hang_up(self, reason: str) -> None: ...


class NoLine:
    """The line of a call whose caller is with somebody else: there is nobody to send anything to."""

    def play(self, audio: bytes, mark: str) -> None: ...

    def clear(self) -> None: ...

    def transfer(self, transfer: Transfer) -> None: ...

    def hang_up(self, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call whose line is open both ways: what the edge knows when it asks for somebody to answer.

    call_id    the carrier's name for the call (Twilio: CallSid)
    caller     the caller's number, "" when withheld; `called`: the number that was rung
    stream_id  the carrier's name for the audio stream
    slots      values that preset slots of the flow
    step       the step to begin at; "" for the flow's entry
    resumes    the carrier asks what next when the line closes, tells how transfers end, and may open
               another line for the same call
    """

    call_id: str
    caller: str = ""
    called: str = ""
    stream_id: str = ""
    slots: dict[str, SlotValue] = field(default_factory=dict)
    step: str = ""
    resumes: bool = False


class CallHandler(Protocol):
    """What a line tells a call. Every method is synchronous, quick, and never raises."""

    def audio(self, mulaw: bytes, timestamp_ms: int) -> None:
        """One inbound frame, usually 160 bytes (20 ms), with the carrier's time of its first byte.

        The carrier's first timestamp need not be 0, and frames may be missing between two calls.
        """
        ...

    def key(self, digit: str) -> None:
        """A key of the telephone: 0-9, * or #."""
        ...

    def mark(self, name: str) -> None:
        """A mark given to `Line.play` came back."""
        ...

    def closed(self, by: str) -> None:
        """The line is gone, by `caller`, `carrier`, `operator` or `us`. Comes once, and last."""
        ...


Answerer = Callable[[IncomingCall, Line], CallHandler]
"""How an edge gets somebody to answer, or lets a call that is away go on with a new line.

The line may be used at once, before the handler is returned.
"""


class Calls(Protocol):
    """What an edge tells of calls whose line is closed, and asks of them. No method blocks or raises."""

    def transfer_answered(self, call_id: str, *, accepted: bool) -> None:
        """Whoever was rung has been told who calls, and takes the call or refuses it."""
        ...

    def transfer_ended(self, call_id: str, outcome: str) -> None:
        """A transfer is over: `completed`, `busy`, `no-answer`, `failed`, `canceled`."""
        ...

    def goes_on(self, call_id: str) -> bool:
        """Whether a call whose stream has ended goes on, if it is given another."""
        ...

    def gone(self, call_id: str) -> None:
        """The carrier says that the call is over."""
        ...
