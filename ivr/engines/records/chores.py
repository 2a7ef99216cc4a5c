"""Doing the jobs that calls give rise to: summaries, scores, messages to the webhook.

Each job reads the record, does its work outside of any transaction, and writes what came of it in one
that checks that the call is still there: a call that is erased meanwhile leaves nothing behind.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.engines.records.database import Database
from ivr.engines.records.reading import StoredRecords, keep_scores
from ivr.engines.records.tables import CALLS, SUMMARIES
from ivr.review.after import Job, Wishes, jobs_after
from ivr.review.economy import Economy
from ivr.review.quality import judged, measured
from ivr.review.records import Summary, WholeCall
from ivr.review.rubric import Rubric
from ivr.review.summaries import summarise

RECENT_MS: Final = 86_400_000
"""Calls that ended longer ago give rise to no jobs when their records are computed after all."""


class Queue(Protocol):
    """Where jobs wait. `enqueue` is part of the transaction of its connection: both happen, or neither."""

    async def enqueue(self, connection: AsyncConnection, jobs: Sequence[Job]) -> None: ...


class Receiver(Protocol):
    """Who is told what became of calls."""

    async def send(self, delivery: str, message: dict[str, Any]) -> None:
        """Raises `EngineError` when it was not taken."""
        ...


class Chores:
    """Does jobs. `economy`: without it, summaries are extracts and no model scores."""

    def __init__(  # noqa: PLR0913 -- what jobs need
        self,
        database: Database,
        queue: Queue,
        wishes: Wishes,
        *,
        economy: Economy | None = None,
        receiver: Receiver | None = None,
        rubric: Rubric | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._wishes = wishes
        self._economy = economy
        self._receiver = receiver
        self._rubric = rubric
        self._records = StoredRecords(database)
        self._do: dict[str, Callable[[WholeCall], Awaitable[None]]] = {
            "summary": self._summary,
            "quality": self._quality,
            "send": self._send,
        }

    async def after(self, connection: AsyncConnection, call_id: str, ended_ms: int) -> None:
        """In the transaction that writes a record: put its jobs into the queue."""
        if ended_ms > _now() - RECENT_MS:
            await self._queue.enqueue(connection, jobs_after(call_id, self._wishes))

    async def do(self, job: Job) -> None:
        """Do a job. Raises `EngineError` when it has to be tried again."""
        call = await self._records.call(job.call_id)
        if call is None or call.row.call_id != job.call_id:
            return  # erased
        await self._do[job.kind](call)

    async def _summary(self, call: WholeCall) -> None:
        if call.summary is not None:
            return
        summary = await summarise(call, self._economy, _now())

        async def keep(connection: AsyncConnection) -> None:
            if await _there(connection, call.row.call_id):
                await connection.execute(SUMMARIES.insert(), {**asdict(summary), "call_id": call.row.call_id})
                if self._receiver is not None:
                    await self._queue.enqueue(connection, (Job("send", call.row.call_id),))

        await self._database.write(keep)

    async def _quality(self, call: WholeCall) -> None:
        scores = measured(call, _now())
        if self._economy is not None and self._rubric is not None and len(call.turns) > 1:
            scores += await judged(call, self._rubric, self._economy, _now())

        async def keep(connection: AsyncConnection) -> None:
            if await _there(connection, call.row.call_id):
                await keep_scores(connection, call.row.call_id, scores)

        await self._database.write(keep)

    async def _send(self, call: WholeCall) -> None:
        if self._receiver is None or call.summary is None or call.summary.sent_ms is not None:
            return
        await self._receiver.send(call.row.call_id, message(call, call.summary))

        async def keep(connection: AsyncConnection) -> None:
            await connection.execute(
                SUMMARIES.update().where(SUMMARIES.c.call_id == call.row.call_id).values(sent_ms=_now())
            )

        await self._database.write(keep)


def message(call: WholeCall, summary: Summary) -> dict[str, Any]:
    """What the webhook is told of a call."""
    row = call.row
    return {
        "event": "call.ended",
        "call_id": row.call_id,
        "flow": row.flow_name,
        "caller": row.caller,
        "called": row.called,
        "began_ms": row.began_ms,
        "duration_ms": row.duration_ms,
        "outcome": row.outcome,
        "goal": row.goal,
        "slots": {slot.name: slot.value for slot in call.slots if slot.final},
        "summary": summary.summary,
        "intent": summary.intent,
        "follow_up": summary.follow_up,
        "made_by": summary.made_by,
    }


async def _there(connection: AsyncConnection, call_id: str) -> bool:
    return await connection.scalar(sa.select(CALLS.c.call_id).where(CALLS.c.call_id == call_id)) is not None


def _now() -> int:
    return int(time.time() * 1000)
