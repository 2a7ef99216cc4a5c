from __future__ import annotations

import asyncio
import base64
import gc
import random
from collections.abc import Awaitable, Callable

import orjson
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from aiohttp.abc import AbstractStreamWriter

from ivr.call.lines import IncomingCall, Line, Transfer
from ivr.core.flow.model import Contact
from ivr.edges.twilio_socket import MediaSocket
from ivr.wire import twiml
from ivr.wire.signature import HEADER
from ivr.wire.twilio_carrier import CarrierEncoder
from tests.edges.edge_rig import FORM, PATIENCE_S, FakeCall, OpenRig, Rig, close_code

FRAME = bytes(range(160))
RESUME = "/twilio/resume"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event, on purpose
            await asyncio.sleep(0.002)


async def say(socket: ClientWebSocketResponse, message: bytes) -> None:
    await socket.send_str(message.decode())


async def hear(socket: ClientWebSocketResponse) -> dict[str, object]:
    async with asyncio.timeout(PATIENCE_S):
        message = await socket.receive()
    assert message.type is WSMsgType.TEXT
    value: dict[str, object] = orjson.loads(message.data)
    return value


def changed(message: bytes, **changes: object) -> bytes:
    value = orjson.loads(message)
    for path, new in changes.items():
        holder, *names = value, *path.split("__")
        for name in names[:-1]:
            holder = holder[name]
        holder[names[-1]] = new
    return orjson.dumps(value)


async def test_a_call_hears_frames_keys_and_marks(rig: Rig) -> None:
    socket, carrier, call = await rig.started()
    assert call.call == IncomingCall("CA1", "+15550100001", "+15550100002", "MZCA1", resumes=True)
    assert rig.registry.active == 1
    await say(socket, carrier.media(FRAME, 65))
    await say(socket, carrier.key("5"))
    await say(socket, carrier.mark("g0"))
    await say(socket, carrier.media(FRAME, 85))
    await until(lambda: len(call.frames) == 2)
    assert call.frames == [(FRAME, 65), (FRAME, 85)]
    assert (call.keys, call.marks) == (["5"], ["g0"])
    await say(socket, carrier.stop())
    assert await close_code(socket) == 1000
    await call.over.wait()
    assert call.closings == ["caller"]
    assert rig.registry.active == 0
    ending = rig.registry.ending("CA1", rig.now)
    assert ending
    assert ending.kind == "caller"


async def test_a_call_speaks_marks_and_clears_in_order(rig: Rig) -> None:
    socket, _, call = await rig.started()
    call.line.play(FRAME, "a")
    assert (await hear(socket))["media"] == {"payload": base64.b64encode(FRAME).decode()}
    assert (await hear(socket))["mark"] == {"name": "a"}
    call.line.play(FRAME, "b")
    call.line.clear()  # what is still here is not sent, but its mark is
    call.line.play(FRAME, "c")
    heard = [await hear(socket) for _ in range(4)]
    assert [(m["event"], m.get("mark")) for m in heard] == [
        ("mark", {"name": "b"}),
        ("clear", None),
        ("media", None),
        ("mark", {"name": "c"}),
    ]
    assert {m["streamSid"] for m in heard} == {"MZCA1"}


async def test_hanging_up_sends_what_is_queued_then_closes(rig: Rig) -> None:
    socket, _, call = await rig.started()
    call.line.play(FRAME, "bye")
    call.line.hang_up("completed")
    call.line.play(FRAME, "too late")
    assert (await hear(socket))["event"] == "media"
    assert (await hear(socket))["event"] == "mark"
    assert await close_code(socket) == 1000
    await call.over.wait()
    assert call.closings == ["us"]
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body) == twiml.Instructions(hangs_up=True)


async def test_a_transfer_closes_and_the_carrier_is_told_whom_to_dial(rig: Rig) -> None:
    socket, _, call = await rig.started()
    call.line.transfer(Transfer(Contact("desk", "+15550101234")))
    call.line.hang_up("ignored after the transfer")
    assert await close_code(socket) == 1000
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body).dial_to == "+15550101234"


