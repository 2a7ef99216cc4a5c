"""A flow's knowledge, searched for a live call: passages embedded once, questions in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ivr.core.errors import EngineError
from ivr.core.flow.model import Flow
from ivr.core.passages import Passage
from ivr.engines.embedding import embed_all
from ivr.understanding.classifier import Embeddings
from ivr.understanding.markdown import pieces
from ivr.understanding.retrieval import Shelf, Source, parts, shelved

_DEADLINE_S: Final = 1.0
_LONGEST_QUESTION: Final = 600


class FlowLibrary:
    """Implements the port `Library` for one flow. `build_shelves` makes the shelves.

    shelves     by name of `knowledge`
    embeddings  the embedder that they were made with
    threads     where questions are embedded
    deadline_s  how long a question may take (s)
    """

    def __init__(
        self,
        shelves: Mapping[str, Shelf],
        embeddings: Embeddings,
        threads: ThreadPoolExecutor,
        deadline_s: float = _DEADLINE_S,
    ) -> None:
        self.shelves = shelves
        self._embeddings = embeddings
        self._threads = threads
        self._deadline_s = deadline_s

    async def passages(self, knowledge: str, question: str, limit: int = 4) -> tuple[Passage, ...]:
        """What the flow's `knowledge` of that name has on a question, best first; empty when nothing fits."""
        shelf = self.shelves.get(knowledge)
        if shelf is None or not shelf.sources or not question.strip():
            return ()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadline_s):
                return await loop.run_in_executor(self._threads, self._find, shelf, question, limit)
        except TimeoutError as error:
            raise EngineError(
                f"The knowledge was not searched within {self._deadline_s:g} s; the machine is overloaded or "
                "the embedder hangs. Lower the number of concurrent calls or give the process more processor."
            ) from error

    def _find(self, shelf: Shelf, question: str, limit: int) -> tuple[Passage, ...]:
        asked = question[:_LONGEST_QUESTION]
        return shelf.find(asked, embed_all(self._embeddings, [asked])[0], limit)


def build_shelves(flow: Flow, texts: Mapping[str, str], embeddings: Embeddings) -> dict[str, Shelf]:
    """The flow's knowledge, ready to be searched. Blocks for a while; raises `EngineError`.

    texts  of its files, by the names that the flow gives them
    """
    shelves: dict[str, Shelf] = {}
    for knowledge in flow.knowledge.values():
        sources = [
            Source(piece, f"{file}#{piece.heading}" if piece.heading else file)
            for file in knowledge.files
            for piece in pieces(texts[file])
        ]
        said, owners = parts(sources)
        shelves[knowledge.name] = shelved(sources, owners, embed_all(embeddings, said))
    return shelves
