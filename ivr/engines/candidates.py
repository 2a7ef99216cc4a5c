"""What `ivr eval` measures: the local classifier, and language models with prompts."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Final

from ivr.core.commands import Expectation
from ivr.core.errors import EngineError
from ivr.engines.embedding import embed_all
from ivr.review.evaluation import NOTHING, Verdict
from ivr.understanding.classifier import Embeddings
from ivr.understanding.models import extraction
from ivr.understanding.models.chat import Ask, ChatModel, Message
from ivr.understanding.models.prices import Prices, cost, estimated_tokens
from ivr.understanding.pipeline import FlowModel, by_classifier, by_rules

_MEANT: Final = ("intent", "answer")


class LocalCandidate:
    """Rules, answer cache and classifier, as in a call without models. Implements `Candidate`."""

    name = "local"

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    async def judge(self, model: FlowModel, text: str, expectation: Expectation) -> Verdict:
        began = time.perf_counter()
        reading = by_rules(model, text, expectation)
        meaning = reading.meaning
        if not reading.settled:
            vector = embed_all(self._embeddings, [text])[0]
            meaning = by_classifier(model, text, expectation, vector, meaning)
        ms = 1000 * (time.perf_counter() - began)
        return Verdict(meaning.name if meaning.kind in _MEANT else NOTHING, ms)


class ModelCandidate:
    """A language model alone, asked about every sentence. Implements `Candidate`.

    prompt     added to what it is told; "" for nothing
    timeout_s  how long one answer may take
    """

    def __init__(
        self, name: str, chat: ChatModel, prices: Prices, prompt: str = "", timeout_s: float = 10.0
    ) -> None:
        self.name = name
        self._chat = chat
        self._prices = prices
        self._prompt = prompt
        self._timeout_s = timeout_s

    async def judge(self, model: FlowModel, text: str, expectation: Expectation) -> Verdict:
        ask = self._ask(extraction.ask(model.flow, expectation, text))
        began = time.perf_counter()
        written, nano, failed = "", None, ""
        try:
            async with asyncio.timeout(self._timeout_s):
                written, nano = await self._answer(ask)
        except TimeoutError:
            failed = f"no answer within {self._timeout_s:g} s"
        except EngineError as error:
            failed = str(error)
        ms = 1000 * (time.perf_counter() - began)
        meaning = None if failed else extraction.read(written, model, expectation, text)
        if meaning is None:
            return Verdict(NOTHING, ms, nano, failed or "its answer is not among what the step allows")
        return Verdict(meaning.name if meaning.kind in _MEANT else NOTHING, ms, nano)

    def _ask(self, ask: Ask) -> Ask:
        if not self._prompt:
            return ask
        first, *rest = ask.messages
        return replace(ask, messages=(Message(first.role, f"{first.text}\n{self._prompt}"), *rest))

    async def _answer(self, ask: Ask) -> tuple[str, int | None]:
        written, counts = "", None
        async for piece in self._chat.stream(ask):
            written += piece.text
            counts = piece.counts or counts
        if counts is None:
            return written, cost(self._prices, ask.estimated_tokens, 0, estimated_tokens([written]))
        return written, cost(self._prices, counts.tokens_in, counts.cached, counts.tokens_out)
