"""The same callers at several servers: ours and pipecat with stub engines, ours with real ones, others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from rich.table import Table

from bench.child import Child
from bench.rig import rival
from bench.rig.compose import Line
from bench.rig.findings import GAP_MS, Compared
from bench.rig.judge import CallHeard, Turn, gaps_ms, interruptions, p95, turns
from bench.rig.library import Library
from bench.rig.scenes import comparing, crowd
from bench.rig.usage import Usage, usage
from bench.serving import Server
from ivr.edges.carrier import CarrierSettings

FLOW = Path(__file__).resolve().parent.parent / "flows" / "compare.yaml"
CALLS = 4
TURNS = 6

Callers = tuple[Sequence[Sequence[Line]], Sequence[Line]]
"""What each call says, and what it interrupts with."""


async def compare(
    library: Library, cache: Path, real: Server | None, turns_each: int = TURNS
) -> list[Compared]:
    """Each server in turn, with the same callers; `real` is `ivr serve` with `flows/compare.yaml`."""
    said = [library.questions(turns_each) for _ in range(CALLS)]
    over = library.barge_ins(max(4, turns_each))
    made: list[Compared] = []
    with Child("agent_server.py", "--detector", "silero", "--flow", str(FLOW)) as ours:
        made.append(await _measure("ivr, stub engines", ours.hello["url"], ours.pid, (said, over)))
    try:
        with rival.running(cache) as theirs:
            name = f"{rival.NAME}, stub engines"
            made.append(await _measure(name, theirs.hello["url"], theirs.pid, (said, over)))
    except rival.NoRivalError as missing:
        print(missing)
    if real is not None:
        made.append(await _measure("ivr, real engines", real.url, real.pid, (said, over)))
    return made


async def compare_url(library: Library, url: str, pid: int | None, turns_each: int = TURNS) -> Compared:
    """Any other server: `ws(s)://` is its media stream, `http(s)://` its voice webhook."""
    callers = ([library.questions(turns_each) for _ in range(CALLS)], library.barge_ins(max(4, turns_each)))
    return await _measure(url, url, pid, callers)


def settings_of(url: str) -> CarrierSettings:
    """How to ring an address."""
    where = urlsplit(url)
    if where.scheme in ("ws", "wss"):
        return CarrierSettings("", stream_url=url)
    base = f"{where.scheme}://{where.netloc}"
    return CarrierSettings(base, voice_path=where.path) if where.path.strip("/") else CarrierSettings(base)


async def _measure(name: str, url: str, pid: int | None, callers: Callers) -> Compared:
    said, over = callers
    settings = settings_of(url)
    work = partial(comparing, settings, over=over)
    await work(said[0][:2])  # what the first call of a server has to load
    before = usage(pid) if pid else None
    calls = await crowd(len(said), said, work)
    after = usage(pid) if pid else None
    return compared(name, calls, before, after)


def compared(name: str, calls: Sequence[CallHeard], before: Usage | None, after: Usage | None) -> Compared:
    """The row of a server."""
    minutes = sum(heard.length_ms for heard in calls) / 60_000
    cpu = sum(after.since(before).values()) / minutes if before and after and minutes else None
    over = [one for heard in calls for one in interruptions(heard)]
    talked = [turn for heard in calls for turn in _polite(heard)]
    gaps = [gap for heard in calls for gap in gaps_ms(heard)]
    return Compared(
        name,
        len(calls),
        cpu,
        before.rss / 1e6 if before else None,
        (after.rss - before.rss) / 1e6 / len(calls) if before and after else None,
        tuple(turn.response_ms for turn in talked if turn.response_ms is not None),
        tuple(one.clear_ms for one in over if one.clear_ms is not None),
        sum(one.clear_ms is None for one in over),
        sum(turn.cut_in for turn in talked),
        len(talked),
        sum(gap > GAP_MS for gap in gaps),
        max(gaps, default=0.0),
        sum(bool(heard.broken) for heard in calls),
    )


def _polite(heard: CallHeard) -> list[Turn]:
    """Turns whose caller did not speak over the agent."""
    over = {id(one.spoke) for one in interruptions(heard)}
    return [turn for turn in turns(heard) if id(turn.spoke) not in over]


HEADS = (
    "server", "CPU s per call-minute", "response median", "p95", "to clear median", "p95",
    "missed", "cut-ins", f"gaps > {GAP_MS:.0f} ms", "longest", "idle", "per call",
)  # fmt: skip


def cells(row: Compared) -> list[str]:
    """A row, as `HEADS` says."""

    def ms(values: Sequence[float], tail: bool = False) -> str:  # noqa: FBT001, FBT002 -- a local shorthand
        return f"{p95(values) if tail else median(values):.0f} ms" if values else "-"

    def mb(value: float | None) -> str:
        return "-" if value is None else f"{value:.0f} MB"

    tried = len(row.clears_ms) + row.missed
    return [
        row.name + (f" ({row.broken} calls broke)" if row.broken else ""),
        "-" if row.cpu_s is None else f"{row.cpu_s:.2f}",
        ms(row.responses_ms),
        ms(row.responses_ms, tail=True),
        ms(row.clears_ms),
        ms(row.clears_ms, tail=True),
        f"{row.missed} of {tried}",
        f"{row.cut_ins} of {row.turns}",
        str(row.gaps),
        f"{row.worst_gap_ms:.0f} ms",
        mb(row.idle_mb),
        mb(row.call_mb),
    ]


def comparison_table(rows: Sequence[Compared]) -> Table:
    """For a terminal."""
    made = Table(*HEADS, title=f"The same callers, {CALLS} calls at once", title_justify="left")
    for row in rows:
        made.add_row(*cells(row))
    return made


def comparison_markdown(rows: Sequence[Compared]) -> str:
    """For a file."""
    lines = [f"**The same callers, {CALLS} calls at once**", "", "| " + " | ".join(HEADS) + " |"]
    lines += ["|" + "---|" * len(HEADS), *("| " + " | ".join(cells(row)) + " |" for row in rows)]
    return "\n".join(lines)
