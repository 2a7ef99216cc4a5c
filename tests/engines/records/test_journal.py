"""The journal while the database is away, and when it comes back."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.core.events import KeyPressed, Played
from ivr.core.journal import encode
from ivr.engines.records import database as database_module
from ivr.engines.records import journal as journal_module
from ivr.engines.records.aside import FILE as ASIDE
from ivr.engines.records.database import Database
from ivr.engines.records.journal import DatabaseJournal
from ivr.engines.records.reading import StoredRecords
from ivr.engines.records.rows import Began, Ended, Happened, from_line, to_line
from ivr.engines.records.spill import FILE
from tests.engines.records.past import call, leaves, orders
from tests.postgres import Cluster


class Meter:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.committed = 0
        self.lost = 0
        self.aside = 0

    def records_waiting(self, rows: int) -> None:
        self.waiting.append(rows)

    def records_committed(self, rows: int, seconds: float) -> None:
        self.committed += rows

    def records_lost(self, rows: int) -> None:
        self.lost += rows

    def record_set_aside(self) -> None:
        self.aside += 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_MS", 20)


async def noticed(journal: DatabaseJournal) -> None:
    async with asyncio.timeout(20):
        while not journal.away:  # noqa: ASYNC110 -- its thread tells nobody
            await asyncio.sleep(0.01)


async def flushed(database: Database, journal: DatabaseJournal) -> None:
    async with asyncio.timeout(20):
        await asyncio.wrap_future(database.submit(journal.flushed()))


async def test_a_database_that_can_be_read_and_not_written_is_not_said_to_be_back(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, retry_s=0.01)
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    full = "database or disk is full"
    other.execute(f"CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, '{full}'); END")
    past = call("CA1", orders)
    with capture_logs() as told:
        past.write(journal)
        await noticed(journal)
        for _ in range(20):
            await asyncio.sleep(0.01)
            assert journal.away
        assert [line["event"] for line in told] == ["journal not written; its rows wait"]
        assert told[0]["error"] == full
        other.execute("DROP TRIGGER full")
        await flushed(database, journal)
    assert told[-1]["event"] == "journal written again"
    assert len(await StoredRecords(database).events("CA1")) == len(past.rows)
    assert not journal.away
    other.close()
    journal.close()
    database.close()


@pytest.mark.usefixtures("impatient")
async def test_a_locked_database_loses_nothing_and_nobody_is_told_that_it_is_written(tmp_path: Path) -> None:
    meter = Meter()
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, meter=meter, retry_s=0.02)
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    past = call("CA1", orders)
    past.write(journal)
    await noticed(journal)
    assert journal.waiting == len(past.rows) + 2
    assert meter.committed == 0
    assert meter.waiting[-1] == len(past.rows) + 2
    other.execute("COMMIT")
    other.close()
    await flushed(database, journal)
    assert (journal.away, journal.waiting, meter.committed) == (False, 0, len(past.rows) + 2)
    assert len(await StoredRecords(database).events("CA1")) == len(past.rows)
    journal.close()
    database.close()


@pytest.mark.usefixtures("impatient")
async def test_more_than_memory_should_hold_goes_to_disk_and_comes_back_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "MEMORY_ROWS", 20)
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, retry_s=0.02)
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    calls = [call(f"CA{n}", orders) for n in range(3)]
    for past in calls:
        past.write(journal)
        await noticed(journal)
        await asyncio.sleep(0.05)
    assert (tmp_path / FILE).stat().st_size > 1000
    assert len(journal._rows) <= 20
    other.execute("COMMIT")
    other.close()
    await flushed(database, journal)
    records = StoredRecords(database)
    for past in calls:
        assert [row.at_ms for row in await records.events(past.call_id)] == [at for at, _ in past.rows]
    assert {row.outcome for row in await records.calls()} == {"completed"}
    journal.close()
    database.close()
    assert not (tmp_path / FILE).exists()


@pytest.mark.usefixtures("impatient")
async def test_a_stop_while_the_database_is_away_loses_nothing(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, retry_s=0.02)
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    past = call("CA1", orders)
    past.write(journal)
    await noticed(journal)
    await asyncio.to_thread(journal.close)
    await asyncio.to_thread(database.close)
    other.execute("COMMIT")
    other.close()
    assert (tmp_path / FILE).exists()
    again = Database("", tmp_path)
    journal = DatabaseJournal(again)
    later = call("CA2", leaves)
    later.write(journal)
    await flushed(again, journal)
    records = StoredRecords(again)
    assert [len(await records.events(one.call_id)) for one in (past, later)] == [
        len(past.rows),
        len(later.rows),
    ]
    assert {row.outcome for row in await records.calls()} == {"completed", "hung up by caller"}
    journal.close()
    again.close()
    assert not (tmp_path / FILE).exists()


@pytest.mark.usefixtures("impatient")
async def test_only_when_the_disk_is_full_too_rows_are_lost_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "MEMORY_ROWS", 5)
    monkeypatch.setattr(journal_module, "KEEP_ROWS", 10)
    meter = Meter()
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, meter=meter, retry_s=0.02)
    (tmp_path / FILE).mkdir()  # a file that cannot be written
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    past = call("CA1", orders)
    past.write(journal)
    async with asyncio.timeout(20):
        while not meter.lost:  # noqa: ASYNC110 -- its thread tells nobody
            await asyncio.sleep(0.01)
    assert meter.lost == len(past.rows) + 2 - 10
    (tmp_path / FILE).rmdir()
    other.execute("COMMIT")
    other.close()
    await flushed(database, journal)
    assert meter.committed == 10
    journal.close()
    database.close()


async def test_how_far_a_sentence_has_played_waits_for_what_matters_more(
    database_setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(journal_module._PATIENCE, "Played", 3600.0)
    database = Database(database_setting, tmp_path)
    journal = DatabaseJournal(database)
    call("CA1", leaves).write(journal)
    await flushed(database, journal)
    played = encode(Played(0, 1, 200, last=False))
    journal.append("CA1", 90, 5, played)
    await asyncio.sleep(3 * journal_module.FLUSH_S)
    assert journal.waiting == 1
    journal.append("CA1", 91, 7, encode(KeyPressed("1")))
    await flushed(database, journal)
    assert [row.seq for row in await StoredRecords(database).events("CA1")][-2:] == [90, 91]
    journal.append("CA1", 92, 9, played)
    await asyncio.to_thread(journal.close)
    assert [row.seq for row in await StoredRecords(database).events("CA1")][-3:] == [90, 91, 92]
    database.close()


async def test_a_second_call_of_an_id_keeps_its_events_apart(database_setting: str, tmp_path: Path) -> None:
    database = Database(database_setting, tmp_path)
    journal = DatabaseJournal(database)
    for began_ms in (1_000, 2_000):
        call("CA1", leaves).write(journal, began_ms, end=False)
        await flushed(database, journal)
        journal.append("CA1", 90, began_ms, encode(KeyPressed("1")))
        await flushed(database, journal)
    records = StoredRecords(database)
    last = [(await records.events(name))[-1] for name in ("CA1", "CA1.2")]
    assert [(row.seq, row.at_ms) for row in last] == [(90, 1_000), (90, 2_000)]
    journal.close()
    database.close()


async def test_postgres_may_go_away_and_come_back(
    postgres_server: Cluster, new_postgres, tmp_path: Path
) -> None:
    database = Database(new_postgres(), tmp_path)
    journal = DatabaseJournal(database, retry_s=0.05)
    first, second = call("CA1", orders), call("CA2", orders)
    first.write(journal)
    await flushed(database, journal)
    postgres_server.stop()
    try:
        second.write(journal)
        await noticed(journal)
        assert journal.waiting == len(second.rows) + 2
    finally:
        postgres_server.start()
    await flushed(database, journal)
    records = StoredRecords(database)
    assert len(await records.events("CA2")) == len(second.rows)
    assert {row.outcome for row in await records.calls()} == {"completed"}
    journal.close()
    database.close()


def test_a_row_on_disk_is_the_same_row() -> None:
    for row in (
        Began("CA1", "line", "d1", "ivr: 1\n", "+1555", "", 7),
        Happened("CA1", 0, 12, {"type": "Heard", "text": "“é”\n", "confidence": 0.5, "turn": 1}),
        Ended("CA1", "completed", ("main/1", "main/2"), 9),
    ):
        line = to_line(row)
        assert line.count(b"\n") == 1
        assert from_line(line) == row
        assert from_line(line[: len(line) // 2]) is None


POISON = {"type": "CallStarted", "slots": {"n": 10**30}}
HALVED = {"type": "Heard", "text": "half a character: \ud800"}


@pytest.mark.parametrize("poison", [POISON, HALVED])
async def test_a_row_that_cannot_be_written_is_set_aside_and_the_others_are_not(
    database_setting: str, tmp_path: Path, poison: dict[str, object]
) -> None:
    meter = Meter()
    database = Database(database_setting, tmp_path)
    journal = DatabaseJournal(database, meter=meter, retry_s=0.02)
    first, later = call("CA1", orders), call("CA2", leaves)
    journal.append("CA0", 0, 0, poison)
    first.write(journal)
    journal.append("CA1", 90, 5, poison)
    await flushed(database, journal)
    journal.append("CA2", 90, 5, poison)  # alone: on SQLite it goes another way
    await flushed(database, journal)
    later.write(journal)
    await flushed(database, journal)
    records = StoredRecords(database)
    assert [len(await records.events(one.call_id)) for one in (first, later)] == [
        len(first.rows),
        len(later.rows),
    ]
    assert (journal.away, journal.waiting, meter.aside) == (False, 0, 3)
    kept = (tmp_path / ASIDE).read_text().splitlines()
    assert [line.split(",")[0] for line in kept] == [f'{{"call_id": "CA{n}"' for n in range(3)]
    await asyncio.to_thread(journal.close)
    database.close()


@pytest.mark.usefixtures("impatient")
async def test_a_row_that_has_no_line_on_disk_keeps_no_other_from_it(tmp_path: Path) -> None:
    meter = Meter()
    database = Database("", tmp_path)
    journal = DatabaseJournal(database, meter=meter, retry_s=0.02)
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    call("CA1", leaves).write(journal)
    await noticed(journal)
    journal.append("CA1", 90, 5, POISON)
    later = call("CA2", leaves)
    later.write(journal)
    await asyncio.to_thread(journal.close)
    await asyncio.to_thread(database.close)
    other.execute("COMMIT")
    other.close()
    again = Database("", tmp_path)
    journal = DatabaseJournal(again)
    await flushed(again, journal)
    assert len(await StoredRecords(again).events("CA2")) == len(later.rows)
    assert meter.aside == 1
    journal.close()
    again.close()
