"""The journal in a real SQLite file."""

import sqlite3
import threading

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.store import SqliteJournal


def write(journal: SqliteJournal, call_id: str, events: int = 3, outcome: str = "completed") -> None:
    journal.begin(call_id, flow_name="line", flow_digest="d1", flow_source="ivr: 1", wall_ms=1_000)
    for seq in range(events):
        journal.append(call_id, seq, seq * 10, {"type": "KeyPressed", "key": str(seq)})
    journal.end(call_id, outcome)


def test_a_call_reads_back_in_order(tmp_path):
    journal = SqliteJournal(tmp_path / "deep" / "ivr.db")
    write(journal, "CA1", events=50)
    write(journal, "CA2", outcome="hung up by caller")
    journal.close()
    call = SqliteJournal(tmp_path / "deep" / "ivr.db").read("CA1")
    assert call is not None
    assert (call.flow_source, call.outcome, call.began_wall_ms) == ("ivr: 1", "completed", 1_000)
    assert [(at, e["key"]) for at, e in call.events] == [(i * 10, str(i)) for i in range(50)]


def test_recent_calls_come_newest_first(tmp_path):
    journal = SqliteJournal(tmp_path / "ivr.db")
    for i in range(3):
        write(journal, f"CA{i}")
    journal.close()
    assert [call.call_id for call in journal.recent(2)] == ["CA2", "CA1"]
    assert journal.read("nobody") is None


def test_what_was_given_is_written_before_close_returns(tmp_path):
    journal = SqliteJournal(tmp_path / "ivr.db")
    threads = [threading.Thread(target=write, args=(journal, f"CA{i}", 100)) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    with sqlite3.connect(tmp_path / "ivr.db") as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (500,)


def test_a_locked_database_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("ivr.engines.store.RETRY_S", 0.01)
    monkeypatch.setattr("ivr.engines.store.BUSY_S", 0.01)
    journal = SqliteJournal(tmp_path / "ivr.db")
    other = sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    write(journal, "CA1")
    assert journal.read("CA1") is None
    other.execute("COMMIT")
    other.close()
    journal.close()
    call = journal.read("CA1")
    assert call is not None
    assert len(call.events) == 3


def test_a_place_that_cannot_be_written_is_the_operators_to_mend(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="IVR_DATA_DIR"):
        SqliteJournal(tmp_path / "file" / "ivr.db")
