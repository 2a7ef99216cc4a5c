"""What language models have cost: since a moment, calls that run included, and request by request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.usage import Usage
from ivr.engines.records.database import Database
from ivr.engines.records.tables import CALLS, EVENTS, TURNS
from ivr.review.money import Spent

_LONGEST_CALL_MS: Final = 12 * 3600 * 1000
"""Calls that began longer before the moment than this are over by then."""


async def spent_since(database: Database, since_ms: int) -> int:
    """Billionths of a dollar since `since_ms` (ms since 1970), as far as prices are known.

    Raises `EngineError` while the database is away.
    """
    query = (
        sa.select(CALLS.c.began_ms, EVENTS.c.at_ms, EVENTS.c.event)
        .join_from(EVENTS, CALLS, EVENTS.c.call_id == CALLS.c.call_id)
        .where(CALLS.c.began_ms >= since_ms - _LONGEST_CALL_MS)
        .where(EVENTS.c.event["type"].as_string() == "ModelsUsed")
    )

    async def read(connection: AsyncConnection) -> int:
        return sum(
            _cost(event)
            for began_ms, at_ms, event in await connection.execute(query)
            if began_ms + at_ms >= since_ms
        )

    return await database.read(read)


def _cost(event: Mapping[str, Any]) -> int:
    return sum(int(usage["nano"] or 0) for usage in event["used"])


async def spent(database: Database, since_ms: int, until_ms: int | None = None) -> list[Spent]:
    """Every request of the calls that began in this time and have ended. Raises `EngineError`."""
    query = (
        sa.select(CALLS.c.call_id, CALLS.c.flow_name, CALLS.c.began_ms, TURNS.c.used)
        .join_from(TURNS, CALLS, TURNS.c.call_id == CALLS.c.call_id)
        .where(CALLS.c.began_ms >= since_ms)
        .where(TURNS.c.used.is_not(None))
        .order_by(CALLS.c.began_ms, CALLS.c.call_id, TURNS.c.number)
    )
    if until_ms is not None:
        query = query.where(CALLS.c.began_ms < until_ms)

    async def read(connection: AsyncConnection) -> list[Spent]:
        return [
            Spent(call_id, flow, began_ms, Usage(**usage))
            for call_id, flow, began_ms, used in await connection.execute(query)
            for usage in used
        ]

    return await database.read(read)
