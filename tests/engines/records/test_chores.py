"""Jobs after a call: enqueued with the record, done by an outbox or by procrastinate, told to a webhook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import EngineError
from ivr.engines.records import outbox as outbox_module
from ivr.engines.records.outbox import Outbox
from ivr.engines.records.procrastinating import ProcrastinateQueue
from ivr.engines.records.store import RecordStore, Work
from ivr.engines.records.tables import JOBS
from ivr.engines.webhook import Webhook
from ivr.review.after import Wishes
from ivr.review.rubric import read_rubric
from ivr.review.summaries import EXTRACT
from tests.engines.records.past import CARD, call, orders
from tests.engines.records.receiver import Receiver

SECRET = "hush"


class Model:
    """A model that has read the same call a hundred times. `broken`: it fails so often before it answers."""

    name = "tiny"

    def __init__(self, broken: int = 0) -> None:
        self.broken = broken
        self.asked: list[str] = []

    async def close(self) -> None: ...

    async def answer(self, system: str, text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(text)
        if self.broken:
            self.broken -= 1
            raise EngineError("the model is away")
        if "summary" in schema["properties"]:
            return {"summary": "A large pizza.", "intent": "order a pizza", "follow_up": ""}
        return {name: {"score": 3, "reason": "fine", "turns": [1, 99]} for name in schema["properties"]}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver(SECRET)
    await made.start()
    yield made
    await made.stop()


def opened(
    setting: str, folder: Path, receiver: Receiver | None = None, model: Model | None = None, share: float = 1
) -> RecordStore:
    work = Work(
        Wishes(share=share, send=receiver is not None),
        model,
        Webhook(receiver.url, SECRET) if receiver else None,
        read_rubric(None),
    )
    return RecordStore(setting, folder, work=work)


async def ring(store: RecordStore, call_id: str = "CA1") -> None:
    call(call_id, orders).write(store.journal, int(time.time() * 1000) - 60_000)
    await store.settled()


async def work(store: RecordStore) -> None:
    """Do what is due, and what follows from it."""
    assert store.chores is not None
    match store.queue:
        case Outbox() as outbox:
            await asyncio.wrap_future(store.database.submit(outbox.drain_once(store.chores.do)))
        case ProcrastinateQueue() as queue:
            for _ in range(2):
                await queue.work(store.chores.do, wait=False)


async def jobs_left(store: RecordStore) -> int:
    table = JOBS if store.database.is_sqlite else sa.table("procrastinate_jobs")

    async def count(connection: AsyncConnection) -> int:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

    return await store.database.read(count)


async def test_without_a_model_an_extract_is_kept_and_sent_signed(
    database_setting: str, tmp_path: Path, receiver: Receiver
) -> None:
    store = opened(database_setting, tmp_path, receiver)
    await ring(store)
    assert await jobs_left(store) == 2
    await work(store)
    whole = await store.records.call("CA1")
    assert whole is not None
    assert whole.summary is not None
    assert whole.summary.made_by == EXTRACT
    assert whole.summary.summary.startswith(
        "The caller wanted order; asked about hours; gave size large, card •••"
    )
    assert whole.summary.sent_ms is not None
    [told] = receiver.messages
    assert (told["event"], told["call_id"], told["outcome"], told["made_by"]) == (
        "call.ended",
        "CA1",
        "completed",
        EXTRACT,
    )
    assert told["slots"] == {"size": "large", "card": "•••"}
    assert CARD not in repr(told)
    assert receiver.wrongly_signed == 0
    assert {s.question: s.score for s in whole.scores if s.kind == "measured"} == {
        "goal": 1.0,
        "prompt_answers": 1.0,
        "understood_at_once": 0.8,
        "no_cut_ins": 1.0,
        "no_dead_air": 1.0,
    }
    assert await jobs_left(store) == 0
    await asyncio.to_thread(store.close)


async def test_a_model_sums_up_and_scores_and_its_turns_are_real_ones(
    database_setting: str, tmp_path: Path
) -> None:
    model = Model()
    store = opened(database_setting, tmp_path, model=model)
    await ring(store)
    await work(store)
    whole = await store.records.call("CA1")
    assert whole is not None
    assert whole.summary is not None
    assert (whole.summary.intent, whole.summary.made_by) == ("order a pizza", "tiny")
    by_model = [s for s in whole.scores if s.kind == "model"]
    assert [(s.question, s.score, s.turns) for s in by_model] == [
        ("answered", 0.75, (1,)),
        ("natural", 0.75, (1,)),
        ("understood", 0.75, (1,)),
    ]
    assert all(CARD not in text for text in model.asked)
    await asyncio.to_thread(store.close)


async def test_only_the_chosen_share_is_scored(database_setting: str, tmp_path: Path) -> None:
    store = opened(database_setting, tmp_path, share=0)
    await ring(store)
    await work(store)
    whole = await store.records.call("CA1")
    assert whole is not None
    assert whole.scores == ()
    assert whole.summary is not None
    await asyncio.to_thread(store.close)


async def test_the_job_and_the_record_come_about_together_or_not_at_all(
    database_setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(database_setting, tmp_path)
    store.deriver._retry_s = 0.02
    queue = store.queue
    assert queue is not None
    enqueue, failures = queue.enqueue, [OSError("the wire was cut"), OSError("and again")]

    async def breaks(connection: AsyncConnection, jobs: Any) -> None:
        await enqueue(connection, jobs)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(queue, "enqueue", breaks)
    await ring(store)
    assert not failures
    assert await jobs_left(store) == 2
    await asyncio.to_thread(store.close)


async def test_a_receiver_that_is_away_for_an_hour_gets_the_message_later(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [time.time() * 1000]
    monkeypatch.setattr(outbox_module, "_now", lambda: int(clock[0]))
    store = opened("", tmp_path, receiver, share=0)
    await ring(store)
    receiver.status = 503
    began = clock[0]
    while clock[0] < began + 3_600_000:
        await work(store)
        clock[0] += 10_000
    assert receiver.messages == []
    assert await jobs_left(store) == 1
    receiver.status = 200
    clock[0] += 900_000
    await work(store)
    assert receiver.deliveries == ["CA1"]
    assert await jobs_left(store) == 0
    await asyncio.to_thread(store.close)


async def test_a_receiver_that_is_away_is_tried_again_by_procrastinate(
    new_postgres, tmp_path: Path, receiver: Receiver
) -> None:
    store = opened(new_postgres(), tmp_path, receiver, share=0)
    await ring(store)
    receiver.status = 503
    await work(store)
    assert await jobs_left(store) == 1

    async def an_hour_passes(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1s'")
        )

    await store.database.write(an_hour_passes)
    receiver.status = 200
    await work(store)
    assert receiver.deliveries == ["CA1"]
    assert await jobs_left(store) == 0
    await asyncio.to_thread(store.close)


async def test_a_job_whose_worker_died_comes_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened("", tmp_path, share=0)
    await ring(store)
    assert await store.database.write(outbox_module._take) is not None
    await work(store)
    assert await jobs_left(store) == 1
    monkeypatch.setattr(outbox_module, "_now", lambda: int(time.time() * 1000) + outbox_module.LEASE_MS + 1)
    await work(store)
    assert await jobs_left(store) == 0
    await asyncio.to_thread(store.close)


async def test_an_erased_call_takes_its_jobs_with_it(
    database_setting: str, tmp_path: Path, receiver: Receiver
) -> None:
    store = opened(database_setting, tmp_path, receiver)
    await ring(store)
    await store.eraser.by_name(["CA1"])
    assert await jobs_left(store) == 0
    await work(store)
    assert receiver.messages == []
    await asyncio.to_thread(store.close)


async def test_a_server_on_one_machine_does_the_jobs_itself(tmp_path: Path, receiver: Receiver) -> None:
    work_ = Work(Wishes(send=True), None, Webhook(receiver.url, SECRET), None)
    store = RecordStore("", tmp_path, server="one", work=work_)
    await ring(store)
    async with asyncio.timeout(20):
        while not receiver.messages:  # noqa: ASYNC110 -- the receiver tells nobody
            await asyncio.sleep(0.02)
    await asyncio.to_thread(store.close)
