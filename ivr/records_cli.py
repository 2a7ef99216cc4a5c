"""Call records on the terminal, and as JSON Lines."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO, TypeVar

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.engines.records.database import Database
from ivr.engines.records.erasing import Erased, Eraser
from ivr.engines.records.reading import StoredRecords
from ivr.money_shown import print_models
from ivr.review.records import CallFilter, CallRow, Records, TurnRow, WholeCall
from ivr.turns_shown import print_candidates

NANO: Final = 1_000_000_000
_AGO: Final = re.compile(r"(\d+)\s*(m|h|d|w)")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PAGE: Final = 200

T = TypeVar("T")


@contextmanager
def opened(config: Config) -> Iterator[Database]:
    """The database of the settings. Raises `ConfigError` where no server has made one yet."""
    setting, folder = config.database_url.get_secret_value(), config.folder("data", os.environ)
    if not setting and not (folder / "calls.db").is_file():
        raise ConfigError(f"There are no call records in {folder} yet. They are made when `ivr serve` runs.")
    database = Database(setting, folder)
    try:
        yield database
    finally:
        database.close()


def asked(config: Config, ask: Callable[[Records], Awaitable[T]]) -> T:
    """Open the records, ask, close them."""
    with opened(config) as database:
        records = StoredRecords(database)

        async def run() -> T:
            return await ask(records)

        return asyncio.run(run())


def when(text: str, now: datetime) -> int | None:
    """A moment as ms since 1970: `2h`, `3d` (ago), `2026-11-25`, `2026-11-25 14:30` (UTC). "" is None.

    Raises `ConfigError`.
    """
    if not text:
        return None
    if ago := _AGO.fullmatch(text.strip()):
        try:
            return _ms(now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}))
        except (OverflowError, ValueError) as error:  # ValueError: more digits than Python reads
            raise ConfigError(f"'{text[:30]}' is before all time. Write less, or leave it out.") from error
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigError(f"'{text}' is no time. Write 30m, 2h, 3d, 2w, or 2026-11-25.") from error
    return _ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def list_calls(out: Console, config: Config, filters: CallFilter, limit: int) -> None:
    """Calls, newest first."""
    rows, count = asked(config, lambda records: _listed(records, filters, limit))
    if not rows:
        none = "No calls yet. Ring the line: ivr call" if filters == CallFilter() else "No call fits that."
        out.print(none)
        return
    table = Table("began (UTC)", "call", "flow", "length", "turns", "answer", "outcome", box=None)
    table.columns[1].no_wrap = True
    for column in (3, 4, 5):
        table.columns[column].justify = "right"
    for call in rows:
        table.add_row(
            _shown_time(call.began_ms),
            escape(call.call_id),
            escape(call.flow_name),
            f"{call.duration_ms / 1000:.0f} s" if call.outcome else "",
            str(call.turns or ""),
            f"{call.response_median_ms} ms" if call.response_median_ms is not None else "",
            escape(call.outcome or "running"),
        )
    out.print(table)
    if count > len(rows):
        out.print(f"{len(rows)} of {count} calls; --limit shows more.", style="dim", highlight=False)


def show_call(out: Console, config: Config, call_id: str) -> None:
    """One call: record, transcript, turns. Raises `ConfigError` when there is no such call."""
    call = asked(config, lambda records: _one(records, call_id))
    print_record(out, call)
    out.print()
    print_transcript(out, call)
    out.print()
    print_turns(out, call.turns)
    print_candidates(out, call.turns)
    print_models(out, call.turns)


def export(out: TextIO, config: Config, filters: CallFilter, limit: int, *, events: bool) -> int:
    """Calls as JSON Lines, oldest last: one object a call with its turns, transcript, steps and slots.

    events  with every event, too
    Gives how many.
    """

    async def write(records: Records) -> int:
        count = 0
        async for row in _all(records, filters, limit):
            whole = await records.call(row.call_id)
            if whole is None:
                continue  # erased in the meantime
            out.write(orjson.dumps(await as_json(records, whole, events=events)).decode() + "\n")
            count += 1
        return count

    return asked(config, write)


def export_file(path: Path, config: Config, filters: CallFilter, limit: int, *, events: bool) -> int:
    """The same into a file, which is there only when it is whole. Raises `ConfigError`."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            count = export(file, config, filters, limit, events=events)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from error
    return count


def erase(out: Console, config: Config, calls: list[str], caller: str, sure: Callable[[str], bool]) -> None:
    """Erase calls by name or by caller. Raises `ConfigError`."""
    with opened(config) as database:
        eraser = Eraser(database)
        if caller:
            calls = asyncio.run(eraser.of_caller(caller))
            if not calls:
                raise ConfigError(f"There are no calls from {caller}. `ivr calls --caller` finds numbers.")
        if sure(f"Erase {_counted(len(calls))} for good?"):
            tell_erased(out, asyncio.run(eraser.by_name(calls)))


def prune(out: Console, config: Config, days: float, sure: Callable[[str], bool]) -> None:
    """Erase what is older than `days`; 0 keeps everything."""
    if days <= 0:
        out.print("Calls are kept for ever: IVR_KEEP_DAYS is 0. Say how long: ivr calls prune --days 90")
        return
    with opened(config) as database:
        eraser = Eraser(database)
        calls = asyncio.run(eraser.older(days))
        if not calls or sure(f"Erase {_counted(len(calls))} older than {days:g} days for good?"):
            tell_erased(out, asyncio.run(eraser.older_than(days)))


