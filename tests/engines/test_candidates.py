"""A model as a candidate: the real client against a real server is tested with the client itself."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from ivr.core.commands import Expectation
from ivr.engines.candidates import ModelCandidate
from ivr.engines.reader import train_flow
from ivr.review.evaluation import NOTHING
from ivr.understanding.models.chat import Ask, Counts, ModelFailed, Piece
from ivr.understanding.models.prices import Prices
from tests.understanding.front_desk import FLOW, INTENTS, BagOfWords

MODEL = train_flow(FLOW, BagOfWords())
LISTEN = Expectation("intents", intents=tuple(INTENTS))
PRICES = Prices(1.0, 2.0)


class Scripted:
    """A `ChatModel` that writes what it was given, or fails with it."""

    def __init__(self, *pieces: Piece | Exception | float) -> None:
        self.pieces = pieces
        self.asks: list[Ask] = []

    async def stream(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.asks.append(ask)
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, float):
                await asyncio.sleep(piece)
            else:
                yield piece


def candidate(chat: Scripted, prompt: str = "", timeout_s: float = 5.0) -> ModelCandidate:
    return ModelCandidate("m", chat, PRICES, prompt, timeout_s)


async def test_a_choice_with_its_cost() -> None:
    chat = Scripted(Piece('{"meaning": '), Piece('"intent:book"}'), Piece(counts=Counts(100, 10)))
    chosen = next(iter(_choices(chat.asks, chat)))
    chat = Scripted(Piece(chosen), Piece(counts=Counts(100, 10)))
    verdict = await candidate(chat).judge(MODEL, "see the doctor", LISTEN)
    assert (verdict.label, verdict.nano, verdict.failed) == ("book", 120_000, "")


def _choices(_asks: list[Ask], _chat: Scripted) -> list[str]:
    """The answer that the schema of a real request allows for `book`."""
    from ivr.understanding.models import extraction  # noqa: PLC0415 - beside its only use

    schema = extraction.schema(extraction.options(FLOW, LISTEN))
    key, rule = next(iter(schema["properties"].items()))
    name = next(option for option in rule["enum"] if "book" in option)
    return [f'{{"{key}": "{name}"}}']


@pytest.mark.parametrize(
    "written", ["I think they want an appointment.", "{}", '{"meaning": "intent:transfer_money"}', ""]
)
async def test_what_is_no_choice_is_a_failure(written: str) -> None:
    verdict = await candidate(Scripted(Piece(written))).judge(MODEL, "see the doctor", LISTEN)
    assert verdict.label == NOTHING
    assert "not among" in verdict.failed
    assert verdict.nano is not None  # estimated


async def test_a_model_that_fails_or_hangs_is_told() -> None:
    broken = candidate(Scripted(ModelFailed("no such model", "model")))
    assert (await broken.judge(MODEL, "x y z", LISTEN)).failed == "no such model"
    hanging = candidate(Scripted(30.0), timeout_s=0.02)
    assert "within 0.02 s" in (await hanging.judge(MODEL, "x y z", LISTEN)).failed


async def test_a_prompt_is_added_to_what_the_model_is_told() -> None:
    chat = Scripted(Piece("{}"))
    await candidate(chat, "Callers here say tablets for pills.").judge(MODEL, "x y z", LISTEN)
    assert chat.asks[0].messages[0].text.endswith("\nCallers here say tablets for pills.")
