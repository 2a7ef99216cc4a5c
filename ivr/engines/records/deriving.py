"""What is computed from a call's events when it has ended, in one transaction with the jobs it gives rise to.

Calls whose computing was cut short, and calls whose server died in the middle of them, are taken up at
the next start; a database of an older form is worked through the same way.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import EngineError, IvrError
from ivr.core.flow.load import load_flow
from ivr.core.flow.model import Flow
from ivr.core.journal import decode
from ivr.engines.recordings import RECORDINGS, file_stem
from ivr.engines.records.aside import Aside
from ivr.engines.records.database import Database
from ivr.engines.records.encoding import is_of_the_row
from ivr.engines.records.rows import Ended
from ivr.engines.records.tables import CALLS, COMPUTED, EVENTS, FLOWS, LINES, SERVERS, SLOTS, STEPS, TURNS
from ivr.review.record import CallRecord, RecordBuilder, Turn

RETRY_S: Final = 1.0
STALE_MS: Final = 60_000
"""A server that has not said for this long that it lives is dead, and its calls with it."""
BEAT_S: Final = 15.0
LOST: Final = "lost"
"""The outcome of a call whose server died in the middle of it."""
_YIELD_EVERY: Final = 20
_SHOWN: Final = 200
_KEPT_FLOWS: Final = 16

AfterCall = Callable[[AsyncConnection, str, int], Awaitable[None]]
"""What else happens in the transaction that writes a record: the call's id, and when it ended."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Todo:
    """A call whose record is due. `unfit`: why all that was computed cannot be written; "" if it can."""

    call_id: str
    path: tuple[str, ...] | None = None
    unfit: str = ""


async def nothing_more(_connection: AsyncConnection, _call_id: str, _ended_ms: int) -> None:
    """No work after a call."""


