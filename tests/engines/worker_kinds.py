"""Engines for the supervisor's tests, loaded by real worker processes as `worker_kinds:NAME`."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from ivr.engines.frames import Frame, Header
from ivr.engines.worker_main import Engine


def echo(settings: Header) -> Engine:
    """Answer what comes; obey orders to misbehave."""
    print("a library that prints to stdout", flush=True)  # noqa: T201 - what it is about

    def answer(header: Header, body: bytes) -> Frame:
        if header.get("die_once") and _first(header["die_once"]):
            os.kill(os.getpid(), signal.SIGKILL)
        if header.get("hang_once") and _first(header["hang_once"]):
            time.sleep(3600)
        if header.get("die"):
            print("I was told to die", file=sys.stderr, flush=True)  # noqa: T201 - its last words
            os.kill(os.getpid(), signal.SIGKILL)
        if header.get("started"):
            Path(header["started"]).touch()
        time.sleep(header.get("sleep", 0))
        if header.get("fail"):
            raise ValueError("no such word")
        return {**header, "pid": os.getpid(), "settings": settings}, body[::-1]

    return answer


def broken(settings: Header) -> Engine:
    """Never loads."""
    raise FileNotFoundError(f"no model at {settings['model']}")


def broken_later(settings: Header) -> Engine:
    """Loads the first time only."""
    if not _first(settings["flag"]):
        raise RuntimeError("the model file has gone")
    return echo(settings)


def _first(flag: str) -> bool:
    path = Path(flag)
    if path.exists():
        return False
    path.touch()
    return True
