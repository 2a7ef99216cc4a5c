"""Connections of strangers: those that never send a request are closed, and files do not run out unseen.

A telephone call needs one connection. Whoever opens a thousand and says nothing would keep all of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, Protocol

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.typedefs import Handler

HEAD_S: Final = 10.0
"""How long the head of a connection's first request may take."""
LOOK_S: Final = 2.0
FEW_FILES: Final = 32
"""With fewer free than this a call may find no file for its socket or its record."""
MOST_FILES: Final = 65_536

_log = structlog.get_logger("ivr.http")


class Connection(Protocol):
    """A connection of the server."""

    def force_close(self) -> None:
        """Close it at once."""
        ...


class Connections:
    """Closes connections whose first request does not come. `clock`: seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard: set[object] = set()
        self._silent: dict[Connection, float] = {}  # since when

    @web.middleware
    async def heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A middleware: notices that a connection has sent a request."""
        self._heard.add(request.protocol)
        return await handler(request)

    def look(self, open_now: Collection[Connection]) -> int:
        """Close those that have been silent too long; how many they were."""
        now = self._clock()
        self._heard.intersection_update(open_now)
        self._silent = {c: self._silent.get(c, now) for c in open_now if c not in self._heard}
        late = [c for c, since in self._silent.items() if now - since > HEAD_S]
        for connection in late:
            connection.force_close()
            del self._silent[connection]
        return len(late)

    async def watch(self, open_now: Callable[[], Collection[Connection]]) -> None:
        """Look every other second, and say when files become few."""
        while True:
            await asyncio.sleep(LOOK_S)
            if late := self.look(open_now()):
                _log.warning("connections closed that sent no request", number=late)
            if files_are_few():
                _log.error("few file descriptors are left: callers will be refused", open=open_files())


def open_files() -> int:
    """How many file descriptors this process has open; 0 where that cannot be known."""
    try:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError:
        return 0


def files_are_few() -> bool:
    """Whether hardly any more can be opened."""
    return open_files() > _file_limit() - FEW_FILES


def raise_file_limit() -> None:
    """Allow this process as many open files as it may allow itself, within reason."""
    try:
        import resource  # noqa: PLC0415 -- not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _file_limit() -> int:
    try:
        import resource  # noqa: PLC0415 -- not on every system
    except ImportError:
        return MOST_FILES
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


class NotHttp(logging.Filter):
    """Makes one short line of what a stranger sent that is no HTTP: it is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        wrong = record.exc_info[1] if record.exc_info else None
        if isinstance(wrong, BadHttpMessage):
            first = (wrong.message.splitlines() or [""])[0][:100]
            record.msg = f"request not understood: {type(wrong).__name__}: {first} ({record.getMessage()})"
            record.args, record.exc_info, record.exc_text = (), None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def http_logger() -> logging.Logger:
    """The logger of the HTTP server."""
    logger = logging.getLogger("ivr.http")
    if not any(isinstance(found, NotHttp) for found in logger.filters):
        logger.addFilter(NotHttp())
    return logger
