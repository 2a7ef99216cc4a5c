from __future__ import annotations

import asyncio
import dataclasses
import itertools

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.call.lines import Transfer
from ivr.core.errors import CarrierError
from ivr.core.flow.model import Contact
from ivr.edges.carrier import CarrierSettings, Ears, SimulatedCarrier
from tests.edges.edge_rig import PATIENCE_S, FakeCall, OpenRig, Rig

SPEECH = bytes(range(250)) * 2  # 62.5 ms, no whole number of frames


async def answered(rig: Rig, carrier: SimulatedCarrier) -> FakeCall:
    await carrier.ring()
    async with asyncio.timeout(PATIENCE_S):
        while not rig.calls:  # noqa: ASYNC110 - the answerer of the test has no event
            await asyncio.sleep(0.002)
    return rig.calls[0]


async def test_what_the_caller_says_arrives_frame_by_frame(rig: Rig) -> None:
    async with SimulatedCarrier(rig.carrier()) as carrier:
        call = await answered(rig, carrier)
        first, second = carrier.speak(SPEECH), carrier.speak(SPEECH)
        await first
        spoken = await second
        assert spoken.ended_ms - spoken.began_ms == 62
        assert spoken.began_ms - (await first).began_ms == 80
        carrier.press("7")
        async with asyncio.timeout(PATIENCE_S):
            while call.keys != ["7"]:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.002)
        heard = b"".join(frame for frame, _ in call.frames)
        said, _ = carrier.recording()
        both = min(len(said), len(heard))
        assert said[:both] == heard[:both]
        assert both >= 1280
        assert SPEECH in heard
        times = [ms for _, ms in call.frames]
        assert times[0] > 0
        assert {later - earlier for earlier, later in itertools.pairwise(times)} == {20}
        assert rig.meter.counts == {}


async def test_marks_return_in_their_time_and_both_sides_are_kept(rig: Rig) -> None:
    began: list[float] = []
    async with SimulatedCarrier(rig.carrier(), Ears(on_audio_started=began.append)) as carrier:
        call = await answered(rig, carrier)
        call.line.play(b"\x01" * 800, "a")
        call.line.play(b"\x02" * 800, "b")
        start_ms = await carrier.agent_speaks()
        assert start_ms is not None
        assert call.marks == []
        assert carrier.is_agent_speaking
        assert await carrier.agent_quiet(30)
        assert not carrier.is_agent_speaking
        assert call.marks == ["a", "b"]
        (span,) = carrier.agent_spans
        assert span.end_ms - span.start_ms == 200
        assert int(began[0] * 8) == int(span.start_ms * 8)
        caller, agent = carrier.recording()
        assert len(caller) == len(agent)
        assert agent.strip(b"\xff") == b"\x01" * 800 + b"\x02" * 800
        assert agent.index(b"\x01") == int(start_ms * 8)


async def test_clear_silences_and_returns_the_marks(rig: Rig) -> None:
    cleared: list[float] = []
    async with SimulatedCarrier(rig.carrier(), Ears(on_clear=cleared.append)) as carrier:
        call = await answered(rig, carrier)
        call.line.play(bytes(80_000), "long")
        await carrier.agent_speaks()
        call.line.clear()
        await carrier.agent_quiet(20)
        assert carrier.now_ms < 10_000  # what was sent lasts so long
        assert call.marks == ["long"]
        assert len(cleared) == 1
        assert carrier.agent_spans[-1].end_ms == pytest.approx(cleared[0], abs=1)


async def test_a_hang_up_of_the_server_and_what_comes_after(rig: Rig) -> None:
    async with SimulatedCarrier(rig.carrier()) as carrier:
        call = await answered(rig, carrier)
        call.line.play(bytes(8000), "cut off")
        call.line.hang_up("completed")
        end = await carrier.ended()
    assert (end.by, end.close_code, end.dialled) == ("server", 1000, "")
    assert [step.hangs_up for step in end.steps] == [True]
    assert end.unheard_ms > 500
    assert call.closings == ["us"]
    assert not rig.logged("warning")


async def test_a_transfer_is_followed_to_its_end(open_rig: OpenRig) -> None:
    rig = await open_rig()
    async with SimulatedCarrier(rig.carrier(dial_outcome="no-answer")) as carrier:
        call = await answered(rig, carrier)
        call.line.transfer(Transfer(Contact("desk", "+15550101234")))
        end = await carrier.ended()
    assert end.dialled == "+15550101234"
    assert end.steps[-1].said == ("phrase give_up",)
    assert rig.away.transfers == [(carrier.call_id, "no-answer")]


