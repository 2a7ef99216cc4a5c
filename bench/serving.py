"""`ivr serve` in a process of its own, for the benches that ring it as a carrier does."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
START_S = 90.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready for calls: its address, and its process."""

    url: str
    pid: int


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(flow: Path, folder: Path, cache: Path, cores: Iterable[int] = ()) -> AsyncIterator[Server]:
    """`ivr serve` in a process of its own, on these cores (none named: any), when it is ready for calls."""
    hidden = ("TWILIO_AUTH_TOKEN", "PUBLIC_URL", "IVR_HOST")
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    environ["PYTHONPATH"] = str(HERE.parent)  # the code beside this bench
    environ |= {"IVR_MAX_CALLS": "200"}  # what is measured is not the limit of calls
    environ |= {"IVR_LOG": "json", "IVR_DATA_DIR": str(folder), "IVR_CACHE_DIR": str(cache)}
    pinned = tuple(cores)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ivr", "serve", str(flow), "--port", str(free_port()),
        cwd=folder, env=environ, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        preexec_fn=partial(os.sched_setaffinity, 0, pinned) if pinned else None,
    )  # fmt: skip
    assert process.stderr
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(START_S):
            url = await _ready(process.stderr)
        reading = asyncio.create_task(_complaints(process.stderr))
        yield Server(url, process.pid)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if reading:
            await reading


async def _ready(log: asyncio.StreamReader) -> str:
    said = b""
    while line := await log.readline():
        said += line
        with suppress(ValueError):
            entry = json.loads(line)
            if entry.get("event") == "ready for calls":
                return str(entry["url"])
    raise SystemExit(f"`ivr serve` did not start:\n{said.decode(errors='replace')}")


async def _complaints(log: asyncio.StreamReader) -> None:
    """Pass on what the server warns of."""
    while line := await log.readline():
        if b'"level":"info"' not in line:
            sys.stderr.write(line.decode(errors="replace"))