async def test_a_call_may_end_before_it_is_returned(rig: Rig) -> None:
    def refuse(call: IncomingCall, line: Line) -> FakeCall:
        line.play(FRAME, "sorry")
        line.hang_up("failed")
        rig.calls.append(FakeCall(call, line))
        return rig.calls[-1]

    rig.answer = refuse
    socket, _, call = await rig.started()
    assert [(await hear(socket))["event"] for _ in range(2)] == ["media", "mark"]
    assert await close_code(socket) == 1000
    await call.over.wait()


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: "bm90IGl0"}],
)
async def test_an_upgrade_without_the_carriers_signature_is_refused(
    rig: Rig, headers: dict[str, str]
) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await rig.session.ws_connect(rig.base + "/twilio/stream", headers=headers)
    assert refused.value.status == 403


async def test_a_plain_request_is_told_to_upgrade(rig: Rig) -> None:
    headers = rig.signature("wss://phone.example.org/twilio/stream")
    async with rig.session.get(rig.base + "/twilio/stream", headers=headers) as answer:
        assert answer.status == 426


async def start_with(rig: Rig, call_id: str, parameters: dict[str, str]) -> ClientWebSocketResponse:
    socket, carrier = await rig.socket(), CarrierEncoder("MZx", call_id)
    await say(socket, carrier.connected())
    await say(socket, carrier.start(parameters))
    return socket


async def test_a_stream_without_a_good_token_is_refused(rig: Rig) -> None:
    token = await rig.token("CA1")
    assert await close_code(await start_with(rig, "CA1", {})) == 1008
    assert await close_code(await start_with(rig, "CA1", {"token": "guess"})) == 1008
    assert await close_code(await start_with(rig, "CA2", {"token": token})) == 1008
    good = await start_with(rig, "CA1", {"token": token})
    await until(lambda: len(rig.calls) == 1)
    assert await close_code(await start_with(rig, "CA1", {"token": token})) == 1008
    assert len(rig.calls) == 1
    await good.close()
    late = await rig.token("CA3")
    rig.now += 61
    assert await close_code(await start_with(rig, "CA3", {"token": late})) == 1008
    assert len(rig.calls) == 1
    assert [label for (what, label) in rig.meter.counts if what == "stream"] == [
        "token_missing",
        "token_unknown",
        "token_other_call",
        "token_used",
        "token_expired",
    ]


def binary(_: CarrierEncoder) -> bytes:
    return b"\x00\x01"


Spoil = Callable[[CarrierEncoder], bytes]

BAD_FRAMES: dict[str, tuple[Spoil, int]] = {
    "not JSON": (lambda _: b"{not json", 1007),
    "not UTF-8 inside": (lambda _: b'{"event":"media"', 1007),
    "not an object": (lambda _: b"[1, 2]", 1002),
    "no event": (lambda _: b"{}", 1002),
    "deep": (lambda _: b"[" * 5000, 1007),
    "not base64": (lambda c: changed(c.media(FRAME, 1), media__payload="a$b="), 1007),
    "base64 without padding": (lambda c: changed(c.media(FRAME, 1), media__payload="AAA"), 1007),
    "payload a number": (lambda c: changed(c.media(FRAME, 1), media__payload=5), 1002),
    "no media": (lambda c: changed(c.media(FRAME, 1), media=None), 1002),
    "chunk in words": (lambda c: changed(c.media(FRAME, 1), media__chunk="one"), 1002),
    "chunk of many digits": (lambda c: changed(c.media(FRAME, 1), media__chunk="9" * 5000), 1002),
    "time before time": (lambda c: changed(c.media(FRAME, 1), media__timestamp="-1"), 1002),
    "payload too big": (lambda c: c.media(bytes(9000), 1), 1009),
    "message too big": (lambda c: c.media(bytes(70_000), 1), 1009),
    "another stream": (lambda c: changed(c.media(FRAME, 1), streamSid="MZ other"), 1002),
    "no stream": (lambda c: changed(c.media(FRAME, 1), streamSid=None), 1002),
    "key for another stream": (lambda c: changed(c.key("1"), streamSid="MZ other"), 1002),
    "two keys": (lambda c: c.key("12"), 1002),
    "second start": (lambda c: c.start({}), 1002),
    "second connected": (lambda c: c.connected(), 1002),
    "mark without name": (lambda c: changed(c.mark("a"), mark={}), 1002),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
async def test_a_bad_frame_closes_the_stream_with_the_right_code(rig: Rig, name: str) -> None:
    spoil, code = BAD_FRAMES[name]
    socket, carrier, call = await rig.started()
    await say(socket, spoil(carrier))
    assert await close_code(socket) == code
    await call.over.wait()
    assert call.closings == ["carrier"]
    assert not rig.logged("error")
    assert [line["call_id"] for line in rig.logged("warning")] == ["CA1"]
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body).said == ("phrase give_up",)


