"""A session that records: what is sensitive is silence on both sides, everything else is there."""

import asyncio

from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import IncomingCall
from ivr.call.session import Session
from ivr.core.events import Meaning
from ivr.core.flow.load import load_flow
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
    MemoryJournal,
)
from tests.call.test_outlet import MemoryFolder
from tests.call.test_recording import runs

SOURCE = """
ivr: 1
name: Test line
slots:
  pin: {type: digits, length: 4, ask: "Now the four digits of your number?", sensitive: true}
flows:
  main:
    - recording: start
    - listen: {ask: How?, intents: {book: }}
    - collect: pin
    - say: "{pin} is your number."
    - hangup: Goodbye.
intents: {book: [book it, I want to book]}
"""
MEANINGS = {
    "book": Meaning("intent", name="book", decided_by="classifier"),
    "1234": Meaning("value", value="1234", decided_by="grammar"),
}


def test_a_sensitive_turn_and_a_prompt_that_says_it_are_silent():
    async def scenario():
        folder, line = MemoryFolder(), FakeLine()
        equipment = Equipment(
            FakeRecogniser("book", "1234"),
            FakeVoice(),
            FakeDetector(),
            MemoryJournal(),
            FakeMeter(),
            recordings=folder,
        )
        loaded = LoadedFlow(load_flow(SOURCE, "test.yaml"), SOURCE, FakeReader(MEANINGS))
        call = IncomingCall("CA1", "+15550100001", "+15550100002", "MZ1")
        session = Session(call, line, loaded, equipment, 1_000, lambda _session: None)
        line.on_mark = session.mark
        timestamp = 0
        for sound, ms in ((SILENCE, 600), (SPEECH, 800), (SILENCE, 2000), (SPEECH, 600), (SILENCE, 3000)):
            for _ in range(ms // 20):
                await asyncio.sleep(0.02)
                session.audio(sound * 160, timestamp)
                timestamp += 20
        assert session.over
        said = [line.text for line in session.state.transcript if line.who == "agent"]
        assert said == ["How?", "Now the four digits of your number?", "•••", "Goodbye."]
        left, right = runs(folder.tape.left), runs(folder.tape.right)
        assert [(a, b) for a, b, _ in left] == [(600, 1400)], "the second turn is not there"
        lengths = [b - a for a, b, _ in right]
        assert lengths == [10 * len(text) for text in said if text != "•••"]
        assert session.state.kept == (("recording", "recordings/CA1.wav"),)

    run(scenario())
