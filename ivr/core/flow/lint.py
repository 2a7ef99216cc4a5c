"""Lint: what works, but callers will not thank you for. Three kinds: sense, for the ear, for safety."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields

from ivr.core.flow import model as m
from ivr.core.flow.compile import Compiled
from ivr.core.flow.compile_people import CONSENTED
from ivr.core.flow.lint_ear import lint_ear
from ivr.core.flow.problems import Report
from ivr.core.flow.yaml_source import Node


def lint(compiled: Compiled, root: Node, report: Report) -> None:
    """Report everything, as warnings."""
    _never_set(compiled, report)
    lint_ear(compiled, root, report)
    _safety(compiled, root, report)


def _never_set(compiled: Compiled, report: Report) -> None:
    """Slots that are said or asked about, and that nothing in the flow gives a value."""
    flow = compiled.flow
    given = {name for name, slot in flow.slots.items() if slot.initial is not None}
    for _, step, _ in _steps(flow):
        given |= set(_slots_given(step, flow.slots))
    for name, spot in compiled.reads.items():
        if name not in given:
            report.warn(
                spot,
                f"Nothing ever gives the slot '{name}' a value",
                "Ask for it with 'collect' or set it, unless whoever places the call presets it.",
            )


def _slots_given(step: m.Step, slots: Collection[str]) -> Iterator[str]:
    """Every slot that stands as such in a step: what it collects, sets or saves to."""
    for part in fields(step):
        value = getattr(step, part.name)
        if isinstance(value, str) and value in slots and part.name in ("slot", "save", "number", "time"):
            yield value
        elif isinstance(value, Mapping):
            yield from (name for name in value if name in slots)
        elif isinstance(value, tuple):
            yield from (name for name in value if isinstance(name, str) and name in slots)


def _safety(compiled: Compiled, root: Node, report: Report) -> None:
    flow = compiled.flow
    if "agent" not in flow.universals:
        contacts = next(iter(flow.contacts), "")
        report.warn(
            root.key("universals") if flow.universals else root.spot,
            "A caller who asks for a person gets none: there is no universal 'agent'",
            f"Write universals: {{agent: {{transfer: {contacts or 'a contact'}}}}}.",
            "safety",
        )
    for name, step, index in _steps(flow):
        if isinstance(step, m.RecordStep) and step.on and not step.id.endswith(CONSENTED):
            report.warn(
                compiled.spots[name][index],
                "This records the call and asks nobody",
                "Ask with 'recording: {ask: ...}', unless the law where your callers are lets you.",
                "safety",
            )
        if isinstance(step, m.ListenStep) and not step.repair.no_input:
            report.warn(
                compiled.spots[name][index],
                "Nothing is said of a caller who stays silent here",
                "The question is asked again twice, then the call goes to a person or ends. "
                "To say so in your own words, write 'on_no_input'.",
                "safety",
            )


def _steps(flow: m.Flow) -> Iterator[tuple[str, m.Step, int]]:
    for name, sub_flow in flow.flows.items():
        for index, step in enumerate(sub_flow.steps):
            yield name, step, index
