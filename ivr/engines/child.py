"""One worker process and its pipes, from spawn to death."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import orjson
import structlog

from ivr.core.errors import EngineError
from ivr.engines.frames import PREFIX, Frame, Header, lengths, pack

_log = structlog.get_logger(__name__)

_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_LAST_WORDS: Final = 3


class ChildGoneError(EngineError):
    """The process died, or its pipe carries something that is no frame."""


class Child:
    """A running worker process. Make one with `spawn`; ask it one thing at a time."""

    def __init__(self, name: str, process: Process, on_death: Callable[[], None]) -> None:
        self._name = name
        self._process = process
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._listening = asyncio.create_task(self._pass_on_stderr(), name=f"{name} stderr")
        self._watching = asyncio.create_task(process.wait(), name=f"{name} death watch")
        self._watching.add_done_callback(lambda _: on_death())

    @classmethod
    async def spawn(
        cls, name: str, kind: str, environment: Mapping[str, str], on_death: Callable[[], None]
    ) -> Child:
        """Start the process; `on_death` is called once, when it is gone. Raises `OSError`."""
        starting = asyncio.create_task(
            asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "ivr.engines.worker_main",
                kind,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env={**os.environ, **_ONE_THREAD, **environment},
                start_new_session=True,  # Ctrl-C ends the calls first, then we end the workers
            )
        )
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:  # cancelled half-way, asyncio would leave pipes open
            await cls(name, await starting, on_death).kill()
            raise
        return cls(name, process, on_death)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether the process is known to have ended."""
        return self._watching.done()

    async def ask(self, header: Header, body: bytes = b"") -> Frame:
        """Send a frame, await the answer. Raises `ChildGoneError`.

        If this is cancelled, the pipes are out of step: kill the child.
        """
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        try:
            requests.write(pack(header, body))
            await requests.drain()
            head, tail = lengths(await answers.readexactly(PREFIX.size))
            answer: Header = orjson.loads(await answers.readexactly(head))
            return answer, await answers.readexactly(tail)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as wrong:
            raise ChildGoneError(await self._epitaph()) from wrong

    async def kill(self) -> None:
        """End the process at once and wait until nothing of it is left. May be done again, if cancelled."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.wait({self._watching})
        self._listening.cancel()
        await asyncio.wait({self._listening})
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio has no public way to close a dead process's pipes

    async def _epitaph(self) -> str:
        """How it ended, for the log and the operator."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self._watching)
                await asyncio.wait({self._listening})
        code = self._process.returncode
        how = (
            "broke its pipe"
            if code is None
            else f"was killed by signal {-code}"
            if code < 0
            else f"exited with {code}"
        )
        said = f"; it last said: {' | '.join(self._last_words)}" if self._last_words else ""
        return f"the {self._name} worker {how}{said}"

    async def _pass_on_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        while True:
            try:
                line = await stderr.readline()
            except ValueError:  # a line longer than the reader's limit: it was dropped
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._last_words.append(text)
            _log.info("engine output", engine=self._name, pid=self.pid, line=text)
