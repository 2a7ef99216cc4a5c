"""The journal in SQLite: calls, their flows, their events, in the order they happened.

A thread of its own writes what has gathered every 50 ms in one transaction, so no call ever waits
for the disk. While the database cannot be written, rows wait in memory and are tried again.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

from ivr.core.errors import ConfigError

FLUSH_S: Final = 0.05
RETRY_S: Final = 1.0
BUSY_S: Final = 5.0
KEEP_ROWS: Final = 1_000_000
"""Rows that wait in memory while the disk is away; beyond that the oldest are lost, and said so."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS flows (digest TEXT PRIMARY KEY, source TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, flow_name TEXT NOT NULL, flow_digest TEXT NOT NULL,
    began_wall_ms INTEGER NOT NULL, outcome TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS calls_by_call_id ON calls (call_id);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_call_id ON events (call_id, seq);
"""

_Row = tuple[str, tuple[Any, ...]]
"""A statement and its values. An event, as the last value, is a dict until the writer makes JSON of it."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it stands in the journal. `outcome` is empty while it runs, or if we died in it."""

    call_id: str
    flow_name: str
    flow_digest: str
    flow_source: str
    began_wall_ms: int
    outcome: str
    events: tuple[tuple[int, dict[str, Any]], ...] = ()


class SqliteJournal:
    """Implements `Journal`. `path` is made if it is not there; `ConfigError` if it cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"The call journal {path} cannot be written: {error}. "
                "Set IVR_DATA_DIR to a folder that can be."
            ) from error
        self._rows: list[_Row] = []
        self._news = threading.Condition()
        self._closing = False
        self._known: set[str] = set()
        self._db: sqlite3.Connection | None = None  # the writer's own, open from batch to batch
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def begin(
        self, call_id: str, *, flow_name: str, flow_digest: str, flow_source: str, wall_ms: int
    ) -> None:
        """Note that a call began. `wall_ms`: ms since 1970."""
        if flow_digest not in self._known:
            self._known.add(flow_digest)
            self._put(("INSERT OR IGNORE INTO flows VALUES (?, ?)", (flow_digest, flow_source)))
        row = (call_id, flow_name, flow_digest, wall_ms)
        self._put(
            ("INSERT INTO calls (call_id, flow_name, flow_digest, began_wall_ms) VALUES (?, ?, ?, ?)", row)
        )

    def append(self, call_id: str, seq: int, at_ms: int, event: dict[str, Any]) -> None:
        """Note an event."""
        row = (call_id, seq, at_ms, event)
        self._put(("INSERT INTO events (call_id, seq, at_ms, event) VALUES (?, ?, ?, ?)", row))

    def end(self, call_id: str, outcome: str) -> None:
        """Note how a call ended."""
        self._put(("UPDATE calls SET outcome = ? WHERE call_id = ? AND outcome = ''", (outcome, call_id)))

    def close(self) -> None:
        """Write what is left, then stop. Waits 10 s at most."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(timeout=10)

    def read(self, call_id: str) -> StoredCall | None:
        """A call with its events, as far as they are written. The beginning of its id is enough."""
        with self._open() as db:
            head = db.execute(
                "SELECT call_id, flow_name, flow_digest, source, began_wall_ms, outcome "
                "FROM calls JOIN flows ON digest = flow_digest "
                "WHERE substr(call_id, 1, length(?1)) = ?1 ORDER BY call_id = ?1 DESC, id DESC",
                (call_id,),
            ).fetchone()
            if head is None:
                return None
            rows = db.execute("SELECT at_ms, event FROM events WHERE call_id = ? ORDER BY id", (head[0],))
            events = tuple((at_ms, orjson.loads(event)) for at_ms, event in rows)
            return replace(_stored(head), events=events)

    def recent(self, limit: int = 20) -> list[StoredCall]:
        """The latest calls, newest first, without their events."""
        with self._open() as db:
            rows = db.execute(
                "SELECT call_id, flow_name, flow_digest, '', began_wall_ms, outcome "
                "FROM calls ORDER BY id DESC LIMIT ?",
                (limit,),
            )
            return [_stored(row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as db, db:
            yield db

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=BUSY_S)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            db.close()
            raise
        return db

    def _put(self, row: _Row) -> None:
        with self._news:
            self._rows.append(row)
            self._news.notify()

    def _write(self) -> None:
        try:
            self._write_batches()
        finally:
            self._drop_connection()

    def _write_batches(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._rows or self._closing)
                closing_down = self._closing
            if not closing_down:
                time.sleep(FLUSH_S)
            with self._news:
                batch, self._rows = self._rows, []
            if self._commit(batch):
                if closing_down and not self._rows:
                    return
                continue
            self._put_back(batch)
            if closing_down:
                return
            time.sleep(RETRY_S)

    def _commit(self, batch: list[_Row]) -> bool:
        """Write a batch. The connection stays: opening and closing one costs several commits."""
        try:
            self._db = self._db or self._connect()
            with self._db as db:
                for statement, rows in groupby(batch, itemgetter(0)):
                    db.executemany(statement, [_encoded(values) for _, values in rows])
        except sqlite3.Error as error:
            self._drop_connection()
            _log.error("journal not written; its rows wait", error=str(error), rows=len(batch))
            return False
        return True

    def _drop_connection(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def _put_back(self, batch: list[_Row]) -> None:
        with self._news:
            self._rows = batch + self._rows
            lost = len(self._rows) - KEEP_ROWS
            if lost > 0:
                del self._rows[:lost]
                _log.error("journal rows lost: the database has been away too long", rows=lost)


def _stored(row: tuple[Any, ...]) -> StoredCall:
    call_id, flow_name, flow_digest, source, began, outcome = row
    return StoredCall(call_id, flow_name, flow_digest, source, began, outcome)


def _encoded(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(values[-1], dict):
        return (*values[:-1], orjson.dumps(values[-1]).decode())
    return values
