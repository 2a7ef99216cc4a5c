"""Flows compiled from their steps."""

from __future__ import annotations

from textwrap import dedent

from ivr.core.flow import model as m
from ivr.core.flow.load import load_flow

HEAD = """\
ivr: 1
end_silence: 800ms
intents: {book: [book me in, an appointment], cancel: [cancel it, call it off]}
slots:
  name: {type: text, ask: Who is calling?}
  new: {type: yes_no, ask: Are you new?}
  pin: {type: digits, min_length: 4, max_length: 6, ask: Your PIN?}
  sort: {type: choice, ask: Which sort?, choices: {small: [little, tiny], large: big, huge: }}
  count: {type: integer, min: 1, max: 9, ask: How many?, initial: 2}
contacts: {desk: "+15550100123", sip: "sip:desk@example.org"}
"""


def load(steps: str, head: str = HEAD) -> m.Flow:
    body = "".join(f"    {line}\n" for line in dedent(steps).strip().splitlines())
    return load_flow(f"{head}flows:\n  main:\n{body}", "f.yaml")


def steps_of(steps: str) -> tuple[m.Step, ...]:
    return load(steps).flows["main"].steps


def shape(steps: str) -> list[tuple[str, object]]:
    """The kinds of the steps, with their targets."""
    return [
        (type(step).__name__, getattr(step, "target", getattr(step, "otherwise", None)))
        for step in steps_of(steps)
    ]
