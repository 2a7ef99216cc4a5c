"""The softphone at `/phone`: a browser rings the line over the carrier's own protocol and code path.

The page asks for a call as the carrier's webhook would and gets a single-use token; its Worker opens the
socket with it. What only an author may do (begin at a step, preset slots, type instead of speaking) comes
over plain requests beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import structlog
from aiohttp import hdrs, web

from ivr.call.registry import Admission
from ivr.core.events import SlotValue
from ivr.core.flow.graph import graph
from ivr.core.flow.model import Flow, Slot
from ivr.core.keepable import fits
from ivr.edges.access import Access, check_origin
from ivr.edges.live import LiveCalls
from ivr.edges.live_news import call_news
from ivr.edges.pages import Pages, bad_request, json_body, json_object, json_response
from ivr.edges.server_events import EventStreams
from ivr.edges.twilio_guard import TwilioPorts, TwilioSettings
from ivr.edges.twilio_stream import TwilioStreams

STREAM: Final = "/phone/stream"
CALLER: Final = "softphone"
MAX_TEXT: Final = 1000

_log = structlog.get_logger("ivr.softphone")


@dataclass(frozen=True, slots=True)
class SoftphonePorts:
    """What the softphone works with.

    flow  the flow that a new call follows
    type  (call id, words): an author typed a turn; False when the call cannot take it now
    """

    line: TwilioPorts
    access: Access
    live: LiveCalls
    streams: EventStreams
    flow: Callable[[], Flow]
    type: Callable[[str, str], bool]


def setup(app: web.Application, settings: TwilioSettings, ports: SoftphonePorts) -> None:
    """Add the softphone's routes; the application's shutdown takes leave of its calls."""
    phone = Softphone(ports)
    sockets = TwilioStreams(settings, ports.line, STREAM, phone.check_socket)
    app.add_routes(sockets.routes())
    app.add_routes(phone.routes())

    async def take_leave(_app: web.Application) -> None:
        await sockets.close_all()

    app.on_shutdown.append(take_leave)


class Softphone:
    """The page and its requests."""

    def __init__(self, ports: SoftphonePorts) -> None:
        self._ports = ports
        self._pages = Pages(files("ivr.edges") / "phone")

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/phone", self.page),
            web.get("/phone/", self.page),
            web.get("/phone/api/flow", self.flow),
            web.post("/phone/api/calls", self.ring),
            web.get("/phone/api/calls/{call}/events", self.events),
            web.get("/phone/api/calls/{call}/ending", self.ending),
            web.post("/phone/api/calls/{call}/text", self.type),
            web.get("/phone/{file}", self.file),
        ]

    def check_socket(self, request: web.Request) -> None:
        """Let only our own page open a call's socket. Raises before the socket is accepted."""
        check_origin(request)
        self._ports.access.visitor(request, "operator")

    async def page(self, request: web.Request) -> web.Response:
        """The page itself. A person who is not logged in comes to the console, which leads back here."""
        try:
            self._ports.access.visitor(request, "operator")
        except web.HTTPUnauthorized:
            if "text/html" in request.headers.get(hdrs.ACCEPT, ""):
                raise web.HTTPFound("/") from None
            raise
        return self._pages.respond("index.html")

    async def file(self, request: web.Request) -> web.Response:
        """A script or style of the page: nothing secret, and workers fetch them too."""
        return self._pages.respond(request.match_info["file"])

    async def flow(self, request: web.Request) -> web.Response:
        """The line: its steps and its slots, to begin somewhere in the middle."""
        self._ports.access.visitor(request, "operator")
        flow = self._ports.flow()
        steps = [
            {"id": n.id, "flow": n.flow, "kind": n.kind, "text": n.text.removeprefix(n.kind).strip()}
            for n in graph(flow).nodes
            if n.kind not in ("begin", "end")
        ]
        slots = [_slot(slot) for slot in flow.slots.values() if not slot.sensitive]
        return json_response({"name": flow.name, "language": flow.language, "steps": steps, "slots": slots})

    async def ring(self, request: web.Request) -> web.Response:
        """Let a call in: its id, and the token that its stream must bring."""
        visitor = self._visitor(request)
        asked = await json_body(request)
        flow = self._ports.flow()
        step = asked.get("step") or ""
        if step and all(step != n.id for n in graph(flow).nodes):
            raise bad_request(f"The flow has no step {step!r}.")
        slots = {name: _value(flow, name, given) for name, given in json_object(asked.get("slots")).items()}
        call_id = "PH" + secrets.token_hex(16)
        line = self._ports.line
        token = line.registry.admit(Admission(call_id, CALLER, flow.name, slots, step), line.clock())
        if token is None:
            reason = "draining" if line.registry.draining else "busy"
            line.meter.call_refused(reason)
            raise web.HTTPServiceUnavailable(text=line.phrase("busy") + "\n")
        _log.info("call comes in", call_id=call_id, visitor=visitor, step=step)
        return json_response({"call": call_id, "token": token, "stream": STREAM})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens in a call, as it happens."""
        self._ports.access.visitor(request, "operator")
        return await self._ports.streams.send(
            request,
            call_news(self._ports.live, request.match_info["call"]),
            lambda: self._ports.access.still(request),
        )

    async def ending(self, request: web.Request) -> web.Response:
        """How a call's stream ended: what the carrier would be told to do next."""
        self._ports.access.visitor(request, "operator")
        line = self._ports.line
        ending = line.registry.ending(request.match_info["call"], line.clock())
        if ending is None:
            raise web.HTTPNotFound(text="Nothing is known of how this call ended.\n")
        contact = ending.transfer.contact if ending.transfer else None
        to = {"name": contact.name, "number": contact.number} if contact else None
        return json_response({"kind": ending.kind, "reason": ending.reason, "to": to})

    async def type(self, request: web.Request) -> web.Response:
        """An author typed what the caller says."""
        self._visitor(request)
        text = (await json_body(request)).get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
            raise bad_request(f"Send `text`, 1 to {MAX_TEXT} characters.")
        if not self._ports.type(request.match_info["call"], text.strip()):
            raise web.HTTPConflict(
                text="The call takes no words now: it is over, or its prompt may not be interrupted.\n"
            )
        return json_response({})

    def _visitor(self, request: web.Request) -> str:
        check_origin(request)
        return self._ports.access.visitor(request, "operator").name


def _slot(slot: Slot) -> dict[str, Any]:
    return {"name": slot.name, "type": slot.type, "choices": list(slot.choices), "ask": slot.ask}


def _value(flow: Flow, name: str, given: Any) -> SlotValue:
    """A slot's value as it came from a form. Raises 400."""
    slot = flow.slots.get(name)
    if slot is None:
        raise bad_request(f"The flow has no slot {name!r}.")
    if slot.sensitive:
        raise bad_request(
            f"The slot {name!r} is sensitive: its value would be kept with the call. Say it instead."
        )
    text = str(given).strip()
    if slot.type == "yes_no":
        if text.lower() not in ("yes", "no", "true", "false"):
            raise bad_request(f"The slot {name!r} takes yes or no.")
        return text.lower() in ("yes", "true")
    if slot.type == "integer":
        try:
            number = int(text)
        except ValueError:
            raise bad_request(f"The slot {name!r} takes a whole number.") from None
        if not fits(number):
            raise bad_request(f"The number for the slot {name!r} is too large.")
        return number
    return text
