from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ivr.call.ports import Urgency
from ivr.core.errors import EngineError, Shed
from ivr.engines.frames import pack
from ivr.engines.workers import LATER, Limits, WorkerPool

KINDS = {"PYTHONPATH": str(Path(__file__).parent)}
QUICK = Limits(attempt_s=20, load_s=20, pause_s=0.01)


def pool(kind: str = "echo", settings: dict[str, Any] | None = None, **options: Any) -> WorkerPool:
    options = {"name": "echo", "limits": QUICK, "environment": KINDS, **options}
    return WorkerPool(f"worker_kinds:{kind}", settings or {}, **options)


@asynccontextmanager
async def running(kind: str = "echo", **options: Any) -> AsyncIterator[WorkerPool]:
    workers = pool(kind, **options)
    await workers.start()
    try:
        yield workers
    finally:
        await workers.close()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is awaited is another process
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def raises(work: Awaitable[object]) -> str:
    with pytest.raises(EngineError) as caught:
        await work
    return str(caught.value)


async def test_a_request_is_answered_with_header_and_body() -> None:
    async with running(settings={"model": "m"}) as workers:
        header, body = await workers.request({"a": [1, "é"]}, b"abc")
    assert header["a"] == [1, "é"]
    assert header["settings"] == {"model": "m"}
    assert body == b"cba"


async def test_a_body_larger_than_a_pipe_comes_back_whole() -> None:
    sound = bytes(range(256)) * 8192
    async with running() as workers:
        assert (await workers.request({}, sound))[1] == sound[::-1]


async def test_each_worker_works_on_one_request_and_the_rest_waits() -> None:
    async with running(workers=2) as workers:
        first = [asyncio.create_task(workers.request({"sleep": 0.3})) for _ in range(2)]
        rest = [asyncio.create_task(workers.request({"n": n})) for n in range(3)]
        await asyncio.sleep(0)
        assert workers.queue_length == 3
        assert len({(await task)[0]["pid"] for task in first}) == 2
        assert [(await task)[0]["n"] for task in rest] == [0, 1, 2]
        assert workers.queue_length == 0


async def test_what_can_wait_is_overtaken() -> None:
    done: list[str] = []
    async with running() as workers:

        async def ask(what: str, **options: Any) -> None:
            await workers.request({"sleep": 0.1 if what == "now" else 0}, **options)
            done.append(what)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask("now"))
            await asyncio.sleep(0)
            group.create_task(ask("later", priority=LATER))
            await asyncio.sleep(0)
            group.create_task(ask("live"))
    assert done == ["now", "live", "later"]


