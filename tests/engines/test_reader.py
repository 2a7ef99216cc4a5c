"""The reader around its model: threads, deadlines, failures; and its accuracy on real embeddings."""

import asyncio
import dataclasses
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np
import pytest

from ivr.call.ports import Reader
from ivr.core.commands import Expectation
from ivr.core.errors import EngineError
from ivr.core.events import Meaning
from ivr.core.flow.model import Answer, Flow, Intent, Slot, Universal
from ivr.engines.embedder import Embedder
from ivr.engines.models import models_dir, open_model
from ivr.engines.reader import FlowReader, Readers
from ivr.understanding.classifier import Embeddings, Vectors

FLOW = Flow(
    name="clinic",
    entry="main",
    flows={},
    intents={
        "book": Intent("book", ("book an appointment", "I want to see a doctor", "can I schedule a visit")),
        "cancel": Intent(
            "cancel", ("cancel my appointment", "I can't make it tomorrow", "call off my visit")
        ),
        "refill": Intent("refill", ("refill my prescription", "I need more medicine", "renew my tablets")),
    },
    answers={
        "hours": Answer(
            "hours", ("what are your opening hours", "when do you close", "are you open on Sunday"), "x"
        ),
        "parking": Answer("parking", ("where can I park", "is there a car park", "do you have parking"), "x"),
    },
    slots={
        "day": Slot("day", "choice", choices={"monday": (), "tuesday": ()}),
        "code": Slot("code", "digits"),
    },
    universals={"agent": Universal("agent", "flow", "person")},
    digest="d1",
)
LISTEN = Expectation("intents", intents=("book", "cancel", "refill"))


class Letters:
    """Implements `Embeddings` by counting letters; counts its own calls."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        self.threads.add(threading.get_ident())
        counts = [[text.count(chr(c)) + 0.01 for c in range(97, 123)] for text in texts]
        vectors = np.array(counts, dtype=np.float32).reshape(len(texts), 26)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class Broken(Letters):
    """Learns, then fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.later = error

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.error:
            raise self.error
        self.error = self.later
        return super().embed(texts)


