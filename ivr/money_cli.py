"""`ivr money`: what language models cost, and what was saved. Bodies are imported when they run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final, get_args

import typer
from rich.console import Console

from ivr.config import load
from ivr.core.errors import ConfigError
from ivr.money_shown import print_money
from ivr.review.money import By

app = typer.Typer()
out = Console()

_WEEK: Final = "7d"


@app.command()
def money(
    since: Annotated[
        str, typer.Option(help="Calls that began later: 2h, 3d ago, or 2026-11-25 (UTC).")
    ] = _WEEK,
    until: Annotated[str, typer.Option(help="Calls that began before this time.")] = "",
    by: Annotated[str, typer.Option(help="What to add up by: day, flow, model, tier or use.")] = "model",
) -> None:
    """What language models cost, and what was saved against sending every turn to the flagship."""
    from ivr.engines.records.money import spent  # noqa: PLC0415 -- loads the database's libraries
    from ivr.records_cli import opened, when  # noqa: PLC0415

    if by not in get_args(By):
        raise ConfigError(f"There is no '--by {by}'. It is one of {', '.join(get_args(By))}.")
    now = datetime.now(UTC)
    since_ms, until_ms = when(since, now) or 0, when(until, now)
    with opened(load().config) as database:
        found = asyncio.run(spent(database, since_ms, until_ms))
    if not found:
        out.print("No model was asked, or could have been, in calls of that time.")
        return
    print_money(out, found, by)  # type: ignore[arg-type] # one of them, as was checked
