"""Calls go in while they run; records come out, with SQLite and with PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.core.events import Candidate, Event, Understood
from ivr.core.text_caller import TextCaller
from ivr.engines.records.store import RecordStore
from ivr.review.records import CallFilter
from tests.engines.records.past import BEGAN_MS, CARD, call, leaves, orders


@pytest.fixture
def store(database_setting: str, tmp_path: Path) -> Iterator[RecordStore]:
    made = RecordStore(database_setting, tmp_path, server="here", retry_s=0.05)
    yield made
    made.close()


async def test_a_call_comes_back_whole(store: RecordStore) -> None:
    past = call("CA1", orders)
    past.write(store.journal)
    await store.settled()
    whole = await store.records.call("CA1")
    assert whole is not None
    row = whole.row
    assert (row.flow_name, row.outcome, row.caller, row.called) == (
        "Pizza line",
        "completed",
        "+15550100001",
        "+15550100002",
    )
    assert (row.goal, row.problem, row.began_ms) == (True, "", BEGAN_MS)
    assert row.ended_ms == BEGAN_MS + past.rows[-1][0]
    assert (row.turns, row.reprompts, row.events) == (6, 1, len(past.rows))
    assert row.response_median_ms == 450
    assert [(t.by, t.words, t.step, t.meaning, t.name, t.decided_by) for t in whole.turns] == [
        ("start", "", "", "", "", ""),
        ("speech", "mumble mumble", "desk", "nothing", "", "repair"),
        ("speech", "one pizza please", "desk", "intent", "order", "classifier"),
        ("speech", "when are you open", "order/1", "answer", "hours", "cache"),
        ("speech", "large", "order/1", "value", "", "grammar"),
        ("keys", "•••", "order/2", "", "", "keys"),
    ]
    assert [(s.name, s.value, s.final, s.step) for s in whole.slots] == [
        ("size", "large", True, "order/1"),
        ("card", "•••", True, "order/2"),
    ]
    assert tuple(step.step for step in whole.steps) == past.state.path
    assert [(line.who, line.text, line.cut) for line in whole.lines] == [
        (line.who, line.text, line.cut) for line in past.state.transcript
    ]
    assert whole.flow_source.startswith("ivr: 1")
    assert CARD not in repr(whole)


PARTY = """\
ivr: 1
name: Party line
slots:
  guests: {type: integer, ask: How many guests?, max: 300, reject: We have no hall for so many.}
  fine: {type: yes_no, ask: Is that fine?}
flows:
  main:
    - collect: guests
    - collect: fine
    - hangup: Goodbye.
"""


async def test_numbers_that_callers_key_come_back_and_none_is_too_large(store: RecordStore) -> None:
    def keys(talk: TextCaller) -> None:
        talk.press("9" * 25 + "#")
        talk.press("12#")
        talk.press("1")

    past = call("CA1", keys, source=PARTY)
    past.write(store.journal)
    call("CA2", leaves).write(store.journal, BEGAN_MS + 1)
    await store.settled()
    whole = await store.records.call("CA1")
    assert whole is not None
    assert whole.row.problem == ""
    assert [(slot.name, slot.value) for slot in whole.slots] == [("guests", 12), ("fine", True)]
    assert whole.slots[1].value is True
    assert any("We have no hall for so many." in line.text for line in whole.lines)
    assert {row.outcome for row in await store.records.calls()} == {"completed", "hung up by caller"}
    assert store.aside.count == 0


async def test_a_turn_keeps_what_else_its_words_may_have_meant(store: RecordStore) -> None:
    near = (Candidate("hours", 0.41), Candidate("order", 0.2))
    made = call("CA1", orders)
    thought = replace(made, rows=[(at, _thinking(event, near)) for at, event in made.rows])
    thought.write(store.journal)
    await store.settled()
    found = await store.records.call("CA1")
    assert found is not None
    turn = next(turn for turn in found.turns if turn.words == "mumble mumble")
    assert turn.candidates is not None
    assert list(turn.candidates) == [{"name": "hours", "score": 0.41}, {"name": "order", "score": 0.2}]
    assert turn.cache_score == 1.31
    assert next(turn for turn in found.turns if turn.by == "start").candidates is None


def _thinking(event: Event, near: tuple[Candidate, ...]) -> Event:
    if not isinstance(event, Understood):
        return event
    return replace(event, meaning=replace(event.meaning, candidates=near, cache_score=1.31))


async def test_the_events_come_in_order_and_from_where_one_wants(store: RecordStore) -> None:
    past = call("CA1", orders)
    past.write(store.journal)
    await store.settled()
    rows = await store.records.events("CA1")
    assert [row.seq for row in rows] == list(range(len(past.rows)))
    assert [row.at_ms for row in rows] == [at_ms for at_ms, _ in past.rows]
    assert [row.seq for row in await store.records.events("CA1", after_seq=3, limit=2)] == [4, 5]


async def test_a_running_call_is_there_without_an_outcome(store: RecordStore) -> None:
    call("CA1", leaves).write(store.journal, end=False)
    await store.settled()
    [row] = await store.records.calls(CallFilter(outcome="running"))
    assert (row.call_id, row.outcome, row.ended_ms, row.turns) == ("CA1", "", None, 0)
    assert await store.records.events("CA1")


async def test_many_threads_lose_nothing(store: RecordStore) -> None:
    calls = [call(f"CA{n}", leaves) for n in range(8)]
    threads = [threading.Thread(target=one.write, args=(store.journal,)) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await store.settled()
    assert store.journal.waiting == 0
    for one in calls:
        assert len(await store.records.events(one.call_id)) == len(one.rows)


async def test_a_second_call_of_the_same_id_does_not_hide_in_the_first(store: RecordStore) -> None:
    call("CA1", orders).write(store.journal)
    call("CA1", leaves).write(store.journal, BEGAN_MS + 60_000)
    await store.settled()
    assert [(r.call_id, r.outcome) for r in await store.records.calls()] == [
        ("CA1.2", "hung up by caller"),
        ("CA1", "completed"),
    ]


async def test_what_came_twice_is_there_once(store: RecordStore) -> None:
    past = call("CA1", orders)
    past.write(store.journal)
    past.write(store.journal)
    await store.settled()
    assert await store.records.count() == 1
    assert len(await store.records.events("CA1")) == len(past.rows)


def test_a_call_whose_server_died_is_recorded_as_lost_at_the_next_start(
    database_setting: str, tmp_path: Path
) -> None:
    first = RecordStore(database_setting, tmp_path)
    call("CA1", orders).write(first.journal, end=False)
    first.close()
    second = RecordStore(database_setting, tmp_path, server="next")
    second.database.wait(second.deriver.recover())
    second.close()
    third = RecordStore(database_setting, tmp_path)

    async def ended() -> list[tuple[str, int, bool | None]]:
        return [(r.outcome, r.turns, r.goal) for r in await third.records.calls()]

    assert third.database.wait(ended()) == [("lost", 6, True)]
    third.close()
