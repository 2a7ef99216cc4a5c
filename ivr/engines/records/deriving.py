"""What is computed from a call's events when it has ended, in one transaction with the jobs it gives rise to.

Calls whose computing was cut short, and calls whose server died in the middle of them, are taken up at
the next start; a database of an older form is worked through the same way.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import EngineError, IvrError
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import decode
from ivr.engines.recordings import RECORDINGS, file_stem
from ivr.engines.records.aside import Aside
from ivr.engines.records.computed import clean, rows_of, summary
from ivr.engines.records.database import Database
from ivr.engines.records.encoding import is_of_the_row
from ivr.engines.records.rows import Ended
from ivr.engines.records.tables import CALLS, COMPUTED, EVENTS, FLOWS, SERVERS
from ivr.review.record import CallRecord, RecordBuilder

RETRY_S: Final = 1.0
STALE_MS: Final = 60_000
"""A server that has not said for this long that it lives is dead, and its calls with it."""
BEAT_S: Final = 15.0
LOST: Final = "lost"
"""The outcome of a call whose server died in the middle of it."""
_YIELD_EVERY: Final = 20
_SHOWN: Final = 200
_KEPT_FLOWS: Final = 16

AfterCall = Callable[[AsyncConnection, str, int], Awaitable[None]]
"""What else happens in the transaction that writes a record: the call's id, and when it ended."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Todo:
    """A call whose record is due. `unfit`: why all that was computed cannot be written; "" if it can."""

    call_id: str
    path: tuple[str, ...] | None = None
    unfit: str = ""


async def nothing_more(_connection: AsyncConnection, _call_id: str, _ended_ms: int) -> None:
    """No work after a call."""


