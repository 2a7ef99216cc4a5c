"""Counts, times and money over time, and how calls went through a flow. The database adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import ConfigError
from ivr.engines.records.tables import CALLS, SCORES, STEPS, TURNS
from ivr.review.records import Bucket, Traffic

MOST_BUCKETS: Final = 2000
_GRAIN_MS: Final = 20
"""How exact the response times of a trend are."""


async def trend(
    connection: AsyncConnection, since_ms: int, until_ms: int, bucket_ms: int, flow: str
) -> list[Bucket]:
    """One `Bucket` for each stretch of `bucket_ms`, empty ones too. Raises `ConfigError`."""
    if bucket_ms <= 0 or until_ms <= since_ms or (until_ms - since_ms) / bucket_ms > MOST_BUCKETS:
        raise ConfigError(f"A trend has 1 to {MOST_BUCKETS} stretches; choose longer ones.")
    number = (CALLS.c.began_ms - since_ms) // bucket_ms
    chosen = [CALLS.c.began_ms >= since_ms, CALLS.c.began_ms < until_ms]
    if flow:
        chosen.append(CALLS.c.flow_name == flow)
    count = -(-(until_ms - since_ms) // bucket_ms)
    made = [Bucket(since_ms + n * bucket_ms) for n in range(count)]
    await _counts(connection, made, number, chosen)
    await _responses(connection, made, number, chosen)
    await _busiest(connection, made, since_ms, bucket_ms, chosen)
    scores = (
        sa.select(number, SCORES.c.kind, sa.func.avg(SCORES.c.score))
        .join(SCORES, SCORES.c.call_id == CALLS.c.call_id)
        .where(*chosen)
        .group_by(number, SCORES.c.kind)
    )
    for n, kind, score in await connection.execute(scores):
        made[n] = replace(made[n], score={**made[n].score, kind: float(score)})
    return made


async def _counts(
    connection: AsyncConnection, made: list[Bucket], number: Any, chosen: Iterable[Any]
) -> None:
    def total(name: str) -> Any:
        return sa.func.coalesce(sa.func.sum(CALLS.c[name]), 0).label(name)

    def how_many(condition: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    sums = ("turns", "reprompts", "barge_ins", "cut_ins", "dead_airs", "failures")
    query = (
        sa.select(
            number.label("bucket"),
            sa.func.count().label("calls"),
            how_many(CALLS.c.goal.is_(True)).label("goal"),
            how_many(CALLS.c.outcome.in_(("failed", "lost", "hung up by us"))).label("failed"),
            *(total(name) for name in (*sums, "cost_nano", "saved_nano")),
            how_many(sa.and_(CALLS.c.recorded_ms.is_not(None), CALLS.c.cost_nano.is_(None))).label(
                "cost_unknown"
            ),
            (sa.func.coalesce(sa.func.sum(CALLS.c.duration_ms), 0) / 60_000.0).label("minutes"),
        )
        .where(*chosen)
        .group_by(number)
    )
    for row in await connection.execute(query):
        values = dict(row._mapping)  # noqa: SLF001 -- its public name
        n = values.pop("bucket")
        whole = {name: int(value) for name, value in values.items() if name != "minutes"}
        made[n] = replace(made[n], **whole, minutes=float(row.minutes))


async def _responses(
    connection: AsyncConnection, made: list[Bucket], number: Any, chosen: Iterable[Any]
) -> None:
    bin_ = TURNS.c.response_ms // _GRAIN_MS
    query = (
        sa.select(number.label("bucket"), bin_.label("bin"), sa.func.count().label("n"))
        .join(TURNS, TURNS.c.call_id == CALLS.c.call_id)
        .where(*chosen, TURNS.c.response_ms.is_not(None))
        .group_by(number, bin_)
        .order_by(number, bin_)
    )
    bins: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in await connection.execute(query):
        bins[row.bucket].append((row.bin, row.n))
    for n, counted in bins.items():
        made[n] = replace(
            made[n],
            response_median_ms=_at(counted, 0.5),
            response_p95_ms=_at(counted, 0.95),
        )


def _at(counted: list[tuple[int, int]], share: float) -> int:
    """The response time (ms, end of its bin) that `share` of the answers keep."""
    wanted = share * sum(n for _, n in counted)
    so_far = 0
    for bin_, n in counted:
        so_far += n
        if so_far >= wanted:
            return (bin_ + 1) * _GRAIN_MS
    raise AssertionError("a share above 1")


async def _busiest(
    connection: AsyncConnection, made: list[Bucket], since_ms: int, bucket_ms: int, chosen: list[Any]
) -> None:
    """The most calls at the same time, of those that began in the whole stretch."""
    query = sa.select(CALLS.c.began_ms, CALLS.c.ended_ms).where(*chosen)
    changes: list[tuple[int, int]] = []
    for began, ended in await connection.execute(query):
        changes += [(began, 1)] + ([(ended, -1)] if ended is not None else [])
    changes.sort()
    at_once, at = 0, 0
    for n in range(len(made)):
        until = since_ms + (n + 1) * bucket_ms
        most = at_once
        while at < len(changes) and changes[at][0] < until:
            at_once += changes[at][1]
            most = max(most, at_once)
            at += 1
        made[n] = replace(made[n], busiest=most)


async def traffic(
    connection: AsyncConnection, flow: str, since_ms: int, until_ms: int | None, digest: str
) -> Traffic:
    """How calls of a flow went through it; `digest`: of this version only."""
    chosen = [CALLS.c.flow_name == flow, CALLS.c.began_ms >= since_ms, CALLS.c.recorded_ms.is_not(None)]
    if until_ms is not None:
        chosen.append(CALLS.c.began_ms < until_ms)
    if digest:
        chosen.append(CALLS.c.flow_digest == digest)
    calls = await connection.scalar(sa.select(sa.func.count()).select_from(CALLS).where(*chosen))
    of = STEPS.join(CALLS, CALLS.c.call_id == STEPS.c.call_id)
    steps = await connection.execute(
        sa.select(STEPS.c.step, sa.func.count(STEPS.c.call_id.distinct()))
        .select_from(of)
        .where(*chosen)
        .group_by(STEPS.c.step)
    )
    after = STEPS.alias("after")
    pair = of.outerjoin(
        after, sa.and_(after.c.call_id == STEPS.c.call_id, after.c.number == STEPS.c.number + 1)
    )
    pairs = await connection.execute(
        sa.select(STEPS.c.step, after.c.step, sa.func.count())
        .select_from(pair)
        .where(*chosen)
        .group_by(STEPS.c.step, after.c.step)
    )
    left: dict[str, int] = {}
    edges: dict[tuple[str, str], int] = {}
    for step, follower, n in pairs:
        if follower is None:
            left[step] = n
        else:
            edges[step, follower] = n
    return Traffic(int(calls or 0), {row[0]: row[1] for row in steps}, left, edges)
