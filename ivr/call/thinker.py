"""The thinker of a call: recognition and understanding, as work that carries its turn number.

Only the newest turn's work is worth finishing: starting on a turn cancels what is left of older ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ivr.call.ports import Reader, Recogniser
from ivr.core.commands import Understand
from ivr.core.errors import EngineError
from ivr.core.events import EngineFailed, Heard, Understood

Posted = Heard | Understood | EngineFailed


class Thinker:
    """Runs the engines for one call and posts what they find."""

    def __init__(self, recogniser: Recogniser, reader: Reader, post: Callable[[Posted], None]) -> None:
        self._recogniser = recogniser
        self._reader = reader
        self._post = post
        self._tasks: dict[asyncio.Task[None], int] = {}

    def transcribe(self, turn: int, audio: bytes, hints: tuple[str, ...]) -> None:
        """Recognise mu-law audio; posts `Heard(turn)`."""
        self._start(turn, "recogniser", self._transcribe(turn, audio, hints))

    def understand(self, order: Understand) -> None:
        """Find what words mean; posts `Understood(turn)`."""
        self._start(order.turn, "understanding", self._understand(order))

    def close(self) -> None:
        """Cancel all work."""
        for task in self._tasks:
            task.cancel()

    async def _transcribe(self, turn: int, audio: bytes, hints: tuple[str, ...]) -> None:
        transcript = await self._recogniser.transcribe(audio, hints)
        self._post(Heard(turn, transcript.text, round(transcript.confidence, 3)))

    async def _understand(self, order: Understand) -> None:
        meaning = await self._reader.understand(order.text, order.expectation)
        self._post(Understood(order.turn, meaning))

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
