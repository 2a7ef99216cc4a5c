"""A real language model behind a real server: llama.cpp with a model too small to be clever.

What it says is not judged, only that our client, prompts and limits get along with a server that nobody here
wrote. No limit of time is set where it thinks, since how fast a machine is must decide no test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from ivr.core.commands import Expectation, WriteAnswer
from ivr.core.passages import Passage
from ivr.engines.chat import OpenAIChat
from ivr.engines.model_check import check_models
from ivr.engines.models import models_dir, open_model
from ivr.understanding.models import extraction, grounding
from ivr.understanding.models.chat import Ask, Counts, Message
from ivr.understanding.models.grounding import Sentences
from ivr.understanding.models.table import Model, Table
from tests.understanding.front_desk import FLOW, INTENTS, trained

pytestmark = [pytest.mark.llm, pytest.mark.timeout(300)]

DESK = trained(FLOW)
STEP = Expectation("intents", intents=tuple(INTENTS), asked="How can I help you?")
ABLE = frozenset(("json_schema", "stream_usage"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    model = open_model("gemma3-270m", models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "language")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("llama_server.py")), str(model.only(".gguf"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address, "the server did not start"
    yield f"{address}/v1"
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def row(url: str) -> Model:
    return Model("gemma", url, "economy", "gemma", abilities=ABLE)


async def written(url: str, ask: Ask) -> tuple[str, Counts | None]:
    chat = OpenAIChat(row(url))
    text, counts = "", None
    async with aclosing(chat.stream(ask)) as pieces:
        async for piece in pieces:
            text += piece.text
            counts = piece.counts or counts
    await chat.close()
    return text, counts


async def test_it_streams_and_counts(url: str) -> None:
    text, counts = await written(url, Ask((Message("user", "Once upon a time"),), 24))
    assert text.strip()
    assert counts is not None
    assert counts.tokens_in > 3
    assert 0 < counts.tokens_out <= 24


@pytest.mark.parametrize(
    "words", ["I want to see a doctor", "is there somewhere to leave my car", "la la la"]
)
async def test_its_choice_is_among_what_the_step_allows_or_nothing(url: str, words: str) -> None:
    text, _ = await written(url, extraction.ask(FLOW, STEP, words))
    meaning = extraction.read(text, DESK, STEP, words)
    assert meaning is not None, f"it was given a schema and wrote {text!r}"
    assert meaning.kind == "nothing" or meaning.name in {*INTENTS, *FLOW.answers, *FLOW.universals}


async def test_its_sentences_have_ground_or_are_left_out(url: str) -> None:
    passages = (Passage("A visit costs 90 dollars, by video 60 dollars.", "fees.md", 0.9),)
    order = WriteAnswer("fees", "what does a visit cost", sentences=2)
    text, _ = await written(url, grounding.ask(order, passages, "en-US"))
    cut = Sentences.of(order, passages, "en-US")
    spoken = [*cut.feed(text), *cut.feed("", last=True)]
    assert len(spoken) <= 2
    assert all(grounding.grounded(sentence, cut.known) for sentence in spoken)


async def test_a_stream_that_is_closed_leaves_the_server_free(url: str) -> None:
    chat = OpenAIChat(row(url))
    async with aclosing(
        chat.stream(Ask((Message("user", "Count to a thousand: one, two,"),), 1500))
    ) as pieces:
        await anext(pieces)
    # It has one slot: were it still writing 1,500 tokens, this would wait for minutes.
    text, _ = await written(url, Ask((Message("user", "Once upon a time"),), 4))
    assert text
    await chat.close()


async def test_the_check_finds_out_what_it_does(url: str) -> None:
    (found,) = await check_models(Table({"gemma": row(url)}), {})
    assert found.error == ""
    assert found.first_ms >= 0
    assert found.stream_usage
    assert "write its prices: until then what it costs is unknown" in found.advice
