"""What models have cost today (UTC): this process's own requests, and those that the records know of.

The records are read at the start, so that a restart forgets nothing, and again and again, so that several
processes on one database keep one budget. What is known only here and what is known only there may be the
same money; the greater sum counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from ivr.core.errors import EngineError

READ_EVERY_S: Final = 60.0
_DAY_S: Final = 86_400

_log = structlog.get_logger()


class DayBank:
    """Implements `ivr.engines.asking.Bank`.

    recorded  what the records know of since a moment (ms since 1970), in billionths of a dollar
    wall_s    seconds since 1970
    """

    def __init__(self, recorded: Callable[[int], Awaitable[int]], wall_s: Callable[[], float]) -> None:
        self._recorded = recorded
        self._wall_s = wall_s
        self._day = self._today()
        self._spent = 0
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what was spent before. The records may be away: then this process's own money counts."""
        await self._read()
        self._reading = asyncio.create_task(self._keep_reading(), name="money of the day")

    async def close(self) -> None:
        """Stop reading."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def spent_today(self) -> int:
        """Billionths of a dollar, as far as prices are known."""
        self._turn_the_page()
        return self._spent

    def spend(self, nano: int) -> None:
        """Note money that was spent now."""
        self._turn_the_page()
        self._spent += nano

    def _today(self) -> int:
        return int(self._wall_s() // _DAY_S)

    def _turn_the_page(self) -> None:
        today = self._today()
        if today != self._day:
            _log.info("money of the day", day=_date(self._day), dollars=round(self._spent / 1e9, 4))
            self._day, self._spent = today, 0

    async def _read(self) -> None:
        self._turn_the_page()
        day = self._day
        try:
            known = await self._recorded(day * _DAY_S * 1000)
        except EngineError as error:
            _log.warning("what was spent today is not known from the records", error=str(error))
            return
        if day == self._day:
            self._spent = max(self._spent, known)

    async def _keep_reading(self) -> None:
        while True:
            await asyncio.sleep(READ_EVERY_S)
            await self._read()


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * _DAY_S, tz=UTC).date().isoformat()