class Deriver:
    """Computes records on the database's loop.

    server  the name of this process
    aside   hears of records that can never be written
    """

    def __init__(
        self,
        database: Database,
        *,
        server: str = "",
        after: AfterCall = nothing_more,
        retry_s: float = RETRY_S,
        aside: Aside | None = None,
    ) -> None:
        self._database = database
        self._aside = aside or Aside(database.folder)
        self._server = server
        self._after = after
        self._retry_s = retry_s
        self._flows: dict[str, Flow] = {}
        self._todo: deque[_Todo] = deque()
        self._busy = False
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        database.submit(self._work())
        if server:
            database.submit(self._beat())

    def ended(self, calls: Sequence[Ended], flows: dict[str, Flow]) -> None:
        """Calls have ended, and all their events are in the database. On the database's loop."""
        for call in calls:
            self._todo.append(_Todo(call.call_id, call.path))
        for digest, flow in list(flows.items()):
            self._keep(digest, flow)
        self._idle.clear()
        self._news.set()

    async def recover(self) -> int:
        """Take up calls whose record is missing. Gives how many. On the database's loop."""
        dead = int(time.time() * 1000) - STALE_MS
        alive = sa.select(SERVERS.c.server).where(SERVERS.c.beat_ms > dead, SERVERS.c.server != self._server)
        missing = sa.select(CALLS.c.call_id).where(
            CALLS.c.recorded_ms.is_(None), sa.or_(CALLS.c.outcome != "", CALLS.c.server.not_in(alive))
        )
        if self._server:
            missing = missing.where(sa.or_(CALLS.c.outcome != "", CALLS.c.server != self._server))

        async def find(connection: AsyncConnection) -> list[str]:
            return list(await connection.scalars(missing.order_by(CALLS.c.began_ms)))

        found = await self._database.within(find, writing=False)
        self._todo.extend(_Todo(call_id) for call_id in found)
        if found:
            self._idle.clear()
            self._news.set()
        return len(found)

    async def settled(self) -> None:
        """Wait until every record that is due has been written. On the database's loop."""
        await self._idle.wait()

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._todo:
                todo = self._todo.popleft()
                try:
                    await self._database.within(partial(self._write, todo=todo))
                except Exception as error:  # noqa: BLE001 -- one call's record must not keep the others waiting
                    await self._not_written(todo, error)
            self._idle.set()

    async def _not_written(self, todo: _Todo, error: Exception) -> None:
        """Try again later, behind the others; or say in the record that it cannot be written."""
        of_the_database = isinstance(error, SQLAlchemyError | OSError) and not is_of_the_row(error)
        if not of_the_database and not todo.unfit:
            self._aside.record(todo.call_id, error)
            self._todo.append(replace(todo, unfit=str(getattr(error, "orig", None) or error)[:_SHOWN]))
        elif of_the_database:
            why = str(getattr(error, "orig", None) or error)
            _log.error("record not written; it will be", call_id=todo.call_id, error=why)
            self._todo.append(todo)
            await asyncio.sleep(self._retry_s)
        else:
            _log.error("record not written: this is a bug in ivr", call_id=todo.call_id, exc_info=error)

    async def _write(self, connection: AsyncConnection, todo: _Todo) -> None:
        call = (
            await connection.execute(
                sa.select(CALLS, FLOWS.c.source)
                .outerjoin(FLOWS, FLOWS.c.digest == CALLS.c.flow_digest)
                .where(CALLS.c.call_id == todo.call_id)
            )
        ).one_or_none()
        if call is None or call.recorded_ms is not None:
            return  # erased in the meantime, or done
        problem = ""
        record: CallRecord | None = None
        try:
            if todo.unfit:
                raise EngineError(todo.unfit)
            flow = self._flow(call.flow_digest, call.source or "", call.flow_name)
            record = await self._compute(connection, todo.call_id, flow)
            if todo.path is not None and record.path != todo.path:
                problem = (
                    "The flow decided something by a sensitive value, which is not kept: from there on the "
                    "turns are not what happened."
                )
        except IvrError as error:
            problem = f"The record could not be computed: {error}"
        for table in COMPUTED:
            await connection.execute(table.delete().where(table.c.call_id == todo.call_id))
        if record is not None:
            for table, rows in _rows(todo.call_id, record, todo.path):
                if rows:
                    await connection.execute(table.insert(), rows)
        values = _summary(call.outcome or LOST, record) | {"problem": _clean(problem)}
        if call.ended_ms is None:
            values["ended_ms"] = call.began_ms + (record.duration_ms if record else 0)
        values["recorded_ms"] = int(time.time() * 1000)
        recording = f"{RECORDINGS}/{file_stem(todo.call_id)}.wav"
        if (self._database.folder / recording).is_file():
            values["recording"] = recording
        await connection.execute(CALLS.update().where(CALLS.c.call_id == todo.call_id).values(values))
        if record is not None:
            ended = call.ended_ms if call.ended_ms is not None else values["ended_ms"]
            await self._after(connection, todo.call_id, ended)

    async def _compute(self, connection: AsyncConnection, call_id: str, flow: Flow) -> CallRecord:
        builder = RecordBuilder(flow)
        rows = await connection.execute(
            sa.select(EVENTS.c.at_ms, EVENTS.c.event)
            .where(EVENTS.c.call_id == call_id)
            .order_by(EVENTS.c.seq)
        )
        for number, (at_ms, event) in enumerate(rows):
            builder.take(at_ms, decode(event))
            if number % _YIELD_EVERY == 0:
                time.sleep(0)  # noqa: ASYNC251 -- lets the thread that carries audio have the interpreter
                await asyncio.sleep(0)
        return builder.record()

    def _flow(self, digest: str, source: str, name: str) -> Flow:
        if digest not in self._flows:
            self._keep(digest, load_flow(source, name))
        return self._flows[digest]

    def _keep(self, digest: str, flow: Flow) -> None:
        self._flows[digest] = flow
        while len(self._flows) > _KEPT_FLOWS:
            del self._flows[next(iter(self._flows))]

    async def _beat(self) -> None:
        """Say from time to time that this process lives."""
        while True:
            now = int(time.time() * 1000)

            async def say(connection: AsyncConnection, now: int = now) -> None:
                beat = SERVERS.update().where(SERVERS.c.server == self._server).values(beat_ms=now)
                if not (await connection.execute(beat)).rowcount:
                    row = {"server": self._server, "began_ms": now, "beat_ms": now}
                    await connection.execute(SERVERS.insert(), row)

            with suppress(SQLAlchemyError, OSError):  # the journal says so already
                await self._database.within(say)
            await asyncio.sleep(BEAT_S)


