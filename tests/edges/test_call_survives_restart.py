"""A call whose caller is with somebody else while the server restarts: real webhooks, sockets, databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import IncomingCall, Line, NoLine
from ivr.call.session import Session
from ivr.call.switchboard import Switchboard
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.edges.carrier import SimulatedCarrier
from ivr.engines.recordings import SoundFolder
from ivr.engines.records.store import RecordStore
from ivr.review.records import WholeCall
from ivr.taking_up import taken_up
from tests.call.fakes import FakeDetector, FakeMeter, FakeReader, FakeRecogniser, FakeVoice
from tests.edges.edge_rig import OpenRig, Rig
from tests.edges.test_call_goes_on import HEAD, QUESTION, TRANSFER

PIN = HEAD.replace("contacts:", "slots: {pin: {type: digits, ask: Pin?, sensitive: true}}\ncontacts:")


class House:
    """All of a server but its engines and its port."""

    def __init__(self, setting: str, folder: Path, name: str, source: str) -> None:
        self.store = RecordStore(setting, folder, server=name, takes_up=True)
        self.sounds = SoundFolder(folder)
        self.loaded = LoadedFlow(load_flow(source, "test.yaml"), source, FakeReader({}))
        self.board = Switchboard(self._begin)
        self.loads: list[str] = []

    def _equipment(self) -> Equipment:
        parts = FakeRecogniser(), FakeVoice(), FakeDetector(), self.store.journal, FakeMeter()
        return Equipment(*parts, recordings=self.sounds)

    def _begin(self, call: IncomingCall, line: Line) -> Session:
        wall_ms = int(time.time() * 1000)
        return Session(call, line, self.loaded, self._equipment(), wall_ms, self.board.forget)

    async def take_up(self) -> None:
        for left in await taken_up(self.store, self.loaded, self._load):
            made = Session(
                left.call,
                NoLine(),
                left.loaded,
                self._equipment(),
                left.began_ms,
                self.board.forget,
                past=left.past,
            )
            self.board.take_up(made)

    async def _load(self, flow: Flow, source: str) -> LoadedFlow:
        self.loads.append(flow.name)
        return LoadedFlow(flow, source, FakeReader({}))

    async def stop(self) -> None:
        for session in self.board.sessions:
            if not session.leave():
                session.hang_up("operator")
        await asyncio.to_thread(self.store.close)
        await asyncio.to_thread(self.sounds.close)

    async def record(self) -> WholeCall:
        await self.store.settled()
        (row,) = await self.store.records.calls()
        whole = await self.store.records.call(row.call_id)
        assert whole is not None
        return whole


Start = Callable[..., House]


@pytest.fixture
async def start(database_setting: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts servers on one database: `start("one", source)`."""
    houses: list[House] = []

    def make(name: str, source: str = HEAD + TRANSFER) -> House:
        houses.append(House(database_setting, tmp_path, name, source))
        return houses[-1]

    yield make
    for house in houses[-1:]:
        await house.stop()


def serve(rig: Rig, house: House) -> None:
    rig.answer = house.board.answer
    rig.away = house.board  # type: ignore[assignment] # both are `Calls`


async def until_away(house: House) -> Session:
    while not (house.board.sessions and house.board.sessions[0].state.away):  # noqa: ASYNC110 -- others' work
        await asyncio.sleep(0.02)
    return house.board.sessions[0]


@pytest.mark.parametrize("changed", [False, True], ids=["same flow", "flow has changed"])
async def test_a_caller_comes_back_from_a_transfer_to_the_next_server(
    open_rig: OpenRig, start: Start, changed: bool
) -> None:
    rig, first = await open_rig(), start("one")
    serve(rig, first)
    settings = replace(rig.carrier(dial_outcome="busy"), ring_s=2.0)
    async with SimulatedCarrier(settings) as carrier, asyncio.timeout(20):
        await carrier.ring()
        left = await until_away(first)
        await first.stop()
        second = start("two", HEAD + TRANSFER.replace("Busy.", "Engaged.") if changed else HEAD + TRANSFER)
        serve(rig, second)
        await second.take_up()
        (session,) = second.board.sessions
        assert session.state == replace(left.state, kept=session.state.kept)
        end = await carrier.ended()
    assert end.close_code == 1000
    whole = await second.record()
    assert [line.text for line in whole.lines] == ["Hold on.", "Busy.", "Bye."], "the flow that took the call"
    assert (whole.row.outcome, whole.row.problem) == ("completed", "")
    assert second.loads == (["Test line"] if changed else [])
    assert not second.board.sessions
    events = await second.store.records.events(whole.row.call_id)
    assert [row.seq for row in events] == list(range(len(events)))
    assert [row.at_ms for row in events] == sorted(row.at_ms for row in events)


async def test_the_end_of_a_transfer_that_succeeds_reaches_the_next_server(
    open_rig: OpenRig, start: Start
) -> None:
    rig, first = await open_rig(), start("one")
    serve(rig, first)
    async with SimulatedCarrier(replace(rig.carrier(), ring_s=1.5)) as carrier, asyncio.timeout(20):
        await carrier.ring()
        session = await until_away(first)
        session.transfer_answered(accepted=True)
        await first.stop()
        second = start("two")
        serve(rig, second)
        await second.take_up()
        await carrier.ended()
    assert (await second.record()).row.outcome == "transferred to desk"


async def test_a_call_that_knows_something_sensitive_does_not_go_on_with_a_mask(
    open_rig: OpenRig, start: Start
) -> None:
    source = PIN + TRANSFER.replace("    - recording: start\n", '    - set_slots: {pin: "4271"}\n')
    rig, first = await open_rig(), start("one", source)
    serve(rig, first)
    async with SimulatedCarrier(replace(rig.carrier(), ring_s=1.0)) as carrier, asyncio.timeout(20):
        await carrier.ring()
        session = await until_away(first)
        assert not session.leave()
        await first.stop()
        second = start("two", source)
        serve(rig, second)
        await second.take_up()
        assert not second.board.sessions
        await carrier.ended()
    assert (await second.record()).row.outcome == "transferred to desk", "which is as much as was known"


async def test_a_call_whose_server_was_killed_in_the_middle_of_it_is_lost(
    open_rig: OpenRig, start: Start, tmp_path: Path
) -> None:
    rig, first = await open_rig(), start("gone", HEAD + QUESTION)
    serve(rig, first)
    async with SimulatedCarrier(rig.carrier()) as carrier, asyncio.timeout(20):
        await carrier.ring()
        while not first.board.sessions:  # noqa: ASYNC110 -- others' work
            await asyncio.sleep(0.02)
        first.store.journal.leave(first.board.sessions[0].call.call_id)
        await asyncio.to_thread(first.store.close)
        second = start("two", HEAD + QUESTION)
        await second.take_up()
        assert not second.board.sessions
        await carrier.hang_up()
    assert (await second.record()).row.outcome == "lost"
