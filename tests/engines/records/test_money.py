"""What models cost since a moment, from the events of calls, with SQLite and with PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.core.events import ModelsUsed, SpeechBegan
from ivr.core.journal import encode
from ivr.core.usage import Usage
from ivr.engines.records.money import spent_since
from ivr.engines.records.store import RecordStore
from tests.engines.records.past import BEGAN_MS, SOURCE, pizza


@pytest.fixture
def store(database_setting: str, tmp_path: Path) -> Iterator[RecordStore]:
    made = RecordStore(database_setting, tmp_path, server="here", retry_s=0.05)
    yield made
    made.close()


def used(*nanos: int | None) -> ModelsUsed:
    return ModelsUsed(tuple(Usage("intent", "economy", "small", nano=nano) for nano in nanos), turn=1)


async def test_calls_that_run_and_calls_that_are_over_count_from_the_moment_on(store: RecordStore) -> None:
    for name, began_ms in (("CA1", BEGAN_MS), ("CA2", BEGAN_MS + 60_000)):
        store.journal.begin(name, flow=pizza(), flow_source=SOURCE, caller="", called="", wall_ms=began_ms)
        store.journal.append(name, 0, 100, encode(SpeechBegan(50)))
        store.journal.append(name, 1, 1_000, encode(used(40, None)))
        store.journal.append(name, 2, 50_000, encode(used(2)))
    store.journal.end("CA1", "completed", (), BEGAN_MS + 60_000)
    await store.settled()
    assert await spent_since(store.database, BEGAN_MS) == 84
    assert await spent_since(store.database, BEGAN_MS + 2_000) == 44
    assert await spent_since(store.database, BEGAN_MS + 111_000) == 0