async def test_the_caller_hangs_up(rig: Rig) -> None:
    async with SimulatedCarrier(rig.carrier()) as carrier:
        call = await answered(rig, carrier)
        unsaid = carrier.speak(bytes(80_000))
        await carrier.hang_up()
        end = await carrier.ended()
        assert (end.by, end.steps) == ("caller", ())
        await asyncio.wait_for(call.over.wait(), PATIENCE_S)
        assert call.closings == ["caller"]
        with pytest.raises(CarrierError, match="ended before"):
            await unsaid
        with pytest.raises(CarrierError, match="ended before"):
            await carrier.speak(b"x")
        assert await carrier.agent_speaks() is None
        assert not await carrier.agent_quiet(1)


async def test_a_broken_line(rig: Rig) -> None:
    async with SimulatedCarrier(rig.carrier()) as carrier:
        call = await answered(rig, carrier)
        await carrier.drop()
        end = await carrier.ended()
        await asyncio.wait_for(call.over.wait(), PATIENCE_S)
    assert call.closings == ["carrier"]
    assert end.close_code == 1006
    assert [step.said for step in end.steps] == [("phrase give_up",)]


async def test_a_busy_line(open_rig: OpenRig) -> None:
    rig = await open_rig(limit=0)
    async with SimulatedCarrier(rig.carrier()) as carrier:
        assert (await carrier.ring()).said == ("phrase busy",)
        end = await carrier.ended()
    assert (end.by, end.close_code, end.steps) == ("server", 0, ())


async def test_a_busy_line_with_overflow(open_rig: OpenRig) -> None:
    rig = await open_rig(limit=0, overflow_number="+15550107777")
    async with SimulatedCarrier(rig.carrier()) as carrier:
        assert (await carrier.ring()).dial_to == "+15550107777"
        end = await carrier.ended()
    assert [step.hangs_up for step in end.steps] == [True]


async def test_a_server_on_this_machine_needs_no_secret(open_rig: OpenRig) -> None:
    rig = await open_rig(auth_token="", public_url="")
    async with SimulatedCarrier(CarrierSettings(rig.base)) as carrier:
        call = await answered(rig, carrier)
        call.line.hang_up("completed")
        assert (await carrier.ended()).close_code == 1000


async def test_a_stream_is_opened_without_a_webhook() -> None:
    messages: list[str] = []

    async def stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            messages.append(message.json()["event"])
            if "media" in messages:
                await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/media", stream)
    async with TestServer(app) as server:
        settings = CarrierSettings("", stream_url=f"ws://127.0.0.1:{server.port}/media")
        async with SimulatedCarrier(settings) as carrier:
            await carrier.ring()
            assert not carrier.is_over
            end = await carrier.ended()
            assert carrier.is_over
    assert messages[:3] == ["connected", "start", "media"]
    assert (end.by, end.steps) == ("server", ())


async def test_a_webhook_may_have_another_path(rig: Rig) -> None:
    settings = dataclasses.replace(rig.carrier(), voice_path="/elsewhere")
    async with SimulatedCarrier(settings) as carrier:
        with pytest.raises(CarrierError, match=r"404 to POST .*/elsewhere"):
            await carrier.ring()


async def test_a_wrong_secret_is_named(rig: Rig) -> None:
    async with SimulatedCarrier(rig.carrier(auth_token="another")) as carrier:
        with pytest.raises(CarrierError, match=r"403.*TWILIO_AUTH_TOKEN"):
            await carrier.ring()


async def test_nobody_answers() -> None:
    async with SimulatedCarrier(CarrierSettings("http://127.0.0.1:9")) as carrier:
        with pytest.raises(CarrierError, match=r"nobody answers at http://127.0.0.1:9.*start the server"):
            await carrier.ring()


async def test_nothing_is_left_behind(rig: Rig) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        carrier = SimulatedCarrier(rig.carrier())
        await answered(rig, carrier)
        rig.calls.clear()
        carrier.speak(SPEECH)
        await carrier.close()
        await carrier.close()
    await asyncio.sleep(0.05)
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not [task for task in left if "Carrier" in repr(task.get_coro())]
