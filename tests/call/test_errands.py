"""The work that a call has done outside: every end is posted once, with its number."""

import asyncio

from ivr.call.errands import Errands
from ivr.call.ports import WorkResult
from ivr.core.commands import HttpRequest
from ivr.core.errors import EngineError
from ivr.core.events import WorkEnded
from tests.call.clock import run

ORDER = HttpRequest("GET", "https://example.org/")


class FakeWeb:
    """Answers after `delay` seconds with what it was given; an exception is raised."""

    def __init__(self, answer: WorkResult | Exception, delay: float = 0.1) -> None:
        self.answer = answer
        self.delay = delay
        self.asked: list[tuple[HttpRequest, str]] = []
        self.cancelled = 0

    async def request(self, order: HttpRequest, *, once: str) -> WorkResult:
        self.asked.append((order, once))
        try:
            await asyncio.sleep(self.delay)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ends(web: FakeWeb | None, cancel: bool = False) -> list[WorkEnded]:
    posted: list[WorkEnded] = []

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
    posted: list[WorkEnded] = []

    async def scenario():
        errands = Errands("CA1", web, posted.append)
        for work in (1, 2):
            errands.start(work, ORDER)
        await asyncio.sleep(0.05)
        errands.close()
        await asyncio.sleep(0.5)

    run(scenario())
    assert (posted, web.cancelled) == ([], 2)
