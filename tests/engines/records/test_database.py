"""Opening databases: addresses, forms old and new, and what cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import ConfigError, EngineError
from ivr.core.journal import encode
from ivr.engines.records.database import Database, database_url
from ivr.engines.records.reading import StoredRecords
from ivr.engines.records.store import RecordStore
from ivr.engines.records.tables import METADATA
from tests.engines.records.past import SOURCE, call, orders, pizza


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("postgres://u:p@db:5433/calls", "postgresql+psycopg://u:p@db:5433/calls"),
        ("postgresql://db/calls?sslmode=require", "postgresql+psycopg://db/calls?sslmode=require"),
        ("postgresql+asyncpg://db/calls", "postgresql+psycopg://db/calls"),
        ("sqlite:////var/calls.db", "sqlite+aiosqlite:////var/calls.db"),
        ("", "sqlite+aiosqlite:///data/calls.db"),
    ],
)
def test_addresses(setting: str, address: str) -> None:
    assert database_url(setting, Path("data")).render_as_string(hide_password=False) == address


@pytest.mark.parametrize("setting", ["mysql://db/calls", "nonsense", "http://example.org/x"])
def test_other_addresses_are_refused_with_what_to_write(setting: str) -> None:
    with pytest.raises(ConfigError, match="postgresql://"):
        database_url(setting, Path())


def test_the_steps_lead_to_the_tables_that_the_code_knows(database_setting: str, tmp_path: Path) -> None:
    database = Database(database_setting, tmp_path)

    async def differences(connection: AsyncConnection) -> list[object]:
        def compare(plain: sa.Connection) -> list[object]:
            return list(compare_metadata(MigrationContext.configure(plain), METADATA))

        return await connection.run_sync(compare)

    assert database.wait(database.within(differences)) == []
    database.close()


def test_opening_again_changes_nothing(database_setting: str, tmp_path: Path) -> None:
    Database(database_setting, tmp_path).close()
    Database(database_setting, tmp_path).close()


def test_a_database_from_a_newer_version_is_refused_and_left_alone(
    database_setting: str, tmp_path: Path
) -> None:
    database = Database(database_setting, tmp_path)

    async def grow_up(connection) -> None:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    database.wait(database.within(grow_up))
    database.close()
    with pytest.raises(ConfigError, match=r"newer version of ivr .*9999.*IVR_DATA_DIR or DATABASE_URL"):
        Database(database_setting, tmp_path)


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as told:
        Database("postgresql://ivr:sesame@127.0.0.1:9/calls", tmp_path)
    assert "sesame" not in str(told.value)


def test_a_place_that_cannot_be_written_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="IVR_DATA_DIR"):
        Database("", tmp_path / "file" / "deep")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "calls.db").write_text("this is a text, and a long one, by any measure" * 100)
    with pytest.raises(ConfigError, match=r"calls\.db cannot be used"):
        Database("", tmp_path)


async def test_reading_while_the_database_is_gone_is_an_engines_error(new_postgres, postgres_server) -> None:
    database = Database(new_postgres(), Path())
    postgres_server.stop()
    try:
        with pytest.raises(EngineError, match="DATABASE_URL"):
            await StoredRecords(database).calls()
    finally:
        postgres_server.start()
    await asyncio.to_thread(database.close)


def test_a_journal_of_the_first_weeks_moves_over(tmp_path: Path) -> None:
    import orjson  # noqa: PLC0415 -- as the old journal wrote them

    past = call("CA1", orders)
    with sqlite3.connect(tmp_path / "calls.db") as db:
        db.executescript(
            "CREATE TABLE flows (digest TEXT PRIMARY KEY, source TEXT NOT NULL);"
            "CREATE TABLE calls (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, flow_name TEXT NOT NULL,"
            " flow_digest TEXT NOT NULL, began_wall_ms INTEGER NOT NULL, outcome TEXT NOT NULL DEFAULT '');"
            "CREATE INDEX calls_by_call_id ON calls (call_id);"
            "CREATE TABLE events (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, seq INTEGER NOT NULL,"
            " at_ms INTEGER NOT NULL, event TEXT NOT NULL);"
            "CREATE INDEX events_by_call_id ON events (call_id, seq);"
        )
        digest = pizza().digest
        db.execute("INSERT INTO flows VALUES (?, ?)", (digest, SOURCE))
        for name, outcome in (("CA1", "completed"), ("CA2", "")):
            db.execute(
                "INSERT INTO calls (call_id, flow_name, flow_digest, began_wall_ms, outcome) "
                "VALUES (?, 'Pizza line', ?, 1000, ?)",
                (name, digest, outcome),
            )
            db.executemany(
                "INSERT INTO events (call_id, seq, at_ms, event) VALUES (?, ?, ?, ?)",
                [(name, n, at, orjson.dumps(encode(e)).decode()) for n, (at, e) in enumerate(past.rows)],
            )
    db.close()
    store = RecordStore("", tmp_path, server="new")
    store.database.wait(store.deriver.recover())
    store.database.wait(store.deriver.settled())

    async def calls() -> list[tuple[str, str, str, int]]:
        return [(r.call_id, r.outcome, r.caller, r.turns) for r in await store.records.calls()]

    assert store.database.wait(calls()) == [
        ("CA2", "lost", "+15550100001", 6),
        ("CA1", "completed", "+15550100001", 6),
    ]
    store.close()
