"""Which session a line belongs to."""

import asyncio

from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import IncomingCall, Line
from ivr.call.session import Session
from ivr.call.switchboard import Switchboard
from ivr.core.flow.load import load_flow
from tests.call.clock import run
from tests.call.fakes import (
    FakeDetector,
    FakeLine,
    FakeMeter,
    FakeReader,
    FakeRecogniser,
    FakeVoice,
    MemoryJournal,
)

SOURCE = """
ivr: 1
name: Test line
contacts: {desk: "+15550101234"}
universals: {agent: {transfer: desk}}
flows:
  main:
    - listen: {ask: How?, keys: {"1": {transfer: {contact: desk, on_busy: {say: Busy.}}}}}
    - hangup: Bye.
"""
CALL = IncomingCall("CA1", "+15550100001", "+15550100002", "MZ1", resumes=True)


class Board:
    """A switchboard, and all the sessions that it began."""

    def __init__(self) -> None:
        self.flow = load_flow(SOURCE, "test.yaml")
        self.meter = FakeMeter()
        self.begun: list[Session] = []
        self.board = Switchboard(self._begin)

    def _begin(self, call: IncomingCall, line: Line) -> Session:
        equipment = Equipment(FakeRecogniser(), FakeVoice(), FakeDetector(), MemoryJournal(), self.meter)
        loaded = LoadedFlow(self.flow, SOURCE, FakeReader({}))
        self.begun.append(Session(call, line, loaded, equipment, 1_000, self.board.forget))
        return self.begun[-1]

    def line(self) -> FakeLine:
        """Another line for the call."""
        line = FakeLine()
        line.on_mark = self.board.answer(CALL, line).mark
        return line


def test_a_transferred_call_goes_on_with_its_next_line():
    async def scenario():
        board = Board()
        first = board.line()
        await asyncio.sleep(1)
        board.begun[0].key("1")
        await asyncio.sleep(1)
        assert first.ended == ["transfer +15550101234"]
        board.begun[0].closed("us")
        assert not board.board.goes_on("CA1"), "it is still ringing"
        assert not board.begun[0].here
        board.board.transfer_ended("CA1", "busy")
        assert board.board.goes_on("CA1")
        second = board.line()
        await asyncio.sleep(2)
        assert len(board.begun) == 1
        assert first.ended == ["transfer +15550101234"]
        assert second.ended == ["hang up completed"]
        assert not board.board.sessions

    run(scenario())


def test_a_line_that_broke_is_replaced_even_before_we_notice():
    async def scenario():
        board = Board()
        first = board.line()
        await asyncio.sleep(1)
        assert board.board.goes_on("CA1"), "the carrier knows better"
        assert first.ended == ["hang up cut off"]
        board.begun[0].closed("us")  # the old stream takes leave
        second = board.line()
        await asyncio.sleep(2)
        assert second.sent
        board.board.gone("CA1")
        assert [outcome for outcome, _ in board.meter.ends] == ["hung up by caller"]
        assert not board.board.sessions

    run(scenario())


def test_nothing_is_known_of_other_calls():
    async def scenario():
        board = Board()
        assert not board.board.goes_on("CA9")
        board.board.transfer_ended("CA9", "busy")
        board.board.transfer_answered("CA9", accepted=True)
        board.board.gone("CA9")
        assert board.begun == []

    run(scenario())


def test_a_second_call_of_the_same_name_is_another_session():
    async def scenario():
        board = Board()
        board.line()
        await asyncio.sleep(1)
        board.begun[0].closed("caller")
        board.line()
        assert len(board.begun) == 2
        board.begun[1].closed("caller")

    run(scenario())


def test_a_caller_who_never_comes_back_leaves_nothing_behind():
    async def scenario():
        board = Board()
        board.line()
        await asyncio.sleep(1)
        board.begun[0].closed("carrier")
        assert len(board.board.sessions) == 1
        await asyncio.sleep(25)
        assert not board.board.sessions
        assert [outcome for outcome, _ in board.meter.ends] == ["hung up by carrier"]

    run(scenario())
