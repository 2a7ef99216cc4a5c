"""A worker process: `python -m ivr.engines.worker_main KIND`. Loads one engine, then answers frames.

KIND is a name of `KINDS` or `module:function`. The function takes the settings (the first frame) and
returns the engine: a callable from header and body to header and body. Nothing else is imported, so
that each kind of worker carries its own libraries only.

The first frame is answered by `{"ok": true}` once the engine is loaded. A request that raises is
answered by `{"error": "..."}` and the worker goes on. When the parent is gone (end of its pipe) the
process leaves at once, even from the middle of a request.
"""

from __future__ import annotations

import importlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import BinaryIO, Final

import orjson

from ivr.engines.frames import PREFIX, Frame, Header, lengths, pack

Engine = Callable[[Header, bytes], Frame]
Load = Callable[[Header], Engine]

KINDS: Final = {
    "recogniser": "ivr.engines.whisper:load",
    "voice": "ivr.engines.piper:load",
    "embedder": "ivr.engines.e5:load",
}


def find(kind: str) -> Load:
    """The function that loads an engine of this kind."""
    module, _, function = KINDS.get(kind, kind).partition(":")
    load: Load = getattr(importlib.import_module(module), function)
    return load


def main(kind: str) -> None:
    """Serve until the parent closes the pipe."""
    requests, answers = _take_pipes()
    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, frames), daemon=True).start()
    settings, _ = frames.get()
    try:
        engine = find(kind)(settings)
    except Exception as wrong:  # noqa: BLE001 - whatever keeps an engine from loading is told to the parent
        _write(answers, {"error": _told(wrong)})
        os._exit(1)
    _write(answers, {"ok": True})
    while True:
        header, body = frames.get()
        try:
            answer, sound = engine(header, body)
        except Exception as wrong:  # noqa: BLE001 - one bad request must not end the worker
            traceback.print_exc()
            answer, sound = {"error": _told(wrong)}, b""
        _write(answers, answer, sound)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent. What libraries print goes to stderr, where it cannot break a frame."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


def _read(requests: BinaryIO, frames: queue.SimpleQueue[Frame]) -> None:
    try:
        while len(prefix := requests.read(PREFIX.size)) == PREFIX.size:
            head, body = lengths(prefix)
            frames.put((orjson.loads(requests.read(head)), requests.read(body)))
    finally:
        os._exit(0)


def _write(answers: BinaryIO, header: Header, body: bytes = b"") -> None:
    try:
        answers.write(pack(header, body))
        answers.flush()
    except BrokenPipeError:
        os._exit(0)


def _told(wrong: Exception) -> str:
    return f"{type(wrong).__name__}: {wrong}"


if __name__ == "__main__":
    main(sys.argv[1])
