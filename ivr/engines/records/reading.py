"""Reading the records from the database. Implements the port `ivr.review.records.Records`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import ConfigError
from ivr.engines.records.database import Database
from ivr.engines.records.tables import (
    AUDIT,
    CALLS,
    EVENTS,
    FLOWS,
    LINES,
    SCORES,
    SLOTS,
    STEPS,
    SUMMARIES,
    TURNS,
)
from ivr.engines.records.trends import traffic, trend
from ivr.review import records as r

RUNNING: Final = "running"
MOST_ROWS: Final = 1000

T = TypeVar("T")


class StoredRecords:
    """The records in a database. Its methods may be called from any event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def calls(
        self,
        filters: r.CallFilter = r.EVERY,
        *,
        limit: int = 50,
        before: tuple[int, str] | None = None,
    ) -> list[r.CallRow]:
        query = _call_rows().where(*_conditions(filters))
        if before is not None:
            query = query.where(sa.tuple_(CALLS.c.began_ms, CALLS.c.call_id) < sa.tuple_(*before))
        query = query.order_by(CALLS.c.began_ms.desc(), CALLS.c.call_id.desc()).limit(min(limit, MOST_ROWS))

        async def read(connection: AsyncConnection) -> list[r.CallRow]:
            return [_made(r.CallRow, row) for row in await connection.execute(query)]

        return await self._database.read(read)

    async def count(self, filters: r.CallFilter = r.EVERY) -> int:
        query = sa.select(sa.func.count()).select_from(CALLS).where(*_conditions(filters))

        async def read(connection: AsyncConnection) -> int:
            return int(await connection.scalar(query) or 0)

        return await self._database.read(read)

    async def call(self, call_id: str) -> r.WholeCall | None:
        query = (
            _call_rows()
            .add_columns(FLOWS.c.source)
            .outerjoin(FLOWS, FLOWS.c.digest == CALLS.c.flow_digest)
            .where(CALLS.c.call_id.startswith(call_id, autoescape=True))
            .order_by((CALLS.c.call_id == call_id).desc(), CALLS.c.began_ms.desc())
            .limit(1)
        )

        async def read(connection: AsyncConnection) -> r.WholeCall | None:
            found = (await connection.execute(query)).one_or_none()
            if found is None:
                return None
            row = _made(r.CallRow, found)

            async def rows(kind: type[T], table: sa.Table, *order: sa.Column[Any]) -> tuple[T, ...]:
                wanted = [table.c[field.name] for field in fields(kind)]  # type: ignore[arg-type] # a dataclass
                asked = sa.select(*wanted).where(table.c.call_id == row.call_id).order_by(*order)
                return tuple(_made(kind, one) for one in await connection.execute(asked))

            summaries = await rows(r.Summary, SUMMARIES)
            return r.WholeCall(
                row=row,
                flow_source=found.source or "",
                turns=await rows(r.TurnRow, TURNS, TURNS.c.number),
                lines=await rows(r.LineRow, LINES, LINES.c.number),
                steps=await rows(r.StepRow, STEPS, STEPS.c.number),
                slots=await rows(r.SlotRow, SLOTS, SLOTS.c.number),
                scores=await rows(r.Score, SCORES, SCORES.c.kind, SCORES.c.scorer, SCORES.c.question),
                summary=summaries[0] if summaries else None,
            )

        return await self._database.read(read)

    async def events(self, call_id: str, after_seq: int = -1, limit: int = 5000) -> list[r.EventRow]:
        query = (
            sa.select(EVENTS.c.seq, EVENTS.c.at_ms, EVENTS.c.event)
            .where(EVENTS.c.call_id == call_id, EVENTS.c.seq > after_seq)
            .order_by(EVENTS.c.seq)
            .limit(limit)
        )

        async def read(connection: AsyncConnection) -> list[r.EventRow]:
            return [_made(r.EventRow, row) for row in await connection.execute(query)]

        return await self._database.read(read)

    async def trend(self, since_ms: int, until_ms: int, bucket_ms: int, flow: str = "") -> list[r.Bucket]:
        return await self._database.read(
            lambda connection: trend(connection, since_ms, until_ms, bucket_ms, flow)
        )

    async def traffic(
        self, flow: str, since_ms: int = 0, until_ms: int | None = None, digest: str = ""
    ) -> r.Traffic:
        return await self._database.read(
            lambda connection: traffic(connection, flow, since_ms, until_ms, digest)
        )

    async def unhandled(self, flow: str = "", since_ms: int = 0, limit: int = 500) -> list[r.Unhandled]:
        query = (
            sa.select(
                TURNS.c.call_id,
                TURNS.c.number.label("turn"),
                CALLS.c.began_ms,
                CALLS.c.flow_name,
                TURNS.c.step,
                TURNS.c.words,
            )
            .join(CALLS, CALLS.c.call_id == TURNS.c.call_id)
            .where(TURNS.c.meaning == "nothing", TURNS.c.by == "speech", CALLS.c.began_ms >= since_ms)
            .where(TURNS.c.words.not_like("•%"))
            .order_by(CALLS.c.began_ms.desc(), TURNS.c.number)
            .limit(limit)
        )
        if flow:
            query = query.where(CALLS.c.flow_name == flow)

        async def read(connection: AsyncConnection) -> list[r.Unhandled]:
            return [_made(r.Unhandled, row) for row in await connection.execute(query)]

        return await self._database.read(read)

    async def versions(self, flow: str = "") -> list[r.Version]:
        query = (
            sa.select(
                FLOWS.c.digest,
                sa.func.coalesce(sa.func.max(CALLS.c.flow_name), FLOWS.c.name).label("name"),
                sa.func.min(sa.func.coalesce(CALLS.c.began_ms, FLOWS.c.first_ms)).label("first_ms"),
                sa.func.count(CALLS.c.call_id).label("calls"),
                FLOWS.c.source,
            )
            .outerjoin(CALLS, CALLS.c.flow_digest == FLOWS.c.digest)
            .group_by(FLOWS.c.digest, FLOWS.c.name, FLOWS.c.source)
            .order_by(sa.text("first_ms DESC"))
        )
        if flow:
            query = query.where(sa.or_(CALLS.c.flow_name == flow, FLOWS.c.name == flow))

        async def read(connection: AsyncConnection) -> list[r.Version]:
            return [_made(r.Version, row) for row in await connection.execute(query)]

        return await self._database.read(read)

    async def scores(
        self, flow: str = "", since_ms: int = 0, *, at_most: float = 1.0, limit: int = 5000
    ) -> list[r.ScoredCall]:
        query = (
            sa.select(CALLS.c.call_id, CALLS.c.began_ms, CALLS.c.flow_name)
            .add_columns(*(SCORES.c[field.name] for field in fields(r.Score)))
            .join(SCORES, SCORES.c.call_id == CALLS.c.call_id)
            .where(CALLS.c.began_ms >= since_ms, SCORES.c.score <= at_most)
            .order_by(CALLS.c.began_ms.desc(), CALLS.c.call_id, SCORES.c.score, SCORES.c.question)
            .limit(limit)
        )
        if flow:
            query = query.where(CALLS.c.flow_name == flow)

        async def read(connection: AsyncConnection) -> list[r.ScoredCall]:
            return [
                r.ScoredCall(row.call_id, row.began_ms, row.flow_name, _made(r.Score, row))
                for row in await connection.execute(query)
            ]

        return await self._database.read(read)

    async def score(self, call_id: str, scores: Sequence[r.Score]) -> None:
        async def write(connection: AsyncConnection) -> None:
            there = await connection.scalar(sa.select(CALLS.c.call_id).where(CALLS.c.call_id == call_id))
            if there is None:
                raise ConfigError(f"There is no call {call_id}, so it cannot be scored.")
            await keep_scores(connection, call_id, scores)

        await self._database.write(write)

    async def note(self, row: r.AuditRow) -> None:
        values = {field.name: getattr(row, field.name) for field in fields(row)}

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(AUDIT.insert(), values)

        await self._database.write(write)

    async def audit(self, limit: int = 200, before_ms: int | None = None) -> list[r.AuditRow]:
        query = sa.select(*(AUDIT.c[field.name] for field in fields(r.AuditRow)))
        if before_ms is not None:
            query = query.where(AUDIT.c.at_ms < before_ms)
        query = query.order_by(AUDIT.c.at_ms.desc(), AUDIT.c.id.desc()).limit(limit)

        async def read(connection: AsyncConnection) -> list[r.AuditRow]:
            return [_made(r.AuditRow, row) for row in await connection.execute(query)]

        return await self._database.read(read)


