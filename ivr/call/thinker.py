"""The thinker of a call: recognition and understanding, as work that carries its turn number.

Only the newest turn's work is worth finishing: starting on a turn cancels what is left of older ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ivr.call.ports import Interpreter, Reader, Recogniser, Tab
from ivr.core.commands import Understand
from ivr.core.errors import EngineError
from ivr.core.events import EngineFailed, Heard, Meaning, ModelsUsed, Understood

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

    def transcribe(self, turn: int, audio: bytes, hints: tuple[str, ...], language: str = "") -> None:
        """Recognise mu-law audio; posts `Heard(turn)`."""
        self._start(turn, "recogniser", self._transcribe(turn, audio, hints, language))

    def understand(self, order: Understand) -> None:
        """Find what words mean; posts `Understood(turn)`."""
        self._start(order.turn, "understanding", self._understand(order))

    def close(self) -> tuple[ModelsUsed, ...]:
        """Cancel all work. Gives what it has used of models and was not posted."""
        for task in self._tasks:
            task.cancel()
        tabs, self._tabs = self._tabs, {}
        return tuple(ModelsUsed(used, turn=turn) for tab, turn in tabs.items() if (used := tab.used()))

    async def _transcribe(self, turn: int, audio: bytes, hints: tuple[str, ...], language: str) -> None:
        transcript = await self._recogniser.transcribe(audio, hints, language)
        self._post(Heard(turn, transcript.text, round(transcript.confidence, 3)))

    async def _understand(self, order: Understand) -> None:
        meaning = await self._reader.understand(order.text, order.expectation)
        if self._interpreter is not None and not order.expectation.sensitive:
            if _is_open(meaning):
                meaning = await self._interpret(self._interpreter, order)
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


def _is_open(meaning: Meaning) -> bool:
    """Whether nothing is known of the words, not even why a value in them is refused."""
    return meaning.kind == "nothing" and not meaning.name and meaning.value is None
