"""How many turns the pure core takes a second, and how long a large flow takes to load.

    python -m bench core
    python -m bench.core_speed

One core, CPU time. A *text turn* is what `ivr test` and a replay in text are made of: what a caller meant
goes in, and the steps that follow are run to what is said next. A *call turn* is all that happens on a line
about it: speech begins and ends, the turn is closed, words are heard and understood, sentences play.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console

from bench.figures import Figure, table
from ivr.core import dialogue
from ivr.core.call import CallState, advance
from ivr.core.commands import Expectation
from ivr.core.dialogue_state import Dialogue
from ivr.core.events import CallStarted, Meaning, Understood
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import Flow
from ivr.core.text_caller import TextCaller

CLINIC = Path(__file__).resolve().parent.parent / "flows" / "clinic.yaml"
TURNS = 24
SECONDS = 2.0
ROUNDS = 3
GOAL_TURNS = 20_000.0
GOAL_LOAD_MS = 300.0
LINES = 2_000


def said(flow: Flow) -> Callable[[str, Expectation], Meaning]:
    """A caller who books an appointment again and again, and says yes to everything."""

    def read(_text: str, expected: Expectation) -> Meaning:
        match expected.kind:
            case "intents":
                return Meaning("intent", "book", decided_by="classifier")
            case "choice":
                return Meaning("value", value=next(iter(flow.slots[expected.slot].choices)))
            case "digits":
                return Meaning("value", value="421900")
            case "text":
                return Meaning("value", value="my knee hurts")
            case _:
                return Meaning("value", value=True)

    return read


def rate(work: Callable[[], int]) -> float:
    """How much is done in a second of CPU time: the median of a few rounds."""
    rates = []
    for _ in range(ROUNDS):
        done, began = 0, time.process_time()
        while (spent := time.process_time() - began) < SECONDS:
            done += work()
        rates.append(done / spent)
    return median(rates)


def large(lines: int) -> str:
    """The clinic with its flows again and again under other names, until it has so many lines."""
    head, flows = CLINIC.read_text(encoding="utf-8").split("\nflows:\n")
    names = "|".join(re.findall(r"^  (\w+):$", flows, re.MULTILINE))
    made, number = f"{head}\nflows:\n{flows}", 0
    while made.count("\n") < lines:
        number += 1
        again = re.sub(rf"(^  |(?:call|link): )({names})\b", rf"\1\2_{number}", flows, flags=re.MULTILINE)
        made += re.sub(r"id: (\w+)", rf"id: \1_{number}", again)
    return made


def run() -> list[Figure]:
    """Every figure."""
    flow = load_flow(CLINIC.read_text(encoding="utf-8"), str(CLINIC))
    caller = TextCaller(flow, CallStarted("bench", today="2030-01-31"), said(flow))
    for _ in range(TURNS):
        caller.say("yes")
    events = caller.events
    turns: list[tuple[Dialogue, Meaning]] = []
    state = CallState()
    for at_ms, event in events:
        if isinstance(event, Understood):
            turns.append((state.dialogue, event.meaning))
        state, _ = advance(flow, state, event, at_ms)

    def text_turns() -> int:
        for before, meaning in turns:
            dialogue.on_meaning(flow, before, meaning)
        return len(turns)

    def call_turns() -> int:
        now = CallState()
        for at_ms, event in events:
            now, _ = advance(flow, now, event, at_ms)
        return len(turns)

    text = large(LINES)
    lines = text.count("\n")
    if check_text(text, "large.yaml")[0] is None:
        raise SystemExit("the enlarged clinic is no flow any more; see `large`")
    loads = rate(lambda: len(check_text(text, "large.yaml")[:1]))
    return [
        Figure("text turns a second", rate(text_turns), "", GOAL_TURNS, at_least=True, digits=0),
        Figure(
            f"call turns a second ({len(events) / len(turns):.1f} events each)", rate(call_turns), digits=0
        ),
        Figure(f"loading and checking {lines:,} lines", 1000 / loads, "ms", GOAL_LOAD_MS, digits=0),
    ]


if __name__ == "__main__":
    Console().print(table("Core", run()))
