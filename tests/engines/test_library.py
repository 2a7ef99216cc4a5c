"""A flow's knowledge for live calls: embedded once, searched in a thread, kept on disk."""

import dataclasses
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from ivr.call.ports import Library
from ivr.core.errors import EngineError
from ivr.core.flow.model import Knowledge
from ivr.engines.library import FlowLibrary, build_shelves
from ivr.engines.reader import Readers
from ivr.understanding.classifier import Vectors
from tests.understanding.front_desk import FLOW, BagOfWords

FEES = "# Fees\nA visit costs ninety dollars.\n# Late fees\nAfter thirty days a bill costs five dollars more."
TEXTS = {"fees.md": FEES, "parking.md": "Visitors park behind the house."}
ASKING = dataclasses.replace(
    FLOW,
    knowledge={
        "fees": Knowledge("fees", ("fees.md",)),
        "all": Knowledge("all", ("fees.md", "parking.md")),
    },
)


class Hanging(BagOfWords):
    def __init__(self) -> None:
        self.hang = Event()
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        if len(texts) == 1 and "hang" in texts[0]:
            self.hang.wait(30)
        return super().embed(texts)


@pytest.fixture
async def readers(tmp_path: Path) -> AsyncIterator[Readers]:
    made = Readers(BagOfWords(), 5.0, vectors=tmp_path / "vectors.npz")
    yield made
    made.close()


async def test_passages_come_from_the_knowledge_that_is_named(readers: Readers) -> None:
    library: Library = await readers.library_for(ASKING, TEXTS)
    (first, *_) = await library.passages("fees", "what does a visit cost")
    assert first.source == "fees.md#Fees"
    assert first.text == "Fees. A visit costs ninety dollars."
    assert await library.passages("fees", "where do visitors park") == ()
    assert (await library.passages("all", "where do visitors park"))[0].source == "parking.md"


async def test_no_question_and_no_such_knowledge_find_nothing(readers: Readers) -> None:
    library = await readers.library_for(ASKING, TEXTS)
    assert await library.passages("fees", "  ") == ()
    assert await library.passages("nowhere", "what does a visit cost") == ()


async def test_what_was_embedded_is_kept(tmp_path: Path) -> None:
    first, second = Hanging(), Hanging()
    for embeddings in (first, second):
        readers = Readers(embeddings, 5.0, vectors=tmp_path / "vectors.npz")
        await readers.library_for(ASKING, TEXTS)
        readers.close()
    assert first.embedded > 0
    assert second.embedded == 0


async def test_a_hanging_embedder_is_an_engine_error_in_time() -> None:
    hanging = Hanging()
    threads = ThreadPoolExecutor(1)
    library = FlowLibrary(build_shelves(ASKING, TEXTS, hanging), hanging, threads, 0.05)
    try:
        with pytest.raises(EngineError, match=r"within 0\.05 s"):
            await library.passages("fees", "hang on a moment")
    finally:
        hanging.hang.set()
        threads.shutdown()
