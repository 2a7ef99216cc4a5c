"""Events into SQLite by the shortest way: the driver itself, on a connection and a thread of its own.

Nearly every transaction of the journal is a handful of events and nothing else, several times a second.
Through the asynchronous engine each goes to and fro between threads seven times, which costs the process
that carries audio more than the calls' own decisions do; here it does so once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from sqlalchemy.dialects import sqlite

from ivr.engines.records.encoding import to_json
from ivr.engines.records.tables import EVENTS

Values = tuple[str, int, int, dict[str, Any]]
"""A row of `EVENTS`: call_id, seq, at_ms, event."""

_COLUMNS: Final = ("call_id", "seq", "at_ms", "event")
_INSERT: Final = str(
    sqlite.insert(EVENTS)
    .values(dict.fromkeys(_COLUMNS))
    .on_conflict_do_nothing()
    .compile(dialect=sqlite.dialect())
)


class StraightEvents:
    """Writes events that are not there yet. `connect`: opens the file, on the thread that will write."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="events")

    async def write(self, rows: Sequence[Values]) -> None:
        """Write rows in one transaction. Then none of them is written, if one cannot be.

        Raises `sqlite3.Error`, and `TypeError` for an event that JSON cannot hold.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, rows)

    async def close(self) -> None:
        """Let the file go, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _write(self, rows: Sequence[Values]) -> None:
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        written = [(call_id, seq, at_ms, to_json(event)) for call_id, seq, at_ms, event in rows]
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(_INSERT, written)
            connection.execute("COMMIT")
        except Exception:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
