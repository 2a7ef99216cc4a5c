"""Work that a call has done outside while a step waits: each piece is a task that posts how it ended.

Whatever goes wrong becomes a `WorkEnded` with the outcome `failed`, so that the flow goes on by its
`on_error`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ivr.call.ports import WebClient, WorkResult
from ivr.core.commands import HttpRequest, Order
from ivr.core.errors import EngineError
from ivr.core.events import WorkEnded


class Errands:
    """Runs the work of one call. `web`: without one, requests are refused."""

    def __init__(self, call_id: str, web: WebClient | None, post: Callable[[WorkEnded], None]) -> None:
        self._call_id = call_id
        self._web = web
        self._post = post
        self._tasks: dict[int, asyncio.Task[WorkResult]] = {}

    def start(self, work: int, order: Order) -> None:
        """Begin; posts `WorkEnded(work)` unless it is cancelled before."""
        task = asyncio.get_running_loop().create_task(self._do(work, order))
        self._tasks[work] = task
        task.add_done_callback(lambda done: self._done(work, done))

    def cancel(self, work: int) -> None:
        """Stop; nobody waits any more."""
        if task := self._tasks.pop(work, None):
            task.cancel()

    def close(self) -> None:
        """Stop everything."""
        for work in list(self._tasks):
            self.cancel(work)

    async def _do(self, work: int, order: Order) -> WorkResult:
        match order:
            case HttpRequest():
                if self._web is None:
                    return WorkResult("refused", reason="this server makes no requests")
                return await self._web.request(order, once=f"{self._call_id}-{work}")

    def _done(self, work: int, task: asyncio.Task[WorkResult]) -> None:
        if self._tasks.pop(work, None) is None or task.cancelled():
            return
        error = task.exception()
        if error is None:
            result = task.result()
            self._post(WorkEnded(work, result.outcome, dict(result.values), result.reason))
            return
        reason = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
        self._post(WorkEnded(work, "failed", reason=reason))
