"""What a call leaves behind as sound or as a note: its recording, messages, wishes to be called back.

Messages stay in the call until they are kept, so that the caller can hear them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.call.ears import Ears
from ivr.call.lines import IncomingCall
from ivr.call.ports import Recordings
from ivr.call.recording import Recorder, TappedLine
from ivr.core.commands import BeginMessage, EndMessage, KeepCallback, KeepMessage, Record
from ivr.core.events import Kept
from ivr.core.handing import message_sound

Order = BeginMessage | EndMessage | KeepMessage | KeepCallback | Record


class Outlet:
    """Obeys a call's orders to record and to keep.

    sounds  mu-law by name that every call may play
    note    is told of everything that was laid down, at once
    """

    def __init__(  # noqa: PLR0913 -- whose, of what, where to, and whom to tell
        self,
        call: IncomingCall,
        line: TappedLine,
        recordings: Recordings | None,
        sounds: Mapping[str, bytes],
        wall_ms: int,
        note: Callable[[Kept], None],
    ) -> None:
        self._call = call
        self._line = line
        self._recordings = recordings
        self._sounds = sounds
        self._wall_ms = wall_ms
        self._note = note
        self._messages: dict[str, bytes] = {}
        self._recorder: Recorder | None = None

    def sound(self, name: str) -> bytes | None:
        """A sound by its name: a message of this call, or one that every call may play."""
        return self._messages.get(name) or self._sounds.get(name)

    def obey(self, order: Order, ears: Ears, now: int) -> None:
        """Do it; whatever touches a disk is done later, by others."""
        match order:
            case BeginMessage():
                ears.keeping = True
            case EndMessage(number, from_ms, to_ms):
                self._messages = {message_sound(number): ears.cut(from_ms, to_ms)} if number else {}
                ears.keeping = False
            case KeepMessage(number, mailbox, length_ms):
                self._keep_message(number, mailbox, length_ms, now)
            case KeepCallback(count, number, time, note):
                about = {**self._about(now), "number": number, "time": time, "note": note}
                if self._recordings:
                    self._note(
                        Kept("callback", self._recordings.keep_callback(self._call.call_id, count, about))
                    )
            case Record(on):
                self._record(now, on=on)

    def new_stream(self, now: int) -> None:
        """The call goes on in another stream."""
        if self._recorder:
            self._recorder.new_stream(now)

    def close(self, now: int) -> None:
        """The call is over."""
        self._messages.clear()
        self._line.recorder = None
        if self._recorder:
            self._recorder.close(now)

    def _keep_message(self, number: int, mailbox: str, length_ms: int, now: int) -> None:
        audio = self._messages.get(message_sound(number))
        if audio is None or self._recordings is None:
            return
        about = {**self._about(now), "mailbox": mailbox, "seconds": round(length_ms / 1000, 1)}
        name = self._recordings.keep_message(self._call.call_id, number, audio, about)
        self._note(Kept("voicemail", name))

    def _about(self, now: int) -> dict[str, Any]:
        return {
            "call_id": self._call.call_id,
            "caller": self._call.caller,
            "called": self._call.called,
            "wall_ms": self._wall_ms + now,
        }

    def _record(self, now: int, *, on: bool) -> None:
        if self._recorder is None:
            if not on or self._recordings is None:
                return
            tape = self._recordings.open(self._call.call_id)
            self._recorder = self._line.recorder = Recorder(tape, now)
            self._note(Kept("recording", tape.name))
        elif on:
            self._recorder.start()
        else:
            self._recorder.stop(now)