async def keep_scores(connection: AsyncConnection, call_id: str, scores: Sequence[r.Score]) -> None:
    """Write scores; what the same scorer answered to the same question before is replaced."""
    for score in scores:
        if not 0.0 <= score.score <= 1.0:
            raise ConfigError(f"A score is from 0 to 1; '{score.question}' came with {score.score:g}.")
        same = (
            SCORES.c.call_id == call_id,
            SCORES.c.scorer == score.scorer,
            SCORES.c.question == score.question,
        )
        await connection.execute(SCORES.delete().where(*same))
        values = {field.name: getattr(score, field.name) for field in fields(score)}
        await connection.execute(SCORES.insert(), values | {"call_id": call_id, "turns": list(score.turns)})


_EXTRA: Final = ("score", "summary", "intent")


def _call_rows() -> sa.Select[Any]:
    """The columns of `CallRow`."""
    own = [CALLS.c[field.name] for field in fields(r.CallRow) if field.name not in _EXTRA]
    score = (
        sa.select(sa.func.avg(SCORES.c.score)).where(SCORES.c.call_id == CALLS.c.call_id).scalar_subquery()
    )
    return (
        sa.select(
            *own,
            score.label("score"),
            sa.func.coalesce(SUMMARIES.c.summary, "").label("summary"),
            sa.func.coalesce(SUMMARIES.c.intent, "").label("intent"),
        )
        .select_from(CALLS)
        .outerjoin(SUMMARIES, SUMMARIES.c.call_id == CALLS.c.call_id)
    )


