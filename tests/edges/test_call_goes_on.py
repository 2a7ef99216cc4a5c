"""Calls that outlive their stream: real webhooks and sockets, real sessions, a carrier that follows."""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Callable
from dataclasses import replace

import pytest

from ivr.call.equipment import Equipment, LoadedFlow
from ivr.call.lines import IncomingCall, Line
from ivr.call.session import Session
from ivr.call.switchboard import Switchboard
from ivr.core.flow.load import load_flow
from ivr.core.journal import decode, replay
from ivr.edges.carrier import CallEnd, SimulatedCarrier
from ivr.engines.recordings import SoundFolder
from tests.call.fakes import (
    SPEECH,
    FakeDetector,
    FakeMeter,
    FakeReader,
    FakeRecogniser,
    FakeVoice,
    MemoryJournal,
)
from tests.edges.edge_rig import OpenRig, Rig

HEAD = """
ivr: 1
name: Test line
contacts: {desk: "+15550101234"}
universals: {agent: {transfer: desk}}
flows:
  main:
"""
TRANSFER = """
    - recording: start
    - transfer:
        contact: desk
        say: Hold on.
        whisper: A caller.
        timeout: 12s
        on_busy: {say: Busy.}
        on_refused: {say: Refused.}
        on_no_answer: {say: Nobody.}
    - hangup: Bye.
"""
QUESTION = """
    - say: Hi.
    - listen: {ask: Yes or what?, keys: {"1": {say: One.}}}
    - hangup: Bye.
"""
MESSAGE = """
    - voicemail: {say: Speak., end_silence: 1s}
    - hangup: Bye.
"""


class Desk:
    """A switchboard with real sessions behind a rig's sockets."""

    def __init__(self, rig: Rig, flow: str, folder: SoundFolder) -> None:
        self.flow = load_flow(HEAD + flow, "test.yaml")
        self.journal = MemoryJournal()
        self.folder = folder
        self.meter = FakeMeter()
        self.begun: list[Session] = []
        self.board = Switchboard(self._begin)
        rig.answer = self.board.answer
        rig.away = self.board  # type: ignore[assignment] # both are `Calls`

    def _begin(self, call: IncomingCall, line: Line) -> Session:
        equipment = Equipment(
            FakeRecogniser(),
            FakeVoice(),
            FakeDetector(),
            self.journal,
            self.meter,
            sounds={"tone": b"\x20" * 800},
            recordings=self.folder,
        )
        loaded = LoadedFlow(self.flow, HEAD, FakeReader({}))
        session = Session(call, line, loaded, equipment, 1_000, self.board.forget)
        self.begun.append(session)
        return session

    @property
    def said(self) -> list[str]:
        return [line.text for line in self.begun[0].state.transcript if line.who == "agent"]

    def replays(self) -> bool:
        """Whether the journal gives the same call, in the order of its times."""
        times = [at for _, _, at, _ in self.journal.rows]
        state, _ = replay(self.flow, [(at, decode(row)) for _, _, at, row in self.journal.rows])
        live = self.begun[0].state
        assert times == sorted(times)
        assert [seq for _, seq, _, _ in self.journal.rows] == list(range(len(times)))
        return (state.transcript, state.outcome, state.kept) == (live.transcript, live.outcome, live.kept)


@pytest.fixture
async def desk(open_rig: OpenRig, tmp_path):
    folder = SoundFolder(tmp_path)
    rig = await open_rig()

    def make(flow: str) -> tuple[Rig, Desk]:
        return rig, Desk(rig, flow, folder)

    yield make
    folder.close()


Make = Callable[[str], tuple[Rig, Desk]]


async def ring_out(rig: Rig, outcome: str) -> tuple[SimulatedCarrier, CallEnd]:
    settings = replace(rig.carrier(dial_outcome=outcome), ring_s=0.3)
    async with SimulatedCarrier(settings) as carrier, asyncio.timeout(15):
        await carrier.ring()
        return carrier, await carrier.ended()


