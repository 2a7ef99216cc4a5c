"""Past calls and running ones: the list, one call, its sound, and the call as a test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from ivr.core.errors import EngineError, IvrError
from ivr.core.flow.graph import graph
from ivr.core.flow.load import load_flow
from ivr.edges.access import Visitor
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.live import LiveCalls
from ivr.edges.live_news import line
from ivr.edges.pages import bad_request, json_response
from ivr.edges.peaks import PeaksShelf
from ivr.review import story
from ivr.review.records import CallFilter, CallRow, EventRow, Records, WholeCall
from ivr.understanding.answer_cache import ACCEPTED

PAGE: int = 50
_TEXTS = ("outcome", "flow", "caller", "text", "step")
_EVENTS_AT_ONCE = 5000
_SOUNDS = 100
NANO_A_CENT = 10_000_000

Note = Callable[[Visitor, str, str, str], Awaitable[None]]
AsTest = Callable[[WholeCall, list[EventRow]], tuple[str, str]]
"""A call as a test: the file's name and its YAML. Raises `IvrError` for one that cannot be told so."""


@dataclass(frozen=True, slots=True)
class CallsPorts:
    """What the pages of calls work with. `data`: the folder that recordings lie in."""

    records: Records
    live: LiveCalls
    data: Path
    note: Note
    as_test: AsTest | None = None


class ConsoleCalls:
    """`/api/calls…`."""

    def __init__(self, access: ConsoleAccess, ports: CallsPorts) -> None:
        self._access = access
        self._ports = ports
        self._shelf = PeaksShelf()
        self._sounds: dict[str, Path] = {}

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/api/calls", self.calls),
            web.get("/api/calls/{call}", self.call),
            web.get("/api/calls/{call}/peaks", self.peaks),
            web.get("/api/calls/{call}/audio", self.audio),
            web.post("/api/calls/{call}/test", self.test),
        ]

    async def calls(self, request: web.Request) -> web.Response:
        """Calls, newest first; `before` goes on where the last page ended."""
        self._access.visitor(request, "viewer")
        query = request.query
        outcome, flow, caller, text, step = (query.get(name, "")[:200] for name in _TEXTS)
        filters = CallFilter(outcome=outcome, flow=flow, caller=caller, text=text, step=step)
        rows = await self._ports.records.calls(filters, limit=PAGE, before=_place(query.get("before", "")))
        last = rows[-1].place if len(rows) == PAGE else None
        return json_response(
            {"calls": [asdict(row) for row in rows], "next": f"{last[0]}.{last[1]}" if last else ""}
        )

    async def call(self, request: web.Request) -> web.Response:
        """One call with everything that is known of it."""
        self._access.visitor(request, "viewer")
        call_id = request.match_info["call"]
        whole = await self._ports.records.call(call_id)
        if whole is None or whole.row.call_id != call_id:
            return json_response(self._running(call_id))
        events = await self._events(call_id)
        return json_response(await asyncio.to_thread(self._told, whole, events))

    async def peaks(self, request: web.Request) -> web.Response:
        """The loudness of both sides: two bytes (caller, agent) each 20 ms."""
        self._access.visitor(request, "viewer")
        path = await self._recording(request.match_info["call"])
        peaks = await asyncio.to_thread(self._shelf.get, path)
        response = web.Response(body=peaks.both.tobytes(), content_type="application/octet-stream")
        response.headers["Cache-Control"] = "no-store"
        response.enable_compression()
        return response

    async def audio(self, request: web.Request) -> web.FileResponse:
        """The recording, in parts if the browser asks so."""
        self._access.visitor(request, "viewer")
        path = await self._recording(request.match_info["call"])
        return web.FileResponse(path, headers={"Cache-Control": "no-store", "Content-Type": "audio/wav"})

    async def test(self, request: web.Request) -> web.Response:
        """The call as a test of its flow."""
        who, call_id = self._access.actor(request), request.match_info["call"]
        if self._ports.as_test is None:
            raise web.HTTPNotImplemented(text="This server cannot save calls as tests.\n")
        whole = await self._ports.records.call(call_id)
        if whole is None:
            raise _unknown(call_id)
        try:
            file, text = await asyncio.to_thread(self._ports.as_test, whole, await self._events(call_id))
        except IvrError as error:
            raise web.HTTPConflict(text=f"{error}\n") from error
        await self._ports.note(who, "saved as a test", call_id, file)
        return json_response({"file": file, "text": text})

    async def _events(self, call_id: str) -> list[EventRow]:
        found: list[EventRow] = []
        while True:
            after = found[-1].seq if found else -1
            page = await self._ports.records.events(call_id, after, _EVENTS_AT_ONCE)
            found += page
            if len(page) < _EVENTS_AT_ONCE:
                return found

    async def _recording(self, call_id: str) -> Path:
        found = self._sounds.get(call_id)
        if found is not None and found.is_file():
            return found
        whole = await self._ports.records.call(call_id)
        if whole is None:
            raise _unknown(call_id)
        path = self._sound(whole.row)
        if path is None:
            raise web.HTTPNotFound(text="This call has no recording.\n")
        self._found(call_id, path)
        return path

    def _found(self, call_id: str, path: Path) -> None:
        """Remember where a recording is, so that its page asks the database once."""
        self._sounds[call_id] = path
        if len(self._sounds) > _SOUNDS:
            del self._sounds[next(iter(self._sounds))]

    def _sound(self, row: CallRow) -> Path | None:
        """Where the recording is, if it is there and inside the data folder."""
        if not row.recording:
            return None
        path = (self._ports.data / row.recording).resolve()
        inside = path.is_relative_to(self._ports.data.resolve())
        return path if inside and path.is_file() else None

    def _told(self, whole: WholeCall, events: list[EventRow]) -> dict[str, Any]:
        spans = story.speech(events)
        sound = self._sound(whole.row)
        if sound is not None:
            self._found(whole.row.call_id, sound)
        drawn, problem = _drawn(whole.flow_source, whole.row.flow_name)  # in this thread: not the audio's
        turns = [
            {
                **asdict(t),
                "why": story.why(t),
                "waited": story.waited(t),
                "candidates": t.candidates or (),
                "cents": None if t.cost_nano is None else t.cost_nano / NANO_A_CENT,
            }
            for t in whole.turns
        ]
        return {
            "row": asdict(whole.row),
            "turns": turns,
            "cache_from": ACCEPTED,
            "lines": [asdict(row) for row in whole.lines] or self._live_lines(whole.row.call_id),
            "steps": [asdict(row) for row in whole.steps] or self._live_steps(whole.row.call_id),
            "slots": [asdict(row) for row in whole.slots],
            "speech": spans,
            "marks": [asdict(mark) for mark in story.marks(events, whole.turns, spans)],
            "graph": drawn,
            "graph_problem": problem,
            "can_test": self._ports.as_test is not None,
            "sound": sound is not None,
            "summary": asdict(whole.summary) if whole.summary else None,
            "scores": [asdict(score) for score in whole.scores],
        }

    def _running(self, call_id: str) -> dict[str, Any]:
        """A call that began so lately that the database does not have it yet. Raises 404."""
        live = self._ports.live.calls.get(call_id)
        if live is None:
            raise _unknown(call_id)
        row = _row_of(call_id, live.flow.name, live.flow.digest, live.state.caller, live.began_wall_ms)
        whole = WholeCall(row, "")
        return {**self._told(whole, []), "graph": asdict(graph(live.flow))}

    def _live_lines(self, call_id: str) -> list[dict[str, Any]]:
        live = self._ports.live.calls.get(call_id)
        return [line(x) for x in live.state.transcript] if live else []

    def _live_steps(self, call_id: str) -> list[dict[str, Any]]:
        live = self._ports.live.calls.get(call_id)
        return [{"step": step, "at_ms": 0, "turn": 0} for step in live.state.path] if live else []


