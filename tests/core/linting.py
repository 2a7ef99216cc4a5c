"""What authors are warned of."""

from __future__ import annotations

from ivr.core.flow.load import check_text

HEAD = """\
ivr: 1
slots: {name: {type: text, ask: Who?}, day: {type: choice, ask: Which?, choices: [a, b]}}
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}}
answers: {hours: {examples: [when are you open, your hours, a b, c d, e f], say: Nine to five.}}
"""

FINE = "{ask: Go?, keys: {1: {say: a}}, on_no_input: [Well?]}"


def warnings(steps: str, head: str = HEAD, *, linted: bool = True) -> list[str]:
    flow, problems = check_text(f"{head}flows:\n  main: {steps}\n", "f.yaml", linted=linted)
    assert flow is not None, problems
    return [str(problem) for problem in problems]
