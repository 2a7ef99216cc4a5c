"""What a day of 1,000 simulated calls costs in language models, by the price table of five models.

The calls go through the real router, prompts, breaker and ledger; the models are in memory and write
answers of usual lengths, and every hundredth request to a primary fails, so that the next one is paid, too.
Prompts are those of flows/clinic.yaml and bench/knowledge; tokens are estimated from their bytes.

The mix of turns, assumed and not measured on anybody's line: see `MIX`. A call has three to nine of them.
A turn that a model answers is understood here first; where every turn goes to a model, that is a request of
its own.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.figures import Figure
from bench.model_failover import CLINIC, Guesser
from ivr.call.ports import Tab
from ivr.core.commands import Expectation, Understand, WriteAnswer
from ivr.core.passages import Passage
from ivr.core.usage import Usage
from ivr.engines.asking import ModelRoom
from ivr.engines.interpreter import ModelInterpreter
from ivr.engines.writer import ModelWriter
from ivr.flow_files import load_flow_file
from ivr.rehearsal.reading import exact_model
from ivr.understanding.markdown import pieces
from ivr.understanding.models import extraction, grounding
from ivr.understanding.models.chat import Ask, Counts, ModelFailed, Piece
from ivr.understanding.models.prices import NANO, Prices, cost, estimated_tokens
from ivr.understanding.models.table import Model, Table

CALLS: Final = 1000
SEED: Final = 20_261_125
FAILS: Final = 0.01

MIX: Final = {
    "keys, yes/no, digits, dates (grammars)": 0.34,
    "canonical answers and intents understood here": 0.38,
    "meaning by a model": 0.13,
    "short answer by a model": 0.10,
    "long answer by a model": 0.05,
}
"""Shares of the callers' turns."""

TABLE: Final = Table(
    {
        name: Model(name, "http://127.0.0.1:9/v1", tier, name, prices=Prices(p_in, p_out, None, "2026-11-01"))  # type: ignore[arg-type]
        for name, tier, p_in, p_out in (
            ("deepseek-v4-flash", "economy", 0.27, 1.10),
            ("glm-4-plus", "economy", 0.20, 0.80),
            ("qwen3-32b", "economy", 0.30, 1.20),
            ("gpt-4o", "flagship", 2.50, 10.00),
            ("deepseek-v4-pro", "flagship", 0.55, 2.20),
        )
    }
)
UTTERANCES: Final = (
    "I was wondering whether somebody could maybe have a look at my knee some time",
    "it is about the letter that you sent me last week",
    "my daughter has had a temperature since yesterday and we don't know what to do",
    "can you tell me if it is ready yet",
)
SHORT: Final = "A visit costs ninety dollars without insurance. By video it is sixty dollars."
LONG: Final = (
    "We take most plans, and with others you pay us first. You then ask your insurer for the money back, and "
    "we give you the form. Your own part is due at the visit. A visit that nobody cancels in time has a fee."
)


@dataclass
class Ledger:
    """A bank and meter that keep what was used."""

    used: list[Usage]

    def spent_today(self) -> int:
        return 0

    def spend(self, nano: int) -> None:
        """The sum is made from the requests."""

    def model_used(self, usage: Usage) -> None:
        self.used.append(usage)

    def model_state(self, model: str, *, up: bool) -> None:
        """Is not asked for."""


class Writes:
    """A model in memory: writes what the turn needs, and fails now and then."""

    def __init__(self, dice: random.Random, fails: float) -> None:
        self._dice = dice
        self._fails = fails
        self.text = ""

    async def stream(self, ask: Ask) -> AsyncGenerator[Piece]:
        if self._dice.random() < self._fails:
            raise ModelFailed("it broke off", "broken")
        text = '{"meaning": "intent:book"}' if ask.schema else self.text
        yield Piece(text)
        yield Piece(counts=Counts(ask.estimated_tokens, estimated_tokens([text])))

    async def warm(self) -> None:
        """Is always."""

    async def close(self) -> None:
        """Holds nothing."""


