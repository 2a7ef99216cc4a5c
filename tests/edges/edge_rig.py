"""A real server with the Twilio line on it, and a small real call handler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from ivr.call.lines import Answerer, IncomingCall, Line
from ivr.call.registry import Registry
from ivr.edges.carrier import CarrierSettings
from ivr.edges.twilio import setup
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from ivr.wire import twiml
from ivr.wire.signature import HEADER, Signer
from ivr.wire.twilio_carrier import CarrierEncoder

TOKEN = "auth-token-of-the-test"
PUBLIC = "https://phone.example.org"
FORM = {"CallSid": "CA1", "From": "+15550100001", "To": "+15550100002"}


class FakeCall:
    """A call handler that keeps what it is told, and does what a test says."""

    def __init__(self, call: IncomingCall, line: Line) -> None:
        self.call = call
        self.line = line
        self.frames: list[tuple[bytes, int]] = []
        self.keys: list[str] = []
        self.marks: list[str] = []
        self.closings: list[str] = []
        self.over = asyncio.Event()
        self.on_key: Callable[[str], None] = lambda _key: None

    def audio(self, mulaw: bytes, timestamp_ms: int) -> None:
        self.frames.append((mulaw, timestamp_ms))

    def key(self, digit: str) -> None:
        self.keys.append(digit)
        self.on_key(digit)

    def mark(self, name: str) -> None:
        self.marks.append(name)

    def closed(self, by: str) -> None:
        self.closings.append(by)
        self.over.set()


class FakeMeter:
    """Counts by (what, label)."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}

    def _add(self, what: str, label: str, count: int = 1) -> None:
        self.counts[what, label] = self.counts.get((what, label), 0) + count

    def webhook_refused(self, route: str, reason: str) -> None:
        self._add(route, reason)

    def stream_rejected(self, reason: str) -> None:
        self._add("stream", reason)

    def call_refused(self, reason: str) -> None:
        self._add("call", reason)

    def frames_ignored(self, reason: str, count: int) -> None:
        self._add("frames", reason, count)

    def transfer_ended(self, outcome: str) -> None:
        self._add("transfer", outcome)


class FakeCalls:
    """Keeps what it is told of calls that are away; those in `going_on` go on with another stream."""

    def __init__(self) -> None:
        self.going_on: set[str] = set()
        self.answers: list[tuple[str, bool]] = []
        self.transfers: list[tuple[str, str]] = []
        self.ended: list[str] = []

    def transfer_answered(self, call_id: str, *, accepted: bool) -> None:
        self.answers.append((call_id, accepted))

    def transfer_ended(self, call_id: str, outcome: str) -> None:
        self.transfers.append((call_id, outcome))

    def goes_on(self, call_id: str) -> bool:
        return call_id in self.going_on

    def gone(self, call_id: str) -> None:
        self.ended.append(call_id)


