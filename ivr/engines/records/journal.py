"""The journal: what calls give is written to the database within 50 ms, in one transaction a time.

A call only puts rows into a list; the database's own thread does the rest, so no call ever waits for a
disk or a network. How far a sentence has played may wait longer: most events say that, and the next one
says it better. While the database is away rows wait, and are tried again: at first in memory, then in
a file (`ivr.engines.records.spill`), from which a restart takes them up, too. Every row can come twice
without harm, so a commit whose fate is not known is simply made again. A row that can never be written is
set aside (`ivr.engines.records.aside`), and the others are.
"""

from __future__ import annotations

import asyncio
import math
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.events import Played
from ivr.core.flow.model import Flow
from ivr.engines.records.aside import Aside
from ivr.engines.records.database import Database
from ivr.engines.records.encoding import is_of_the_row
from ivr.engines.records.rows import Began, Ended, Happened, Left, Row
from ivr.engines.records.spill import Spill
from ivr.engines.records.tables import CALLS, EVENTS, FLOWS, NOBODY

FLUSH_S: Final = 0.05
"""How long a row may wait."""
PLAYED_FLUSH_S: Final = 0.25
"""The same for a row that only says how far a sentence has played."""
_PATIENCE: Final = {Played.__name__: PLAYED_FLUSH_S}
RETRY_S: Final = 1.0
BATCH_ROWS: Final = 2000
"""Rows of one transaction at most."""
MEMORY_ROWS: Final = 20_000
"""Rows that wait in memory; more go to disk."""
KEEP_ROWS: Final = 200_000
"""Rows that wait in memory when the disk cannot be written either; beyond that the oldest are lost."""
CLOSE_S: Final = 10.0
_OF_THE_DATABASE: Final = (SQLAlchemyError, sqlite3.Error, OSError)

_log = structlog.get_logger()


class JournalMeter(Protocol):
    """What is counted of the journal. No method blocks or raises."""

    def records_waiting(self, rows: int) -> None: ...

    def records_committed(self, rows: int, seconds: float) -> None: ...

    def records_lost(self, rows: int) -> None: ...

    def record_set_aside(self) -> None: ...


class NoMeter:
    """Counts nothing."""

    def records_waiting(self, rows: int) -> None: ...

    def records_committed(self, rows: int, seconds: float) -> None: ...

    def records_lost(self, rows: int) -> None: ...

    def record_set_aside(self) -> None: ...