class Library:
    """As many passages as the question needs."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._all = passages
        self.many = 1

    async def passages(self, knowledge: str, question: str, limit: int = 4) -> tuple[Passage, ...]:  # noqa: ARG002 -- as the port has it
        return self._all[: self.many]


async def _day() -> tuple[list[Usage], list[tuple[int, int]], int]:
    """The requests, tokens (in, out) of each turn if a model had to do it alone, and the number of turns."""
    dice = random.Random(SEED)
    flow, _ = load_flow_file(CLINIC)
    ledger = Ledger([])
    chats = {n: Writes(dice, FAILS if n in ("deepseek-v4-flash", "gpt-4o") else 0.0) for n in TABLE.models}
    room = ModelRoom(TABLE, chats, ledger, ledger)
    texts = [
        piece.text
        for path in sorted(Path(__file__).parent.glob("knowledge/*.md"))
        for piece in pieces(path.read_text())
    ]
    library = Library(tuple(Passage(text, "clinic.md") for text in texts[:4]))
    interpreter = ModelInterpreter(room, Guesser(exact_model(flow)))
    writer = ModelWriter(room, library, flow.language)
    step = Expectation("intents", intents=tuple(flow.intents), asked="How can I help you today?")
    alone: list[tuple[int, int]] = []
    turns = 0
    for _ in range(CALLS):
        for _ in range(dice.randint(3, 9)):
            turns += 1
            kind = dice.choices(range(len(MIX)), tuple(MIX.values()))[0]
            words = dice.choice(UTTERANCES)
            asked = extraction.ask(flow, step, words)
            alone.append((asked.estimated_tokens, 7))
            order = Understand(1, words, 0.9, step)
            if kind < 2:
                if spared := interpreter.spared(order):
                    ledger.model_used(spared)
            elif kind == 2:
                await interpreter.interpret(order, Tab())
            else:
                library.many, text = (1, SHORT) if kind == 3 else (4, LONG)
                for chat in chats.values():
                    chat.text = text
                question = WriteAnswer("clinic", words if kind == 4 else "what does a visit cost")
                await writer.write(question, lambda _sentence: None, Tab())
                passages = await library.passages("clinic", words)
                prompt = grounding.ask(question, passages, flow.language).estimated_tokens
                alone.append((prompt, estimated_tokens([text])))
    return ledger.used, alone, turns


def run() -> list[Figure]:
    """Add up."""
    used, alone, turns = asyncio.run(_day())
    for kind, share in MIX.items():
        print(f"{share:5.0%}  {kind}")
    ours = sum(usage.nano or 0 for usage in used)
    flagship = sum(cost(TABLE.models["gpt-4o"].prices, i, 0, o) or 0 for i, o in alone)
    economy = sum(cost(TABLE.models["deepseek-v4-flash"].prices, i, 0, o) or 0 for i, o in alone)
    asked = [usage for usage in used if usage.outcome != "spared"]
    by_rules = sum(usage.flagship_nano or 0 for usage in used if usage.outcome == "spared")
    print(f"{turns} turns, {len(asked)} requests to models, {len(used) - len(asked)} turns spared")
    return [
        Figure("turns that needed no model", 100 * (len(used) - len(asked)) / turns, "%", digits=0),
        Figure("everything on, 1,000 calls", ours / NANO, "dollars", digits=3),
        Figure("cents a call: everything on", ours / NANO / CALLS * 100, "cents", digits=4),
        Figure("cents a call: every turn to GPT-4o", flagship / NANO / CALLS * 100, "cents", digits=4),
        Figure(
            "cents a call: every turn to DeepSeek V4 Flash", economy / NANO / CALLS * 100, "cents", digits=4
        ),
        Figure("everything on against every turn to GPT-4o", 100 * ours / flagship, "%", digits=1),
        Figure("everything on against every turn to the economy model", 100 * ours / economy, "%", digits=1),
        Figure(
            "of what was saved, by turns that needed no model",
            100 * by_rules / (flagship - ours),
            "%",
            digits=0,
        ),
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure.what, figure.shown, figure.mark)