def tell_erased(out: Console, erased: Erased) -> None:
    """What is gone."""
    out.print(f"{_counted(erased.calls)} and {erased.files} files of sound erased.", highlight=False)
    for name in erased.running:
        out.print(f"{name} is still going on; erase it when it has ended.", style="yellow", markup=False)


def _counted(calls: int) -> str:
    return "1 call" if calls == 1 else f"{calls} calls"


async def as_json(records: Records, call: WholeCall, *, events: bool) -> dict[str, Any]:
    """A call as plain data."""
    parts = asdict(call)
    made: dict[str, Any] = {**parts.pop("row"), **parts}
    del made["flow_source"]  # the same for many calls; `flow_digest` names it
    if events:
        made["event_list"] = [
            {"at_ms": e.at_ms, **e.event} for e in await records.events(call.row.call_id, limit=10**9)
        ]
    return made


def print_record(out: Console, call: WholeCall) -> None:
    """A record without its transcript."""
    row = call.row
    table = Table.grid(padding=(0, 2))
    slots = ", ".join(f"{slot.name}={_shown_value(slot.value)}" for slot in call.slots if slot.final)
    barge_ins = ", ".join(f"{turn.barge_in_ms} ms" for turn in call.turns if turn.barge_in_ms is not None)
    trouble = ", ".join(
        f"{count} {name}"
        for name, count in (
            ("reprompt" if row.reprompts == 1 else "reprompts", row.reprompts),
            ("time cut in on" if row.cut_ins == 1 else "times cut in on", row.cut_ins),
            ("wait over 1.5 s" if row.dead_airs == 1 else "waits over 1.5 s", row.dead_airs),
            ("failure" if row.failures == 1 else "failures", row.failures),
        )
        if count
    )
    scores = ", ".join(f"{s.question} {s.score:.2f} ({s.scorer})" for s in call.scores)
    for name, text in (
        ("call", row.call_id),
        ("began", _shown_time(row.began_ms)),
        ("from", f"{row.caller} to {row.called}" if row.caller or row.called else ""),
        ("flow", f"{row.flow_name} ({row.flow_digest[:12]})"),
        ("outcome", row.outcome or "running"),
        ("length", f"{row.duration_ms / 1000:.1f} s, {row.events} events"),
        ("barge-in", barge_ins or "none"),
        ("trouble", trouble or "none"),
        ("models", _money(row)),
        ("slots", slots or "none"),
        ("path", " > ".join(step.step for step in call.steps)),
        ("recording", row.recording),
        ("summary", call.summary.summary if call.summary else ""),
        ("intent", call.summary.intent if call.summary else ""),
        ("scores", scores),
        ("problem", row.problem),
    ):
        if text:
            table.add_row(f"[bold]{name}[/]", escape(text))
    out.print(table)


def _shown_value(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def print_transcript(out: Console, call: WholeCall) -> None:
    """What was said and heard, with times."""
    for line in call.lines:
        tail = " — interrupted" if line.cut else ""
        out.print(f"{line.at_ms / 1000:7.1f} s  {line.who:<7} {escape(line.text)}{tail}", highlight=False)


def print_turns(out: Console, turns: tuple[TurnRow, ...]) -> None:
    """What each turn of the caller was taken for, and what its answer waited for (ms)."""
    table = Table(
        "turn",
        "step",
        "taken for",
        "by",
        "sure",
        "closed",
        "heard",
        "understood",
        "audio",
        "answer",
        box=None,
    )
    for column in range(4, 10):
        table.columns[column].justify = "right"
    for turn in turns:
        if turn.by == "start":
            continue
        taken = " ".join(part for part in (turn.meaning or turn.by, turn.name) if part)
        sure = f"{turn.confidence:.2f}" if turn.confidence is not None else ""
        times = [turn.speech_end_ms, turn.closed_ms, turn.heard_ms, turn.understood_ms, turn.first_audio_ms]
        table.add_row(
            str(turn.number),
            escape(turn.step),
            escape(taken),
            escape(turn.model if turn.decided_by == "model" else turn.decided_by),
            sure,
            *_stages(times),
            f"{turn.response_ms} ms" if turn.response_ms is not None else "",
        )
    if table.row_count:
        out.print(table)


def _stages(times: list[int | None]) -> list[str]:
    """How much each stage added to the wait; what was done on speculation added nothing."""
    made, last = [], times[0]
    for time in times[1:]:
        made.append(f"+{max(0, time - last)}" if time is not None and last is not None else "")
        last = max(time, last) if time is not None and last is not None else last
    return made


def _money(row: CallRow) -> str:
    if not row.outcome or row.cost_nano == 0:
        return ""
    if row.cost_nano is None:
        return "cost not known: a price is missing"
    saved = f", {row.saved_nano / NANO:.4f} saved" if row.saved_nano else ""
    return f"{row.cost_nano / NANO:.4f} dollars{saved}"


async def _listed(records: Records, filters: CallFilter, limit: int) -> tuple[list[CallRow], int]:
    rows = [row async for row in _all(records, filters, limit)]
    return rows, await records.count(filters)


async def _one(records: Records, call_id: str) -> WholeCall:
    call = await records.call(call_id)
    if call is None:
        raise ConfigError(f"There is no call {call_id}. `ivr calls` lists the latest.")
    return call


async def _all(records: Records, filters: CallFilter, limit: int) -> AsyncIterator[CallRow]:
    """Call after call, in pages."""
    before, left = None, limit
    while left > 0:
        page = await records.calls(filters, limit=min(left, _PAGE), before=before)
        for row in page:
            yield row
        if len(page) < min(left, _PAGE):
            return
        before, left = page[-1].place, left - len(page)


def _shown_time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