async def test_a_binary_frame_closes_the_stream(rig: Rig) -> None:
    socket, _, call = await rig.started()
    await socket.send_bytes(FRAME)
    assert await close_code(socket) == 1003
    await call.over.wait()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda c: c.media(FRAME, 1), 1002),
        (lambda c: c.key("1"), 1002),
        (lambda c: c.stop(), 1002),
        (lambda c: changed(c.start({}), start__mediaFormat={"encoding": "audio/opus"}), 1003),
        (lambda c: changed(c.start({}), start__mediaFormat=None), 1003),
        (lambda c: changed(c.start({}), start__callSid=""), 1002),
        (lambda c: changed(c.start({}), streamSid="MZ other"), 1002),
        (lambda c: changed(c.start({}), start__customParameters=["token"]), 1002),
        (lambda c: changed(c.start({}), start__customParameters={"token": 5}), 1002),
    ],
)
async def test_a_stream_that_begins_wrongly(rig: Rig, spoil: Spoil, code: int) -> None:
    socket = await rig.socket()
    await say(socket, spoil(CarrierEncoder("MZ1", "CA1")))
    assert await close_code(socket) == code
    assert not rig.calls
    assert not rig.logged("error")


@pytest.mark.parametrize("opening", [[], [b'{"event":"connected"}'], [b'{"event":"new"}'] * 5])
async def test_a_socket_that_says_nothing_is_closed(rig: Rig, opening: list[bytes]) -> None:
    socket = await rig.socket()
    for message in opening:
        await say(socket, message)
    assert await close_code(socket) == 1008
    assert rig.meter.counts["stream", "no_start"] == 1


async def test_a_stream_that_falls_silent_is_closed(open_rig: OpenRig) -> None:
    rig = await open_rig(idle_timeout_s=1.0)
    socket, carrier, call = await rig.started()
    for _ in range(6):  # longer than the idle time, but never idle
        await asyncio.sleep(0.2)
        await say(socket, carrier.media(FRAME, 1))
    assert not call.closings
    assert await close_code(socket) == 1008
    await call.over.wait()
    assert call.closings == ["carrier"]
    assert rig.meter.counts == {("stream", "idle"): 1}


async def test_harmless_oddities_are_dropped_and_counted(rig: Rig) -> None:
    socket, carrier, call = await rig.started()
    first, second, third = (carrier.media(FRAME, ms) for ms in (65, 85, 105))
    await say(socket, first)
    await say(socket, third)
    await say(socket, second)
    await say(socket, third)
    await say(socket, changed(carrier.media(FRAME, 1), media__track="outbound"))
    await say(socket, carrier.key("A"))
    await say(socket, b'{"event":"speed","streamSid":"MZCA1"}')
    await say(socket, carrier.stop())
    await call.over.wait()
    assert call.frames == [(FRAME, 65), (FRAME, 105)]
    assert rig.meter.counts == {
        ("frames", "gap"): 1,
        ("frames", "late"): 2,
        ("frames", "track"): 1,
        ("frames", "key"): 1,
        ("frames", "unknown"): 1,
    }


async def test_a_broken_line_ends_the_call(rig: Rig) -> None:
    _, _, call = await rig.started()
    await rig.session.close()
    await call.over.wait()
    assert call.closings == ["carrier"]
    assert rig.registry.active == 0


async def test_a_peer_that_does_not_read_is_cut_off(open_rig: OpenRig) -> None:
    rig = await open_rig(max_queued_s=2.0, idle_timeout_s=30.0)
    socket, _, call = await rig.started()
    socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    for _ in range(400):
        call.line.play(bytes(8000 * 10), "m")
        await asyncio.sleep(0)
        if rig.registry.ending("CA1", rig.now) or call.closings:
            break
    await asyncio.wait_for(call.over.wait(), PATIENCE_S)
    assert call.closings == ["carrier"]
    assert rig.meter.counts == {("stream", "not_reading"): 1}


