"""Models over the real client against real servers of ours, for tests of what asks them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ivr.core.commands import Expectation
from ivr.core.passages import Passage
from ivr.core.usage import Tier, Usage
from ivr.engines.asking import Budgets, ModelRoom
from ivr.engines.chat import OpenAIChat
from ivr.understanding.classifier import Guess
from ivr.understanding.models.prices import Prices
from ivr.understanding.models.table import Model, Table
from ivr.understanding.pipeline import FlowModel
from tests.engines.model_server import ModelServer, Reply

CHEAP = Prices(0.27, 1.10, None, "2026-11-01")
DEAR = Prices(2.50, 10.00, None, "2026-11-01")


NO_BUDGETS = Budgets()


class FakeMeter:
    """Keeps what was used, and which models are up."""

    def __init__(self) -> None:
        self.used: list[Usage] = []
        self.up: dict[str, bool] = {}

    def model_used(self, usage: Usage) -> None:
        self.used.append(usage)

    def model_state(self, model: str, *, up: bool) -> None:
        self.up[model] = up


class FakeBank:
    """What was spent today."""

    def __init__(self, spent: int = 0) -> None:
        self.spent = spent

    def spent_today(self) -> int:
        return self.spent

    def spend(self, nano: int) -> None:
        self.spent += nano


class FakeLibrary:
    """Finds the same passages whatever is asked; an exception is raised."""

    def __init__(self, *found: Passage | Exception) -> None:
        self.found = found
        self.asked: list[tuple[str, str]] = []

    async def passages(self, knowledge: str, question: str, limit: int = 4) -> tuple[Passage, ...]:
        self.asked.append((knowledge, question))
        passages: list[Passage] = []
        for found in self.found:
            if isinstance(found, Exception):
                raise found
            passages.append(found)
        return tuple(passages)


class FakeGuesser:
    """Has a flow's model and one guess."""

    def __init__(self, model: FlowModel, guess: Guess | Exception | None = None) -> None:
        self.model = model
        self.guessed = guess

    async def guess(self, text: str, expectation: Expectation) -> Guess | None:
        if isinstance(self.guessed, Exception):
            raise self.guessed
        return self.guessed


class Rig:
    """Servers by the names of their models, and the room that asks them."""

    def __init__(
        self, servers: dict[str, ModelServer], room: ModelRoom, meter: FakeMeter, bank: FakeBank
    ) -> None:
        self.servers = servers
        self.room = room
        self.meter = meter
        self.bank = bank

    def asked(self, model: str) -> int:
        return len(self.servers[model].requests)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(usage.model, usage.outcome) for usage in self.meter.used]


@asynccontextmanager
async def models(
    replies: Sequence[tuple[str, Tier, Reply]],
    budgets: Budgets = NO_BUDGETS,
    *,
    abilities: frozenset[str] = frozenset(("stream_usage", "json_schema")),
    spent_today: int = 0,
) -> AsyncIterator[Rig]:
    """A room of models, each with a server of its own."""
    servers = {name: await ModelServer(reply).start() for name, _, reply in replies}
    rows = {
        name: Model(
            name,
            servers[name].url,
            tier,
            name,
            prices=DEAR if tier == "flagship" else CHEAP,
            abilities=abilities,
        )
        for name, tier, _ in replies
    }
    meter, bank = FakeMeter(), FakeBank(spent_today)
    chats = {name: OpenAIChat(row) for name, row in rows.items()}
    room = ModelRoom(Table(rows), chats, meter, bank, budgets)
    try:
        yield Rig(servers, room, meter, bank)
    finally:
        await room.close()
        for server in servers.values():
            await server.close()
