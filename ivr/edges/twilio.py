"""The whole Twilio line: its webhooks and its media streams."""

from __future__ import annotations

from aiohttp import web

from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from ivr.edges.twilio_stream import TwilioStreams
from ivr.edges.twilio_webhooks import TwilioWebhooks


def setup(app: web.Application, settings: TwilioSettings, ports: TwilioPorts) -> None:
    """Add the four routes to an application; its shutdown takes leave of every open stream."""
    streams = TwilioStreams(settings, ports)
    app.add_routes(TwilioWebhooks(settings, ports).routes())
    app.add_routes(streams.routes())

    async def take_leave(_app: web.Application) -> None:
        await streams.close_all()

    app.on_shutdown.append(take_leave)