async def test_shutdown_takes_leave_of_every_stream(rig: Rig) -> None:
    streams = [await rig.started(f"CA{n}") for n in range(3)]
    silent = await rig.socket()
    closing = asyncio.create_task(rig.server.close())
    assert [await close_code(socket) for socket, _, _ in streams] == [1001] * 3
    assert await close_code(silent) == 1001
    await asyncio.wait_for(closing, PATIENCE_S)
    assert [call.closings for _, _, call in streams] == [["operator"]] * 3


async def test_a_fault_of_ours_ends_one_call_in_order(rig: Rig) -> None:
    socket, carrier, call = await rig.started()

    def fail(_key: str) -> None:
        raise RuntimeError("bug")

    call.on_key = fail
    await say(socket, carrier.key("1"))
    assert await close_code(socket) == 1011
    await call.over.wait()
    assert call.closings == ["us"]
    assert len(rig.logged("error")) == 1
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body).said == ("phrase give_up",)


async def test_too_many_sockets_without_a_start_are_refused(open_rig: OpenRig) -> None:
    rig = await open_rig(max_waiting=2)
    first, second = await rig.socket(), await rig.socket()
    with pytest.raises(WSServerHandshakeError) as refused:
        await rig.socket()
    assert refused.value.status == 503
    await first.close()
    await second.close()


async def test_a_peer_that_leaves_during_the_upgrade(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    signature = rig.signature("wss://phone.example.org/twilio/stream")[HEADER]
    request = (
        "GET /twilio/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"{HEADER}: {signature}\r\n\r\n"
    )
    reached = asyncio.Event()

    class Gone(MediaSocket):
        """A socket whose peer is gone at the moment of the upgrade."""

        async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
            if request.transport:
                request.transport.abort()
            reached.set()
            return await super().prepare(request)

    with pytest.MonkeyPatch.context() as patch:  # no peer can be made to leave at this very moment
        patch.setattr("ivr.edges.twilio_stream.MediaSocket", Gone)
        _, writer = await asyncio.open_connection(rig.server.host, rig.server.port)
        writer.write(request.encode())
        await asyncio.wait_for(reached.wait(), PATIENCE_S)
        await asyncio.sleep(0.02)
        writer.close()
    assert rig.registry.active == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_hundred_abandoned_calls_leave_nothing(
    open_rig: OpenRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig = await open_rig(limit=200)
    before = len(asyncio.all_tasks())
    chance = random.Random(7)  # the same points every time

    async def abandon(number: int) -> None:
        call_id = f"CA{number}"
        socket, carrier = await rig.socket(), CarrierEncoder("MZ", call_id)
        steps: list[Callable[[], Awaitable[object]]] = [
            lambda: say(socket, carrier.connected()),
            lambda: begin(call_id, socket, carrier),
            lambda: say(socket, carrier.media(FRAME, 5)),
            lambda: speak(call_id),
            lambda: say(socket, carrier.mark("m")),
            lambda: say(socket, b"nonsense"),
        ]
        for step in steps[: chance.randrange(len(steps) + 1)]:
            await step()
        await asyncio.sleep(chance.random() / 100)
        if chance.random() < 0.5:
            await socket.close()
        else:  # the connection goes without a word
            response = socket._response
            if response.connection and response.connection.transport:
                response.connection.transport.abort()

    async def begin(call_id: str, socket: ClientWebSocketResponse, carrier: CarrierEncoder) -> None:
        await say(socket, carrier.start({"token": await rig.token(call_id)}))

    async def speak(call_id: str) -> None:
        for call in rig.calls:
            if call.call.call_id == call_id:
                call.line.play(bytes(1600), "m")

    for batch in range(10):
        await asyncio.gather(*(abandon(batch * 10 + n) for n in range(10)))
    await until(lambda: rig.registry.active == 0 and all(call.closings for call in rig.calls))
    await asyncio.sleep(0.05)
    await rig.session.close()
    await until(lambda: len(asyncio.all_tasks()) <= before + 1)  # the HTTP server's own, at most
    assert len(rig.calls) > 30
    assert all(len(call.closings) == 1 for call in rig.calls)
    assert not rig.logged("error")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    rig.calls.clear()
    gc.collect()
    assert not [thing for thing in gc.get_objects() if type(thing).__name__ == "_Stream"]
