"""JSON as it stands in the database, and which errors are a row's own and not the database's.

SQLite takes the text `12` in a column of JSON for a number and keeps it as one. For whole numbers nothing
is lost by that; others go there as bytes, which it leaves as they are: `12.0` would come back as 12.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import orjson
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError, StatementError

_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**63 - 1
"""Whole numbers that SQLite keeps exactly."""
_AWAY: Final = (OperationalError, sqlite3.OperationalError, OSError)
_LACKS: Final = ("23502", "23514", "SQLITE_CONSTRAINT_NOTNULL", "SQLITE_CONSTRAINT_CHECK")
"""The constraints that only the row itself can break; a key that is taken is seen by the next try."""


def to_json(value: Any) -> str:
    """JSON for PostgreSQL, and for objects anywhere. Raises `TypeError` on what JSON cannot hold."""
    return orjson.dumps(value).decode()


def to_sqlite(value: Any) -> str | bytes:
    """JSON for a column of SQLite. Raises `TypeError` on what JSON cannot hold."""
    written = orjson.dumps(value)
    if isinstance(value, float) or (type(value) is int and not _SMALLEST <= value <= _LARGEST):
        return written
    return written.decode()


def from_sqlite(stored: str | bytes | float) -> Any:
    """What a column of SQLite holds: JSON, or a number that SQLite has read already."""
    return orjson.loads(stored) if isinstance(stored, str | bytes) else stored


def is_of_the_row(error: Exception) -> bool:
    """Whether an error comes from what was to be written: another time would not go better.

    A database that is away, locked or full is not meant, nor one whose tables are not there, nor a key
    that somebody else took at the same moment.
    """
    if isinstance(error, _AWAY):
        return False
    if isinstance(error, IntegrityError | sqlite3.IntegrityError):
        return _lacks(error)
    if isinstance(error, DataError):
        return True
    if isinstance(error, StatementError) and error.orig is not None:
        return not isinstance(error.orig, SQLAlchemyError) and _is_of_a_value(error.orig)
    return _is_of_a_value(error)


def _lacks(error: BaseException) -> bool:
    """Whether a constraint is broken that looks at nothing but the row."""
    driver = getattr(error, "orig", None) or error
    code = getattr(driver, "sqlstate", "") or getattr(driver, "sqlite_errorname", "")
    return code in _LACKS


def _is_of_a_value(error: BaseException) -> bool:
    return isinstance(error, TypeError | ValueError | OverflowError | RecursionError | sqlite3.DataError)
