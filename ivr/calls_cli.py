"""`ivr calls`: the records of calls. Bodies are imported when they run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from ivr.config import MOST_DAYS, load


class _Calls(TyperGroup):
    """`ivr calls` lists, `ivr calls ID` shows; other words are commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = ["list", *args]
        elif args[0] not in self.commands and args[0] != "--help":
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Calls, help="The records of calls: `ivr calls` lists the latest, `ivr calls ID` shows one."
)
out = Console()

Since = Annotated[str, typer.Option(help="Not before: 30m, 2h, 3d ago, or 2026-11-25 (UTC).")]
Until = Annotated[str, typer.Option(help="Before this time.")]
Outcome = Annotated[str, typer.Option(help="How it ended: completed, transferred, hung up, running …")]
FlowName = Annotated[str, typer.Option("--flow", help="The flow's name.")]
Caller = Annotated[str, typer.Option(help="The caller's number, or a part of it.")]
Text = Annotated[str, typer.Option(help="Words that either side said.")]


def _filters(  # noqa: PLR0913 -- the options of two commands
    *, since: str, until: str, outcome: str, flow: str, caller: str, text: str
) -> Any:
    from ivr.records_cli import when  # noqa: PLC0415
    from ivr.review.records import CallFilter  # noqa: PLC0415

    now = datetime.now(UTC)
    made = CallFilter(outcome=outcome, flow=flow, caller=caller, text=text)
    return replace(made, since_ms=when(since, now), until_ms=when(until, now))


@app.command("list")
def list_(  # noqa: PLR0913 -- options of a command
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    since: Since = "",
    until: Until = "",
    outcome: Outcome = "",
    flow: FlowName = "",
    caller: Caller = "",
    text: Text = "",
) -> None:
    """List calls, newest first."""
    from ivr.records_cli import list_calls  # noqa: PLC0415

    list_calls(
        out,
        load().config,
        _filters(since=since, until=until, outcome=outcome, flow=flow, caller=caller, text=text),
        limit,
    )


@app.command()
def show(call_id: Annotated[str, typer.Argument(metavar="CALL", help="Its id, or how it begins.")]) -> None:
    """Show one call: what was said and heard, what it was taken for, how long answers took."""
    from ivr.records_cli import show_call  # noqa: PLC0415

    show_call(out, load().config, call_id)


@app.command()
def erase(
    calls: Annotated[list[str] | None, typer.Argument(metavar="[CALL]...", help="Ids of calls.")] = None,
    *,
    caller: Annotated[str, typer.Option(help="All calls from this number.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase calls for good: sound, transcript, events, and everything computed from them."""
    from ivr.records_cli import erase as run  # noqa: PLC0415

    if bool(calls) == bool(caller):
        raise typer.BadParameter("Name calls, or a caller: ivr calls erase --caller +15550100001")
    run(out, load().config, calls or [], caller, _sure(yes=yes))


@app.command()
def prune(
    days: Annotated[float | None, typer.Option(min=0, max=MOST_DAYS, help="Default: IVR_KEEP_DAYS.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase calls that are older than they are kept, and sound that belongs to no call."""
    from ivr.records_cli import prune as run  # noqa: PLC0415

    config = load().config
    run(out, config, config.keep_days if days is None else days, _sure(yes=yes))


def _sure(*, yes: bool) -> Callable[[str], bool]:
    """How to ask whether something may be erased for good."""
    return lambda question: yes or typer.confirm(question)


@app.command()
def export(  # noqa: PLR0913 -- options of a command
    *,
    file: Annotated[Path, typer.Option("--out", help="Where to; - is the output.")] = Path("-"),
    events: Annotated[bool, typer.Option("--events", help="With every event, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1_000_000,
    since: Since = "",
    until: Until = "",
    outcome: Outcome = "",
    flow: FlowName = "",
    caller: Caller = "",
    text: Text = "",
) -> None:
    """Write calls as JSON Lines, one object a call."""
    from ivr import records_cli  # noqa: PLC0415

    filters = _filters(since=since, until=until, outcome=outcome, flow=flow, caller=caller, text=text)
    if str(file) == "-":
        records_cli.export(sys.stdout, load().config, filters, limit, events=events)
        return
    count = records_cli.export_file(file, load().config, filters, limit, events=events)
    out.print(f"{count} calls written to {file}", highlight=False)
