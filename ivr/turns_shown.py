"""Why a call's turns were understood as they were, on the terminal: what else was near, and how near."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.review.records import TurnRow
from ivr.understanding.answer_cache import ACCEPTED

_SHOWN: Final = 3


def print_candidates(to: Console, turns: tuple[TurnRow, ...]) -> None:
    """Of each turn that the classifier saw: the likeliest meanings with how sure it was, and the cache."""
    table = Table("turn", "nearest meanings, and how sure", "cache", box=None)
    table.columns[2].justify = "right"
    for turn in turns:
        if turn.candidates or turn.cache_score is not None:
            shown = [f"{one['name']} {one['score']:.2f}" for one in (turn.candidates or ())[:_SHOWN]]
            score = "" if turn.cache_score is None else f"{turn.cache_score:.2f}"
            table.add_row(str(turn.number), escape(", ".join(shown)), score)
    if table.row_count:
        to.print(table)
        to.print(f"The cache answers from {ACCEPTED:g} on.", style="dim", highlight=False)