class Hanging(Letters):
    """Learns, then answers only when let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.asked:
            self.let_go.wait(30)
        return super().embed(texts)


@pytest.fixture
async def shelf() -> AsyncIterator[Callable[..., Readers]]:
    made: list[Readers] = []

    def make(embeddings: Embeddings, deadline_s: float = 5.0) -> Readers:
        made.append(Readers(embeddings, deadline_s))
        return made[-1]

    yield make
    for readers in made:
        readers.close()


Shelf = Callable[..., Readers]


async def test_it_is_a_reader(shelf: Shelf) -> None:
    reader: Reader = await shelf(Letters()).for_flow(FLOW)
    assert await reader.understand("Operator, please", LISTEN) == Meaning(
        "universal", name="agent", decided_by="universal"
    )


async def test_embeddings_are_made_in_another_thread_and_only_when_needed(shelf: Shelf) -> None:
    letters = Letters()
    reader = await shelf(letters).for_flow(FLOW)
    letters.asked.clear()
    await reader.understand("Tuesday", Expectation("choice", slot="day"))
    await reader.understand("can I talk to a person", LISTEN)
    assert letters.asked == []
    meaning = await reader.understand("Please cancel my appointment!", LISTEN)
    assert letters.asked == ["please cancel my appointment"]
    assert (meaning.kind, meaning.name) == ("intent", "cancel")
    assert threading.get_ident() not in letters.threads


async def test_a_flow_is_learnt_once(shelf: Shelf) -> None:
    letters = Letters()
    readers = shelf(letters)
    first = await readers.for_flow(FLOW)
    asked = len(letters.asked)
    assert await readers.for_flow(FLOW) is first
    assert len(letters.asked) == asked
    changed = await readers.for_flow(dataclasses.replace(FLOW, digest="d2"))
    assert changed is not first
    assert len(letters.asked) == 2 * asked


async def test_a_flow_without_a_digest_is_never_taken_for_another(shelf: Shelf) -> None:
    readers = shelf(Letters())
    nameless = dataclasses.replace(FLOW, digest="")
    other = dataclasses.replace(nameless, intents={}, answers={})
    first, second = await readers.for_flow(nameless), await readers.for_flow(other)
    assert first.model.classifier is not None
    assert second.model.classifier is None


async def test_old_flows_are_forgotten(shelf: Shelf) -> None:
    readers = shelf(Letters())
    first = await readers.for_flow(FLOW)
    for i in range(10):
        await readers.for_flow(dataclasses.replace(FLOW, digest=f"other-{i}"))
    assert await readers.for_flow(FLOW) is not first


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), EngineError("gone")])
async def test_a_failing_embedder_is_an_engine_error(shelf: Shelf, error: Exception) -> None:
    reader = await shelf(Broken(error)).for_flow(FLOW)
    with pytest.raises(EngineError, match=r"out of memory|gone"):
        await reader.understand("something else entirely", LISTEN)


async def test_what_the_rules_found_survives_a_failing_embedder(shelf: Shelf) -> None:
    reader = await shelf(Broken(RuntimeError("out of memory"))).for_flow(FLOW)
    meaning = await reader.understand("could it be Tuesday afternoon?", Expectation("choice", slot="day"))
    assert meaning.value == "tuesday"


async def test_a_hanging_embedder_is_an_engine_error_in_time(shelf: Shelf) -> None:
    hanging = Hanging()
    reader = await shelf(hanging, 0.05).for_flow(FLOW)
    try:
        with pytest.raises(EngineError, match=r"within 0\.05 s"):
            await reader.understand("something else entirely", LISTEN)
    finally:
        hanging.let_go.set()


async def test_a_flow_that_cannot_be_learnt_says_so(shelf: Shelf) -> None:
    broken = Broken(RuntimeError("out of memory"))
    broken.error = broken.later
    with pytest.raises(EngineError, match="15 sentence"):
        await shelf(broken).for_flow(FLOW)


async def test_many_callers_at_once(shelf: Shelf) -> None:
    reader = await shelf(Letters()).for_flow(FLOW)
    said = ["cancel my appointment now", "Operator", "is there a car park here", ""] * 10
    meanings = await asyncio.gather(*(reader.understand(text, LISTEN) for text in said))
    assert [m.name for m in meanings] == ["cancel", "agent", "parking", ""] * 10


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    model = open_model("minilm", models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "embedder")
    return Embedder(model["minilm-int8.onnx"], model["tokenizer.json"])


HEARD = """
I'd like to come in and see somebody about my back = book
um could I get in to see Doctor Smith on Friday = book
I need to make an appointment for my daughter = book
sorry I won't be able to come on Thursday = cancel
please cancel it, I'm away that day = cancel
I've run out of my pills = refill
could you renew my blood pressure medication = refill
when do you shut = hours
are you open this weekend = hours
is there somewhere to leave my car = parking
"""
STRANGE = [
    "what is the capital of France",
    "tell me a joke about penguins",
    "how do I bake sourdough bread",
    "my computer keeps crashing when I play games",
    "who won the football last night",
]


@pytest.mark.engines
async def test_real_embeddings_recognise_what_callers_say(embedder: Embedder, shelf: Shelf) -> None:
    reader: FlowReader = await shelf(embedder).for_flow(FLOW)
    said = dict(line.split(" = ") for line in HEARD.strip().splitlines())
    heard = {text: (await reader.understand(text, LISTEN)).name for text in said}
    assert sum(heard[text] == name for text, name in said.items()) >= 9, heard
    strange = {text: await reader.understand(text, LISTEN) for text in STRANGE}
    assert all(meaning.kind == "nothing" for meaning in strange.values()), strange


@pytest.mark.engines
async def test_real_embeddings_hear_a_digression(embedder: Embedder, shelf: Shelf) -> None:
    reader = await shelf(embedder).for_flow(FLOW)
    meaning = await reader.understand(
        "hang on, what are your opening hours?", Expectation("digits", slot="code")
    )
    assert (meaning.kind, meaning.name) == ("answer", "hours")
