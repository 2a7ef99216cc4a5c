"""Child processes of a bench, which answer a line on their standard input with a line of JSON."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).resolve().parent
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CLOSE_S = 10


class Child:
    """The parent's side: a script of this folder, run by this Python, or by the one that is named.

    What it prints before the first line of JSON, and its errors, go to our standard error.
    """

    def __init__(self, script: str, *arguments: str, python: Path | None = None) -> None:
        self._name = script
        self._process = subprocess.Popen(
            [str(python or sys.executable), str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent)},
        )
        self.hello = self._read()

    @property
    def pid(self) -> int:
        """The child's process."""
        return self._process.pid

    def ask(self, request: str) -> dict[str, Any]:
        """Send a line; the answer."""
        assert self._process.stdin
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(
                f"bench/{self._name} ended early (status {self._process.wait()}); see above why."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def tell(answer: dict[str, Any]) -> None:
    """The child's side: one line for the parent."""
    print(json.dumps(answer), flush=True)


async def obey(handle: Callable[[str], dict[str, Any]]) -> None:
    """The child's side: answer the parent's lines until it closes the pipe."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        tell(handle(line.decode().strip()))


def usage() -> dict[str, float]:
    """What this process has used: CPU seconds of all its threads, and resident bytes now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {"cpu_s": used.ru_utime + used.ru_stime, "rss": pages * _PAGE}
