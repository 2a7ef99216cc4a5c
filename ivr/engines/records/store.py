"""Everything that keeps calls: the database, the journal, what is computed from it, and reading it."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import IvrError
from ivr.engines.records.aside import Aside
from ivr.engines.records.chores import Chores, Receiver
from ivr.engines.records.database import Database
from ivr.engines.records.deriving import STALE_MS, AfterCall, Deriver, nothing_more
from ivr.engines.records.erasing import Eraser
from ivr.engines.records.journal import RETRY_S, DatabaseJournal, JournalMeter, NoMeter
from ivr.engines.records.left import LeftCall, bury, claim
from ivr.engines.records.outbox import Outbox
from ivr.engines.records.procrastinating import ProcrastinateQueue
from ivr.engines.records.reading import StoredRecords
from ivr.review.after import Wishes
from ivr.review.economy import Economy
from ivr.review.rubric import Rubric

LEFT_S: Final = 5.0
"""How long a starting server waits to hear which calls it takes up."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Work:
    """What is done after calls, and with what."""

    wishes: Wishes = Wishes()
    economy: Economy | None = None
    receiver: Receiver | None = None
    rubric: Rubric | None = None


class RecordStore:
    """The records in the database of `setting` (`DATABASE_URL`; "": SQLite in `folder`).

    server  the name of a process that carries calls: it takes up what a dead one left unfinished
    work    what is done after calls; on SQLite by this process itself, on PostgreSQL by an `ivr worker`
    takes_up  calls that another server has left are for `left`, and not recorded as lost
    keep_days  days after which a call is erased; 0: never
    Raises `ConfigError` when the database cannot be opened. Close it from any thread but its own.
    """

    def __init__(  # noqa: PLR0913 -- settings of a store
        self,
        setting: str,
        folder: Path,
        *,
        server: str = "",
        meter: JournalMeter | None = None,
        work: Work | None = None,
        keep_days: float = 0,
        takes_up: bool = False,
        retry_s: float = RETRY_S,
    ) -> None:
        self.database = Database(setting, folder)
        self.queue: Outbox | ProcrastinateQueue | None = None
        self.chores: Chores | None = None
        self._economy = work.economy if work else None
        after: AfterCall = nothing_more
        if work is not None:
            self.queue, self.chores = self._work(work)
            after = self.chores.after
        self.aside = Aside(folder, (meter or NoMeter()).record_set_aside)
        self.deriver = Deriver(self.database, server=server, after=after, retry_s=retry_s, aside=self.aside)
        self.journal = DatabaseJournal(
            self.database,
            server=server,
            meter=meter,
            on_ended=self.deriver.ended,
            retry_s=retry_s,
            aside=self.aside,
        )
        self.records = StoredRecords(self.database)
        self.eraser = Eraser(self.database)
        self._server = server
        self._left: Future[list[LeftCall]] = Future()
        if not takes_up:
            self._left.set_result([])
        if server:
            self.database.submit(self._recover(retry_s))
            if isinstance(self.queue, Outbox) and self.chores is not None:
                self.database.submit(self.queue.drain(self.chores.do))
            if keep_days > 0:
                self.database.submit(self._prune(keep_days))

    def _work(self, work: Work) -> tuple[Outbox | ProcrastinateQueue, Chores]:
        queue = Outbox(self.database) if self.database.is_sqlite else ProcrastinateQueue(self.database)
        chores = Chores(
            self.database,
            queue,
            work.wishes,
            economy=work.economy,
            receiver=work.receiver,
            rubric=work.rubric,
        )
        return queue, chores

    async def left(self, seconds: float = LEFT_S) -> list[LeftCall]:
        """Calls that go on with this server, if it can; none while the database is away."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(asyncio.wrap_future(self._left))
        except TimeoutError:
            _log.warning("the database is away: calls that were left are not taken up")
            return []

    async def settled(self) -> None:
        """Wait until everything that calls gave is written, and computed where they have ended."""
        await asyncio.wrap_future(self.database.submit(self._settled()))

    def close(self) -> None:
        """Write what is left, compute what is due, then stop. Blocks for 10 s at most."""
        self.journal.close()
        self.database.wait(self._last(5.0))
        if self._economy is not None:
            with suppress(RuntimeError, OSError):  # a worker on PostgreSQL used it on another loop
                self.database.wait(self._economy.close())
        self.database.close()

    async def _settled(self) -> None:
        await self.journal.flushed()
        await self.deriver.settled()

    async def _last(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.deriver.settled()
        except TimeoutError:
            _log.warning("records not computed before the stop; they will be at the next start")

    async def _claim(self, connection: AsyncConnection) -> list[LeftCall]:
        await bury(connection, self._server)
        now_ms = int(time.time() * 1000)
        return await claim(connection, self._server, now_ms, now_ms - STALE_MS)

    async def _prune(self, days: float) -> None:
        """Erase once an hour what is older than it may be kept."""
        while True:
            try:
                await self.eraser.older_than(days)
            except IvrError as error:
                _log.warning("old calls not erased; they will be", error=str(error))
            except OSError as error:
                _log.error("files of old calls cannot be erased", error=str(error))
            await asyncio.sleep(3600)

    async def _recover(self, retry_s: float) -> None:
        while True:
            try:
                if not self._left.done():
                    self._left.set_result(await self.database.within(self._claim))
                found = await self.deriver.recover()
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(retry_s)
                continue
            if found:
                _log.info("records of earlier calls are computed", calls=found)
            return
