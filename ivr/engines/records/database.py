"""A database with a thread and an event loop of its own, so that nobody who carries audio waits for it.

SQLite in the data folder by default, PostgreSQL by `DATABASE_URL`. The tables are brought to their
present form when it is opened; a database from a newer version is refused.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivr.core.errors import ConfigError, EngineError
from ivr.engines.records.encoding import from_sqlite, to_json, to_sqlite
from ivr.engines.records.migrate import migrate
from ivr.engines.records.straight import StraightEvents

FILE: Final = "calls.db"
BUSY_MS: Final = 5000
"""How long SQLite waits for another process that writes."""
CONNECT_S: Final = 5
_WRITING: Final = "ivr_writing"

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
"""What is done in one transaction."""


def database_url(setting: str, folder: Path) -> sa.URL:
    """The address for SQLAlchemy. `setting`: `DATABASE_URL`, or "" for SQLite in `folder`.

    Raises `ConfigError`.
    """
    if not setting:
        return sa.URL.create("sqlite+aiosqlite", database=str(folder / FILE))
    try:
        url = sa.make_url(setting)
    except ArgumentError as error:
        raise ConfigError(
            "DATABASE_URL is no address of a database. It looks like "
            "postgresql://user:password@host:5432/ivr, or is left empty for a file in IVR_DATA_DIR."
        ) from error
    kind = url.drivername.partition("+")[0]
    if kind in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    raise ConfigError(
        f"DATABASE_URL names {kind}; records are kept in PostgreSQL (postgresql://…) or SQLite (empty)."
    )


class Database:
    """An open database. `folder`: where files beside it live.

    straight  writes events into SQLite, and nothing else, by a shorter way; `None` with PostgreSQL
    Raises `ConfigError` when it cannot be opened, or comes from a newer version of ivr.
    """

    def __init__(self, setting: str, folder: Path) -> None:
        self.url = database_url(setting, folder)
        self.folder = folder
        self.shown = self.url.render_as_string(hide_password=True)
        if self.is_sqlite:
            self._make_folder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._turn, name="records", daemon=True)
        self._engine = _engine(self.url)
        self.straight = StraightEvents(self._open_file) if self.is_sqlite else None
        self._thread.start()
        try:
            self.wait(self._open())
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that the database's own tasks run on."""
        return self._loop

    # From other threads and loops

    async def read(self, work: Work[T]) -> T:
        """Read in one transaction, from any loop. Raises `EngineError` when the database is away."""
        return await asyncio.wrap_future(self.submit(self._told(self.within(work, writing=False))))

    async def write(self, work: Work[T]) -> T:
        """Write in one transaction, from any loop. Raises `EngineError` when the database is away."""
        return await asyncio.wrap_future(self.submit(self._told(self.within(work))))

    def wait(self, task: Coroutine[Any, Any, T]) -> T:
        """Run something on the database's loop and wait for it; never from an event loop."""
        return self.submit(task).result()

    def submit(self, task: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something on the database's loop."""
        return asyncio.run_coroutine_threadsafe(task, self._loop)

    # On its own loop

    async def within(self, work: Work[T], *, writing: bool = True) -> T:
        """One transaction, on the database's own loop. Raises what SQLAlchemy raises."""
        async with self._engine.connect() as bare:
            connection = await bare.execution_options(**{_WRITING: writing})
            async with connection.begin():
                return await work(connection)

    def close(self) -> None:
        """End its tasks, let the connections go and end the thread."""
        if not self._thread.is_alive():
            return
        self.wait(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def _turn(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _open(self) -> None:
        try:
            await self.within(migrate)
        except (SQLAlchemyError, OSError) as error:
            raise ConfigError(self._cannot(error)) from error

    async def _shut(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self.straight:
            await self.straight.close()
        await self._engine.dispose()

    def _open_file(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.url.database or "", timeout=BUSY_MS / 1000)
        _prepare_sqlite(connection, None)
        return connection

    async def _told(self, task: Coroutine[Any, Any, T]) -> T:
        try:
            return await task
        except (SQLAlchemyError, OSError) as error:
            raise EngineError(self._cannot(error)) from error

    def _make_folder(self) -> None:
        try:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(self._cannot(error)) from error

    def _cannot(self, error: Exception) -> str:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if self.is_sqlite:
            return (
                f"The call records {self.url.database} cannot be used: {why}. "
                "Set IVR_DATA_DIR to a folder that can be written."
            )
        return (
            f"The database {self.shown} cannot be used: {why}. "
            "Check that it runs and that DATABASE_URL has its address, user and password."
        )


def _engine(url: sa.URL) -> AsyncEngine:
    sqlite = url.get_backend_name() == "sqlite"
    connect: dict[str, Any] = {"timeout": BUSY_MS / 1000} if sqlite else {"connect_timeout": CONNECT_S}
    engine = create_async_engine(
        url,
        connect_args=connect,
        pool_pre_ping=not sqlite,
        hide_parameters=True,  # what callers say must not come out in messages
        json_serializer=to_sqlite if sqlite else to_json,
        json_deserializer=from_sqlite if sqlite else orjson.loads,
    )
    if sqlite:
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # One that reads first and writes later would fail when another process writes in between.
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
