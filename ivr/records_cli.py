"""Call records on the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.core.errors import ConfigError
from ivr.core.flow.load import load_flow
from ivr.core.journal import decode
from ivr.engines.store import SqliteJournal, StoredCall
from ivr.review.record import CallRecord, build


def list_calls(out: Console, path: Path, limit: int) -> None:
    """The latest calls, newest first."""
    journal = _journal(path)
    try:
        stored = journal.recent(limit)
    finally:
        journal.close()
    if not stored:
        out.print("No calls yet. Ring the line: ivr call")
        return
    table = Table("began (UTC)", "call", "flow", "outcome", box=None)
    table.columns[1].no_wrap = True
    for call in stored:
        table.add_row(
            _when(call), escape(call.call_id), escape(call.flow_name), escape(call.outcome or "running")
        )
    out.print(table)


def show_call(out: Console, path: Path, call_id: str) -> None:
    """One call: record, transcript, turns. Raises `ConfigError` when there is no such call."""
    journal = _journal(path)
    try:
        stored = journal.read(call_id)
    finally:
        journal.close()
    if stored is None:
        raise ConfigError(f"There is no call {call_id}. `ivr calls` lists the latest.")
    record = build(
        load_flow(stored.flow_source, stored.flow_name),
        ((at_ms, decode(event)) for at_ms, event in stored.events),
    )
    print_record(out, record, _when(stored))
    out.print()
    print_transcript(out, record)


def print_record(out: Console, record: CallRecord, began: str = "") -> None:
    """A record with its transcript."""
    table = Table.grid(padding=(0, 2))
    slots = ", ".join(f"{name}={value}" for name, value in record.slots.items())
    barge_ins = ", ".join(f"{ms} ms" for ms in record.barge_ins_ms)
    for name, text in (
        ("call", record.call_id),
        ("began", began),
        ("flow", f"{record.flow} ({record.flow_digest[:12]})"),
        ("outcome", record.outcome or "running"),
        ("length", f"{record.duration_ms / 1000:.1f} s, {record.events} events"),
        ("barge-in", barge_ins or "none"),
        ("slots", slots or "none"),
        ("path", " > ".join(record.path)),
    ):
        if text:
            table.add_row(f"[bold]{name}[/]", escape(text))
    out.print(table)


def print_transcript(out: Console, record: CallRecord) -> None:
    """What was said and heard, with times."""
    for line in record.transcript:
        tail = " — interrupted" if line.cut else ""
        out.print(f"{line.at_ms / 1000:7.1f} s  {line.who:<7} {escape(line.text)}{tail}", highlight=False)


def _journal(path: Path) -> SqliteJournal:
    if not path.is_file():
        raise ConfigError(f"There is no call journal at {path} yet. It is made when `ivr serve` runs.")
    return SqliteJournal(path)


def _when(call: StoredCall) -> str:
    return datetime.fromtimestamp(call.began_wall_ms / 1000, tz=UTC).strftime("%m-%d %H:%M:%S")
