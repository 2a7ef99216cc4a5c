"""A primary that stalls: how long callers wait for the first sentence, and what asking costs beside the wait.

The real client asks a real server of this machine. Its secondary writes a first token after 250 ms and one
every 25 ms, as hosted models do; its primary opens the stream and never writes. The breaker would send
callers elsewhere after three such turns, so it is made to forget: each of the 100 turns meets the stall.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from bench.figures import Figure
from ivr.call.ports import Tab
from ivr.core.commands import Expectation, Understand, WriteAnswer
from ivr.core.passages import Passage
from ivr.core.usage import Usage
from ivr.engines.asking import ModelRoom
from ivr.engines.chat import OpenAIChat
from ivr.engines.interpreter import ModelInterpreter
from ivr.engines.writer import ModelWriter
from ivr.flow_files import load_flow_file
from ivr.rehearsal.reading import exact_model
from ivr.understanding.classifier import Guess
from ivr.understanding.models.chat import Ask, Counts, Piece
from ivr.understanding.models.health import p95_first_ms
from ivr.understanding.models.routing import LIMITS
from ivr.understanding.models.table import Model, Table
from ivr.understanding.pipeline import FlowModel
from tests.engines import model_server as srv

TURNS: Final = 100
BUDGET_MS: Final = LIMITS["answer"].first_ms
ANSWER: Final = "A visit without insurance costs ninety dollars. By video it is sixty dollars."
ORDER: Final = WriteAnswer("fees", "what does a visit cost")
CLINIC: Final = Path(__file__).resolve().parent.parent / "flows" / "clinic.yaml"
ORDER_LONG: Final = WriteAnswer("fees", "what does a visit cost", sentences=12)
_SUM_TURNS: Final = 300
_STOPS: Final = 50


class Meter:
    """Counts nothing."""

    def model_used(self, usage: Usage) -> None:
        """As the port has it."""

    def model_state(self, model: str, *, up: bool) -> None:
        """As the port has it."""


class Bank:
    """Has no end."""

    def spent_today(self) -> int:
        return 0

    def spend(self, nano: int) -> None:
        """As the port has it."""


class Library:
    """Finds the same passage at once."""

    async def passages(self, knowledge: str, question: str, limit: int = 4) -> tuple[Passage, ...]:  # noqa: ARG002 -- as the port has it
        return (Passage("A visit without insurance costs 90 dollars, by video 60 dollars.", "money.md", 0.9),)


async def _turns(*, forget: bool) -> tuple[list[float], int]:
    """First sentences in ms, and turns without one."""
    stall, good = srv.ModelServer(srv.stalls), srv.ModelServer(srv.says(ANSWER, first_s=0.25, token_s=0.025))
    rows = {}
    for name, server in (("primary", stall), ("secondary", good)):
        await server.start()
        rows[name] = Model(name, server.url, "economy", name, abilities=frozenset(("stream_usage",)))
    room = ModelRoom(Table(rows), {name: OpenAIChat(row) for name, row in rows.items()}, Meter(), Bank())
    await room.start()
    writer = ModelWriter(room, Library(), "en-US")
    waits: list[float] = []
    lost = 0
    for _ in range(TURNS):
        if forget:
            room._healths.clear()  # noqa: SLF001 -- what a bench does to meet the stall every time
        began = time.perf_counter()
        heard: list[float] = []

        def say(_sentence: str, began: float = began, heard: list[float] = heard) -> None:
            heard.append((time.perf_counter() - began) * 1000)

        await writer.write(ORDER, say, Tab())
        lost += not heard
        waits += heard[:1]
    assert p95_first_ms(room.health("secondary")) > 0
    await room.close()
    await stall.close()
    await good.close()
    return sorted(waits), lost


async def _stops() -> list[float]:
    """From the order to stop until the endpoint sees that nobody listens (ms)."""
    server = await srv.ModelServer(srv.never_stops).start()
    row = Model("a", server.url, "economy", "a")
    room = ModelRoom(Table({"a": row}), {"a": OpenAIChat(row)}, Meter(), Bank())
    writer = ModelWriter(room, Library(), "en-US")
    stops: list[float] = []
    for number in range(_STOPS):
        heard = asyncio.Event()

        def say(_sentence: str, heard: asyncio.Event = heard) -> None:
            heard.set()

        task = asyncio.create_task(writer.write(ORDER_LONG, say, Tab()))
        await heard.wait()
        began = time.perf_counter()
        task.cancel()
        await server.requests[number].closed.wait()
        stops.append((time.perf_counter() - began) * 1000)
    await room.close()
    await server.close()
    return sorted(stops)


class Instant:
    """A model that answers at once, in memory: what is left is our own work."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def stream(self, ask: Ask) -> AsyncGenerator[Piece]:  # noqa: ARG002 -- as the port has it
        for piece in (self._text[:9], self._text[9:]):
            yield Piece(piece)
        yield Piece(counts=Counts(300, 12))

    async def warm(self) -> None:
        """Is always."""

    async def close(self) -> None:
        """Holds nothing."""


class Guesser:
    """Has a flow's model and no guess."""

    def __init__(self, model: FlowModel) -> None:
        self.model = model

    async def guess(self, text: str, expectation: Expectation) -> Guess | None:  # noqa: ARG002 -- as the port has it
        return None


async def _overhead_ms() -> float:
    """CPU of one turn through prompt, plan, race, schema and validation."""
    flow, _ = load_flow_file(CLINIC)
    rows = {n: Model(n, "http://127.0.0.1:9/v1", "economy", n) for n in ("a", "b")}
    chats = {n: Instant('{"meaning": "intent:book"}') for n in rows}
    room = ModelRoom(Table(rows), chats, Meter(), Bank())
    interpreter = ModelInterpreter(room, Guesser(exact_model(flow)))
    step = Expectation("intents", intents=tuple(flow.intents), asked="How can I help you today?")
    for number in range(_SUM_TURNS + 20):
        if number == 20:
            began = time.process_time()
        order = Understand(1, f"would you be so kind as to squeeze me in on day {number}", 0.9, step)
        meaning = await interpreter.interpret(order, Tab())
        assert meaning.name == "book", meaning
    return (time.process_time() - began) / _SUM_TURNS * 1000


def run() -> list[Figure]:
    """Measure."""
    waits, lost = asyncio.run(_turns(forget=True))
    usual, lost_too = asyncio.run(_turns(forget=False))
    stops = asyncio.run(_stops())
    in_time = sum(wait <= BUDGET_MS * 1.1 for wait in waits)
    print(
        f"load average {os.getloadavg()[0]:.1f}; slowest first sentences {[round(w) for w in waits[-3:]]} ms"
    )
    return [
        Figure(
            f"primary stalls every time: first sentence within {BUDGET_MS} ms + 10 %, of {TURNS} turns",
            in_time,
            goal=99,
            at_least=True,
            digits=0,
        ),
        Figure("turns lost", lost + lost_too, goal=0, digits=0),
        Figure("first sentence by the hedge, median", waits[len(waits) // 2], "ms", digits=0),
        Figure("the same, slowest", waits[-1], "ms", digits=0),
        Figure("with the breaker at work, median", usual[len(usual) // 2], "ms", digits=0),
        Figure(
            "interrupted: until the endpoint's stream is closed, slowest of 50",
            stops[-1],
            "ms",
            50.0,
            digits=1,
        ),
        Figure("router, prompt and validation of a turn, CPU", asyncio.run(_overhead_ms()), "ms", 5.0),
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure.what, figure.shown, figure.mark)
