"""Work that a call has done outside while a step waits: each piece is a task that posts how it ended.

Whatever goes wrong becomes a `WorkEnded` with the outcome `failed`, so that the flow goes on by its
`on_error`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ivr.call.ports import Tab, WebClient, WorkResult, Writer
from ivr.core.commands import HttpRequest, Order, WriteAnswer
from ivr.core.errors import EngineError
from ivr.core.events import AnswerPart, ModelsUsed, WorkEnded

Posted = WorkEnded | AnswerPart | ModelsUsed


class Errands:
    """Runs the work of one call.

    web     without one, requests are refused; writer: without one, answers are
    """

    def __init__(
        self,
        call_id: str,
        web: WebClient | None,
        post: Callable[[Posted], None],
        writer: Writer | None = None,
    ) -> None:
        self._call_id = call_id
        self._web = web
        self._post = post
        self._writer = writer
        self._tabs: dict[int, Tab] = {}
        self._tasks: dict[int, asyncio.Task[WorkResult]] = {}

    def start(self, work: int, order: Order) -> None:
        """Begin; posts `WorkEnded(work)` unless it is cancelled before."""
        task = asyncio.get_running_loop().create_task(self._do(work, order))
        self._tasks[work] = task
        task.add_done_callback(lambda done: self._done(work, done))

    def cancel(self, work: int) -> None:
        """Stop; nobody waits any more. What was used of models by now is posted."""
        used = self._settled(work)
        if task := self._tasks.pop(work, None):
            task.cancel()
        for bill in used:
            self._post(bill)

    def close(self) -> tuple[ModelsUsed, ...]:
        """Stop everything. Gives what it has used of models and was not posted."""
        used = tuple(bill for work in list(self._tabs) for bill in self._settled(work))
        for work in list(self._tasks):
            self.cancel(work)
        return used

    def _settled(self, work: int) -> tuple[ModelsUsed, ...]:
        """What is on the tab of a piece of work, taken off it."""
        tab = self._tabs.pop(work, None)
        used = tab.used() if tab else ()
        return (ModelsUsed(used, work=work),) if used else ()

    async def _do(self, work: int, order: Order) -> WorkResult:
        match order:
            case HttpRequest():
                if self._web is None:
                    return WorkResult("refused", reason="this server makes no requests")
                return await self._web.request(order, once=f"{self._call_id}-{work}")
            case WriteAnswer():
                if self._writer is None:
                    return WorkResult("failed", reason="no language model is set up: see IVR_MODELS")
                tab = self._tabs[work] = Tab()
                return await self._writer.write(order, lambda text: self._said(work, text), tab)

    def _said(self, work: int, text: str) -> None:
        if work in self._tasks:
            self._post(AnswerPart(work, text))

    def _done(self, work: int, task: asyncio.Task[WorkResult]) -> None:
        if self._tasks.pop(work, None) is None or task.cancelled():
            return
        for bill in self._settled(work):
            self._post(bill)
        error = task.exception()
        if error is None:
            result = task.result()
            self._post(WorkEnded(work, result.outcome, dict(result.values), result.reason))
            return
        reason = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
        self._post(WorkEnded(work, "failed", reason=reason))
