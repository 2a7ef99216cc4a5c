"""The models of a table, ready to be asked: connections kept warm, their health, and what they cost.

What is decided (who is asked, when another one is started, who has won, what may be spent) is decided by
the pure parts in `ivr.understanding.models`; here are sockets, tasks and the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from ivr.call.meters import ModelMeter
from ivr.call.ports import Tab
from ivr.core.usage import Tier, Usage
from ivr.engines.attempts import Attempt
from ivr.engines.heat import Done, Heat, Job, now_ms
from ivr.understanding.models import health as hlt
from ivr.understanding.models.chat import Ask, ChatModel, Message, ModelFailed
from ivr.understanding.models.health import Health, Outcome
from ivr.understanding.models.routing import Purse, allowed, plan
from ivr.understanding.models.table import Table

WARM_EVERY_S: Final = 90.0
"""Connections are kept for two minutes without use; this keeps those of the first models open."""
WARM_MODELS: Final = 2
"""Models of each tier whose connections are kept open."""
PROBE_S: Final = 5.0
_PROBE: Final = Ask((Message("user", "Say yes."),), 4)

_log = structlog.get_logger()


class Warm(ChatModel, Protocol):
    """A model whose connection can be opened ahead."""

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


class Bank(Protocol):
    """What was spent today (UTC), in billionths of a dollar."""

    def spent_today(self) -> int: ...

    def spend(self, nano: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits in billionths of a dollar; `None`: none."""

    call: int | None = None
    day: int | None = None


class ModelRoom:
    """Asks the models of a table. `chats`: each by its name; `now`: ms that never run back."""

    def __init__(
        self,
        table: Table,
        chats: Mapping[str, Warm],
        meter: ModelMeter,
        bank: Bank,
        budgets: Budgets = Budgets(),
    ) -> None:
        self.table = table
        self.budgets = budgets
        self.chats = chats
        self._meter = meter
        self._bank = bank
        self._healths: dict[str, Health] = {}
        self._probes: set[asyncio.Task[None]] = set()
        self._warmer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the connections of the first models of each tier, and keep them open."""
        await self._warm()
        self._warmer = asyncio.create_task(self._keep_warm(), name="warm models")

    async def close(self) -> None:
        """Leave no task and no connection."""
        tasks = [*self._probes, *([self._warmer] if self._warmer else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for chat in self.chats.values():
            await chat.close()

    def health(self, model: str) -> Health:
        """How a model does."""
        return self._healths.get(model, Health())

    def states(self) -> dict[str, hlt.State]:
        """Where each model's breaker stands: `closed` is well, `open` is left alone for a while."""
        now = now_ms()
        return {name: hlt.state(self.health(name), now) for name in self.table.models}

    async def ask(self, job: Job, tab: Tab) -> Done:
        """Have a request answered. Cancelling it closes the streams; the tab tells what was used so far."""
        purse = Purse(job.spent, self.budgets.call, self._bank.spent_today(), self.budgets.day)
        choice = allowed(job.tier, purse)
        if choice.tier is None:
            return Done("budget", reason=choice.note)
        chosen = plan(self.table, self._healths, job.stage, choice.tier, purse, now_ms())
        for name in chosen.probes:
            self._probe(name)
        heat = Heat(self.table, self.chats, job, chosen, choice.note)
        tab.used = heat.used
        try:
            return await heat.run()
        finally:
            heat.stop()
            self._settle(heat)

    def _settle(self, heat: Heat) -> None:
        """Note how each model did, and what it cost."""
        for attempt in heat.attempts.values():
            verdict = attempt.verdict()
            if verdict is not None:
                outcome = Outcome(now_ms(), verdict, attempt.waited_ms(now_ms()))
                self._note(attempt.model.name, outcome, attempt.trouble)
        self._pay(heat.used())

    def _note(self, model: str, outcome: Outcome, trouble: str) -> None:
        before = self.health(model)
        self._healths[model] = after = hlt.noted(before, outcome)
        self._tell(model, before, after, trouble)

    def _tell(self, model: str, before: Health, after: Health, trouble: str) -> None:
        now = now_ms()
        was, state = hlt.state(before, now), hlt.state(after, now)
        self._meter.model_state(model, up=state == "closed")
        if was != state:
            rate, p95 = round(hlt.error_rate(after), 2), hlt.p95_first_ms(after)
            known = {"was": was, "state": state, "error_rate": rate, "p95_first_ms": p95}
            _log.warning("model breaker", model=model, **known, **({"why": trouble} if trouble else {}))

    def _pay(self, used: tuple[Usage, ...]) -> None:
        for usage in used:
            self._meter.model_used(usage)
            self._bank.spend(usage.nano or 0)

    # Trials and warmth

    def _probe(self, model: str) -> None:
        """Try a model whose rest is over, beside the calls, so that no caller waits for it."""
        self._healths[model] = hlt.probing(self.health(model), now_ms())
        task = asyncio.create_task(self._try(model), name=f"trial of {model}")
        self._probes.add(task)
        task.add_done_callback(self._probes.discard)

    async def _try(self, model: str) -> None:
        attempt = Attempt(
            self.table.models[model], self.table.flagship, "other", _PROBE, now_ms(), note="trial"
        )
        try:
            async with asyncio.timeout(PROBE_S), aclosing(self.chats[model].stream(_PROBE)) as pieces:
                async for piece in pieces:
                    attempt.wrote(piece, now_ms())
            attempt.finish("used", now_ms())
        except TimeoutError:
            attempt.finish("late", now_ms())
        except ModelFailed as failed:
            attempt.fail(failed, now_ms())
        before = self.health(model)
        verdict = attempt.verdict() or "slow"
        after = hlt.probed(before, Outcome(now_ms(), verdict, attempt.waited_ms(now_ms())))
        self._healths[model] = after
        self._tell(model, before, after, attempt.trouble)
        self._pay((attempt.usage(now_ms()),))

    async def _warm(self) -> None:
        tiers: tuple[Tier, ...] = ("economy", "flagship")
        names = [name for tier in tiers for name in self.table.tier(tier)[:WARM_MODELS]]
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self.chats[name].warm())

    async def _keep_warm(self) -> None:
        while True:
            await asyncio.sleep(WARM_EVERY_S)
            await self._warm()
