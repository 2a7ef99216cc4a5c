"""Any JSON comes back from a database as it went in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.engines.records.database import Database
from ivr.engines.records.encoding import is_of_the_row, to_json
from ivr.engines.records.tables import SLOTS

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
LIKE_NUMBERS = st.sampled_from(["12", "007", "1e5", "-0", "12.0", "0x10", " 1 ", "true", "null", "", "nan"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | LIKE_NUMBERS | NUMBERS.map(str)
VALUES = st.recursive(
    st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner | st.none()) | st.dictionaries(TEXTS, inner | st.none()),
    max_leaves=6,
)
HARD: list[Any] = [
    12,
    12.0,
    1e5,
    1e22,
    -0.0,
    0.1,
    12345678901234567890,
    2**63,
    2**63 - 1,
    -(2**63),
    2**53 + 1,
]
HARD += [
    12.0,
    "12",
    "007",
    "12.0",
    "1e5",
    "12345678901234567890",
    True,
    False,
    "true",
    "null",
    [12.0],
    {"n": 1e5},
]


@pytest.fixture
def database(database_setting: str, tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_setting, tmp_path)
    yield opened
    opened.close()


def through(database: Database, values: list[Any]) -> list[Any]:
    """What comes back of values that are written as a call's slots."""

    async def go(connection: AsyncConnection) -> list[Any]:
        await connection.execute(SLOTS.delete())
        rows = [{"call_id": "CA1", "number": at, "value": value} for at, value in enumerate(values)]
        await connection.execute(SLOTS.insert(), rows)
        return list(await connection.scalars(sa.select(SLOTS.c.value).order_by(SLOTS.c.number)))

    return database.wait(database.within(go))


def test_what_a_column_might_take_for_something_else_comes_back_as_it_was(database: Database) -> None:
    back = through(database, HARD)
    assert [(type(value), value) for value in back] == [(type(value), value) for value in HARD]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(VALUES, min_size=1, max_size=8))
def test_json_comes_back_as_it_was(database: Database, values: list[Any]) -> None:
    # By their writing, since 12 == 12.0 == True in Python.
    assert [orjson.dumps(value) for value in through(database, values)] == [
        orjson.dumps(value) for value in values
    ]


def test_numbers_of_databases_that_were_written_before_can_be_read(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    plain = sqlite3.connect(tmp_path / "calls.db")
    for number, text in enumerate(["12", "-3", "9007199254740993", '"12"', "true", "1.5"]):
        plain.execute("INSERT INTO slots (call_id, number, value) VALUES ('CA1', ?, ?)", (number, text))
    plain.commit()
    plain.close()

    async def read(connection: AsyncConnection) -> list[Any]:
        return list(await connection.scalars(sa.select(SLOTS.c.value).order_by(SLOTS.c.number)))

    assert database.wait(database.within(read)) == [12, -3, 9007199254740993, "12", True, 1.5]
    database.close()


@pytest.mark.parametrize("value", [10**30, "\ud800", {"n": [10**30]}, object()])
def test_what_json_cannot_hold_is_the_rows_own_fault(database: Database, value: Any) -> None:
    with pytest.raises(TypeError) as plain:
        to_json(value)
    assert is_of_the_row(plain.value)
    with pytest.raises((TypeError, StatementError)) as wrapped:
        through(database, [value])
    assert is_of_the_row(wrapped.value)


@pytest.mark.parametrize(
    ("error", "rows"),
    [
        (OperationalError("", {}, sqlite3.OperationalError("database is locked")), False),
        (sqlite3.OperationalError("disk I/O error"), False),
        (OSError("no route"), False),
        (sqlite3.DatabaseError("file is not a database"), False),
        (IntegrityError("", {}, sqlite3.IntegrityError("a key that is taken")), False),
        (DataError("", {}, ValueError("NUL")), True),
        (sqlite3.IntegrityError("a trigger refused"), False),
        (OverflowError("int too large"), True),
    ],
)
def test_a_database_that_is_away_is_no_fault_of_a_row(error: Exception, rows: bool) -> None:
    assert is_of_the_row(error) is rows


@pytest.mark.parametrize(
    ("row", "is_own"),
    [({"number": None}, True), ({"at_ms": 10**30}, True), ({"number": 2}, False), ({"name": "\ud800"}, True)],
)
def test_what_the_database_refuses(database: Database, row: dict[str, Any], is_own: bool) -> None:
    through(database, [1, 2, 3])

    async def go(connection: AsyncConnection) -> None:
        await connection.execute(SLOTS.insert(), {"call_id": "CA1", "number": 90, "value": 1, **row})

    with pytest.raises(Exception) as refused:  # noqa: PT011 -- of which kind depends on the database
        database.wait(database.within(go))
    assert is_of_the_row(refused.value) is is_own
