"""The sockets and pages of a server: a part of the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from ivr import __version__
from ivr.config import Config
from ivr.core.flow.model import Flow
from ivr.edges import softphone, twilio
from ivr.edges.access import Access, LoopbackAccess
from ivr.edges.health import Health, Readiness
from ivr.edges.live import LiveCalls
from ivr.edges.server_events import EventStreams
from ivr.edges.softphone import SoftphonePorts
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings


@dataclass(frozen=True, slots=True)
class House:
    """What the pages and sockets see of the server behind them.

    flow  the flow that a new call follows
    type  (call id, words): an author typed a turn; False when the call cannot take it now
    """

    line: TwilioPorts
    live: LiveCalls
    flow: Callable[[], Flow]
    type: Callable[[str, str], bool]
    readiness: Callable[[], Readiness]
    exposition: Callable[[], tuple[bytes, str]]


def make_app(config: Config, house: House) -> web.Application:
    """The application with every route of the server."""
    app = web.Application()
    settings = TwilioSettings(
        public_url=config.public_url.rstrip("/"),
        auth_token=config.twilio_auth_token.get_secret_value(),
        overflow_number=config.overflow_number,
        language=house.flow().language,
    )
    access: Access = LoopbackAccess()
    streams = EventStreams()
    app.on_shutdown.append(streams.close_all)
    twilio.setup(app, settings, house.line)
    phone = SoftphonePorts(house.line, access, house.live, streams, house.flow, house.type)
    softphone.setup(app, settings, phone)
    app.add_routes(Health(house.readiness, house.exposition, __version__).routes())
    return app
