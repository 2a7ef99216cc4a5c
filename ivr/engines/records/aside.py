"""What can never be written is set aside, so that it keeps nothing else waiting.

A row that the database refuses for what is in it goes to `set-aside.jsonl`, a row a line, is told once,
and counted. Nothing that the line takes in should come to that: each such row is a bug in ivr.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import structlog

from ivr.engines.records.rows import Happened, Row

FILE: Final = "set-aside.jsonl"
MOST_BYTES: Final = 10_000_000
"""Of the file; what comes then is told and counted, and not kept."""
_SHOWN: Final = 200
_TO_DO: Final = "the rest of the call is kept; please report this line as a bug in ivr"

_log = structlog.get_logger()


class Aside:
    """The file in `folder`. `tell`: is told of each row. No method raises; any thread may use it."""

    def __init__(self, folder: Path, tell: Callable[[], None] = lambda: None) -> None:
        self._path = folder / FILE
        self._tell = tell
        self._lock = threading.Lock()
        self.count = 0

    def row(self, row: Row, error: BaseException) -> None:
        """Set a row of the journal aside."""
        what = row.event.get("type", "") if isinstance(row, Happened) else type(row).__name__
        values = {name: getattr(row, name) for name in type(row).__slots__}
        self._take(row.call_id, str(what), error, values)

    def record(self, call_id: str, error: BaseException) -> None:
        """Tell of a call whose record cannot be written; its events are in the database."""
        self._take(call_id, "record", error, None)

    def forget(self, call_ids: frozenset[str]) -> None:
        """Take calls out (erasure). Raises `OSError`."""
        with self._lock:
            if not self._path.exists():
                return
            lines = self._path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if _call_of(line) not in call_ids]
            if kept:
                new = self._path.with_suffix(".kept")
                new.write_bytes(b"".join(kept))
                new.replace(self._path)
            else:
                self._path.unlink()

    def _take(self, call_id: str, what: str, error: BaseException, values: dict[str, Any] | None) -> None:
        why = str(getattr(error, "orig", None) or error)[:_SHOWN]
        with self._lock:
            self.count += 1
            kept = values is not None and self._keep(call_id, what, why, values)
        _log.error(
            "a record cannot be written: set aside",
            call_id=call_id,
            what=what,
            error=why,
            file=str(self._path) if kept else "",
            to_do=_TO_DO,
        )
        self._tell()

    def _keep(self, call_id: str, what: str, why: str, values: dict[str, Any]) -> bool:
        line = {"call_id": call_id, "what": what, "why": why}
        try:
            written = json.dumps({**line, "row": values}, default=repr)
        except (TypeError, ValueError, RecursionError):
            written = json.dumps(line)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                if file.tell() + len(written) > MOST_BYTES:
                    return False
                file.write(written.encode() + b"\n")
        except OSError as error:
            _log.error("what is set aside cannot be kept", error=str(error))
            return False
        return True


def _call_of(line: bytes) -> str:
    try:
        return str(json.loads(line)["call_id"])
    except (ValueError, KeyError, TypeError):
        return ""
