"""Everything that keeps calls: the database, the journal, what is computed from it, and reading it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ivr.core.errors import IvrError
from ivr.engines.records.database import Database
from ivr.engines.records.deriving import AfterCall, Deriver, nothing_more
from ivr.engines.records.erasing import Eraser
from ivr.engines.records.journal import RETRY_S, DatabaseJournal, JournalMeter
from ivr.engines.records.reading import StoredRecords

_log = structlog.get_logger()


class RecordStore:
    """The records in the database of `setting` (`DATABASE_URL`; "": SQLite in `folder`).

    server  the name of a process that carries calls: it takes up what a dead one left unfinished
    after   what else happens in the transaction that writes a record
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
        after: AfterCall = nothing_more,
        keep_days: float = 0,
        retry_s: float = RETRY_S,
    ) -> None:
        self.database = Database(setting, folder)
        self.deriver = Deriver(self.database, server=server, after=after, retry_s=retry_s)
        self.journal = DatabaseJournal(
            self.database, server=server, meter=meter, on_ended=self.deriver.ended, retry_s=retry_s
        )
        self.records = StoredRecords(self.database)
        self.eraser = Eraser(self.database)
        if server:
            self.database.submit(self._recover(retry_s))
            if keep_days > 0:
                self.database.submit(self._prune(keep_days))

    async def settled(self) -> None:
        """Wait until everything that calls gave is written, and computed where they have ended."""
        await asyncio.wrap_future(self.database.submit(self._settled()))

    def close(self) -> None:
        """Write what is left, compute what is due, then stop. Blocks for 10 s at most."""
        self.journal.close()
        self.database.wait(self._last(5.0))
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
                found = await self.deriver.recover()
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(retry_s)
                continue
            if found:
                _log.info("records of earlier calls are computed", calls=found)
            return
