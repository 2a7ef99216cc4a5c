"""What a server of ours took callers for, read in its journal; the only thing asked of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.rig.judge import CallHeard
from ivr.core.events import Meaning, Understood
from ivr.core.journal import decode
from ivr.engines.records.database import Database
from ivr.engines.records.reading import StoredRecords


async def meanings(folder: Path, call_ids: Iterable[str]) -> dict[str, list[Meaning]]:
    """What was understood in each call, in order. The server has to have ended, or to be idle."""
    database = Database("", folder)
    found: dict[str, list[Meaning]] = {}
    for call_id in call_ids:
        rows = await StoredRecords(database).events(call_id)
        events = [decode(row.event) for row in rows]
        found[call_id] = [event.meaning for event in events if isinstance(event, Understood)]
    await asyncio.to_thread(database.close)
    return found


def as_expected(call: CallHeard, understood: Sequence[Meaning]) -> tuple[int, int]:
    """How many of the lines that expect something were understood so, in order, and how many there are."""
    wanted = [spoke.line.expects for spoke in call.spoke if spoke.line.expects]
    got = [meaning.name if meaning.kind == "answer" else str(meaning.value or "") for meaning in understood]
    row = [0] * (len(got) + 1)
    for expected in wanted:  # the longest common subsequence
        before = 0
        for at, name in enumerate(got, 1):
            before, row[at] = row[at], before + 1 if name == expected else max(row[at], row[at - 1])
    return row[-1], len(wanted)


def acted_on(understood: Iterable[Meaning]) -> list[Meaning]:
    """Those that the flow acted on."""
    return [meaning for meaning in understood if meaning.kind != "nothing"]
