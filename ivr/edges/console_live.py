"""The live board: the calls that go on, room left, engines; and what an operator does to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ivr.edges.access import Visitor
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.health import Readiness
from ivr.edges.live import LiveCall, LiveCalls
from ivr.edges.live_news import call_news
from ivr.edges.pages import bad_request, json_body, json_response
from ivr.edges.server_events import KEEP_ALIVE_S, EventStreams

EVERY_S: Final = 1.0
"""How often a board is told what has changed. What happens in between is one look."""

Note = Callable[[Visitor, str, str, str], Awaitable[None]]
"""Keeps what somebody did: who, what, to which call, details."""


@dataclass(frozen=True, slots=True)
class LivePorts:
    """What the board works with.

    hang_up      (call id): end a call; False when it is not there
    put_through  (call id, contact): hand a caller to a contact; False when that cannot be
    drain        let nobody new in, or let them in again
    """

    live: LiveCalls
    readiness: Callable[[], Readiness]
    hang_up: Callable[[str], bool]
    put_through: Callable[[str, str], bool]
    drain: Callable[[bool], None]
    note: Note


class ConsoleLive:
    """`/api/live…`."""

    def __init__(self, access: ConsoleAccess, streams: EventStreams, ports: LivePorts) -> None:
        self._access = access
        self._streams = streams
        self._ports = ports

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/api/live", self.board),
            web.get("/api/live/{call}", self.call),
            web.post("/api/live/{call}/hang-up", self.hang_up),
            web.post("/api/live/{call}/transfer", self.transfer),
            web.post("/api/drain", self.drain),
        ]

    async def board(self, request: web.Request) -> web.StreamResponse:
        """All calls, then what changes, at most once a second."""
        self._access.visitor(request, "viewer")
        return await self._streams.send(
            request,
            board_news(self._ports.live, self._ports.readiness),
            lambda: self._access.still(request),
        )

    async def call(self, request: web.Request) -> web.StreamResponse:
        """News of one call."""
        self._access.visitor(request, "viewer")
        return await self._streams.send(
            request,
            call_news(self._ports.live, request.match_info["call"]),
            lambda: self._access.still(request),
        )

    async def hang_up(self, request: web.Request) -> web.Response:
        """End a call."""
        who, call = self._access.actor(request), request.match_info["call"]
        await self._ports.note(who, "hung up", call, "")
        if not self._ports.hang_up(call):
            raise web.HTTPConflict(text="This call is over already.\n")
        return json_response({})

    async def transfer(self, request: web.Request) -> web.Response:
        """Hand a caller to a contact of the call's flow."""
        who, call = self._access.actor(request), request.match_info["call"]
        contact = str((await json_body(request)).get("contact", ""))
        live = self._ports.live.calls.get(call)
        if live is None:
            raise web.HTTPConflict(text="This call is over already.\n")
        if contact not in live.flow.contacts:
            raise bad_request(f"The flow has no contact {contact!r}.")
        await self._ports.note(who, "put through", call, f"to {contact}")
        if not self._ports.put_through(call, contact):
            raise web.HTTPConflict(text="The call is ending already.\n")
        return json_response({})

    async def drain(self, request: web.Request) -> web.Response:
        """Let nobody new in, or let them in again."""
        who = self._access.actor(request)
        on = (await json_body(request)).get("on")
        if not isinstance(on, bool):
            raise bad_request("Send `on`, true or false.")
        await self._ports.note(who, "drain on" if on else "drain off", "", "")
        self._ports.drain(on)
        return json_response({})


async def board_news(
    live: LiveCalls, readiness: Callable[[], Readiness], every_s: float = EVERY_S
) -> AsyncIterator[dict[str, Any] | None]:
    """What a board shows: at first everything, then the calls that changed or are over.

    calls  those that are new or changed (`call_row`); `gone`: ids of those that are over
    house  room, engines, flow: sent when it changed
    """
    told: dict[str, tuple[Any, ...]] = {}
    house: dict[str, Any] = {}
    quiet_s = KEEP_ALIVE_S
    while True:
        calls = []
        for call_id, call in live.calls.items():
            mark = (call.state, len(call.turns))
            before = told.get(call_id)
            if before is None or before[0] is not mark[0] or before[1] != mark[1]:
                told[call_id] = mark
                calls.append(call_row(call_id, call))
        gone = [call_id for call_id in told if call_id not in live.calls]
        for call_id in gone:
            del told[call_id]
        now = _house(readiness())
        news: dict[str, Any] = {"calls": calls, "gone": gone}
        if now != house:
            house = news["house"] = now
        if calls or gone or "house" in news:
            quiet_s = 0.0
            yield news
        elif quiet_s >= KEEP_ALIVE_S:
            quiet_s = 0.0
            yield None
        quiet_s += every_s
        await asyncio.sleep(every_s)


def call_row(call_id: str, call: LiveCall) -> dict[str, Any]:
    """A call on the board. `began_ms` since 1970; the rest in ms since the call began."""
    state = call.state
    last = state.transcript[-1] if state.transcript else None
    responses = [t.response_ms for t in call.turns if t.response_ms >= 0]
    return {
        "id": call_id,
        "caller": state.caller,
        "flow": call.flow.name,
        "began_ms": call.began_wall_ms,
        "step": call.step,
        "phase": str(state.turns.phase),
        "last": {"who": last.who, "text": last.text} if last else None,
        "response_ms": responses[-1] if responses else None,
        "contacts": list(call.flow.contacts),
    }


def _house(state: Readiness) -> dict[str, Any]:
    return {
        "engines": dict(state.engines),
        "models": dict(state.models),
        "active": state.active,
        "pending": state.pending,
        "limit": state.limit,
        "flow": state.flow_name,
        "digest": state.flow_digest,
        "draining": state.draining,
        "refused": state.flow_refused,
    }