class Deriver:
    """Computes records on the database's loop.

    server  the name of this process
    aside   hears of records that can never be written
    """

    def __init__(
        self,
        database: Database,
        *,
        server: str = "",
        after: AfterCall = nothing_more,
        retry_s: float = RETRY_S,
        aside: Aside | None = None,
    ) -> None:
        self._database = database
        self._aside = aside or Aside(database.folder)
        self._server = server
        self._after = after
        self._retry_s = retry_s
        self._flows: dict[str, Flow] = {}
        self._todo: deque[_Todo] = deque()
        self._busy = False
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        database.submit(self._work())
        if server:
            database.submit(self._beat())

    def ended(self, calls: Sequence[Ended], flows: dict[str, Flow]) -> None:
        """Calls have ended, and all their events are in the database. On the database's loop."""
        for call in calls:
            self._todo.append(_Todo(call.call_id, call.path))
        for digest, flow in list(flows.items()):
            self._keep(digest, flow)
        self._idle.clear()
        self._news.set()

    async def recover(self) -> int:
        """Take up calls whose record is missing. Gives how many. On the database's loop."""
        dead = int(time.time() * 1000) - STALE_MS
        alive = sa.select(SERVERS.c.server).where(SERVERS.c.beat_ms > dead, SERVERS.c.server != self._server)
        missing = sa.select(CALLS.c.call_id).where(
            CALLS.c.recorded_ms.is_(None), sa.or_(CALLS.c.outcome != "", CALLS.c.server.not_in(alive))
        )
        if self._server:
            missing = missing.where(sa.or_(CALLS.c.outcome != "", CALLS.c.server != self._server))

        async def find(connection: AsyncConnection) -> list[str]:
            return list(await connection.scalars(missing.order_by(CALLS.c.began_ms)))

        found = await self._database.within(find, writing=False)
        self._todo.extend(_Todo(call_id) for call_id in found)
        if found:
            self._idle.clear()
            self._news.set()
        return len(found)

    async def settled(self) -> None:
        """Wait until every record that is due has been written. On the database's loop."""
        await self._idle.wait()

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._todo:
                todo = self._todo.popleft()
                try:
                    await self._database.within(partial(self._write, todo=todo))
                except Exception as error:  # noqa: BLE001 -- one call's record must not keep the others waiting
                    await self._not_written(todo, error)
            self._idle.set()

    async def _not_written(self, todo: _Todo, error: Exception) -> None:
        """Try again later, behind the others; or say in the record that it cannot be written."""
        of_the_database = isinstance(error, SQLAlchemyError | OSError) and not is_of_the_row(error)
        if not of_the_database and not todo.unfit:
            self._aside.record(todo.call_id, error)
            self._todo.append(replace(todo, unfit=str(getattr(error, "orig", None) or error)[:_SHOWN]))
        elif of_the_database:
            why = str(getattr(error, "orig", None) or error)
            _log.error("record not written; it will be", call_id=todo.call_id, error=why)
            self._todo.append(todo)
            await asyncio.sleep(self._retry_s)
        else:
            _log.error("record not written: this is a bug in ivr", call_id=todo.call_id, exc_info=error)

    async def _write(self, connection: AsyncConnection, todo: _Todo) -> None:
        call = (
            await connection.execute(
                sa.select(CALLS, FLOWS.c.source)
                .outerjoin(FLOWS, FLOWS.c.digest == CALLS.c.flow_digest)
                .where(CALLS.c.call_id == todo.call_id)
            )
        ).one_or_none()
        if call is None or call.recorded_ms is not None:
            return  # erased in the meantime, or done
        problem = ""
        record: CallRecord | None = None
        try:
            if todo.unfit:
                raise EngineError(todo.unfit)
            flow = self._flow(call.flow_digest, call.source or "", call.flow_name)
            record = await self._compute(connection, todo.call_id, flow)
            if todo.path is not None and record.path != todo.path:
                problem = (
                    "The flow decided something by a sensitive value, which is not kept: from there on the "
                    "turns are not what happened."
                )
        except IvrError as error:
            problem = f"The record could not be computed: {error}"
        for table in COMPUTED:
            await connection.execute(table.delete().where(table.c.call_id == todo.call_id))
        if record is not None:
            for table, given in rows_of(todo.call_id, record, todo.path):
                if given:
                    await connection.execute(table.insert(), given)
        values = summary(call.outcome or LOST, record) | {"problem": clean(problem)}
        if call.ended_ms is None:
            values["ended_ms"] = call.began_ms + (record.duration_ms if record else 0)
        values["recorded_ms"] = int(time.time() * 1000)
        recording = f"{RECORDINGS}/{file_stem(todo.call_id)}.wav"
        if (self._database.folder / recording).is_file():
            values["recording"] = recording
        await connection.execute(CALLS.update().where(CALLS.c.call_id == todo.call_id).values(values))
        if record is not None:
            ended = call.ended_ms if call.ended_ms is not None else values["ended_ms"]
            await self._after(connection, todo.call_id, ended)

    async def _compute(self, connection: AsyncConnection, call_id: str, flow: Flow) -> CallRecord:
        builder = RecordBuilder(flow)
        rows = await connection.execute(
            sa.select(EVENTS.c.at_ms, EVENTS.c.event)
            .where(EVENTS.c.call_id == call_id)
            .order_by(EVENTS.c.seq)
        )
        for number, (at_ms, event) in enumerate(rows):
            builder.take(at_ms, decode(event))
            if number % _YIELD_EVERY == 0:
                time.sleep(0)  # noqa: ASYNC251 -- lets the thread that carries audio have the interpreter
                await asyncio.sleep(0)
        return builder.record()

    def _flow(self, digest: str, source: str, name: str) -> Flow:
        if digest not in self._flows:
            self._keep(digest, load_flow(source, name))
        return self._flows[digest]

    def _keep(self, digest: str, flow: Flow) -> None:
        self._flows[digest] = flow
        while len(self._flows) > _KEPT_FLOWS:
            del self._flows[next(iter(self._flows))]

    async def _beat(self) -> None:
        """Say from time to time that this process lives."""
        while True:
            now = int(time.time() * 1000)

            async def say(connection: AsyncConnection, now: int = now) -> None:
                beat = SERVERS.update().where(SERVERS.c.server == self._server).values(beat_ms=now)
                if not (await connection.execute(beat)).rowcount:
                    row = {"server": self._server, "began_ms": now, "beat_ms": now}
                    await connection.execute(SERVERS.insert(), row)

            with suppress(SQLAlchemyError, OSError):  # the journal says so already
                await self._database.within(say)
            await asyncio.sleep(BEAT_S)
