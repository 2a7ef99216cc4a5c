"""The cost of records to those who carry audio: 200 calls, 5 events a second each, in SQLite and PostgreSQL.

    python -m bench records

One event loop gives the journal the events of 200 calls, as sessions would: the events of real
conversations on the clinic's flow, 5 a second. A call that has ended is followed by the next, so records
are computed all the time, too. Meanwhile a timer on the same loop measures how late it comes (every
5 ms), as the audio would. The same loop without any journal is measured first, in the same run.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from bench.figures import Figure
from ivr.core.call import sensitive
from ivr.core.events import CallStarted, Event
from ivr.core.flow.model import Flow
from ivr.core.journal import encode, masked
from ivr.core.text_caller import TextCaller
from ivr.engines.records.store import RecordStore
from ivr.flow_files import load_flow_file
from ivr.rehearsal.reading import TextReader, exact_model
from tests import postgres

CALLS = 200
EVENTS_A_SECOND = 5
SECONDS = 20
TICK_S = 0.005
GOAL_LAG_MS = 20.0
FLOW = Path("flows/clinic.yaml")
WORDS = ("I'd like to make an appointment", "tuesday", "when are you open", "what", "where can I park", "yes")


@dataclass
class Meter:
    """Implements `JournalMeter`: keeps what it is told."""

    commits: list[float] = field(default_factory=list)
    rows: int = 0
    lost: int = 0
    most_waiting: int = 0

    def records_waiting(self, rows: int) -> None:
        self.most_waiting = max(self.most_waiting, rows)

    def records_committed(self, rows: int, seconds: float) -> None:
        self.rows += rows
        self.commits.append(seconds)

    def records_lost(self, rows: int) -> None:
        self.lost += rows

    def record_set_aside(self) -> None: ...


def conversation(flow: Flow) -> list[dict[str, Any]]:
    """The events of one conversation, as they are journalled."""
    rows: list[dict[str, Any]] = []
    talk: TextCaller | None = None

    def note(before: Any, event: Event, _after: Any) -> None:
        rows.append(encode(masked(event, sensitive=sensitive(flow, before))))

    talk = TextCaller(flow, CallStarted("CA0", "+15550100001"), TextReader(exact_model(flow), None), note)
    for words in WORDS:
        if not talk.over:
            talk.say(words)
    if not talk.over:
        talk.hang_up()
    return rows


async def carry(
    store: RecordStore | None, flow: Flow, source: str, rows: list[dict[str, Any]]
) -> list[float]:
    """Give the journal the events of all calls; how late the loop was each time (ms)."""
    lags: list[float] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + SECONDS

    async def measure() -> None:
        while loop.time() < until:
            due = time.perf_counter() + TICK_S  # the loop's own clock counts whole ms
            await asyncio.sleep(TICK_S)
            lags.append(max(0.0, time.perf_counter() - due) * 1000)

    async def line(number: int) -> None:
        await asyncio.sleep(number / CALLS / EVENTS_A_SECOND)
        turn = 0
        at = loop.time()
        while at < until:
            name, wall_ms = f"CA{number:04}x{turn}", int(time.time() * 1000)
            if store:
                store.journal.begin(
                    name, flow=flow, flow_source=source, caller="", called="", wall_ms=wall_ms
                )
            for seq, row in enumerate(rows):
                if store:
                    store.journal.append(name, seq, seq * 200, row)
                at += 1 / EVENTS_A_SECOND
                await asyncio.sleep(at - loop.time())
                if at >= until:
                    break
            if store:
                store.journal.end(name, "completed", (), wall_ms + len(rows) * 200)
            turn += 1

    await asyncio.gather(measure(), *(line(number) for number in range(CALLS)))
    if store:
        await store.settled()
    return lags


@contextmanager
def opened(setting: str) -> Iterator[tuple[RecordStore, Meter]]:
    """A store in a fresh folder."""
    meter = Meter()
    with tempfile.TemporaryDirectory() as folder:
        store = RecordStore(setting, Path(folder), server="bench", meter=meter)
        gc.collect()
        gc.freeze()  # as `ivr serve` does when it has started
        try:
            yield store, meter
        finally:
            store.close()


def measured(setting: str, name: str, flow: Flow, source: str, rows: list[dict[str, Any]]) -> list[Figure]:
    """The figures of one kind of database."""
    with opened(setting) as (store, meter), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        cpu, wall = time.process_time(), time.monotonic()
        lags = runner.run(carry(store, flow, source, rows))
        busy = (time.process_time() - cpu) / (time.monotonic() - wall)
        records = store.database.wait(store.records.count())
    commits = np.array(meter.commits) * 1000
    return [
        Figure(f"event-loop lag, p99, {name}", float(np.percentile(lags, 99)), "ms", GOAL_LAG_MS),
        Figure(f"event-loop lag, worst, {name}", max(lags), "ms"),
        Figure(f"commit, median, {name}", float(np.median(commits)), "ms"),
        Figure(f"commit, p99, {name}", float(np.percentile(commits, 99)), "ms"),
        Figure(f"a core in use, {name}", 100 * busy, "%", digits=0),
        Figure(f"rows written a second, {name}", meter.rows / SECONDS, digits=0),
        Figure(f"calls recorded, {name}", records, digits=0),
        Figure(f"rows lost, {name}", meter.lost, goal=0, digits=0),
    ]


def run() -> list[Figure]:
    """Every figure, in about a minute and a half."""
    flow, source = load_flow_file(FLOW)
    rows = conversation(flow)[: EVENTS_A_SECOND * 10]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        bare = runner.run(carry(None, flow, source, rows))
    made = [Figure("event-loop lag, p99, no journal", float(np.percentile(bare, 99)), "ms")]
    made += measured("", "SQLite", flow, source, rows)
    try:
        with postgres.cluster() as server:
            made += measured(server.url("bench"), "PostgreSQL", flow, source, rows)
    except LookupError as missing:
        print(f"PostgreSQL is left out: {missing}", file=sys.stderr)
    return made