async def test_speculation_stands_back_moves_up_and_is_refused_while_callers_wait() -> None:
    done: list[str] = []
    async with running() as workers:

        async def ask(name: str, urgency: Urgency | None = None) -> None:
            await workers.request({"sleep": 0.05}, urgency=urgency)
            done.append(name)

        dropped, needed = Urgency(speculative=True), Urgency(speculative=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(ask("now"))
            await asyncio.sleep(0)
            group.create_task(ask("a guess", dropped))
            group.create_task(ask("a guess that is needed", needed))
            await asyncio.sleep(0)
            assert not workers.jammed
            needed.rise()
            assert workers.jammed
            assert workers.longest_wait_s >= 0
            group.create_task(ask("live"))
            await asyncio.sleep(0)
            assert workers.queue_length == 3
            with pytest.raises(Shed, match="no time for speculation"):
                await workers.request({}, urgency=Urgency(speculative=True))
    assert done == ["now", "a guess that is needed", "live", "a guess"]
    assert workers.shed == 1


async def test_busy_workers_leave_a_guess_for_a_while_in_which_most_are_dropped() -> None:
    async with running() as workers:
        for _ in range(4):
            await workers.request({"sleep": 0.8})
        dropped = asyncio.create_task(workers.request({}, urgency=Urgency(speculative=True)))
        await asyncio.sleep(0)
        assert workers.queue_length == 0, "the worker is idle, and yet the guess has not begun"
        dropped.cancel()
        needed = Urgency(speculative=True)
        answer = asyncio.create_task(workers.request({"a": 1}, urgency=needed))
        await asyncio.sleep(0)
        needed.rise()
        assert (await answer)[0]["a"] == 1
        assert (await workers.request({"b": 1}, urgency=Urgency(speculative=True)))[0]["b"] == 1


async def test_a_request_that_raises_is_refused_and_the_worker_lives() -> None:
    async with running() as workers:
        pids = workers.pids
        assert "ValueError: no such word" in await raises(workers.request({"fail": True}))
        assert (await workers.request({}))[0]["pid"] in pids
        assert workers.restarts == 0


async def test_kill_9_in_the_middle_of_a_request_is_tried_again(tmp_path: Path) -> None:
    flag = tmp_path / "started"
    async with running() as workers:
        (pid,) = workers.pids
        request = asyncio.create_task(workers.request({"started": str(flag), "sleep": 0.5}, b"ab"))
        await until(flag.exists)
        os.kill(pid, signal.SIGKILL)
        header, body = await request
        assert body == b"ba"
        assert header["pid"] != pid
        assert workers.restarts == 1
        assert workers.healthy


async def test_a_worker_that_hangs_is_killed_and_the_request_tried_again(tmp_path: Path) -> None:
    async with running(limits=Limits(attempt_s=1.5, pause_s=0.01)) as workers:
        (pid,) = workers.pids
        header, _ = await workers.request({"hang_once": str(tmp_path / "flag")}, deadline_s=60)
        assert header["pid"] != pid
        assert not alive(pid)
        assert workers.restarts == 1


async def test_a_request_that_kills_two_workers_is_given_up_and_the_pool_comes_back() -> None:
    async with running() as workers:
        why = await raises(workers.request({"die": True}))
        assert "killed by signal 9" in why
        assert "I was told to die" in why
        assert "twice" in why
        assert (await workers.request({"fine": 1}))[0]["fine"] == 1
        assert workers.healthy


async def test_the_deaths_of_one_worker_do_not_touch_what_others_do(tmp_path: Path) -> None:
    async with running(workers=2) as workers:
        steady = asyncio.create_task(workers.request({"sleep": 0.5}))
        await asyncio.sleep(0)
        await workers.request({"die_once": str(tmp_path / "flag")})
        await steady
        assert workers.restarts == 1


async def test_a_worker_that_dies_while_idle_is_replaced_before_anybody_asks() -> None:
    async with running() as workers:
        (pid,) = workers.pids
        os.kill(pid, signal.SIGKILL)
        await until(lambda: workers.restarts == 1 and workers.warm == 1)
        assert pid not in workers.pids


async def test_the_deadline_covers_the_time_in_the_queue() -> None:
    async with running() as workers:
        busy = asyncio.create_task(workers.request({"sleep": 0.5}))
        await asyncio.sleep(0)
        why = await raises(workers.request({}, deadline_s=0.05))
        assert "0.05 s" in why
        assert "more workers" in why
        await busy
        assert workers.restarts == 0
        assert workers.queue_length == 0


async def test_a_caller_who_leaves_disturbs_nobody() -> None:
    async with running() as workers:
        leaving = asyncio.create_task(workers.request({"sleep": 0.2}))
        await asyncio.sleep(0.05)
        leaving.cancel()
        assert (await workers.request({"n": 1}))[0]["n"] == 1
        assert workers.restarts == 0


async def test_an_engine_that_cannot_load_says_why_and_leaves_nothing() -> None:
    workers = pool("broken", {"model": "nowhere.bin"})
    assert "FileNotFoundError: no model at nowhere.bin" in await raises(workers.start())
    assert workers.pids == ()
    assert not workers.healthy


async def test_a_failing_warm_up_keeps_the_pool_from_starting() -> None:
    assert "no such word" in await raises(pool(warm_up=({"fail": True}, b"")).start())


async def test_an_engine_that_stops_loading_becomes_unhealthy_with_the_reason(tmp_path: Path) -> None:
    async with running("broken_later", settings={"flag": str(tmp_path / "flag")}) as workers:
        assert workers.reason == ""
        waiting = asyncio.create_task(workers.request({"die": True}))
        assert "the model file has gone" in await raises(waiting)
        assert not workers.healthy
        assert "the model file has gone" in workers.reason
        assert "out of order" in await raises(workers.request({}))
        (tmp_path / "flag").unlink()  # the operator puts it right
        await until(lambda: workers.healthy)
        assert (await workers.request({"fine": 1}))[0]["fine"] == 1


async def test_close_leaves_no_process_and_no_task_and_fails_what_waits() -> None:
    tasks = asyncio.all_tasks()
    workers = pool(workers=2)
    await workers.start()
    pids = workers.pids
    asking = [asyncio.create_task(workers.request({"sleep": 30})) for _ in range(3)]
    await asyncio.sleep(0.05)
    await workers.close()
    for request in asking:
        assert "closed" in await raises(request)
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)
    assert asyncio.all_tasks() == tasks
    await workers.close()


async def test_a_pool_that_was_never_started_refuses() -> None:
    assert "not started" in await raises(pool().request({}))


def test_a_worker_leaves_when_its_parent_does_even_at_work(tmp_path: Path) -> None:
    flag = tmp_path / "started"
    worker = subprocess.Popen(
        [sys.executable, "-m", "ivr.engines.worker_main", "worker_kinds:echo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **KINDS},
    )
    assert worker.stdin is not None
    worker.stdin.write(pack({}) + pack({"started": str(flag), "sleep": 3600}))
    worker.stdin.flush()
    while not flag.exists():
        assert worker.poll() is None
    worker.stdin.close()
    assert worker.wait(timeout=20) == 0
