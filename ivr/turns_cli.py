"""`ivr turns`: how long a silence ends the caller's turn, as a table; and turn-taking as a chart."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.core import endpointing, turns
from ivr.core.commands import Expectation
from ivr.core.dialogue_state import WaitingStep
from ivr.core.endpointing import SoFar
from ivr.core.flow.model import CollectStep, ConfirmStep, Flow
from ivr.flow_files import load_flow_file


def show(out: Console, flow: Path | None) -> None:
    """Print the table, of every kind of answer or of every step of a flow. Raises `FlowError`."""
    table = Table("", *(so_far.value for so_far in SoFar), caption="ms of silence that end the caller's turn")
    for column in table.columns[1:]:
        column.justify = "right"
    if flow is None:
        for row, times in endpointing.rows():
            table.add_row(row.value, *map(str, times))
    else:
        for name, times in _steps(load_flow_file(flow)[0]):
            table.add_row(name, *map(str, times))
    out.print(table)


def chart() -> str:
    """Turn-taking as a Mermaid state diagram."""
    return turns.mermaid()


def _steps(flow: Flow) -> list[tuple[str, tuple[int, ...]]]:
    """Each step that waits for the caller, and its silences in the order of `SoFar`."""
    found = []
    for sub in flow.flows.values():
        for step in sub.steps:
            if isinstance(step, WaitingStep):
                row = endpointing.awaited(_expectation(flow, step))
                times = tuple(endpointing.silence_ms(step.settings, row, so_far) for so_far in SoFar)
                found.append((f"{step.id}: {row.value}", times))
    return found


def _expectation(flow: Flow, step: WaitingStep) -> Expectation:
    match step:
        case CollectStep(slot=slot):
            return Expectation(flow.slots[slot].type, slot=slot)
        case ConfirmStep():
            return Expectation("confirm")
        case _:
            return Expectation("intents")
