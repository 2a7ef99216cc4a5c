"""One call's record that cannot be written, and the others'."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.engines.records.aside import Aside
from ivr.engines.records.database import Database
from ivr.engines.records.deriving import Deriver
from ivr.engines.records.journal import DatabaseJournal
from ivr.engines.records.reading import StoredRecords
from ivr.engines.records.tables import SCORES
from tests.engines.records.past import call, leaves, orders

HUGE = 10**30


class After:
    """Writes something of its own with each record: for CA1 what no database takes."""

    def __init__(self, away_for: int = 0) -> None:
        self.away_for = away_for
        self.calls: list[str] = []

    async def __call__(self, connection: AsyncConnection, call_id: str, _ended_ms: int) -> None:
        self.calls.append(call_id)
        if call_id == "CA1" and self.away_for:
            self.away_for -= 1
            raise OperationalError("", {}, OSError("away"))
        turns = [HUGE] if call_id == "CA1" and not self.away_for else [1]
        row = {"call_id": call_id, "scorer": "me", "question": "why", "score": 1.0, "turns": turns}
        await connection.execute(SCORES.insert(), row)


@pytest.mark.parametrize("away_for", [0, 3])
async def test_a_record_that_cannot_be_written_says_so_and_keeps_nobody_waiting(
    database_setting: str, tmp_path: Path, away_for: int
) -> None:
    database = Database(database_setting, tmp_path)
    told: list[str] = []
    aside = Aside(tmp_path, lambda: told.append("aside"))
    after = After(away_for)
    deriver = Deriver(database, after=after, retry_s=0.01, aside=aside)
    journal = DatabaseJournal(database)
    call("CA1", orders).write(journal, 1_000)
    call("CA2", leaves).write(journal, 2_000)
    database.wait(journal.flushed())
    assert database.wait(deriver.recover()) == 2
    database.wait(deriver.settled())
    records = StoredRecords(database)
    first, second = await records.call("CA1"), await records.call("CA2")
    assert first is not None
    assert second is not None
    assert "could not be computed" in first.row.problem
    assert (first.row.outcome, first.slots, second.row.problem) == ("completed", (), "")
    assert len(second.turns) == 1
    assert (told, aside.count) == (["aside"], 1)
    assert after.calls.index("CA2") == 1  # the first try of CA1, then the next call
    assert after.calls.count("CA1") == away_for + 1
    recorded = sa.text("SELECT count(*) FROM calls WHERE recorded_ms IS NULL")

    async def missing(connection: AsyncConnection) -> int:
        return int(await connection.scalar(recorded) or 0)

    assert database.wait(database.within(missing)) == 0
    journal.close()
    database.close()
