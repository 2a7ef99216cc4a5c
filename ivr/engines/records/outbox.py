"""Jobs on one machine: rows of the table `jobs`, done by whoever takes them first.

A job is taken for a while: when whoever has it dies, it comes up again. One that fails is tried again
later, for about a day, then stays as `failed` with the reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import IvrError
from ivr.engines.records.database import Database
from ivr.engines.records.tables import JOBS
from ivr.review.after import Job, retry_after_s

LOOK_S: Final = 5.0
LEASE_MS: Final = 300_000
AT_ONCE: Final = 4

_log = structlog.get_logger()


class Outbox:
    """Implements `Queue` on the table `jobs`."""

    def __init__(self, database: Database, look_s: float = LOOK_S) -> None:
        self._database = database
        self._look_s = look_s
        self._news = asyncio.Event()

    async def enqueue(self, connection: AsyncConnection, jobs: Sequence[Job]) -> None:
        now = _now()
        rows = [
            {
                "kind": job.kind,
                "call_id": job.call_id,
                "payload": {},
                "state": "waiting",
                "made_ms": now,
                "due_ms": now,
            }
            for job in jobs
        ]
        if rows:
            await connection.execute(JOBS.insert(), rows)
            self._database.loop.call_soon_threadsafe(self._news.set)

    async def drain(self, do: Callable[[Job], Awaitable[None]]) -> None:
        """Do jobs as they come, for ever. On the database's loop."""
        await asyncio.gather(*(self._one_after_another(do) for _ in range(AT_ONCE)))

    async def drain_once(self, do: Callable[[Job], Awaitable[None]]) -> int:
        """Do what is due now. Gives how many jobs were tried. On the database's loop."""
        tried = 0
        while await self._next(do):
            tried += 1
        return tried

    async def _one_after_another(self, do: Callable[[Job], Awaitable[None]]) -> None:
        while True:
            try:
                if await self._next(do):
                    continue
            except (SQLAlchemyError, OSError) as error:
                _log.warning(
                    "jobs not looked for; they wait", error=str(getattr(error, "orig", None) or error)
                )
            self._news.clear()
            try:
                async with asyncio.timeout(self._look_s):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _next(self, do: Callable[[Job], Awaitable[None]]) -> bool:
        """Take a job and do it. False: none is due."""
        taken = await self._database.within(_take)
        if taken is None:
            return False
        number, attempts, job = taken
        error = ""
        try:
            await do(job)
        except IvrError as failed:
            error = str(failed)
        except Exception:  # noqa: BLE001 -- one job must not keep the others waiting
            _log.exception("a job failed: this is a bug in ivr", kind=job.kind, call_id=job.call_id)
            error = "a bug in ivr; the log has it"

        async def settle(connection: AsyncConnection) -> None:
            mine = JOBS.c.id == number
            wait_s = retry_after_s(attempts) if error else None
            if not error:
                await connection.execute(JOBS.delete().where(mine))
            elif wait_s is None:
                await connection.execute(JOBS.update().where(mine).values(state="failed", error=error))
            else:
                due = _now() + wait_s * 1000
                again = JOBS.update().where(mine).values(state="waiting", due_ms=due, error=error)
                await connection.execute(again)

        await self._database.within(settle)
        if error:
            _log.warning("job not done", kind=job.kind, call_id=job.call_id, attempts=attempts, error=error)
        return True


async def _take(connection: AsyncConnection) -> tuple[int, int, Job] | None:
    """The next job that is due, taken by us for a while."""
    now = _now()
    due = (
        sa.select(JOBS.c.id, JOBS.c.attempts, JOBS.c.kind, JOBS.c.call_id)
        .where(JOBS.c.state.in_(("waiting", "taken")), JOBS.c.due_ms <= now)
        .order_by(JOBS.c.due_ms)
        .limit(1)
    )
    row = (await connection.execute(due)).one_or_none()
    if row is None:
        return None
    taken = {"state": "taken", "due_ms": now + LEASE_MS, "attempts": row.attempts + 1}
    await connection.execute(JOBS.update().where(JOBS.c.id == row.id).values(taken))
    return row.id, row.attempts + 1, Job(row.kind, row.call_id)


def _now() -> int:
    return int(time.time() * 1000)
