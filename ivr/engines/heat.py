"""A request under way: the race between the models that may answer it, with their tasks and streams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import structlog

from ivr.core.usage import Stage, Tier, Usage
from ivr.engines.attempts import Attempt
from ivr.understanding.models import race as rc
from ivr.understanding.models.chat import Ask, ChatModel, ModelFailed, Piece
from ivr.understanding.models.race import GiveUp, Race, Start, Stop
from ivr.understanding.models.routing import Plan
from ivr.understanding.models.table import Table

COUNTS_S: Final = 0.08
"""How long a turn waits for the count of its tokens, when its meaning is there; else they are estimated."""

_log = structlog.get_logger()


class Unfit(Exception):  # noqa: N818 -- what a taker says of an answer; it never leaves this module's users
    """What a model wrote cannot be used. The reason goes into records, and quotes nothing of it."""


class Taker(Protocol):
    """Takes what the winner of a race writes. `committed`: some of it is out, so that no other may begin."""

    committed: bool

    def take(self, text: str) -> bool:
        """A piece; whether it is enough. Raises `Unfit`."""
        ...

    def end(self) -> None:
        """That was all. Raises `Unfit`."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A request, whoever answers it.

    fresh  makes the one who takes an answer, anew for each model that wins
    spent  what the call has cost before
    """

    stage: Stage
    tier: Tier
    ask: Ask
    fresh: Callable[[], Taker]
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """How it went. `cut`: it broke off after something was out. `reason`: for the log and the record."""

    outcome: Literal["done", "late", "failed", "budget", "cut"]
    model: str = ""
    reason: str = ""


class Heat:
    """One race under way: a task for each model that was started, and one queue of what they write."""

    def __init__(
        self, table: Table, chats: Mapping[str, ChatModel], job: Job, chosen: Plan, note: str
    ) -> None:
        self.attempts: dict[str, Attempt] = {}
        self._table = table
        self._chats = chats
        self._job = job
        self._plan = chosen
        self._note = note
        self._news: asyncio.Queue[tuple[str, Piece | ModelFailed | None]] = asyncio.Queue()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._taker: Taker | None = None
        self._reasons: list[str] = []
        self._race, self._acts = rc.begin(chosen.models, chosen.limits, now_ms())

    def used(self) -> tuple[Usage, ...]:
        """What the models that were started have used so far."""
        now = now_ms()
        return tuple(attempt.usage(now) for attempt in self.attempts.values())

    def stop(self) -> None:
        """Close every stream."""
        for name in list(self._tasks):
            self._end(name, "stopped")

    async def run(self) -> Done:
        """See it through."""
        while True:
            if (gave_up := self._obey(self._acts)) is not None:
                return self._without(gave_up)
            self._acts = ()
            news = await self._next()
            if news is None:
                self._move(rc.time_passed(self._race, now_ms()))
                continue
            done = self._take(*news)
            if done is None:
                continue
            if done.outcome == "done":
                await self._count(done.model)
                self._end(done.model, "used")
                self._race = rc.done(self._race, done.model)
            return done

    async def _count(self, name: str) -> None:
        """Wait a moment for the endpoint's counts, which come behind the last word of a small answer.

        Of a long answer that was cut there is more to come, and nothing to wait for.
        """
        attempt = self.attempts[name]
        attempt.finish("used", now_ms())
        if self._job.ask.schema is None or "stream_usage" not in attempt.model.abilities:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(COUNTS_S):
                while not attempt.counted:
                    who, news = await self._news.get()
                    if who == name and not isinstance(news, Piece):
                        return
                    if who == name and isinstance(news, Piece):
                        attempt.wrote(news, now_ms())

    async def _next(self) -> tuple[str, Piece | ModelFailed | None] | None:
        """What comes next; `None`: the race's deadline."""
        due = rc.deadline(self._race)
        if not self._news.empty() or due is None:
            return await self._news.get()
        try:
            async with asyncio.timeout(max(0, due - now_ms()) / 1000):
                return await self._news.get()
        except TimeoutError:
            return None

    def _take(self, name: str, news: Piece | ModelFailed | None) -> Done | None:
        if name not in self._tasks:
            return None  # stopped meanwhile
        attempt = self.attempts[name]
        try:
            match news:
                case Piece(text=text):
                    attempt.wrote(news, now_ms())
                    if text and self._won(name) and self._taker and self._taker.take(text):
                        return Done("done", name, self._note)
                case ModelFailed():
                    raise news
                case None:
                    self._ended(name)
                    return Done("done", name, self._note)
        except Unfit as unfit:
            attempt.reject(str(unfit), now_ms())
            return self._failed(name, f"{name}: {unfit}")
        except ModelFailed as failed:
            attempt.fail(failed, now_ms())
            return self._failed(name, str(failed))
        return None

    def _ended(self, name: str) -> None:
        """A model has said all. Raises `Unfit` if that was nothing, or cannot be used."""
        if self._race.winner != name or self._taker is None:
            raise Unfit("an empty answer")
        self._taker.end()

    def _won(self, name: str) -> bool:
        """Whether this model is the one that is listened to. The first to write is."""
        if not self._race.winner:
            self._move(rc.first_token(self._race, name))
            self._taker = self._job.fresh()
        return self._race.winner == name

    def _failed(self, name: str, reason: str) -> Done | None:
        self._reasons.append(reason)
        self._end(name, "failed")
        if self._taker is not None and self._taker.committed:
            return Done("cut", name, reason)
        self._move(rc.failed(self._race, name, now_ms()))
        return None

    def _without(self, gave_up: GiveUp) -> Done:
        if self._taker is not None and self._taker.committed:
            return Done("cut", reason="it took too long")
        late = "no model began to answer in time"
        nobody = "no model of the table is up" if not self._plan.models else "all models failed"
        reasons = [*self._reasons, late if gave_up.why == "late" else nobody]
        return Done(gave_up.why, reason="; ".join(reasons))

    def _move(self, moved: tuple[Race, tuple[rc.Act, ...]]) -> None:
        self._race, acts = moved
        self._acts = (*self._acts, *acts)

    def _obey(self, acts: tuple[rc.Act, ...]) -> GiveUp | None:
        gave_up: GiveUp | None = None
        for act in acts:
            match act:
                case Start(model):
                    self._begin(model)
                case Stop(model, why):
                    self._end(model, why)
                case GiveUp():
                    gave_up = act
        return gave_up

    def _begin(self, name: str) -> None:
        row = self._table.models[name]
        note = self._note
        if self._tasks:
            note = "; ".join(
                part for part in (note, f"beside {', '.join(self._tasks)}, which was silent") if part
            )
        elif self._reasons:
            note = "; ".join(part for part in (note, "after a failure") if part)
        self.attempts[name] = Attempt(
            row, self._table.flagship, self._job.stage, self._job.ask, now_ms(), note=note
        )
        self._tasks[name] = asyncio.create_task(self._pump(name), name=f"ask {name}")

    def _end(self, name: str, outcome: str) -> None:
        self.attempts[name].finish(outcome, now_ms())
        if task := self._tasks.pop(name, None):
            task.cancel()

    async def _pump(self, name: str) -> None:
        put = self._news.put_nowait
        try:
            async with aclosing(self._chats[name].stream(self._job.ask)) as pieces:
                async for piece in pieces:
                    put((name, piece))
            put((name, None))
        except ModelFailed as failed:
            put((name, failed))
        except Exception as error:  # noqa: BLE001 -- whatever a client raises, the turn must not hang
            _log.exception("a model's client failed: this is a bug in ivr", model=name)
            put(
                (name, ModelFailed(f"the model {name} could not be asked ({type(error).__name__})", "broken"))
            )


def now_ms() -> int:
    """The clock of health and races: ms that never run back."""
    return int(asyncio.get_running_loop().time() * 1000)
