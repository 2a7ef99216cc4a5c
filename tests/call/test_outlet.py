"""What a call leaves behind: each order to the folder, each told of at once."""

from typing import Any

from ivr.call.ears import Ears
from ivr.call.lines import IncomingCall
from ivr.call.outlet import Outlet
from ivr.call.recording import TappedLine
from ivr.core.commands import BeginMessage, EndMessage, KeepCallback, KeepMessage, Record
from ivr.core.events import Kept
from tests.call.clock import run
from tests.call.fakes import SPEECH, FakeDetector, FakeLine
from tests.call.test_recording import MemoryTape


class MemoryFolder:
    """Implements `Recordings`."""

    def __init__(self) -> None:
        self.tape = MemoryTape()
        self.messages: list[tuple[str, int, bytes, dict[str, Any]]] = []
        self.callbacks: list[tuple[str, int, dict[str, Any]]] = []

    def open(self, call_id: str) -> MemoryTape:
        return self.tape

    def keep_message(self, call_id: str, number: int, audio: bytes, about: dict[str, Any]) -> str:
        self.messages.append((call_id, number, audio, about))
        return f"voicemail/{call_id}-{number}.wav"

    def keep_callback(self, call_id: str, number: int, about: dict[str, Any]) -> str:
        self.callbacks.append((call_id, number, about))
        return f"callbacks/{call_id}-{number}.json"


class Call:
    def __init__(self, folder: MemoryFolder | None) -> None:
        self.now = 0
        self.noted: list[Kept] = []
        self.line = TappedLine(FakeLine(), lambda: self.now)
        self.ears = Ears(FakeDetector(), lambda _event: None, lambda: self.now)
        call = IncomingCall("CA1", "+15550100001", "+15550100002")
        sounds = {"tone": b"t"}
        self.outlet = Outlet(call, self.line, folder, sounds, 1_000_000, self.noted.append)

    def hear(self, ms: int) -> None:
        for _ in range(ms // 20):
            self.ears.frame(SPEECH * 160, self.now)
            self.now += 20


def test_a_message_can_be_heard_and_kept():
    async def scenario():
        folder = MemoryFolder()
        call = Call(folder)
        call.outlet.obey(BeginMessage(1), call.ears, call.now)
        assert call.ears.keeping
        call.hear(3000)
        call.outlet.obey(EndMessage(1, 1000, 2000), call.ears, call.now)
        assert not call.ears.keeping
        assert call.outlet.sound("message-1") == SPEECH * 8000
        assert (call.outlet.sound("tone"), call.outlet.sound("music")) == (b"t", None)
        call.outlet.obey(KeepMessage(1, "sales", 1000), call.ears, call.now)
        ((call_id, number, audio, about),) = folder.messages
        assert (call_id, number, len(audio)) == ("CA1", 1, 8000)
        assert (about["mailbox"], about["seconds"], about["caller"]) == ("sales", 1.0, "+15550100001")
        assert call.noted == [Kept("voicemail", "voicemail/CA1-1.wav")]
        call.outlet.close(call.now)
        assert call.outlet.sound("message-1") is None

    run(scenario())


def test_a_message_that_is_taken_again_replaces_the_first():
    async def scenario():
        call = Call(MemoryFolder())
        call.hear(3000)
        call.outlet.obey(EndMessage(1, 0, 1000), call.ears, call.now)
        call.outlet.obey(EndMessage(2, 1000, 1500), call.ears, call.now)
        assert call.outlet.sound("message-1") is None
        assert call.outlet.sound("message-2") == SPEECH * 4000
        call.outlet.obey(EndMessage(0, 0, 0), call.ears, call.now)
        assert call.outlet.sound("message-2") is None

    run(scenario())


def test_a_wish_to_be_called_back_is_kept_with_its_time():
    async def scenario():
        folder = MemoryFolder()
        call = Call(folder)
        call.now = 5000
        call.outlet.obey(KeepCallback(1, "+1555", "noon", "order 7"), call.ears, call.now)
        ((_, number, about),) = folder.callbacks
        assert number == 1
        assert (about["number"], about["time"], about["note"], about["wall_ms"]) == (
            "+1555",
            "noon",
            "order 7",
            1_005_000,
        )
        assert call.noted == [Kept("callback", "callbacks/CA1-1.json")]

    run(scenario())


def test_a_recording_is_told_of_once_and_stands_still_between():
    async def scenario():
        folder = MemoryFolder()
        call = Call(folder)
        call.outlet.obey(Record(on=False), call.ears, 0)
        assert call.line.recorder is None
        for on, at in ((True, 0), (False, 1000), (True, 2000)):
            call.outlet.obey(Record(on=on), call.ears, at)
        assert call.noted == [Kept("recording", "recordings/CA1.wav")]
        call.outlet.close(3000)
        assert folder.tape.closed
        assert len(folder.tape.left) == 3000 * 8

    run(scenario())


def test_a_server_that_keeps_nothing_still_plays_messages():
    async def scenario():
        call = Call(None)
        call.hear(1000)
        call.outlet.obey(Record(on=True), call.ears, 0)
        call.outlet.obey(EndMessage(1, 0, 1000), call.ears, call.now)
        call.outlet.obey(KeepMessage(1, "general", 1000), call.ears, call.now)
        call.outlet.obey(KeepCallback(1, "+1555", "", ""), call.ears, call.now)
        assert call.noted == []
        assert call.outlet.sound("message-1")

    run(scenario())
