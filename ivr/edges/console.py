"""The console at `/`: its pages out of the package, and its API under `/api`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from aiohttp import web

from ivr.edges.console_answers import AnswersPorts, ConsoleAnswers
from ivr.edges.console_calls import CallsPorts, ConsoleCalls
from ivr.edges.console_flow import ConsoleFlow, FlowPorts
from ivr.edges.console_health import ConsoleHealth
from ivr.edges.console_live import ConsoleLive, LivePorts
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.console_quality import ConsoleQuality, QualityPorts
from ivr.edges.pages import HEADERS, Pages
from ivr.edges.server_events import EventStreams

PATHS: Final = ("/", "/calls", "/calls/{call}", "/flow", "/answers", "/health")
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Console</title></head><body>
<h1>The console is not built</h1>
<p>Calls are answered all the same. Its pages are made from TypeScript once, which needs the npm registry:</p>
<pre>make console</pre>
<p>Then restart the server. Until then: <a href="/phone">the phone in your browser</a>, and
<code>ivr calls</code> on the terminal.</p>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class ConsolePorts:
    """What the console works with."""

    access: ConsoleAccess
    streams: EventStreams
    live: LivePorts
    calls: CallsPorts
    flow: FlowPorts
    answers: AnswersPorts
    quality: QualityPorts


def setup(app: web.Application, ports: ConsolePorts) -> None:
    """Add the console's routes."""
    pages = Pages(files("ivr.edges") / "console_pages", cache="public, max-age=31536000, immutable")

    async def page(_request: web.Request) -> web.Response:
        if "index.html" not in pages:
            return web.Response(text=_NOT_BUILT, content_type="text/html", headers=HEADERS, status=503)
        response = pages.respond("index.html")
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def asset(request: web.Request) -> web.Response:
        return pages.respond(request.match_info["file"])

    app.add_routes([web.get(path, page) for path in PATHS])
    app.add_routes([web.get("/console/{file:.+}", asset)])
    app.add_routes(ports.access.routes())
    app.add_routes(ConsoleLive(ports.access, ports.streams, ports.live).routes())
    app.add_routes(ConsoleCalls(ports.access, ports.calls).routes())
    app.add_routes(ConsoleFlow(ports.access, ports.flow).routes())
    app.add_routes(ConsoleAnswers(ports.access, ports.answers).routes())
    app.add_routes(ConsoleHealth(ports.access, ports.calls.records).routes())
    app.add_routes(ConsoleQuality(ports.access, ports.quality).routes())
