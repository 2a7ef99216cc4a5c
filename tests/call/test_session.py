"""A session with small real parts, in virtual time: the whole way of a call but the socket and the models."""

import asyncio

from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import IncomingCall
from ivr.call.ports import WorkResult
from ivr.call.session import Session
from ivr.core.errors import EngineError
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
from ivr.core.journal import decode, replay
from ivr.core.phrases import DEFAULTS
from tests.call.clock import run
from tests.call.fakes import (
    SILENCE,
    SPEECH,
    FakeDetector,
    FakeLine,
    FakeMeter,
    FakeReader,
    FakeRecogniser,
    FakeVoice,
    FakeWeb,
    MemoryJournal,
)

SOURCE = """
ivr: 1
name: Test line
intents:
  book: [book an appointment, I want to book]
contacts: {desk: "+15550101234"}
universals:
  agent: {transfer: desk}
slots:
  pin: {type: digits, length: 4, ask: Your secret number?, sensitive: true}
flows:
  main:
    - listen:
        ask: How can I help you today, dear caller?
        intents: {book: [{collect: pin}, {say: Booked.}]}
        keys: {"1": {transfer: {contact: desk, say: One moment.}}}
    - hangup: Goodbye.
"""
MEANINGS = {
    "book": Meaning("intent", name="book", decided_by="classifier"),
    "1234": Meaning("value", value="1234", decided_by="grammar"),
}


