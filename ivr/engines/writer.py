"""Answers in a model's words, for one flow: passages found, a model asked, sentences spoken as they come."""

from __future__ import annotations

from collections.abc import Callable

from ivr.call.ports import Library, Tab, WorkResult
from ivr.core.commands import WriteAnswer
from ivr.core.errors import EngineError
from ivr.core.passages import Passage
from ivr.engines.asking import ModelRoom
from ivr.engines.heat import Done, Job, Unfit
from ivr.understanding.models import grounding
from ivr.understanding.models.grounding import Sentences
from ivr.understanding.models.routing import Difficulty, wanted
from ivr.understanding.text import words


class ModelWriter:
    """Implements the port `Writer` for one flow. `language`: of the flow, as `en-US`."""

    def __init__(self, room: ModelRoom, library: Library, language: str) -> None:
        self._room = room
        self._library = library
        self._language = language

    async def write(self, order: WriteAnswer, say: Callable[[str], None], tab: Tab) -> WorkResult:
        """Write an answer; `say` takes each sentence as soon as it is there."""
        if not order.question.strip():
            return WorkResult("unknown", reason="there is no question")
        try:
            passages = await self._library.passages(order.knowledge, order.question)
        except EngineError as error:
            return WorkResult("failed", reason=str(error))
        if not passages:
            return WorkResult("unknown", reason="no passage fits the question")
        takers: list[_SpeechTaker] = []

        def fresh() -> _SpeechTaker:
            takers.append(_SpeechTaker(Sentences.of(order, passages, self._language), say))
            return takers[-1]

        difficulty = Difficulty(words=len(words(order.question)), passages=len(passages))
        tier = wanted("answer", difficulty, order.tier)
        ask = grounding.ask(order, passages, self._language)
        done = await self._room.ask(Job("answer", tier, ask, fresh, order.spent), tab)
        return _result(done, takers[-1].sentences if takers else None, passages)


def _result(done: Done, written: Sentences | None, passages: tuple[Passage, ...]) -> WorkResult:
    """How it ended, with what it was made from."""
    values: dict[str, str | int | float | bool | None] = {
        "sources": ", ".join(dict.fromkeys(passage.source for passage in passages))
    }
    if done.model:
        values["model"] = done.model
    if written is not None and written.left_out:
        values["left_out"] = " / ".join(written.left_out)[:500]
    if done.outcome == "done" and written is not None and not written.spoken:
        why = (
            "the model says that the passages do not tell" if written.unknown else "nothing of it had ground"
        )
        return WorkResult("unknown", values, why)
    return WorkResult(done.outcome, values, done.reason)


class _SpeechTaker:
    """Passes on the sentences of an answer."""

    def __init__(self, sentences: Sentences, say: Callable[[str], None]) -> None:
        self.sentences = sentences
        self.committed = False
        self._say = say

    def take(self, text: str) -> bool:
        return self._pass_on(self.sentences.feed(text))

    def end(self) -> None:
        self._pass_on(self.sentences.feed("", last=True))

    def _pass_on(self, sentences: list[str]) -> bool:
        for sentence in sentences:
            self.committed = True
            self._say(sentence)
        if self.sentences.foreign and not self.committed:
            raise Unfit("it wrote in another language than the flow's")
        return self.sentences.enough
