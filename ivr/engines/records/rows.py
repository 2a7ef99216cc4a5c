"""What a running call gives the journal, and its form in a file while the database is away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Began:
    """A call began. `wall_ms`: ms since 1970."""

    call_id: str
    flow_name: str
    flow_digest: str
    flow_source: str
    caller: str
    called: str
    wall_ms: int


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a call, as `ivr.core.journal.encode` writes it."""

    call_id: str
    seq: int
    at_ms: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A call ended. `path`: the steps it went through."""

    call_id: str
    outcome: str
    path: tuple[str, ...]
    wall_ms: int


@dataclass(frozen=True, slots=True)
class Left:
    """The server stops, and leaves a call whose caller is away to the next one."""

    call_id: str


Row = Began | Happened | Ended | Left
_KINDS = {kind.__name__: kind for kind in (Began, Happened, Ended, Left)}


def to_line(row: Row) -> bytes:
    """A row as one line of JSON."""
    values = [getattr(row, name) for name in type(row).__slots__]
    return orjson.dumps([type(row).__name__, *values], option=orjson.OPT_APPEND_NEWLINE)


def from_line(line: bytes) -> Row | None:
    """A row from its line; `None` for a line that was not written to its end."""
    try:
        kind, *values = orjson.loads(line)
        made = _KINDS[kind](*values)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
    if isinstance(made, Ended):
        return Ended(made.call_id, made.outcome, tuple(made.path), made.wall_ms)
    return made
