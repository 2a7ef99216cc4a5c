"""Jobs beyond one machine: procrastinate in PostgreSQL.

A job is put into its queue by the very transaction that writes the record, and done by an `ivr worker`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import procrastinate
import sqlalchemy as sa
import structlog
from procrastinate.schema import SchemaManager
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.engines.records.database import Database
from ivr.review.after import Job, retry_after_s

TASK: Final = "ivr.after_call"
QUEUE: Final = "ivr"
STALLED_S: Final = 30.0
_LOCK: Final = 7_048_302

_log = structlog.get_logger()


class LaterStrategy(procrastinate.BaseRetryStrategy):
    """Tries a failed job again as `ivr.review.after.retry_after_s` says."""

    def get_retry_decision(
        self,
        *,
        exception: BaseException,  # noqa: ARG002 -- whatever went wrong, it is tried again
        job: procrastinate.jobs.Job,
    ) -> procrastinate.RetryDecision | None:
        wait_s = retry_after_s(job.attempts + 1)
        return None if wait_s is None else procrastinate.RetryDecision(retry_in={"seconds": wait_s})


class ProcrastinateQueue:
    """Implements `Queue`. Its tables are made beside ours when the database is opened."""

    def __init__(self, database: Database) -> None:
        plain = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain))
        database.wait(database.within(_make_tables))

    async def enqueue(self, connection: AsyncConnection, jobs: Sequence[Job]) -> None:
        if not jobs:
            return
        bare = (await connection.get_raw_connection()).driver_connection
        later = self.app.configure_task(TASK, allow_unknown=True, queue=QUEUE, connection=bare)
        for job in jobs:
            await later.defer_async(kind=job.kind, call_id=job.call_id)

    async def work(self, do: Callable[[Job], Awaitable[None]], *, wait: bool = True) -> None:
        """Do jobs until a signal comes; with `wait=False` those that are due. On the caller's loop."""

        async def after_call(kind: Any, call_id: str) -> None:
            await do(Job(kind, call_id))

        if TASK not in self.app.tasks:
            self.app.task(name=TASK, queue=QUEUE, retry=LaterStrategy())(after_call)
        async with self.app.open_async():
            rescue = asyncio.create_task(self._rescue())
            try:
                await self.app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=4,
                    wait=wait,
                    delete_jobs="successful",
                    install_signal_handlers=wait,
                    shutdown_graceful_timeout=10.0,
                )
            finally:
                rescue.cancel()

    async def _rescue(self) -> None:
        """Take up the jobs of workers that died."""
        while True:
            for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
                _log.warning("a worker died; its job is done again", job=job.id)
                await self.app.job_manager.retry_job(job)
            await asyncio.sleep(STALLED_S)


async def _make_tables(connection: AsyncConnection) -> None:
    await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if await connection.run_sync(lambda plain: sa.inspect(plain).has_table("procrastinate_jobs")):
        return
    bare = (await connection.get_raw_connection()).driver_connection
    assert bare is not None
    await bare.execute(SchemaManager.get_schema())
