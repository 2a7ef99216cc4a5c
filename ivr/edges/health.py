"""For those who run the server: alive, ready for calls, metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a call could be answered now.

    engines      warm or not, by name
    models       language models by name: `closed` (well), `open` (left alone for a while), `half-open`
    active       calls with an open stream; `pending`: let in, no stream yet; `limit`: of both together
    flow_name    the flow that new calls follow, "" for none; `flow_digest`: SHA-256 of its source
    flow_refused what is wrong with the flow file as it is now; "" when the flow served is that file's
    draining     new calls are turned away, because the server is about to stop
    files_are_few  hardly any more files or sockets can be opened
    records_away     the database cannot be written: rows wait, and calls go on
    records_waiting  rows that are not in the database yet
    records_set_aside  rows and records that can never be written, since the start
    """

    engines: Mapping[str, bool] = field(default_factory=dict)
    active: int = 0
    pending: int = 0
    limit: int = 0
    flow_name: str = ""
    flow_digest: str = ""
    flow_refused: str = ""
    draining: bool = False
    files_are_few: bool = False
    models: Mapping[str, str] = field(default_factory=dict)
    records_away: bool = False
    records_waiting: int = 0
    records_set_aside: int = 0

    @property
    def reasons(self) -> list[str]:
        """Why not, in words; empty when ready."""
        found = [f"engine {name} is not warm" for name, warm in self.engines.items() if not warm]
        if not self.flow_name:
            found.append("no flow is loaded")
        if self.active + self.pending >= self.limit:
            found.append("no room for another call")
        if self.draining:
            found.append("draining")
        if self.files_are_few:
            found.append("few file descriptors are left: raise the limit of open files (LimitNOFILE)")
        return found


class Health:
    """`/healthz`, `/readyz` and `/metrics`. `metrics` gives the exposition text and its content type."""

    def __init__(
        self,
        readiness: Callable[[], Readiness],
        metrics: Callable[[], tuple[bytes, str]],
        version: str,
    ) -> None:
        self._readiness = readiness
        self._metrics = metrics
        self._version = version

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def healthz(self, _request: web.Request) -> web.Response:
        """The event loop turns: that is all a liveness probe should ask."""
        return _json({"status": "alive", "version": self._version})

    async def readyz(self, _request: web.Request) -> web.Response:
        """200 when the next call would be answered, else 503 with the reasons."""
        state = self._readiness()
        reasons = state.reasons
        return _json(
            {
                "status": "not ready" if reasons else "ready",
                "reasons": reasons,
                "engines": dict(state.engines),
                "models": dict(state.models),
                "calls": {"active": state.active, "pending": state.pending, "limit": state.limit},
                "flow": {
                    "name": state.flow_name,
                    "digest": state.flow_digest,
                    "refused": state.flow_refused.splitlines(),
                },
                "records": {
                    "away": state.records_away,
                    "waiting": state.records_waiting,
                    "set_aside": state.records_set_aside,
                },
                "draining": state.draining,
            },
            status=503 if reasons else 200,
        )

    async def metrics(self, _request: web.Request) -> web.Response:
        """What Prometheus asks for."""
        body, content_type = self._metrics()
        return web.Response(body=body, headers={"Content-Type": content_type})


def _json(value: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")
