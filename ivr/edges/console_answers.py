"""The answers page: canonical answers with what they sound like, and words that meant nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from ivr.core.flow.model import Flow
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.pages import json_response
from ivr.review.clusters import clusters, neighbours
from ivr.review.records import Records

SINCE_DAYS: Final = 30
_DAY_MS: Final = 24 * 3600 * 1000

Say = Callable[[str], Awaitable[bytes]]
"""A canonical answer's sound as a WAV file, by its name. Raises `EngineError`."""


@dataclass(frozen=True, slots=True)
class AnswersPorts:
    """What the answers page works with."""

    records: Records
    flow: Callable[[], Flow]
    say: Say
    wall_s: Callable[[], float] = time.time


class ConsoleAnswers:
    """`/api/answers…`."""

    def __init__(self, access: ConsoleAccess, ports: AnswersPorts) -> None:
        self._access = access
        self._ports = ports

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [web.get("/api/answers", self.answers), web.get("/api/answers/{name}/audio", self.audio)]

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
                "unhandled": [asdict(group) for group in groups],
            }
        )

    async def audio(self, request: web.Request) -> web.Response:
        """An answer as callers hear it."""
        self._access.visitor(request, "viewer")
        name = request.match_info["name"]
        if name not in self._ports.flow().answers:
            raise web.HTTPNotFound(text=f"The flow has no answer {name}.\n")
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=await self._ports.say(name), content_type="audio/wav", headers=headers)
