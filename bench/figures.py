"""Figures that benches report: what was measured, how much it may be, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `goal`: what it should reach; `None`: told for what it is."""

    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_least: bool = False
    digits: int = 2

    @property
    def mark(self) -> str:
        """`✓` or `✗` against the goal; empty without one."""
        if self.goal is None:
            return ""
        return "✓" if (self.value >= self.goal if self.at_least else self.value <= self.goal) else "✗"

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        return self._with_unit(self.value)

    @property
    def shown_goal(self) -> str:
        """The goal with its unit; empty without one."""
        if self.goal is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self._with_unit(self.goal)}"

    def _with_unit(self, value: float) -> str:
        space = "" if self.unit in ("", "x") else " "
        return f"{value:.{self.digits}f}{space}{self.unit}"


def table(title: str, figures: Iterable[Figure]) -> Table:
    """The figures for a terminal."""
    made = Table("figure", "goal", "measured", "", title=title, title_justify="left")
    for column in (1, 2):
        made.columns[column].justify = "right"
    for figure in figures:
        style = {"✓": "green", "✗": "red", "": ""}[figure.mark]
        mark = f"[{style}]{figure.mark}[/]" if style else ""
        made.add_row(escape(figure.what), figure.shown_goal, figure.shown, mark)
    return made


def markdown(title: str, figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [f"**{title}**", "", "| figure | goal | measured | |", "|---|--:|--:|---|"]
    lines += [f"| {f.what} | {f.shown_goal} | {f.shown} | {f.mark} |" for f in figures]
    return "\n".join(lines)
