"""Words to meaning for a live call: the flow's model, and the embedder in a thread of its own.

What the rules settle costs well under a millisecond and is decided at once. An embedding takes about
2 ms of a processor, but longer for a long sentence on a busy machine, so it runs in a thread: the
event loop waits for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from ivr.core.commands import Expectation
from ivr.core.errors import EngineError
from ivr.core.events import Meaning
from ivr.core.flow.model import Flow
from ivr.engines.embedding import embed_all
from ivr.engines.kept_classifiers import KeptClassifiers
from ivr.engines.kept_vectors import KeptEmbeddings
from ivr.engines.library import FlowLibrary, build_shelves
from ivr.understanding.classifier import Embeddings, Guess, Vectors
from ivr.understanding.examples import examples_of, flow_model
from ivr.understanding.pipeline import FlowModel, best_guess, by_classifier, by_rules, in_all_languages
from ivr.understanding.retrieval import Shelf

_DEADLINE_S: Final = 1.0
_KEPT_FLOWS: Final = 8


class FlowReader:
    """Implements the port `Reader` for one flow.

    model       the flow's model (`ivr.understanding.training.train`)
    embeddings  the embedder that the model was trained with
    threads     where embeddings are computed
    deadline_s  how long an embedding may take (s)
    """

    def __init__(
        self,
        model: FlowModel,
        embeddings: Embeddings,
        threads: ThreadPoolExecutor,
        deadline_s: float = _DEADLINE_S,
    ) -> None:
        self.model = model
        self._embeddings = embeddings
        self._threads = threads
        self._deadline_s = deadline_s

    async def understand(self, text: str, expectation: Expectation) -> Meaning:
        """What `text` means. Raises `EngineError` when the embedder fails and the rules found nothing."""
        reading = by_rules(self.model, text, expectation)
        if reading.settled:
            return reading.meaning
        try:
            vector = await self._embed(text)
        except EngineError:
            if reading.meaning.kind == "nothing":
                raise
            return reading.meaning
        return by_classifier(self.model, text, expectation, vector, reading.meaning)

    async def guess(self, text: str, expectation: Expectation) -> Guess | None:
        """The likeliest meaning that the step allows, however unlikely it is. Raises `EngineError`."""
        if self.model.hearing(expectation).classifier is None:
            return None
        return best_guess(self.model, text, expectation, await self._embed(text))

    async def _embed(self, text: str) -> Vectors:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadline_s):
                vectors = await loop.run_in_executor(self._threads, embed_all, self._embeddings, [text])
        except TimeoutError as error:
            raise EngineError(
                f"The embedder did not answer within {self._deadline_s:g} s; the machine is overloaded or "
                "the embedder hangs. Lower the number of concurrent calls or give the process more processor."
            ) from error
        vector: Vectors = vectors[0]
        return vector


class Readers:
    """The readers of flows, each trained once and kept by the flow's digest. Close it when done.

    kept     where what was learnt outlives the process
    vectors  the file in which the vectors of knowledge do
    """

    def __init__(
        self,
        embeddings: Embeddings,
        deadline_s: float = _DEADLINE_S,
        kept: KeptClassifiers | None = None,
        vectors: Path | None = None,
    ) -> None:
        self._vectors = vectors
        self._embeddings = embeddings
        self._kept_classifiers = kept
        self._deadline_s = deadline_s
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reader")
        self._kept: dict[str, FlowReader] = {}

    async def for_flow(self, flow: Flow) -> FlowReader:
        """The reader of `flow`, trained in a thread if its digest is new. Raises `EngineError`."""
        kept = self._kept.get(flow.digest) if flow.digest else None
        if kept is not None:
            return kept
        loop = asyncio.get_running_loop()
        model = await loop.run_in_executor(
            self._threads, train_flow, flow, self._embeddings, self._kept_classifiers
        )
        reader = FlowReader(model, self._embeddings, self._threads, self._deadline_s)
        if flow.digest:
            self._kept[flow.digest] = reader
            while len(self._kept) > _KEPT_FLOWS:
                del self._kept[next(iter(self._kept))]
        return reader

    async def library_for(self, flow: Flow, texts: Mapping[str, str]) -> FlowLibrary:
        """The knowledge of `flow` with the texts of its files, embedded in a thread. Raises `EngineError`."""
        loop = asyncio.get_running_loop()
        shelves = await loop.run_in_executor(self._threads, self._shelve, flow, texts)
        return FlowLibrary(shelves, self._embeddings, self._threads, self._deadline_s)

    def _shelve(self, flow: Flow, texts: Mapping[str, str]) -> dict[str, Shelf]:
        if self._vectors is None:
            return build_shelves(flow, texts, self._embeddings)
        kept = KeptEmbeddings(self._embeddings, self._vectors)
        shelves = build_shelves(flow, texts, kept)
        kept.save()
        return shelves

    def close(self) -> None:
        """Let the threads end; what they are doing is finished, what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def train_flow(flow: Flow, embeddings: Embeddings, kept: KeptClassifiers | None = None) -> FlowModel:
    """Embed the flow's examples and learn from them, unless that was done before.

    Blocks for a second or so when there is something to learn. Raises `EngineError`.
    """
    return in_all_languages(flow, lambda one: _train(one, embeddings, kept))


def _train(flow: Flow, embeddings: Embeddings, kept: KeptClassifiers | None) -> FlowModel:
    examples = examples_of(flow)
    if kept is not None and (classifier := kept.get(examples)) is not None:
        return flow_model(flow, classifier)
    from ivr.understanding.training import train  # noqa: PLC0415 - slow to import

    model = train(flow, embed_all(embeddings, [sentence for _, sentence in examples]))
    if kept is not None and model.classifier is not None:
        kept.put(examples, model.classifier)
    return model
