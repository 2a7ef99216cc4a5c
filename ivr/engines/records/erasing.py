"""Erasing calls: sound, transcript, events, what was computed, and waiting jobs, together.

Calls are erased by name, by caller, or because they are older than they may be kept. Of an erased call
nothing stays but what people did about it (`audit`), which never holds what a caller said.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import ConfigError
from ivr.engines.recordings import CALLBACKS, RECORDINGS, VOICEMAIL, file_stem, files_of
from ivr.engines.records.aside import Aside
from ivr.engines.records.database import Database
from ivr.engines.records.spill import FILE, Spill
from ivr.engines.records.tables import CALLS, OF_A_CALL, SERVERS

DAY_MS: Final = 86_400_000
_AT_ONCE: Final = 100
"""Calls of one transaction: a running server must never wait long for the database."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed. `running`: calls that were left, since they are still going on."""

    calls: int = 0
    files: int = 0
    running: tuple[str, ...] = ()


class Eraser:
    """Erases calls in a database and in the data folder beside it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_name(self, call_ids: Iterable[str]) -> Erased:
        """Erase calls. Raises `ConfigError` for one that is not there, `EngineError`."""
        wanted = list(dict.fromkeys(call_ids))
        found = set(await self._find(CALLS.c.call_id.in_(wanted)))
        missing = [name for name in wanted if name not in found]
        if missing:
            raise ConfigError(f"There is no call {missing[0]}. `ivr calls` lists them; nothing was erased.")
        return await self._erase(wanted)

    async def by_caller(self, caller: str) -> Erased:
        """Erase all calls from a number, as it stands in the records. Raises `EngineError`."""
        return await self._erase(await self._find(CALLS.c.caller == caller))

    async def older_than(self, days: float, now_ms: int | None = None) -> Erased:
        """Erase calls that began longer ago, and sound that belongs to no call and is as old."""
        before = (int(time.time() * 1000) if now_ms is None else now_ms) - int(days * DAY_MS)
        erased = await self._erase(await self._find(CALLS.c.began_ms < before))
        strays = await self._strays(before)
        for path in strays:
            path.unlink(missing_ok=True)
        return Erased(erased.calls, erased.files + len(strays), erased.running)

    async def older(self, days: float) -> list[str]:
        """The calls that `older_than` would erase."""
        return await self._find(CALLS.c.began_ms < int(time.time() * 1000) - int(days * DAY_MS))

    async def of_caller(self, caller: str) -> list[str]:
        """The calls that `by_caller` would erase."""
        return await self._find(CALLS.c.caller == caller)

    async def _erase(self, call_ids: list[str]) -> Erased:
        if Spill(self._database.folder) and call_ids:
            raise ConfigError(
                f"Rows wait in {self._database.folder / FILE} for the database, perhaps of these calls. Let "
                "`ivr serve` run until the file is gone, then erase."
            )
        running = set(await self._running(call_ids))
        chosen = [name for name in call_ids if name not in running]
        files = 0
        for start in range(0, len(chosen), _AT_ONCE):
            batch = chosen[start : start + _AT_ONCE]
            # Sound first: if this is cut short, the call is still listed and can be erased again.
            for path in [path for name in batch for path in files_of(self._database.folder, name)]:
                path.unlink(missing_ok=True)
                files += 1
            await self._database.write(partial(_delete, call_ids=batch))
        if chosen:
            Aside(self._database.folder).forget(frozenset(chosen))
        if chosen and self._database.is_sqlite:
            await self._database.read(_empty_log)
        if chosen:
            _log.info("calls erased", calls=len(chosen), files=files)
        return Erased(len(chosen), files, tuple(name for name in call_ids if name in running))

    async def _find(self, condition: sa.ColumnElement[bool]) -> list[str]:
        query = sa.select(CALLS.c.call_id).where(condition).order_by(CALLS.c.began_ms)

        async def read(connection: AsyncConnection) -> list[str]:
            return list(await connection.scalars(query))

        return await self._database.read(read)

    async def _running(self, call_ids: list[str]) -> list[str]:
        alive = sa.select(SERVERS.c.server).where(SERVERS.c.beat_ms > int(time.time() * 1000) - 60_000)
        found = await self._find(sa.and_(CALLS.c.outcome == "", CALLS.c.server.in_(alive)))
        return [name for name in found if name in set(call_ids)]

    async def _strays(self, before_ms: int) -> list[Path]:
        """Files older than `before_ms` whose call is not in the database."""
        stems = {file_stem(name) for name in await self._find(sa.true())}
        found = []
        for folder in (RECORDINGS, VOICEMAIL, CALLBACKS):
            for path in (self._database.folder / folder).glob("*"):
                stem = path.stem if folder == RECORDINGS else path.stem.rpartition("-")[0]
                if stem not in stems and path.is_file() and path.stat().st_mtime * 1000 < before_ms:
                    found.append(path)
        return found


async def _delete(connection: AsyncConnection, call_ids: list[str]) -> None:
    for table in OF_A_CALL:
        await connection.execute(table.delete().where(table.c.call_id.in_(call_ids)))
    if await connection.run_sync(lambda plain: sa.inspect(plain).has_table("procrastinate_jobs")):
        await connection.execute(
            sa.text("DELETE FROM procrastinate_jobs WHERE args ->> 'call_id' = ANY(:calls)"),
            {"calls": call_ids},
        )


async def _empty_log(connection: AsyncConnection) -> None:
    """SQLite's write-ahead log holds what was deleted until it has been taken over."""
    bare = await connection.get_raw_connection()
    await connection.exec_driver_sql("COMMIT")
    await bare.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr] # aiosqlite's
    await connection.exec_driver_sql("BEGIN")
