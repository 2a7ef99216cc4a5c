"""Events that go into SQLite by the driver's own way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engines.records.database import Database
from ivr.engines.records.reading import StoredRecords
from ivr.engines.records.straight import StraightEvents

HEARD = {"type": "Heard", "turn": 1, "text": "“half past” né", "confidence": 0.5, "why": "", "kind": ""}
PLAYED = {"type": "Played", "generation": 0, "segment": 1, "position_ms": 200, "last": False}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    database = Database("", tmp_path)
    yield tmp_path / "calls.db"
    database.close()


def opened(file: Path, timeout: float = 5.0) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=timeout, isolation_level=None)


def stored(file: Path) -> list[tuple[str, int, int]]:
    connection = opened(file)
    rows = connection.execute("SELECT call_id, seq, at_ms FROM events ORDER BY call_id, seq").fetchall()
    connection.close()
    return rows


async def test_rows_that_come_twice_are_written_once(file: Path) -> None:
    events = StraightEvents(lambda: opened(file))
    await events.write([("CA1", 0, 5, HEARD), ("CA2", 0, 6, PLAYED)])
    await events.write([("CA1", 0, 5, HEARD), ("CA1", 1, 9, PLAYED)])
    await events.close()
    assert stored(file) == [("CA1", 0, 5), ("CA1", 1, 9), ("CA2", 0, 6)]


async def test_when_one_row_cannot_be_written_none_is_and_the_next_ones_are(file: Path) -> None:
    events = StraightEvents(lambda: opened(file))
    with pytest.raises(sqlite3.Error):
        await events.write([("CA1", 0, 5, HEARD), ("CA1", None, 6, PLAYED)])  # type: ignore[list-item]
    assert stored(file) == []
    await events.write([("CA1", 0, 5, HEARD)])
    await events.close()
    assert stored(file) == [("CA1", 0, 5)]


async def test_a_locked_file_raises_and_is_written_when_it_is_free(file: Path) -> None:
    events = StraightEvents(lambda: opened(file, timeout=0.01))
    other = opened(file)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await events.write([("CA1", 0, 5, HEARD)])
    other.execute("COMMIT")
    other.close()
    await events.write([("CA1", 0, 5, HEARD)])
    await events.close()
    assert stored(file) == [("CA1", 0, 5)]


async def test_what_it_writes_reads_as_what_the_engine_writes(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    assert database.straight is not None
    await database.straight.write([("CA1", 0, 5, HEARD), ("CA1", 1, 205, PLAYED)])
    rows = await StoredRecords(database).events("CA1")
    assert [(row.seq, row.at_ms, row.event) for row in rows] == [(0, 5, HEARD), (1, 205, PLAYED)]
    database.close()
