"""A supervised pool of worker processes of one kind: one request at a time each, a queue before them.

Callers are served in the order in which they came, so that waiting grows evenly for all. What is asked on
speculation stands behind them, moves up when a caller waits for it, and is refused (`Shed`) while callers
wait. The busier the workers, the later it begins: a caller who goes on has made it worthless, but a worker
that has begun cannot be stopped.

A request that is not answered within `attempt_s` means that the worker hangs: it is killed. What a
dead worker held is tried once more on another one; the second time it is given up. A dead worker is
replaced at once, then with growing pauses while replacements keep dying.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from ivr.call.ports import Urgency
from ivr.core.errors import EngineError, Shed
from ivr.engines.busyness import Busyness, pause_s
from ivr.engines.child import Child
from ivr.engines.frames import Frame, Header

_log = structlog.get_logger(__name__)

AGAIN: Final = 0
LIVE: Final = 1
GUESS: Final = 2
LATER: Final = 3
"""Priorities: what a dead worker held, what a caller waits for or may wait for soon, what can wait."""

_ATTEMPTS: Final = 2
_FAILURES_TO_GIVE_UP: Final = 3
_LONGEST_PAUSE_S: Final = 30.0
_SETTLED_S: Final = 60.0


@dataclass(eq=False, slots=True)
class _Job:
    header: Header
    body: bytes
    answer: asyncio.Future[Frame]
    attempts: int = 0
    taken: bool = False
    live_since_s: float | None = None


_Turn = asyncio.Future[_Job | None]
"""What an idle worker waits for: its next request, or nothing because it died."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds.

    attempt_s   one attempt at a request; beyond it the worker counts as hanging
    load_s      loading the engine and its warm-up request
    pause_s     before the second replacement in a row; doubles from there
    """

    attempt_s: float = 4.0
    load_s: float = 60.0
    pause_s: float = 0.5

    @property
    def deadline_s(self) -> float:
        """A whole request, with its time in the queue and its second attempt."""
        return 2 * self.attempt_s + 2.0


class WorkerPool:
    """`workers` processes of `kind` (see `worker_main`), each loaded with `settings`.

    name          what the engine is called in messages: "recogniser", "voice"
    warm_up       a request that each new worker answers before it counts as ready
    environment   variables added to the workers' environment
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a meaning of its own
        self,
        kind: str,
        settings: Header,
        *,
        name: str,
        workers: int = 1,
        limits: Limits | None = None,
        warm_up: Frame | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.restarts = 0
        self.shed = 0
        self._kind = kind
        self._settings = settings
        self._size = workers
        self._limits = limits or Limits()
        self._warm_up = warm_up
        self._environment = environment or {}
        self._tasks: list[asyncio.Task[None]] = []
        self._children: set[Child] = set()
        self._idle: list[_Turn] = []
        self._waiting: list[tuple[int, int, _Job]] = []
        self._numbers = itertools.count()
        self._in_work: set[_Job] = set()
        self._warm = 0
        self._busyness = Busyness(workers)
        self._failures = 0
        self._reason = "it was not started"
        self._started: asyncio.Future[None] | None = None

    @property
    def healthy(self) -> bool:
        """Whether a request is worth making: a worker is ready, or will very likely be soon."""
        return bool(self._tasks) and (self._warm > 0 or self._failures < _FAILURES_TO_GIVE_UP)

    @property
    def reason(self) -> str:
        """Why the pool is not healthy; empty when it is."""
        return "" if self.healthy else self._reason

    @property
    def warm(self) -> int:
        """Workers that are loaded and warm."""
        return self._warm

    @property
    def queue_length(self) -> int:
        """Requests that wait for a worker."""
        return len({id(job) for _, _, job in self._waiting if not (job.taken or job.answer.done())})

    @property
    def jammed(self) -> bool:
        """Whether something that a caller waits for has found no worker."""
        return any(rank <= LIVE and not (j.taken or j.answer.done()) for rank, _, j in self._waiting)

    @property
    def longest_wait_s(self) -> float:
        """How long the request that has waited longest for a worker has been waited for by a caller."""
        now = asyncio.get_running_loop().time()
        return max(
            (
                now - job.live_since_s
                for _, _, job in self._waiting
                if job.live_since_s is not None and not (job.taken or job.answer.done())
            ),
            default=0.0,
        )

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that live now."""
        return tuple(child.pid for child in self._children)

    async def start(self) -> None:
        """Start the workers; returns when all are warm. Raises `EngineError`, leaving nothing behind."""
        self._started = asyncio.get_running_loop().create_future()
        self._tasks = [
            asyncio.create_task(self._keep_one(), name=f"{self.name} worker {n}") for n in range(self._size)
        ]
        try:
            await self._started
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Kill the workers and fail what waits. Leaves no process and no task."""
        tasks, self._tasks = self._tasks, []
        self._reason = "it was closed"
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        while self._children:  # a task that was cancelled while it killed its child
            await self._children.pop().kill()
        self._fail_waiting()
        for job in self._in_work:
            _fail(job, f"the {self.name} was closed")
        self._in_work.clear()

    async def request(
        self,
        header: Header,
        body: bytes = b"",
        *,
        deadline_s: float | None = None,
        priority: int = LIVE,
        urgency: Urgency | None = None,
    ) -> Frame:
        """One request to whichever worker is free.

        deadline_s   for everything: the queue, two attempts (default `Limits.deadline_s`)
        urgency      whether it is speculation, which may change meanwhile

        Raises `EngineError`: the pool is unhealthy, two workers died of it, it took too long, or the
        engine refused it.
        """
        if not self.healthy:
            raise EngineError(f"the {self.name} is out of order: {self._reason}")
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        job = _Job(header, body, answer)
        if urgency and urgency.speculative:
            self._guess(job, urgency)
        else:
            self._queue(job, priority)
        limit_s = self._limits.deadline_s if deadline_s is None else deadline_s
        try:
            async with asyncio.timeout(limit_s):
                result, sound = await answer
        except TimeoutError as late:
            raise EngineError(
                f"the {self.name} did not answer within {limit_s:g} s with {self.queue_length} requests"
                " waiting: allow fewer calls at once, or give it more workers"
            ) from late
        if "error" in result:
            raise EngineError(f"the {self.name} refused a request: {result['error']}")
        return result, sound

    def _guess(self, job: _Job, urgency: Urgency) -> None:
        """Take in what nobody waits for yet."""
        if self.jammed:
            self.shed += 1
            raise Shed(f"the {self.name} has no time for speculation")
        urgency.on_rise = lambda: self._rise(job)
        loop = asyncio.get_running_loop()
        if pause := pause_s(self._busyness.share(loop.time())):
            loop.call_later(pause, self._ripen, job)
        else:
            self._queue(job, GUESS)

    def _ripen(self, job: _Job) -> None:
        """A guess has waited long enough. One that a caller waits for by now has its place."""
        if job.live_since_s is None and not (job.taken or job.answer.done()):
            self._queue(job, GUESS)

    def _queue(self, job: _Job, priority: int) -> None:
        if priority <= LIVE and job.live_since_s is None:
            job.live_since_s = asyncio.get_running_loop().time()
        heapq.heappush(self._waiting, (priority, next(self._numbers), job))
        self._hand_out()

    def _rise(self, job: _Job) -> None:
        """A caller waits for it now. Its old place in the queue is passed over when it comes up."""
        if not (job.taken or job.answer.done()):
            self._queue(job, LIVE)

    def _hand_out(self) -> None:
        """Give waiting requests to idle workers."""
        self._idle = [turn for turn in self._idle if not turn.done()]
        while self._idle and self._waiting:
            _, _, job = heapq.heappop(self._waiting)
            if not (job.taken or job.answer.done()):
                job.taken = True
                self._idle.pop().set_result(job)

    async def _keep_one(self) -> None:
        """Keep one worker alive, for as long as the pool is open."""
        while True:
            await asyncio.sleep(self._pause_s())
            await self._one_life()
            self.restarts += 1

    def _pause_s(self) -> float:
        if self._failures <= 1:
            return 0.0
        return min(_LONGEST_PAUSE_S, self._limits.pause_s * 2.0 ** (self._failures - 2))

    async def _one_life(self) -> None:
        """Spawn a worker, load it, let it work until it dies."""
        wake: list[_Turn] = []

        def on_death() -> None:
            for idle in wake:
                if not idle.done():
                    idle.set_result(None)

        try:
            child = await Child.spawn(self.name, self._kind, self._environment, on_death)
        except OSError as wrong:
            self._failed(f"its process could not be started ({wrong})")
            return
        self._children.add(child)
        try:
            if await self._loaded(child):
                await self._work_until_death(child, wake)
        finally:
            await child.kill()
            self._children.discard(child)

    async def _loaded(self, child: Child) -> bool:
        try:
            async with asyncio.timeout(self._limits.load_s):
                answer, _ = await child.ask(self._settings)
                if "error" not in answer and self._warm_up is not None:
                    answer, _ = await child.ask(*self._warm_up)
        except TimeoutError:
            answer = {"error": f"it was not loaded within {self._limits.load_s:g} s"}
        except EngineError as gone:
            answer = {"error": str(gone)}
        if "error" in answer:
            self._failed(answer["error"])
        return "error" not in answer

    async def _work_until_death(self, child: Child, wake: list[_Turn]) -> None:
        loop = asyncio.get_running_loop()
        born_s = loop.time()
        self._warm += 1
        if self._started is not None and not self._started.done() and self._warm == self._size:
            self._started.set_result(None)
        _log.info("engine ready", engine=self.name, pid=child.pid)
        try:
            while (job := await self._next_job(child, wake)) is not None:
                if (trouble := await self._trouble_with(child, job)) is not None:
                    break
            else:
                trouble = f"the {self.name} worker died while idle"
        finally:
            self._warm -= 1
        if loop.time() - born_s > _SETTLED_S:
            self._failures = 0
        self._failed(trouble)

    async def _next_job(self, child: Child, wake: list[_Turn]) -> _Job | None:
        """The next request for this worker; nothing when it died."""
        if child.gone:
            return None
        turn: _Turn = asyncio.get_running_loop().create_future()
        wake[:] = [turn]
        self._idle.append(turn)
        self._hand_out()
        try:
            return await turn
        finally:
            if turn in self._idle:
                self._idle.remove(turn)

    async def _trouble_with(self, child: Child, job: _Job) -> str | None:
        """Let the worker do one request. What is wrong with the worker afterwards, if anything."""
        job.attempts += 1
        self._in_work.add(job)
        clock = asyncio.get_running_loop().time
        began_s = clock()
        try:
            async with asyncio.timeout(self._limits.attempt_s):
                answer = await child.ask(job.header, job.body)
        except TimeoutError:
            trouble = (
                f"the {self.name} worker did not answer within {self._limits.attempt_s:g} s and was killed"
            )
        except EngineError as gone:
            trouble = str(gone)
        else:
            self._busyness.worked(clock() - began_s, clock())
            self._failures = 0
            self._in_work.discard(job)
            if not job.answer.done():
                job.answer.set_result(answer)
            return None
        self._in_work.discard(job)
        self._once_more(job, trouble)
        return trouble

    def _once_more(self, job: _Job, trouble: str) -> None:
        if job.answer.done():
            return
        if job.attempts >= _ATTEMPTS:
            _fail(job, f"{trouble}, twice for the same request, so it was given up")
            return
        job.taken = False
        self._queue(job, AGAIN)

    def _failed(self, why: str) -> None:
        """A worker did not load, or died."""
        self._failures += 1
        self._reason = why
        _log.warning("engine worker failed", engine=self.name, why=why, failures=self._failures)
        if self._started is not None and not self._started.done():
            self._started.set_exception(EngineError(f"the {self.name} does not start: {why}"))
        if not self.healthy:
            self._fail_waiting()

    def _fail_waiting(self) -> None:
        while self._waiting:
            _fail(heapq.heappop(self._waiting)[-1], f"the {self.name} is out of order: {self._reason}")


def usable_cores() -> int:
    """How many cores this process may use: more workers than that only slow each other."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def _fail(job: _Job, why: str) -> None:
    if not job.answer.done():
        job.answer.set_exception(EngineError(why))