class DatabaseJournal:
    """Implements the port `Journal`.

    on_ended  hears of calls whose last row has been committed, on the database's loop
    server    names this process in the records
    aside     takes the rows that can never be written
    """

    def __init__(  # noqa: PLR0913 -- where it writes, and whom it tells
        self,
        database: Database,
        *,
        server: str = "",
        meter: JournalMeter | None = None,
        on_ended: Callable[[Sequence[Ended], dict[str, Flow]], None] = lambda _ended, _flows: None,
        retry_s: float = RETRY_S,
        aside: Aside | None = None,
    ) -> None:
        self._database = database
        self._server = server
        self._meter = meter or NoMeter()
        self._on_ended = on_ended
        self._retry_s = retry_s
        self._spill = Spill(database.folder)
        self._aside = aside or Aside(database.folder, self._meter.record_set_aside)
        self._rows: deque[Row] = deque()
        self._flows: dict[str, Flow] = {}
        self._names: dict[str, str] = {}  # calls that came under a name that was taken
        self._closing = self._away = False
        self._promised_s = math.inf  # how soon the rows that wait will be written
        self._timer: asyncio.TimerHandle | None = None
        self._lock = threading.Lock()
        self._given = self._written = 0
        self._news = asyncio.Event()
        self._writer = database.submit(self._write())

    # From the calls

    def begin(  # noqa: PLR0913 -- what is known of a call when it begins
        self, call_id: str, *, flow: Flow, flow_source: str, caller: str, called: str, wall_ms: int
    ) -> None:
        """Note that a call began. A second call of the same id is kept as `ID.2`."""
        self._flows[flow.digest] = flow
        self._put(Began(call_id, flow.name, flow.digest, flow_source, caller, called, wall_ms))

    def append(self, call_id: str, seq: int, at_ms: int, event: dict[str, Any]) -> None:
        """Note an event."""
        self._put(Happened(call_id, seq, at_ms, event), _PATIENCE.get(event["type"], FLUSH_S))

    def leave(self, call_id: str) -> None:
        """Note that a call goes on, and not with us."""
        self._put(Left(call_id))

    def end(self, call_id: str, outcome: str, path: tuple[str, ...], wall_ms: int) -> None:
        """Note how a call ended."""
        self._put(Ended(call_id, outcome, path, wall_ms))

    @property
    def waiting(self) -> int:
        """Rows that are not in the database yet."""
        return self._given - self._written

    @property
    def away(self) -> bool:
        """Whether the database could not be written when it was tried last."""
        return self._away

    def close(self) -> None:
        """Write what is left, to the database or else to disk. Waits 10 s at most."""
        self._closing = True
        self._database.loop.call_soon_threadsafe(self._news.set)
        try:
            self._writer.result(timeout=CLOSE_S)
        except TimeoutError:
            _log.error("journal not written to its end", rows=self.waiting)

    async def flushed(self) -> None:
        """Wait until everything that was given is in the database. On the database's loop."""
        while self.waiting:  # noqa: ASYNC110 -- rows come from other threads
            await asyncio.sleep(FLUSH_S / 2)

    def _put(self, row: Row, within_s: float = FLUSH_S) -> None:
        with self._lock:
            self._rows.append(row)
            self._given += 1
            sooner = within_s < self._promised_s
            if sooner:
                self._promised_s = within_s
        if sooner:
            self._database.loop.call_soon_threadsafe(self._write_within, within_s)

    # On the database's loop

    def _write_within(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._database.loop.call_later(seconds, self._news.set)

    async def _write(self) -> None:
        if self._spill:
            with self._lock:
                self._given += self._spill.count()
            if not await self._again():
                self._keep(to_disk=True)
                return
        while True:
            await self._news.wait()
            self._news.clear()
            self._promised_s = math.inf  # from here on, what comes wakes us again
            while self._rows:
                batch = [self._rows.popleft() for _ in range(min(BATCH_ROWS, len(self._rows)))]
                if await self._commit(batch):
                    continue
                self._rows.extendleft(reversed(batch))
                if not await self._wait_for_the_database():
                    return
            self._meter.records_waiting(0)
            if self._closing and not self._rows:
                return

    async def _wait_for_the_database(self) -> bool:
        """Keep rows safe until the database answers, and all that went to disk is in it. False: we close."""
        while True:
            self._keep(to_disk=self._closing)
            self._meter.records_waiting(self.waiting)
            if self._closing:
                return False
            await asyncio.sleep(self._retry_s)
            if await (self._from_disk() if self._spill else self._commit([])):
                return True

    async def _again(self) -> bool:
        """A former process left rows on disk: they come first. False: we are closing, and they are there."""
        while not await self._from_disk():
            if self._closing:
                return False
            self._keep(to_disk=False)
            await asyncio.sleep(self._retry_s)
        return True

    async def _from_disk(self) -> bool:
        try:
            for batch in self._spill.batches(BATCH_ROWS):
                if not await self._commit(batch):
                    return False
            self._spill.clear()
        except OSError as error:
            _log.error("rows on disk cannot be read; they wait", error=str(error))
            return False
        return True

    def _keep(self, *, to_disk: bool) -> None:
        if not self._rows or (len(self._rows) <= MEMORY_ROWS and not to_disk):
            return
        batch = [self._rows.popleft() for _ in range(len(self._rows))]
        try:
            refused = self._spill.add(batch)
        except OSError as error:
            self._rows.extendleft(reversed(batch))
            self._lose(str(error))
            return
        for row, why in refused:
            self._set_aside(row, why)

    def _lose(self, why: str) -> None:
        lost = len(self._rows) - KEEP_ROWS
        if self._closing:
            lost = len(self._rows)
        for _ in range(lost):
            self._rows.popleft()
        if lost > 0:
            self._written += lost
            self._meter.records_lost(lost)
            _log.error(
                "journal rows lost: the database is away, and the disk cannot be written",
                rows=lost,
                error=why,
            )

    async def _commit(self, batch: list[Row]) -> bool:
        """Write rows. False: the database is away; `batch` then holds those that are not written."""
        began = time.monotonic()
        writing = _Batch(self._database.is_sqlite, self._server, dict(self._names))
        try:
            await self._write_rows(batch, writing)
        except Exception as error:  # noqa: BLE001 -- whatever one row does, the others must be written
            if is_of_the_row(error) or not isinstance(error, _OF_THE_DATABASE):
                return await self._sift(batch, error)
            if not self._away:
                why = str(getattr(error, "orig", None) or error)
                _log.error("journal not written; its rows wait", error=why, rows=len(batch))
            self._away = True
            return False
        if self._away and batch:  # one that can be read may still be full
            self._away = False
            _log.info("journal written again")
        self._names = writing.names
        self._meter.records_committed(len(batch), time.monotonic() - began)
        self._written += len(batch)
        if writing.ended:
            self._on_ended(writing.ended, self._flows)
        return True

    async def _sift(self, batch: list[Row], error: Exception) -> bool:
        """Write the rows around those that can never be written, and set these aside."""
        if len(batch) == 1:
            self._set_aside(batch[0], error)
            return True
        middle = len(batch) // 2
        first = batch[:middle]
        written = await self._commit(first)
        batch[:middle] = [] if written else first
        return written and await self._commit(batch)

    def _set_aside(self, row: Row, why: Exception) -> None:
        self._aside.row(row, why)
        self._written += 1

    async def _write_rows(self, batch: list[Row], writing: _Batch) -> None:
        straight = self._database.straight
        events = [row for row in batch if isinstance(row, Happened)]
        if straight and events and len(events) == len(batch):
            await straight.write(
                [(self._names.get(row.call_id, row.call_id), row.seq, row.at_ms, row.event) for row in events]
            )
        else:
            await self._database.within(partial(writing.write, batch))


class _Batch:
    """One transaction. `names`: calls that go under another id, since theirs was taken."""

    def __init__(self, is_sqlite: bool, server: str, names: dict[str, str]) -> None:  # noqa: FBT001 -- a kind
        self._insert = sqlite.insert if is_sqlite else postgresql.insert
        self._server = server
        self.names = names
        self.ended: list[Ended] = []

    async def write(self, rows: list[Row], connection: AsyncConnection) -> None:
        """Write rows in their order."""
        if not rows:
            await connection.execute(sa.select(sa.literal(1)))
            return
        events: list[dict[str, Any]] = []
        for row in rows:
            match row:
                case Began():
                    await self._begin(connection, row)
                case Happened(call_id, seq, at_ms, event):
                    name = self.names.get(call_id, call_id)
                    events.append({"call_id": name, "seq": seq, "at_ms": at_ms, "event": event})
                case Left(call_id):
                    await connection.execute(
                        sa.update(CALLS)
                        .where(CALLS.c.call_id == self.names.get(call_id, call_id), CALLS.c.outcome == "")
                        .values(server=NOBODY)
                    )
                case Ended(call_id):
                    self.ended.append(replace(row, call_id=self.names.get(call_id, call_id)))
        if events:
            await connection.execute(self._new(EVENTS), events)
        if self.ended:
            await connection.execute(
                sa.update(CALLS)
                .where(CALLS.c.call_id == sa.bindparam("of"), CALLS.c.outcome == "")
                .values(outcome=sa.bindparam("how"), ended_ms=sa.bindparam("when")),
                [{"of": row.call_id, "how": row.outcome, "when": row.wall_ms} for row in self.ended],
            )

    async def _begin(self, connection: AsyncConnection, row: Began) -> None:
        flow = {"digest": row.flow_digest, "name": row.flow_name, "source": row.flow_source}
        await connection.execute(self._new(FLOWS), {**flow, "first_ms": row.wall_ms})
        name, number = row.call_id, 1
        while True:
            there = await connection.scalar(sa.select(CALLS.c.began_ms).where(CALLS.c.call_id == name))
            if there is None or there == row.wall_ms:
                break
            number += 1
            name = f"{row.call_id}.{number}"
        self.names.pop(row.call_id, None)
        if number > 1:
            self.names[row.call_id] = name
            _log.warning("a second call of the same id", call_id=row.call_id, kept_as=name)
        if there is None:
            values = {"call_id": name, "flow_name": row.flow_name, "flow_digest": row.flow_digest}
            who = {"caller": row.caller, "called": row.called, "server": self._server}
            await connection.execute(CALLS.insert(), {**values, **who, "began_ms": row.wall_ms})

    def _new(self, table: sa.Table) -> Any:
        """An insert that leaves rows alone that are there."""
        return self._insert(table).on_conflict_do_nothing()