def _summary(outcome: str, record: CallRecord | None) -> dict[str, Any]:
    """The columns of `calls` that are computed."""
    if record is None:
        return {"outcome": outcome, "goal": None}
    responses = record.responses_ms
    return {
        "outcome": outcome,
        "caller": record.caller,
        "called": record.called,
        "duration_ms": record.duration_ms,
        "events": record.events,
        "turns": len(record.exchanges),
        "reprompts": record.reprompts,
        "barge_ins": len(record.barge_ins_ms),
        "cut_ins": record.cut_ins,
        "dead_airs": record.dead_airs,
        "failures": record.failures,
        "response_median_ms": round(median(responses)) if responses else None,
        "response_worst_ms": responses[-1] if responses else None,
        "goal": record.goal if record.goal is not None else False,
        "cost_nano": record.cost_nano,
        "saved_nano": record.saved_nano,
    }


def _rows(
    call_id: str, record: CallRecord, path: tuple[str, ...] | None
) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    visited = [(at_ms, step, turn.number) for turn in record.exchanges for at_ms, step in turn.visited]
    if path is not None and path != record.path:  # the live call knows better which steps ran
        visited = [(0, step, 0) for step in path]
    changes = [(at_ms, name, value, turn) for turn in record.exchanges for at_ms, name, value in turn.changed]
    last = {name: number for number, (_, name, _, _) in enumerate(changes)}
    return [
        (TURNS, [_turn(call_id, turn) for turn in record.exchanges]),
        (
            LINES,
            [
                {
                    "call_id": call_id,
                    "number": number,
                    "who": line.who,
                    "text": _clean(line.text),
                    "at_ms": line.at_ms,
                    "cut": line.cut,
                }
                for number, line in enumerate(record.transcript)
            ],
        ),
        (
            STEPS,
            [
                {"call_id": call_id, "number": number, "step": step, "at_ms": at_ms, "turn": turn}
                for number, (at_ms, step, turn) in enumerate(visited)
            ],
        ),
        (
            SLOTS,
            [
                {
                    "call_id": call_id,
                    "number": number,
                    "name": name,
                    "value": value,
                    "at_ms": at_ms,
                    "turn": turn.number,
                    "step": turn.step,
                    "final": value is not None and last[name] == number,
                }
                for number, (at_ms, name, value, turn) in enumerate(changes)
            ],
        ),
    ]


def _turn(call_id: str, turn: Turn) -> dict[str, Any]:
    meaning, timing = turn.meaning, turn.timing
    chosen = next((request for request in turn.used if request.outcome == "used"), None)
    return {
        "call_id": call_id,
        "number": turn.number,
        "by": turn.by,
        "step": turn.step,
        "at_ms": turn.at_ms,
        "words": _clean(turn.words),
        "heard_confidence": turn.confidence if turn.confidence >= 0 else None,
        "meaning": meaning.kind if meaning else "",
        "name": meaning.name if meaning else "",
        "value": meaning.value if meaning else None,
        "confidence": meaning.confidence if meaning else None,
        "decided_by": turn.decided_by,
        "said": _clean(turn.said),
        "said_heard": _clean(turn.said_heard),
        "cut": turn.cut,
        "barge_in_ms": _ms(turn.barge_in_ms),
        "speech_end_ms": _ms(timing.speech_end_ms) if timing else None,
        "closed_ms": _ms(timing.closed_ms) if timing else None,
        "heard_ms": _ms(timing.heard_ms) if timing else None,
        "understood_ms": _ms(timing.understood_ms) if timing else None,
        "first_audio_ms": _ms(timing.first_audio_ms) if timing else None,
        "response_ms": _ms(turn.response_ms),
        "tier": chosen.tier if chosen else "",
        "model": chosen.model if chosen else "",
        "input_tokens": sum(request.tokens_in for request in turn.used) if turn.used else None,
        "output_tokens": sum(request.tokens_out for request in turn.used) if turn.used else None,
        "cached_tokens": sum(request.cached for request in turn.used) if turn.used else None,
        "cost_nano": turn.cost_nano,
        "saved_nano": turn.saved_nano,
        "used": [asdict(request) for request in turn.used] or None,
        "candidates": [asdict(one) for one in meaning.candidates] or None if meaning else None,
        "cache_score": meaning.cache_score if meaning else None,
    }


def _ms(value: int) -> int | None:
    return value if value >= 0 else None


def _clean(text: str) -> str:
    """Without what no database keeps: PostgreSQL has no NUL, and half a character has no bytes."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