class _Passing:
    """Passes on to whoever a test has put into `rig.away`."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def transfer_answered(self, call_id: str, *, accepted: bool) -> None:
        self._rig.away.transfer_answered(call_id, accepted=accepted)

    def transfer_ended(self, call_id: str, outcome: str) -> None:
        self._rig.away.transfer_ended(call_id, outcome)

    def goes_on(self, call_id: str) -> bool:
        return self._rig.away.goes_on(call_id)

    def gone(self, call_id: str) -> None:
        self._rig.away.gone(call_id)


class RealServer(TestServer):
    """As in production, a handler is not cancelled when its peer leaves."""

    async def _make_runner(self, **options: Any) -> web.AppRunner:
        return web.AppRunner(self.app, **{**options, "handler_cancellation": False})


class Rig:
    """A running server with the Twilio line, and what a test wants to know of it."""

    def __init__(self, settings: TwilioSettings, limit: int = 10) -> None:
        self.settings = settings
        self.now = 1000.0  # seconds, for the registry and the memory of requests
        self.registry = Registry(limit)
        self.meter = FakeMeter()
        self.calls: list[FakeCall] = []
        self.away = FakeCalls()
        self.answer: Answerer = self._fake_answer
        self.log: list[Any] = []
        app = web.Application()
        ports = TwilioPorts(
            self.registry,
            self.meter,
            lambda call, line: self.answer(call, line),  # noqa: PLW0108 - a test may replace it
            phrase=lambda key: f"phrase {key}",
            calls=_Passing(self),
            clock=lambda: self.now,
        )
        setup(app, settings, ports)
        self.server = RealServer(app)
        self.session = ClientSession()

    def _fake_answer(self, call: IncomingCall, line: Line) -> FakeCall:
        self.calls.append(FakeCall(call, line))
        return self.calls[-1]

    async def close(self) -> None:
        await self.session.close()
        await self.server.close()

    @property
    def base(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    @property
    def public(self) -> str:
        return self.settings.public_url or self.base

    def carrier(self, **changes: str) -> CarrierSettings:
        given = CarrierSettings(self.base, self.settings.public_url, self.settings.auth_token)
        return replace(given, **changes)  # type: ignore[arg-type]

    def signature(self, url: str, form: dict[str, str] | None = None) -> dict[str, str]:
        return {HEADER: Signer(TOKEN).sign(url, (form or {}).items())}

    async def post(
        self,
        path: str,
        form: dict[str, str],
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """POST a form, rightly signed unless headers are given: (status, body)."""
        signed = self.signature(self.public + path, form) if headers is None else headers
        async with self.session.post(self.base + path, data=form, headers=signed) as answer:
            return answer.status, await answer.text()

    async def token(self, call_id: str = "CA1") -> str:
        status, body = await self.post("/twilio/voice", {**FORM, "CallSid": call_id})
        assert status == 200
        return twiml.read(body).parameters["token"]

    async def socket(self) -> ClientWebSocketResponse:
        """An accepted upgrade; nothing is said yet."""
        url = "ws" + self.public.removeprefix("http") + "/twilio/stream"
        return await self.session.ws_connect(
            self.base + "/twilio/stream",
            headers=self.signature(url),
            max_msg_size=0,
        )

    async def started(self, call_id: str = "CA1") -> tuple[ClientWebSocketResponse, CarrierEncoder, FakeCall]:
        """A stream that somebody has answered."""
        before, token = len(self.calls), await self.token(call_id)
        socket, encoder = await self.socket(), CarrierEncoder("MZ" + call_id, call_id)
        await socket.send_str(encoder.connected().decode())
        await socket.send_str(encoder.start({"token": token}).decode())
        while len(self.calls) == before:  # noqa: ASYNC110 - an answerer of a test has no event
            await asyncio.sleep(0.001)
        return socket, encoder, self.calls[-1]

    def logged(self, level: str) -> list[Any]:
        return [line for line in self.log if line["log_level"] == level]


OpenRig = Callable[..., Awaitable[Rig]]

PATIENCE_S = 20.0
"""How long a test waits for what must come: a busy machine is slow, and what is wrong never comes."""

SETTINGS = TwilioSettings(
    public_url=PUBLIC,
    auth_token=TOKEN,
    handshake_timeout_s=10.0,
    idle_timeout_s=30.0,
    close_timeout_s=5.0,
)


@pytest.fixture
async def open_rig() -> AsyncIterator[OpenRig]:
    """Starts servers: `await open_rig(limit=2, auth_token="")`. Each is closed after the test."""
    rigs: list[Rig] = []
    with structlog.testing.capture_logs() as log:

        async def start(limit: int = 10, **changes: Any) -> Rig:
            rig = Rig(replace(SETTINGS, **changes), limit)
            rig.log = log
            rigs.append(rig)
            await rig.server.start_server()
            return rig

        yield start
        for rig in rigs:
            await rig.close()


@pytest.fixture
async def rig(open_rig: OpenRig) -> Rig:
    return await open_rig()


async def close_code(socket: ClientWebSocketResponse) -> int:
    """Read to the end: the code the server closed with."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            message = await socket.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR):
                return socket.close_code or 1006