@pytest.mark.parametrize(
    ("outcome", "words"), [("busy", "Busy."), ("refused", "Refused."), ("no-answer", "Nobody.")]
)
async def test_a_transfer_that_comes_to_nothing_goes_on_in_another_stream(
    desk: Make, outcome: str, words: str
) -> None:
    rig, line = desk(TRANSFER)
    carrier, end = await ring_out(rig, outcome)
    assert end.dialled == "+15550101234"
    dialled = next(step for step in end.steps if step.dial_to)
    assert dialled.timeout_s == 12
    assert "/twilio/whisper?call=" in dialled.whisper_url
    if outcome == "refused":
        assert carrier.whispered.said[0].startswith("A caller. Press 1")
    assert line.said == ["Hold on.", words, "Bye."]
    assert [session.state.outcome for session in line.begun] == ["completed"]
    assert line.replays()
    assert rig.registry.active == 0
    assert not line.board.sessions
    assert not rig.logged("warning")


async def test_a_transfer_that_succeeds_ends_the_call(desk: Make) -> None:
    rig, line = desk(TRANSFER)
    _, end = await ring_out(rig, "completed")
    assert line.said == ["Hold on."]
    assert line.begun[0].state.outcome == "transferred to desk"
    assert end.steps[-1].hangs_up
    assert line.replays()
    assert not line.board.sessions


async def test_a_stream_that_breaks_goes_on_at_the_same_step(desk: Make) -> None:
    rig, line = desk(QUESTION)
    async with SimulatedCarrier(rig.carrier()) as carrier, asyncio.timeout(15):
        await carrier.ring()
        await carrier.agent_speaks()
        await carrier.agent_quiet(200)
        broke = carrier.now_ms
        await carrier.drop()
        assert await carrier.agent_speaks(broke) is not None
        await carrier.agent_quiet(200)
        carrier.press("1")
        end = await carrier.ended()
    assert end.close_code == 1000
    assert line.said[-4:] == ["Hi.", "Yes or what?", "One.", "Bye."]
    assert "I'm sorry, we were cut off for a moment." in line.said
    assert len(line.begun) == 1
    assert line.replays()


async def test_the_recording_has_both_streams_and_what_the_caller_heard(desk: Make, tmp_path) -> None:
    rig, line = desk(TRANSFER)
    await ring_out(rig, "busy")
    line.folder.close()
    (kept,) = line.begun[0].state.kept
    assert kept == ("recording", f"recordings/{line.begun[0].call.call_id}.wav")
    data = (tmp_path / kept[1]).read_bytes()
    assert data[22:24] == b"\x02\x00"
    frames = list(struct.iter_unpack("<hh", data[44:]))
    right = [agent for _, agent in frames]
    loud = [at for at, sample in enumerate(right) if abs(sample) > 1000]
    began = [loud[0], *(b for a, b in itertools.pairwise(loud) if b - a > 1600)]
    # "Hold on." before the transfer; "Busy." and "Bye." in the second stream, without a hole of 200 ms
    assert len(began) == 2
    spoken_ms = len(loud) / 8
    assert abs(spoken_ms - 10 * len("Hold on.Busy.Bye.")) < 25


async def test_a_message_is_left_played_back_and_kept(desk: Make, tmp_path) -> None:
    rig, line = desk(MESSAGE)
    async with SimulatedCarrier(rig.carrier()) as carrier, asyncio.timeout(20):
        await carrier.ring()
        await carrier.agent_speaks()
        await carrier.agent_quiet(100)
        await carrier.speak(SPEECH * 8 * 1500)
        asked = carrier.now_ms
        await carrier.agent_speaks(asked)
        await carrier.agent_quiet(300)
        heard = carrier.agent_audio_since(asked)
        carrier.press("1")
        await carrier.ended()
    line.folder.close()
    assert heard.count(SPEECH) > 8 * 1400
    (kept,) = line.begun[0].state.kept
    assert kept[0] == "voicemail"
    sound = (tmp_path / kept[1]).read_bytes()[44:]
    assert 1500 < len(sound) / 16 < 2100
    assert line.said[-1] == "Bye."
    assert line.replays()


async def test_a_caller_who_hangs_up_in_a_message_has_left_it(desk: Make, tmp_path) -> None:
    rig, line = desk(MESSAGE)
    async with SimulatedCarrier(rig.carrier()) as carrier, asyncio.timeout(20):
        await carrier.ring()
        await carrier.agent_speaks()
        await carrier.agent_quiet(100)
        await carrier.speak(SPEECH * 8 * 1200)
        await carrier.hang_up()
        await carrier.ended()
    line.folder.close()
    (kept,) = line.begun[0].state.kept
    assert (tmp_path / kept[1]).exists()
    assert line.begun[0].state.outcome == "hung up by caller"
    assert line.replays()
