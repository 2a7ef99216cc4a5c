"""Asking for calls: filters, pages, trends, traffic, and what people say of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.core.errors import ConfigError
from ivr.engines.records.store import RecordStore
from ivr.review.records import AuditRow, CallFilter, Score
from tests.engines.records.past import BEGAN_MS, call, leaves, orders

HOUR = 3_600_000


@pytest.fixture
async def store(database_setting: str, tmp_path: Path) -> AsyncIterator[RecordStore]:
    made = RecordStore(database_setting, tmp_path)
    call("CA1", orders).write(made.journal, BEGAN_MS)
    call("CA2", leaves, "+15550100077").write(made.journal, BEGAN_MS + HOUR)
    call("CA3", lambda talk: talk.press("0")).write(made.journal, BEGAN_MS + HOUR + 1000)
    await made.settled()
    yield made
    made.close()


async def names(store: RecordStore, **wanted: object) -> list[str]:
    filters = CallFilter(**wanted)  # type: ignore[arg-type] # as the tests give them
    found = [row.call_id for row in await store.records.calls(filters)]
    assert await store.records.count(filters) == len(found)
    return found


async def test_filters(store: RecordStore) -> None:
    assert await names(store) == ["CA3", "CA2", "CA1"]
    assert await names(store, since_ms=BEGAN_MS + 1) == ["CA3", "CA2"]
    assert await names(store, until_ms=BEGAN_MS + 1) == ["CA1"]
    assert await names(store, outcome="hung up") == ["CA2"]
    assert await names(store, outcome="Transferred") == ["CA3"]
    assert await names(store, outcome="running") == []
    assert await names(store, flow="Pizza line", caller="0077") == ["CA2"]
    assert await names(store, flow="Pizza") == []
    assert await names(store, text="UNTIL TEN") == ["CA1"]
    assert await names(store, text="100%") == []
    assert await names(store, step="answer:hours") == ["CA1"]
    assert await names(store, scored=True) == []


async def test_pages_leave_nothing_out(store: RecordStore) -> None:
    first = await store.records.calls(limit=2)
    rest = await store.records.calls(limit=2, before=first[-1].place)
    assert [row.call_id for row in first + rest] == ["CA3", "CA2", "CA1"]


async def test_an_id_may_be_cut_short(store: RecordStore) -> None:
    found = await store.records.call("CA")
    assert found is not None
    assert found.row.call_id == "CA3"
    assert await store.records.call("%") is None


async def test_a_trend_adds_up(store: RecordStore) -> None:
    await store.records.score("CA3", [Score("ann", "understood", "person", 0.25)])
    buckets = await store.records.trend(BEGAN_MS, BEGAN_MS + 3 * HOUR, HOUR)
    assert [(b.from_ms, b.calls, b.goal, b.busiest) for b in buckets] == [
        (BEGAN_MS, 1, 1, 1),
        (BEGAN_MS + HOUR, 2, 1, 2),
        (BEGAN_MS + 2 * HOUR, 0, 0, 0),
    ]
    first, second, _ = buckets
    whole = await store.records.call("CA1")
    assert whole is not None
    answers = sorted(turn.response_ms for turn in whole.turns if turn.response_ms is not None)
    # To the end of their bins of 20 ms.
    assert first.response_median_ms == (answers[(len(answers) - 1) // 2] // 20 + 1) * 20
    assert first.response_p95_ms == (answers[-1] // 20 + 1) * 20
    assert first.reprompts == 1
    assert second.score == {"person": 0.25}
    assert (first.cost_nano, first.cost_unknown) == (0, 0)
    assert first.minutes > 0.3
    assert await store.records.trend(BEGAN_MS, BEGAN_MS + HOUR, HOUR, flow="other") != [first]
    with pytest.raises(ConfigError, match="stretches"):
        await store.records.trend(0, BEGAN_MS, 1)


async def test_traffic_is_counted_on_steps_and_between_them(store: RecordStore) -> None:
    traffic = await store.records.traffic("Pizza line")
    assert traffic.calls == 3
    assert traffic.steps["desk"] == 3
    assert traffic.steps["order/1"] == 1
    assert traffic.edges["order/1", "answer:hours"] == 1
    assert traffic.left["desk"] == 1
    assert sum(traffic.left.values()) == 3
    assert (await store.records.traffic("Pizza line", until_ms=BEGAN_MS)).calls == 0


async def test_words_that_meant_nothing_are_found(store: RecordStore) -> None:
    found = await store.records.unhandled("Pizza line")
    assert [(u.call_id, u.turn, u.step, u.words) for u in found] == [("CA1", 1, "desk", "mumble mumble")]
    assert await store.records.unhandled(since_ms=BEGAN_MS + 1) == []


async def test_versions(store: RecordStore) -> None:
    [version] = await store.records.versions("Pizza line")
    assert (version.name, version.calls, version.first_ms) == ("Pizza line", 3, BEGAN_MS)
    assert version.source.startswith("ivr: 1")


async def test_scores_replace_those_of_the_same_scorer_and_count_in_the_mean(store: RecordStore) -> None:
    await store.records.score("CA1", [Score("ann", "understood", "person", 0.0)])
    await store.records.score("CA1", [Score("ann", "understood", "person", 1.0, "right", (1, 2))])
    await store.records.score("CA1", [Score("model:m", "understood", "model", 0.5)])
    whole = await store.records.call("CA1")
    assert whole is not None
    assert [(s.scorer, s.score, s.turns) for s in whole.scores] == [
        ("model:m", 0.5, ()),
        ("ann", 1.0, (1, 2)),
    ]
    assert whole.row.score == 0.75
    assert await names(store, scored=True) == ["CA1"]
    assert await names(store, scored=False) == ["CA3", "CA2"]
    with pytest.raises(ConfigError, match="0 to 1"):
        await store.records.score("CA1", [Score("ann", "understood", "person", 5.0)])
    with pytest.raises(ConfigError, match="no call CA9"):
        await store.records.score("CA9", [])


async def test_low_scores_are_found_with_their_turns(store: RecordStore) -> None:
    await store.records.score("CA1", [Score("ann", "understood", "person", 0.25, "no", (1, 2))])
    await store.records.score("CA2", [Score("ann", "understood", "person", 1.0)])
    [low] = await store.records.scores("Pizza line", at_most=0.5)
    assert (low.call_id, low.score.reason, low.score.turns) == ("CA1", "no", (1, 2))
    assert [s.call_id for s in await store.records.scores()] == ["CA2", "CA1"]
    assert await store.records.scores("other") == []


async def test_what_people_did_is_kept_in_order(store: RecordStore) -> None:
    for n in range(3):
        await store.records.note(AuditRow(n, "ann", f"did {n}", "CA1"))
    assert [row.did for row in await store.records.audit(limit=2)] == ["did 2", "did 1"]
    assert [row.did for row in await store.records.audit(before_ms=1)] == ["did 0"]