def _conditions(filters: r.CallFilter) -> list[sa.ColumnElement[bool]]:
    made: list[sa.ColumnElement[bool]] = []
    if filters.since_ms is not None:
        made.append(CALLS.c.began_ms >= filters.since_ms)
    if filters.until_ms is not None:
        made.append(CALLS.c.began_ms < filters.until_ms)
    if filters.outcome == RUNNING:
        made.append(CALLS.c.outcome == "")
    elif filters.outcome:
        made.append(CALLS.c.outcome.istartswith(filters.outcome, autoescape=True))
    if filters.flow:
        made.append(CALLS.c.flow_name == filters.flow)
    if filters.caller:
        made.append(CALLS.c.caller.contains(filters.caller, autoescape=True))
    if filters.text:
        said = LINES.c.text.icontains(filters.text, autoescape=True)
        made.append(sa.exists().where(LINES.c.call_id == CALLS.c.call_id, said))
    if filters.step:
        made.append(sa.exists().where(STEPS.c.call_id == CALLS.c.call_id, STEPS.c.step == filters.step))
    if filters.scored is not None:
        scored = sa.exists().where(SCORES.c.call_id == CALLS.c.call_id)
        made.append(scored if filters.scored else ~scored)
    return made


def _made(kind: type[T], row: Any) -> T:
    """A dataclass from the columns of its names."""
    values = {}
    for field in fields(kind):  # type: ignore[arg-type] # a dataclass
        value = getattr(row, field.name)
        values[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)
