"""The work that a call has done outside: every end is posted once, with its number."""

import asyncio
from collections.abc import Callable
from typing import Any

from ivr.call.errands import Errands
from ivr.call.ports import Tab, WorkResult
from ivr.core.commands import HttpRequest, WriteAnswer
from ivr.core.errors import EngineError
from ivr.core.events import AnswerPart, ModelsUsed, WorkEnded
from ivr.core.usage import Usage
from tests.call.clock import run
from tests.call.fakes import FakeWeb

ORDER = HttpRequest("GET", "https://example.org/")


def ends(web: FakeWeb | None, cancel: bool = False) -> list[WorkEnded]:
    posted: list[Any] = []

    async def scenario():
        errands = Errands("CA1", web, posted.append)
        errands.start(4, ORDER)
        await asyncio.sleep(0.05)
        if cancel:
            errands.cancel(4)
        await asyncio.sleep(1)
        errands.close()

    run(scenario())
    return posted


def test_work_ends_with_what_it_brings():
    web = FakeWeb(WorkResult("done", {"status": "open"}))
    assert ends(web) == [WorkEnded(4, "done", {"status": "open"})]
    assert web.asked == [(ORDER, "CA1-4")]


def test_what_is_cancelled_is_stopped_and_posts_nothing():
    web = FakeWeb(WorkResult("done"))
    assert ends(web, cancel=True) == []
    assert web.cancelled == 1


def test_what_breaks_has_failed():
    assert ends(FakeWeb(EngineError("no route"))) == [WorkEnded(4, "failed", reason="no route")]
    assert ends(FakeWeb(KeyError("x")))[0].reason == "KeyError: 'x'"


def test_without_a_client_requests_are_refused():
    assert [e.outcome for e in ends(None)] == ["refused"]


def test_closing_stops_everything():
    web = FakeWeb(WorkResult("done"))
    posted: list[Any] = []

    async def scenario():
        errands = Errands("CA1", web, posted.append)
        for work in (1, 2):
            errands.start(work, ORDER)
        await asyncio.sleep(0.05)
        errands.close()
        await asyncio.sleep(0.5)

    run(scenario())
    assert (posted, web.cancelled) == ([], 2)


class FakeWriter:
    """Says two sentences, half a second apart."""

    def __init__(self) -> None:
        self.stopped_after: list[float] = []

    async def write(self, order: WriteAnswer, say: Callable[[str], None], tab: Tab) -> WorkResult:
        tab.used = lambda: (USAGE,)
        loop = asyncio.get_running_loop()
        try:
            for sentence in ("One.", "Two."):
                await asyncio.sleep(0.5)
                say(sentence)
        except asyncio.CancelledError:
            self.stopped_after.append(loop.time())
            raise
        return WorkResult("done", {"sources": "fees.md"})


USAGE = Usage("answer", "economy", "small", nano=5)


def test_sentences_come_before_the_bill_and_the_end():
    posted: list[object] = []

    async def scenario():
        errands = Errands("CA1", None, posted.append, FakeWriter())
        errands.start(2, WriteAnswer("fees", "how much"))
        await asyncio.sleep(2)
        assert errands.close() == ()

    run(scenario())
    assert posted == [
        AnswerPart(2, "One."),
        AnswerPart(2, "Two."),
        ModelsUsed((USAGE,), work=2),
        WorkEnded(2, "done", {"sources": "fees.md"}),
    ]


def test_an_answer_that_is_called_off_is_silent_and_on_the_bill():
    posted: list[object] = []
    writer = FakeWriter()

    async def scenario():
        errands = Errands("CA1", None, posted.append, writer)
        errands.start(2, WriteAnswer("fees", "how much"))
        await asyncio.sleep(0.7)
        errands.cancel(2)
        await asyncio.sleep(2)
        assert errands.close() == ()

    run(scenario())
    assert posted == [AnswerPart(2, "One."), ModelsUsed((USAGE,), work=2)]
    assert len(writer.stopped_after) == 1


def test_the_bill_of_an_answer_outlives_the_call():
    posted: list[object] = []

    async def scenario():
        errands = Errands("CA1", None, posted.append, FakeWriter())
        errands.start(2, WriteAnswer("fees", "how much"))
        await asyncio.sleep(0.1)
        assert errands.close() == (ModelsUsed((USAGE,), work=2),)
        await asyncio.sleep(2)

    run(scenario())
    assert posted == []


def test_without_models_an_answer_says_what_is_missing():
    posted: list[object] = []

    async def scenario():
        errands = Errands("CA1", None, posted.append)
        errands.start(2, WriteAnswer("fees", "how much"))
        await asyncio.sleep(0.1)

    run(scenario())
    assert posted == [WorkEnded(2, "failed", reason="no language model is set up: see IVR_MODELS")]