@lru_cache(maxsize=16)
def _drawn(source: str, name: str) -> tuple[dict[str, Any] | None, str]:
    if not source:
        return None, "The flow of this call is not kept."
    try:
        return asdict(graph(load_flow(source, name))), ""
    except IvrError:
        return None, "The flow that took this call cannot be read by this version of ivr."


_MOST_DIGITS: Final = 15
"""Of a moment in ms: enough for thirty thousand years."""


def _place(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    at, _, call_id = text.partition(".")
    if not at.isdecimal() or len(at) > _MOST_DIGITS or not call_id:
        raise bad_request("`before` is not a place in the list.")
    return int(at), call_id


def _unknown(call_id: str) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=f"There is no call {call_id}. It may have been erased.\n")


def _row_of(call_id: str, flow: str, digest: str, caller: str, began_ms: int) -> CallRow:
    """The row of a call of which nothing else is known yet."""
    return CallRow(
        call_id=call_id,
        flow_name=flow,
        flow_digest=digest,
        caller=caller,
        called="",
        began_ms=began_ms,
        ended_ms=None,
        outcome="",
        duration_ms=0,
        events=0,
        turns=0,
        reprompts=0,
        barge_ins=0,
        cut_ins=0,
        dead_airs=0,
        failures=0,
        response_median_ms=None,
        response_worst_ms=None,
        goal=None,
        cost_nano=None,
        saved_nano=None,
        recording="",
        problem="",
    )


@web.middleware
async def records_away(request: web.Request, handler: Any) -> web.StreamResponse:
    """Say that the database is away, instead of a server error."""
    try:
        answer: web.StreamResponse = await handler(request)
    except EngineError as error:
        if request.path.startswith("/api/"):
            raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
        raise
    return answer
