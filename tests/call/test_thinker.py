"""The thinker: results carry their turn, old work is cancelled, failures become events."""

import asyncio

from ivr.call.thinker import Thinker
from ivr.core.commands import Expectation, Understand
from ivr.core.errors import EngineError
from ivr.core.events import EngineFailed, Heard, Meaning, Understood
from tests.call.clock import run
from tests.call.fakes import FakeReader, FakeRecogniser

HOURS = Meaning("answer", name="hours", decided_by="classifier")


def test_words_come_back_with_their_turn():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(
            FakeRecogniser("when do you open"), FakeReader({"when do you open": HOURS}), posted.append
        )
        thinker.transcribe(3, b"\x10" * 800, ())
        await asyncio.sleep(1)
        thinker.understand(Understand(3, "when do you open", 0.9, Expectation("intents")))
        await asyncio.sleep(1)
        assert posted == [Heard(3, "when do you open", 0.9), Understood(3, HOURS)]

    run(scenario())


def test_a_newer_turn_cancels_the_older_one():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(FakeRecogniser("old", "new", delay=1), FakeReader({}), posted.append)
        thinker.transcribe(1, b"", ())
        await asyncio.sleep(0.5)
        thinker.transcribe(2, b"", ())
        await asyncio.sleep(3)
        assert posted == [Heard(2, "new", 0.9)]

    run(scenario())


def test_a_failing_engine_is_an_event_with_its_reason():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(
            FakeRecogniser(EngineError("no worker"), ValueError("boom")), FakeReader({}), posted.append
        )
        thinker.transcribe(1, b"", ())
        await asyncio.sleep(1)
        thinker.transcribe(2, b"", ())
        await asyncio.sleep(1)
        assert posted == [
            EngineFailed("recogniser", "no worker", turn=1),
            EngineFailed("recogniser", "ValueError: boom", turn=2),
        ]

    run(scenario())


def test_close_cancels_everything():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(FakeRecogniser("x", delay=9), FakeReader({}), posted.append)
        thinker.transcribe(1, b"", ())
        await asyncio.sleep(0.1)
        thinker.close()
        await asyncio.sleep(20)
        assert posted == []

    run(scenario())
