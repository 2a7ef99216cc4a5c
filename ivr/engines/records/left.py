"""Calls that a server left while their caller was with somebody else: the next that starts takes them up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.away import LONGEST_TRANSFER_MS
from ivr.core.errors import IvrError
from ivr.core.events import Event
from ivr.core.journal import decode
from ivr.engines.records.tables import CALLS, EVENTS, FLOWS, NOBODY, SERVERS

MOST: Final = 500
"""Calls that are taken up at most; more are of no single server."""


@dataclass(frozen=True, slots=True)
class LeftCall:
    """A call as its server left it. `began_ms`: since 1970; `events`: (ms of the call, event)."""

    call_id: str
    flow_name: str
    flow_digest: str
    source: str
    caller: str
    called: str
    began_ms: int
    events: tuple[tuple[int, Event], ...] = ()


async def bury(connection: AsyncConnection, server: str) -> None:
    """Forget the servers of this machine whose process is gone. Names are `host:process:began`.

    One that was killed would count as alive until its last word is a minute old.
    """
    host, ours, _ = _parts(server)
    for name in list(await connection.scalars(sa.select(SERVERS.c.server))):
        its_host, process, _ = _parts(name)
        if name != server and its_host == host and process and (process == ours or not _runs(process)):
            await connection.execute(SERVERS.delete().where(SERVERS.c.server == name))


def _parts(server: str) -> tuple[str, int, str]:
    host, _, rest = server.partition(":")
    process, _, began = rest.partition(":")
    return host, int(process) if process.isdecimal() and began.isdecimal() else 0, began


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it runs, as somebody else
    return True


async def claim(connection: AsyncConnection, server: str, now_ms: int, alive_since_ms: int) -> list[LeftCall]:
    """Make the calls ours that were left, or whose server is dead, and that may go on still.

    Two servers that start together do not get the same call: each row changes hands once.
    """
    alive = sa.select(SERVERS.c.server).where(SERVERS.c.beat_ms > alive_since_ms)
    free = sa.and_(
        CALLS.c.outcome == "",
        CALLS.c.recorded_ms.is_(None),
        CALLS.c.began_ms > now_ms - LONGEST_TRANSFER_MS,
        CALLS.c.server != server,
        sa.or_(CALLS.c.server == NOBODY, CALLS.c.server.not_in(alive)),
    )
    some = sa.select(CALLS.c.call_id).where(free).order_by(CALLS.c.began_ms.desc()).limit(MOST)
    taken = list(
        await connection.scalars(
            sa.update(CALLS)
            .where(free, CALLS.c.call_id.in_(some))
            .values(server=server)
            .returning(CALLS.c.call_id)
        )
    )
    rows = await connection.execute(
        sa.select(CALLS, FLOWS.c.source)
        .outerjoin(FLOWS, FLOWS.c.digest == CALLS.c.flow_digest)
        .where(CALLS.c.call_id.in_(taken))
        .order_by(CALLS.c.began_ms)
    )
    return [await _left(connection, row) for row in rows.all()]


async def _left(connection: AsyncConnection, row: Any) -> LeftCall:
    found = await connection.execute(
        sa.select(EVENTS.c.at_ms, EVENTS.c.event)
        .where(EVENTS.c.call_id == row.call_id)
        .order_by(EVENTS.c.seq)
    )
    try:
        events = tuple((at_ms, decode(event)) for at_ms, event in found)
    except IvrError:
        events = ()  # of another version: it cannot go on
    return LeftCall(
        row.call_id,
        row.flow_name,
        row.flow_digest,
        row.source or "",
        row.caller,
        row.called,
        row.began_ms,
        events,
    )
