"""`ivr messages`: what callers left for the operator, from the data folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.engines.recordings import CALLBACKS, VOICEMAIL


def print_messages(out: Console, data: Path) -> None:
    """Print a line for each message and each wish to be called back, newest first."""
    rows = sorted((*_notes(data, VOICEMAIL), *_notes(data, CALLBACKS)), key=_when, reverse=True)
    if not rows:
        out.print(f"Nobody has left a message in {data}.", highlight=False)
        return
    table = Table("when (UTC)", "from", "what", "where", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        at = datetime.fromtimestamp(_when(row) / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        table.add_row(at, escape(str(row.get("caller", ""))), escape(_what(row)), escape(str(row["file"])))
    out.print(table, highlight=False)


def _notes(data: Path, kind: str) -> Iterator[dict[str, Any]]:
    """What is noted of a kind. A file that cannot be read is shown as such: it may be half erased."""
    for path in (data / kind).glob("*.json"):
        try:
            note = orjson.loads(path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            note = {"note": "cannot be read"}
        sound = path.with_suffix(".wav")
        yield {**note, "file": sound if sound.exists() else path}


def _when(row: dict[str, Any]) -> int:
    return int(row.get("wall_ms", 0))


def _what(row: dict[str, Any]) -> str:
    if "seconds" in row:
        return f"message of {row['seconds']:g} s for {row['mailbox']}"
    wish = " ".join(str(row[key]) for key in ("number", "time") if row.get(key))
    note = str(row.get("note", ""))
    return f"call back {wish}" + (f": {note}" if note else "") if wish else note
