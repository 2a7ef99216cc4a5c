"""The answers page: canonical answers with what they sound like, and words that meant nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from ivr.core.errors import IvrError
from ivr.core.flow.model import Flow
from ivr.edges.console_live import Note
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.pages import bad_request, json_body, json_response
from ivr.review.clusters import clusters, neighbours
from ivr.review.records import Records

SINCE_DAYS: Final = 30
MOST_EXAMPLES: Final = 20
_DAY_MS: Final = 24 * 3600 * 1000

Say = Callable[[str], Awaitable[bytes]]
"""A canonical answer's sound as a WAV file, by its name. Raises `EngineError`."""

Add = Callable[[str, Sequence[str]], bool]
"""Writes examples of an intent or answer into the flow's file; False: they are there. Blocks.

Raises `IvrError` when they cannot be written, and says why.
"""


@dataclass(frozen=True, slots=True)
class AnswersPorts:
    """What the answers page works with."""

    records: Records
    flow: Callable[[], Flow]
    say: Say
    add: Add
    note: Note
    wall_s: Callable[[], float] = time.time


class ConsoleAnswers:
    """`/api/answers…`."""

    def __init__(self, access: ConsoleAccess, ports: AnswersPorts) -> None:
        self._access = access
        self._ports = ports

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/api/answers", self.answers),
            web.get("/api/answers/{name}/audio", self.audio),
            web.post("/api/examples", self.example),
        ]

    async def answers(self, request: web.Request) -> web.Response:
        """Answers with their use in the last days, and groups of words that meant nothing in them."""
        self._access.visitor(request, "viewer")
        flow, wall_s = self._ports.flow(), self._ports.wall_s()
        since = int(wall_s * 1000) - SINCE_DAYS * _DAY_MS
        traffic = await self._ports.records.traffic(flow.name, since)
        unheard = await self._ports.records.unhandled(flow.name, since)
        today = datetime.fromtimestamp(wall_s, UTC).date().isoformat()
        known = {name: a.examples for name, a in flow.answers.items()}
        near = neighbours(known)
        groups = clusters(unheard, {**{name: i.examples for name, i in flow.intents.items()}, **known})
        return json_response(
            {
                "days": SINCE_DAYS,
                "calls": traffic.calls,
                "answers": [
                    {
                        "name": name,
                        "examples": list(answer.examples),
                        "say": answer.say,
                        "owner": answer.owner,
                        "expires": answer.expires,
                        "expired": bool(answer.expires) and today > answer.expires,
                        "hits": traffic.steps.get(f"answer:{name}", 0),
                        "near": near[name],
                    }
                    for name, answer in flow.answers.items()
                ],
                "meanings": [*flow.intents, *flow.answers],
                "unhandled": [asdict(group) for group in groups],
            }
        )

    async def example(self, request: web.Request) -> web.Response:
        """More examples of an intent or answer: `{"name": "parking", "examples": ["park a caravan"]}`."""
        who = self._access.actor(request)
        given = await json_body(request)
        name, examples = given.get("name"), given.get("examples")
        if not isinstance(name, str) or not isinstance(examples, list) or not examples:
            raise bad_request("Send `name` and `examples`, a list of sentences.")
        if len(examples) > MOST_EXAMPLES or not all(isinstance(text, str) and text for text in examples):
            raise bad_request(f"`examples` are {MOST_EXAMPLES} sentences at most.")
        try:
            new = await asyncio.to_thread(self._ports.add, name, examples)
        except IvrError as error:
            raise web.HTTPConflict(text=f"{error}\n") from error
        if new:
            await self._ports.note(who, "added examples", "", f"to {name}")
        return json_response({"new": new})

    async def audio(self, request: web.Request) -> web.Response:
        """An answer as callers hear it."""
        self._access.visitor(request, "viewer")
        name = request.match_info["name"]
        if name not in self._ports.flow().answers:
            raise web.HTTPNotFound(text=f"The flow has no answer {name}.\n")
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=await self._ports.say(name), content_type="audio/wav", headers=headers)
