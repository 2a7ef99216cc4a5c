"""Money of language models on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.review.money import By, Spent, Tally, tallies, whole
from ivr.review.records import TurnRow
from ivr.understanding.models.prices import dollars


def print_money(to: Console, spent: list[Spent], by: By) -> None:
    """The sums, a line each, and the whole. Saved: by a cheaper tier, and by turns spared a model."""
    table = Table(by, "requests", "tokens", "cost", "by tier", "spared", "by rules", box=None, pad_edge=False)
    for column in table.columns:
        column.no_wrap = True
        column.justify = "left" if column is table.columns[0] else "right"
    table.columns[0].min_width = 8
    for name, tally in tallies(spent, by).items():
        table.add_row(escape(name), *_cells(tally))
    total, calls = whole(spent)
    table.add_section()
    table.add_row("[bold]all[/]", *_cells(total))
    to.print(table)
    per_call = dollars(round(total.nano / calls))
    to.print(f"{calls} calls with turns for models; {per_call} a call.", highlight=False)
    to.print("Saved against every turn at the flagship: by a cheaper tier, and by rules.", highlight=False)
    if total.unpriced:
        to.print(
            f"{total.unpriced} requests went to models whose price is not known: they are in no sum.",
            style="yellow",
            highlight=False,
        )
    if total.estimated:
        to.print(
            f"{total.estimated} requests were stopped before the endpoint counted: estimated.",
            highlight=False,
        )


def _cells(tally: Tally) -> list[str]:
    cost = dollars(tally.nano) if tally.requests > tally.unpriced or not tally.requests else "unknown"
    lost = f" ({tally.lost:,} lost)" if tally.lost else ""
    return [
        f"{tally.requests:,}{lost}",
        f"{tally.tokens_in:,}+{tally.tokens_out:,}",
        f"{cost} + ?" if tally.unpriced and cost != "unknown" else cost,
        dollars(tally.by_tier),
        f"{tally.spared:,}",
        dollars(tally.by_rules),
    ]


def print_models(to: Console, turns: tuple[TurnRow, ...]) -> None:
    """The requests of a call's turns to models, if there were any."""
    table = Table("turn", "for", "model", "outcome", "first", "all", "tokens", "cost", "note", box=None)
    for column in (4, 5, 6, 7):
        table.columns[column].justify = "right"
    for turn in turns:
        for usage in turn.used or ():
            if usage["outcome"] == "spared":
                continue
            first = f"{usage['first_ms']} ms" if usage["first_ms"] >= 0 else "never"
            about = "~" if usage["estimated"] else ""
            table.add_row(
                str(turn.number),
                usage["stage"],
                escape(f"{usage['model']} ({usage['tier']})"),
                usage["outcome"],
                first,
                f"{usage['ms']} ms",
                f"{about}{usage['tokens_in']}+{usage['tokens_out']}",
                f"{about}{dollars(usage['nano'])}",
                escape(usage["note"][:60]),
            )
    if table.row_count:
        to.print(table)
