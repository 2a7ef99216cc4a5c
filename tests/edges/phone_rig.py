"""A real server with the softphone on it, for a flow of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from ivr.call.lines import IncomingCall, Line
from ivr.call.registry import Registry
from ivr.edges import softphone
from ivr.edges.access import Access, LoopbackAccess
from ivr.edges.live import LiveCalls
from ivr.edges.server_events import EventStreams
from ivr.edges.softphone import SoftphonePorts
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from tests.core.talk import flow_of
from tests.edges.edge_rig import FakeCall, FakeMeter, RealServer

FLOW = flow_of("- id: hello\n  say: Hello.\n- id: age\n  collect: age\n- collect: pin\n- hangup: Bye.")


class PhoneRig:
    """What a test wants to know of the server."""

    def __init__(self, limit: int = 10, access: Access | None = None) -> None:
        self.calls: list[FakeCall] = []
        self.typed: list[tuple[str, str]] = []
        self.takes_words = True
        self.live = LiveCalls()
        self.registry = Registry(limit)
        self.streams = EventStreams()
        line = TwilioPorts(self.registry, FakeMeter(), self._answer, lambda key: f"phrase {key}")
        app = web.Application()
        app.on_shutdown.append(self.streams.close_all)
        access = access or LoopbackAccess()
        ports = SoftphonePorts(line, access, self.live, self.streams, lambda: FLOW, self._type)
        softphone.setup(app, TwilioSettings(auth_token="a-pretend-token"), ports)
        self.server = RealServer(app)
        self.session = ClientSession()

    def _answer(self, call: IncomingCall, line: Line) -> FakeCall:
        self.calls.append(FakeCall(call, line))
        return self.calls[-1]

    def _type(self, call_id: str, text: str) -> bool:
        self.typed.append((call_id, text))
        return self.takes_words

    @property
    def base(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def close(self) -> None:
        await self.session.close()
        await self.server.close()


@pytest.fixture
async def phone() -> AsyncIterator[PhoneRig]:
    rig = PhoneRig()
    await rig.server.start_server()
    yield rig
    await rig.close()
