"""The health page: how fast, how many, what failed and what it cost over time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from aiohttp import web

from ivr.edges.console_login import ConsoleAccess
from ivr.edges.pages import bad_request, json_response
from ivr.review.records import Records

_HOUR_MS: Final = 3600 * 1000
SPANS: Final = {"day": (24, _HOUR_MS // 2), "week": (7 * 24, 3 * _HOUR_MS), "month": (30 * 24, 12 * _HOUR_MS)}
"""What can be looked at: hours back, and the length of a stretch in ms."""


class ConsoleHealth:
    """`/api/trend` and `/api/audit`."""

    def __init__(
        self, access: ConsoleAccess, records: Records, wall_s: Callable[[], float] = time.time
    ) -> None:
        self._access = access
        self._records = records
        self._wall_s = wall_s

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [web.get("/api/trend", self.trend), web.get("/api/audit", self.audit)]

    async def trend(self, request: web.Request) -> web.Response:
        """The stretches of a span up to now."""
        self._access.visitor(request, "viewer")
        span = SPANS.get(request.query.get("span", "day"))
        if span is None:
            raise bad_request(f"`span` is one of {', '.join(SPANS)}.")
        hours, bucket_ms = span
        until = (int(self._wall_s() * 1000) // bucket_ms + 1) * bucket_ms
        buckets = await self._records.trend(until - hours * _HOUR_MS, until, bucket_ms)
        return json_response({"bucket_ms": bucket_ms, "buckets": [asdict(b) for b in buckets]})

    async def audit(self, request: web.Request) -> web.Response:
        """What people did to the line and its records, latest first."""
        self._access.visitor(request, "viewer")
        return json_response({"rows": [asdict(row) for row in await self._records.audit(100)]})
