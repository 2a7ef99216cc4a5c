"""The thinker: results carry their turn, old work is cancelled, failures become events."""

import asyncio
from dataclasses import replace

from ivr.call.ports import Tab, Transcript, Urgency
from ivr.call.thinker import UNSURE, Thinker, settled
from ivr.core.commands import Expectation, Understand
from ivr.core.errors import EngineError, Shed
from ivr.core.events import Candidate, EngineFailed, Heard, Meaning, ModelsUsed, Understood
from ivr.core.usage import Usage
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


class Refusing(FakeRecogniser):
    """Refuses speculation."""

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        if urgency and urgency.speculative:
            raise Shed("no time")
        return await super().transcribe(audio, hints, language, urgency)


def test_a_guess_that_was_refused_is_no_failure_and_is_done_when_it_is_needed():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(Refusing("book"), FakeReader({}), posted.append)
        thinker.transcribe(1, b"", (), speculative=True)
        await asyncio.sleep(1)
        assert posted == []
        thinker.transcribe(1, b"", ())
        await asyncio.sleep(1)
        assert posted == [Heard(1, "book", 0.9)]

    run(scenario())


def test_what_is_forgotten_is_left_undone_and_may_be_ordered_again():
    async def scenario():
        posted: list[object] = []
        recogniser = FakeRecogniser("half of it", "all of it", delay=1)
        thinker = Thinker(recogniser, FakeReader({}), posted.append)
        thinker.transcribe(1, b"", (), speculative=True)
        await asyncio.sleep(0.5)
        thinker.forget(1)
        await asyncio.sleep(1)
        assert posted == []
        thinker.transcribe(3, b"", ())
        await asyncio.sleep(3)
        assert posted == [Heard(3, "all of it", 0.9)]

    run(scenario())


def test_recognition_under_way_is_not_begun_anew_when_the_turn_is_over():
    async def scenario():
        posted: list[object] = []
        recogniser = FakeRecogniser("book", "twice", delay=1)
        thinker = Thinker(recogniser, FakeReader({}), posted.append)
        thinker.transcribe(1, b"", (), speculative=True)
        await asyncio.sleep(0.5)
        thinker.transcribe(1, b"", ())
        await asyncio.sleep(3)
        assert posted == [Heard(1, "book", 0.9)]
        assert len(recogniser.audio) == 1

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


USAGE = Usage("intent", "economy", "small", nano=5)


class FakeInterpreter:
    """Takes everything for a question about the hours, after `delay` seconds."""

    def __init__(self, delay: float = 0.1) -> None:
        self.delay = delay
        self.asked: list[str] = []

    async def interpret(self, order: Understand, tab: Tab) -> Meaning:
        self.asked.append(order.text)
        tab.used = lambda: (USAGE,)
        await asyncio.sleep(self.delay)
        return HOURS

    def spared(self, order: Understand) -> Usage | None:
        return SPARED if order.text == "hours" else None


SPARED = Usage("intent", "flagship", "big", nano=0, flagship_nano=700, outcome="spared")


def test_a_model_is_asked_only_when_nothing_is_known_of_the_words():
    async def scenario():
        posted: list[object] = []
        interpreter = FakeInterpreter()
        refused = Meaning("nothing", name="too_few")
        reader = FakeReader({"hours": HOURS, "four": refused})
        thinker = Thinker(FakeRecogniser(), reader, posted.append, interpreter)
        for turn, (words, private) in enumerate(
            [("hours", False), ("four", False), ("my secret", True), ("are you there on Sunday", False)], 1
        ):
            thinker.understand(Understand(turn, words, 0.9, Expectation("intents", sensitive=private)))
            await asyncio.sleep(1)
        assert interpreter.asked == ["are you there on Sunday"]
        assert posted == [
            ModelsUsed((SPARED,), turn=1),
            Understood(1, HOURS),
            Understood(2, refused),
            Understood(3, Meaning("nothing")),
            ModelsUsed((USAGE,), turn=4),
            Understood(4, HOURS),
        ]

    run(scenario())


def test_a_model_is_asked_about_a_guess_that_is_as_likely_wrong_as_right():
    async def scenario():
        posted: list[object] = []
        guess = Meaning("intent", name="book", confidence=UNSURE - 0.01, decided_by="classifier")
        sure = replace(guess, confidence=UNSURE)
        heard = Meaning("value", value="4", confidence=0.5, decided_by="grammar")
        reader = FakeReader({"perhaps a visit": guess, "a visit": sure, "four": heard})
        for words in ("perhaps a visit", "a visit", "four"):
            thinker = Thinker(FakeRecogniser(), reader, posted.append, FakeInterpreter())
            thinker.understand(Understand(1, words, 0.9, Expectation("intents")))
            await asyncio.sleep(1)
        asked = [event.meaning for event in posted if isinstance(event, Understood)]
        assert asked == [HOURS, sure, heard]
        assert settled(guess, Meaning("nothing")) == guess
        assert settled(Meaning("nothing"), Meaning("nothing")) == Meaning("nothing")

    run(scenario())


def test_what_the_reader_thought_of_is_told_with_what_a_model_says():
    async def scenario():
        posted: list[object] = []
        near = Meaning("nothing", candidates=(Candidate("hours", 0.4),), cache_score=1.2)
        thinker = Thinker(FakeRecogniser(), FakeReader({"on Sunday": near}), posted.append, FakeInterpreter())
        thinker.understand(Understand(1, "on Sunday", 0.9, Expectation("intents")))
        await asyncio.sleep(1)
        (meaning,) = [event.meaning for event in posted if isinstance(event, Understood)]
        assert (meaning.name, meaning.candidates, meaning.cache_score) == (
            HOURS.name,
            near.candidates,
            1.2,
        )

    run(scenario())


def test_a_turn_that_is_dropped_is_still_on_the_bill():
    async def scenario():
        posted: list[object] = []
        thinker = Thinker(FakeRecogniser("new"), FakeReader({}), posted.append, FakeInterpreter(delay=5))
        thinker.understand(Understand(1, "hm", 0.9, Expectation("intents")))
        await asyncio.sleep(0.5)
        thinker.transcribe(2, b"", ())
        await asyncio.sleep(1)
        thinker.understand(Understand(2, "hm", 0.9, Expectation("intents")))
        await asyncio.sleep(0.5)
        assert thinker.close() == (ModelsUsed((USAGE,), turn=2),)
        await asyncio.sleep(10)
        assert posted == [ModelsUsed((USAGE,), turn=1), Heard(2, "new", 0.9)]

    run(scenario())
