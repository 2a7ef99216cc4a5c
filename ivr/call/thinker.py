"""The thinker of a call: recognition and understanding, as work that carries its turn number.

Only the newest turn's work is worth finishing: starting on a turn cancels what is left of older ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final

from ivr.call.ports import Interpreter, Reader, Recogniser, Tab, Urgency
from ivr.core import cards
from ivr.core.commands import Understand
from ivr.core.errors import EngineError, Shed
from ivr.core.events import EngineFailed, Heard, Meaning, ModelsUsed, Understood

PAID_AFTER_S: Final = 0.3
"""A model is asked about the words of a caller who may go on when they have paused for so much longer."""
UNSURE: Final = 0.6
"""Confidence of the classifier below which a model is asked, too: about six turns in a hundred that it takes,
of which little more than half are right (`bench/confidence.py`)."""

Posted = Heard | Understood | EngineFailed | ModelsUsed


class Thinker:
    """Runs the engines for one call and posts what they find.

    interpreter  asked when the reader finds no meaning; `None`: there are no language models
    """

    def __init__(
        self,
        recogniser: Recogniser,
        reader: Reader,
        post: Callable[[Posted], None],
        interpreter: Interpreter | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._reader = reader
        self._interpreter = interpreter
        self._post = post
        self._tabs: dict[Tab, int] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._urgency: dict[int, Urgency] = {}  # of the recognition under way

    def transcribe(
        self,
        turn: int,
        audio: bytes,
        hints: tuple[str, ...],
        language: str = "",
        *,
        speculative: bool = False,
    ) -> None:
        """Recognise mu-law audio; posts `Heard(turn)`. What is under way for the turn is not begun anew.

        speculative   nobody waits for it yet; it may be left undone, and nothing is posted then
        """
        under_way = self._urgency.get(turn)
        if under_way is not None:
            if not speculative:
                under_way.rise()
            return
        urgency = Urgency(speculative=speculative)
        self._urgency = {turn: urgency}
        self._start(turn, "recogniser", self._transcribe(turn, audio, hints, language, urgency))

    def understand(self, order: Understand) -> None:
        """Find what words mean; posts `Understood(turn)`."""
        self._start(order.turn, "understanding", self._understand(order))

    def forget(self, turn: int) -> None:
        """Leave undone what is still under way for a turn: a recogniser's time is somebody else's wait."""
        for task, other in self._tasks.items():
            if other == turn:
                task.cancel()

    def close(self) -> tuple[ModelsUsed, ...]:
        """Cancel all work. Gives what it has used of models and was not posted."""
        for task in self._tasks:
            task.cancel()
        tabs, self._tabs = self._tabs, {}
        return tuple(ModelsUsed(used, turn=turn) for tab, turn in tabs.items() if (used := tab.used()))

    async def _transcribe(
        self, turn: int, audio: bytes, hints: tuple[str, ...], language: str, urgency: Urgency
    ) -> None:
        try:
            heard = await self._recogniser.transcribe(audio, hints, language, urgency)
        except Shed:
            if urgency.speculative:
                return
            heard = await self._recogniser.transcribe(audio, hints, language)
        finally:
            self._urgency.pop(turn, None)
        self._post(Heard(turn, heard.text, round(heard.confidence, 3), heard.why_empty))

    async def _understand(self, order: Understand) -> None:
        meaning = await self._reader.understand(order.text, order.expectation)
        private = order.expectation.sensitive or cards.holds(order.text)
        if self._interpreter is not None and not private:
            if wants_model(meaning):
                if order.speculative:
                    await asyncio.sleep(PAID_AFTER_S)
                meaning = settled(meaning, await self._interpret(self._interpreter, order))
            elif spared := self._interpreter.spared(order):
                self._post(ModelsUsed((spared,), turn=order.turn))
        self._post(Understood(order.turn, meaning))

    async def _interpret(self, interpreter: Interpreter, order: Understand) -> Meaning:
        tab = Tab()
        self._tabs[tab] = order.turn
        try:
            return await interpreter.interpret(order, tab)
        finally:
            # Cancelled or not, what was used is on the bill; at the end of the call `close` gives it.
            if self._tabs.pop(tab, None) is not None and (used := tab.used()):
                self._post(ModelsUsed(used, turn=order.turn))

    def _start(self, turn: int, engine: str, work: Coroutine[Any, Any, None]) -> None:
        for task, other in self._tasks.items():
            if other < turn:
                task.cancel()
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = turn
        task.add_done_callback(lambda done: self._done(done, turn, engine))

    def _done(self, task: asyncio.Task[None], turn: int, engine: str) -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            reason = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
            self._post(EngineFailed(engine, reason, turn=turn))


def wants_model(meaning: Meaning) -> bool:
    """Whether a model should be asked, where there is one.

    Nothing is known of the words, not even why a value in them is refused; or the classifier is about as
    likely to be wrong as right.
    """
    if meaning.kind == "nothing":
        return not meaning.name and meaning.value is None
    return meaning.decided_by == "classifier" and meaning.confidence < UNSURE


def settled(before: Meaning, told: Meaning) -> Meaning:
    """What a model told of words, or what they were taken for before where it could not tell."""
    if told.kind == "nothing" and before.kind != "nothing":
        return before
    return replace(told, candidates=before.candidates, cache_score=before.cache_score)