class Call:
    """A session, its line and the caller's side."""

    def __init__(
        self,
        *heard: str | Exception,
        voice: FakeVoice | None = None,
        source: str = SOURCE,
        web: FakeWeb | None = None,
        sounds: dict[str, bytes] | None = None,
    ) -> None:
        self.line = FakeLine()
        self.journal = MemoryJournal()
        self.meter = FakeMeter()
        self.over: list[Session] = []
        self.flow = load_flow(source, "test.yaml")
        self.recogniser = FakeRecogniser(*heard)
        equipment = Equipment(
            self.recogniser, voice or FakeVoice(), FakeDetector(), self.journal, self.meter, web=web
        )
        loaded = LoadedFlow(self.flow, source, FakeReader(MEANINGS), sounds=sounds or {})
        call = IncomingCall("CA1", "+15550100001", "+15550100002", "MZ1")
        self.session = Session(call, self.line, loaded, equipment, 1_000, self.over.append)
        self.line.on_mark = self.session.mark
        self._timestamp = 0

    async def sound(self, kind: bytes, ms: int) -> None:
        for _ in range(ms // 20):
            await asyncio.sleep(0.02)
            self.session.audio(kind * 160, self._timestamp)
            self._timestamp += 20

    @property
    def transcript(self) -> list[str]:
        return [f"{line.who}: {line.text}" for line in self.session.state.transcript]


def test_a_call_from_greeting_to_goodbye():
    async def scenario():
        call = Call("book", "1234")
        await call.sound(SILENCE, 1000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 2000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 3000)
        assert call.line.ended == ["hang up completed"]
        assert call.transcript == [
            "agent: How can I help you today, dear caller?",
            "caller: book",
            "agent: Your secret number?",
            "caller: •••",
            "agent: Booked.",
            "agent: Goodbye.",
        ]
        assert call.over == [call.session]
        assert call.meter.ends[0][0] == "completed"
        assert call.meter.turns == ["classifier", "grammar"]
        # the answer is ready when the silence of a complete one is over, 400 or 300; the ears' grain is 32 ms
        assert all(0.29 < seconds < 0.5 for seconds in call.meter.responses), call.meter.responses
        assert call.meter.counts == {"speculation_used": 2}

    run(scenario())


def test_the_journal_replays_to_the_same_call_and_holds_nothing_sensitive():
    async def scenario():
        call = Call("book", "1234")
        await call.sound(SILENCE, 1000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 2000)
        await call.sound(SPEECH, 800)
        await call.sound(SILENCE, 3000)
        rows = [(at, decode(event)) for _, _, at, event in call.journal.rows]
        state, _ = replay(call.flow, rows)
        assert state.transcript == call.session.state.transcript
        assert state.outcome == call.session.state.outcome == "completed"
        assert "1234" not in str(call.journal.rows)
        assert [seq for _, seq, _, _ in call.journal.rows] == list(range(len(call.journal.rows)))

    run(scenario())


def test_speech_over_a_prompt_clears_the_line_in_time():
    async def scenario():
        call = Call("book", voice=FakeVoice(ready=("How can I help you today, dear caller?",), pace=60))
        await call.sound(SILENCE, 1200)
        onset = call.line.loop.time()
        await call.sound(SPEECH, 600)
        await call.sound(SILENCE, 1500)
        assert len(call.line.clears) == 1
        assert call.line.clears[0] - onset <= 0.22
        assert call.meter.barge_ins
        assert call.transcript[0] != "agent: How can I help you today, dear caller?"
        assert call.transcript[1] == "caller: book"
        call.session.closed("caller")

    run(scenario())


def test_a_key_interrupts_and_transfers():
    async def scenario():
        call = Call()
        await call.sound(SILENCE, 200)
        call.session.key("1")
        await call.sound(SILENCE, 1000)
        assert call.line.ended == ["transfer +15550101234"]
        call.session.closed("us")
        assert call.meter.ends[0][0] == "transferred to desk"

    run(scenario())


def test_a_recogniser_that_fails_is_said_and_keys_still_work():
    async def scenario():
        call = Call(EngineError("no worker"), EngineError("no worker"))
        await call.sound(SILENCE, 1000)
        await call.sound(SPEECH, 600)
        await call.sound(SILENCE, 4000)
        assert f"agent: {DEFAULTS['trouble_keys']}" in call.transcript
        call.session.key("1")
        await call.sound(SILENCE, 1000)
        assert call.line.ended == ["transfer +15550101234"]

    run(scenario())


def test_a_caller_who_hangs_up_leaves_nothing_behind():
    async def scenario():
        call = Call("book", voice=FakeVoice(delay=3))
        call.recogniser.delay = 30
        await call.sound(SILENCE, 200)
        call.session.closed("caller")
        call.session.closed("caller")
        await call.sound(SPEECH, 500)
        call.session.key("1")
        assert [outcome for outcome, _ in call.meter.ends] == ["hung up by caller"]
        assert call.journal.ended == {"CA1": "hung up by caller"}
        assert call.over == [call.session]

    run(scenario())


def test_the_operator_can_end_a_call():
    async def scenario():
        call = Call()
        await call.sound(SILENCE, 200)
        call.session.hang_up()
        assert call.line.ended == ["hang up operator"]
        assert call.session.over

    run(scenario())


def test_our_own_bug_ends_the_call_instead_of_leaving_silence():
    async def scenario():
        call = Call("book")
        call.session._ears._fed = None  # type: ignore[assignment] # as wrong as our own code can be
        await call.sound(SILENCE, 1000)
        await call.sound(SPEECH, 600)
        await call.sound(SILENCE, 1500)
        assert call.line.ended == ["hang up failed"]
        assert call.over == [call.session]

    run(scenario())


def test_two_hundred_interruptions_do_no_harm():
    async def scenario():
        call = Call(*["book"] * 400)
        for _ in range(200):
            if call.session.over:
                break
            await call.sound(SPEECH, 300)
            await call.sound(SILENCE, 100)
        assert not call.session._inbox
        assert len(call.session._ears._buffer) < 60_000 * 8
        call.session.closed("caller")

    run(scenario())


SHOP = """
ivr: 1
slots:
  pin: {type: digits, length: 4, sensitive: true}
  status: text
flows:
  main:
    - say: One moment.
    - action:
        url: https://example.org/x
        save: {status: a, pin: b}
        on_error: {say: Broken.}
    - hangup: It is {status}.
"""


def test_a_call_waits_for_a_web_service_and_keeps_no_secret():
    async def scenario():
        web = FakeWeb(WorkResult("done", {"status": "fine", "pin": "4711"}), delay=3)
        call = Call(source=SHOP, web=web)
        await call.sound(SILENCE, 8000)
        assert call.transcript == [
            "agent: One moment.",
            f"agent: {DEFAULTS['working']}",
            "agent: It is fine.",
        ]
        assert call.line.ended == ["hang up completed"]
        rows = [(at_ms, decode(row)) for _, _, at_ms, row in call.journal.rows]
        assert "4711" not in str(rows)
        assert replay(call.flow, rows)[0].transcript == call.session.state.transcript

    run(scenario())


def test_a_file_of_the_authors_is_played_and_its_words_stand_in_the_record():
    async def scenario():
        source = SOURCE.replace("Goodbye.", "'[sound bye.wav: So long.]'").replace(
            "    - listen:", "    - say: '[sound jingle.wav]'\n    - listen:"
        )
        jingle, bye = bytes(range(1, 9)) * 400, bytes(range(11, 19)) * 300
        call = Call("1234", source=source, sounds={"jingle.wav": jingle, "bye.wav": bye})
        await call.sound(SILENCE, 300)
        assert call.line.audio.startswith(jingle[:1600]), "the file comes before the question"
        await call.sound(SILENCE, 40_000)
        assert call.transcript[0] == "agent: How can I help you today, dear caller?"
        rows = [(at, decode(event)) for _, _, at, event in call.journal.rows]
        assert replay(call.flow, rows)[0].transcript == call.session.state.transcript
        call.session.closed("caller")

    run(scenario())


def test_a_caller_who_hangs_up_stops_the_work():
    async def scenario():
        web = FakeWeb(WorkResult("done"), delay=60)
        call = Call(source=SHOP, web=web)
        await call.sound(SILENCE, 2000)
        call.session.closed("caller")
        await asyncio.sleep(0.1)
        assert web.cancelled == 1

    run(scenario())
