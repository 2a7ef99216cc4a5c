"""A flow as a Mermaid flowchart: sub-flows as boxes, their steps, and every way from one to the next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from ivr.core.flow import model as m

_WIDTH: Final = 34
_LONGEST: Final = 110
_LADDERS: Final = {"no_input": "silence", "no_match": "no match", "low_confidence": "hardly heard"}
HELPERS: Final = (m.JumpStep, m.AgainStep)
"""Steps that are only ways to others: not drawn."""
_UNIVERSAL: Final = "universal:"

_SHAPES: Final[dict[type, tuple[str, str]]] = {
    m.BranchStep: ("{", "}"),
    m.ConfirmStep: ("{{", "}}"),
    m.ListenStep: ("([", "])"),
    m.CollectStep: ("([", "])"),
    m.TransferStep: ("[[", "]]"),
    m.HangUpStep: ("(((", ")))"),
}
"""What a node of a kind of step stands between; others are plain boxes."""


def mermaid(flow: m.Flow) -> str:
    """The chart as text, with a newline at its end."""
    return "\n".join(_Chart(flow).lines()) + "\n"


class _Chart:
    """Names and draws the nodes."""

    def __init__(self, flow: m.Flow) -> None:
        self._flow = flow
        self._number = {name: number for number, name in enumerate(flow.flows)}

    def lines(self) -> Iterator[str]:
        yield "flowchart TD"
        yield f"    ring(({_quoted(f'a call to {self._flow.name}')}))"
        for name, sub in self._flow.flows.items():
            yield f"    subgraph s{self._number[name]}[{_quoted(_title(name))}]"
            yield f"        {self._node(name, -1)}(({_quoted('begin')}))"
            for index, step in enumerate(sub.steps):
                if not isinstance(step, HELPERS):
                    left, right = _SHAPES.get(type(step), ("[", "]"))
                    text = _quoted(wording(self._flow, step))
                    yield f"        {self._node(name, index)}{left}{text}{right}"
            if self._returns(sub):
                yield f"        {self._node(name, len(sub.steps))}(({_quoted('end')}))"
            yield "    end"
        yield f"    ring --> {self._node(self._flow.entry, -1)}"
        for universal in self._flow.universals.values():
            if universal.does == "flow":
                label = _quoted(f"at any time: {universal.name}")
                yield f"    ring -. {label} .-> {self._node(universal.flow, -1)}"
        for name, sub in self._flow.flows.items():
            yield from self._edges(name, sub)

    def _edges(self, name: str, sub: m.SubFlow) -> Iterator[str]:
        yield f"    {self._node(name, -1)} --> {self._target(sub, 0)}"
        for index, step in enumerate(sub.steps):
            here = self._node(name, index)
            for label, target in ways(step, index):
                arrow = f"-- {_quoted(label)} -->" if label else "-->"
                yield f"    {here} {arrow} {self._target(sub, target)}"
            match step:
                case m.CallStep(flow=called):
                    yield f"    {here} -. {_quoted('call')} .-> {self._node(called, -1)}"
                case m.LinkStep(flow=linked):
                    yield f"    {here} == {_quoted('link')} ==> {self._node(linked, -1)}"

    def _target(self, sub: m.SubFlow, index: int) -> str:
        """The node that a jump to `index` comes to."""
        while index < len(sub.steps):
            step = sub.steps[index]
            if not isinstance(step, HELPERS):
                break
            index = step.target
        return self._node(sub.name, index)

    def _returns(self, sub: m.SubFlow) -> bool:
        end = self._node(sub.name, len(sub.steps))
        targets = [0, *(target for index, step in enumerate(sub.steps) for _, target in ways(step, index))]
        return any(self._target(sub, target) == end for target in targets)

    def _node(self, flow: str, index: int) -> str:
        return f"n{self._number[flow]}_{index if index >= 0 else 'begin'}"


def wording(flow: m.Flow, step: m.Step) -> str:
    """What stands in the node of a step."""
    match step:
        case m.SayStep(prompt=prompt):
            return prompt.text
        case m.ListenStep(prompt=prompt):
            return prompt.text if prompt else "listen"
        case m.CollectStep(slot=slot, prompt=asked):
            return f"{slot}: {asked.text if asked else flow.slots[slot].ask}"
        case m.ConfirmStep(prompt=prompt):
            return prompt.text
        case m.SetSlotsStep(values=values):
            return "\n".join(f"{slot} = {value or 'null'}" for slot, value in values.items())
        case m.BranchStep(condition=condition):
            return f"if {condition}"
        case m.CallStep(flow=called):
            return f"call {called}"
        case m.LinkStep(flow=linked):
            return f"link {linked}"
        case m.TransferStep(contact=contact):
            return f"transfer to {contact}"
        case m.AnswerStep(knowledge=knowledge):
            return f"answer from {knowledge}"
        case m.LanguageStep(language=language):
            return f"language {language}"
        case m.HoldStep(patience=patience):
            return f"hold {patience.limit_ms / 1000:g} s"
        case m.ActionStep(method=method, url=url):
            return f"{method} {url.partition('?')[0]}"
        case m.HangUpStep(prompt=said):
            return said.text if said else "hang up"
        case _:
            return _people_wording(step)


def _people_wording(step: m.Step) -> str:
    """What steps say or do that bring people in."""
    match step:
        case m.VoicemailStep(prompt=asked):
            return asked.text if asked else "take a message"
        case m.PlayMessageStep(prompt=asked):
            return asked.text
        case m.KeepMessageStep():
            return "keep the message"
        case m.KeepCallbackStep(number=number, time=time):
            return f"call back {number} {time}".strip()
        case m.RecordStep(on=on):
            return "record from here" if on else "record no more"
        case _:
            return step.id


def _people_ways(step: m.Step, index: int) -> Iterator[tuple[str, int]]:
    match step:
        case m.TransferStep():
            for outcome, target in step.branches.items():
                yield outcome.replace("_", " "), target
        case m.VoicemailStep():
            yield "message", step.taken
            yield "nothing said", step.empty
        case m.PlayMessageStep() | m.KeepMessageStep() | m.KeepCallbackStep() | m.RecordStep():
            yield "", index + 1


def ways(step: m.Step, index: int) -> Iterator[tuple[str, int]]:
    """Where a step may lead within its sub-flow, and when."""
    match step:
        case m.ListenStep():
            keys: dict[int, list[str]] = {}
            for key, target in step.keys.items():
                keys.setdefault(target, []).append(key)
            for name, target in step.intents.items():
                yield " or ".join((name, *(f"key {key}" for key in keys.pop(target, [])))), target
            for target, pressed in keys.items():
                yield " or ".join(f"key {key}" for key in pressed), target
        case m.ConfirmStep():
            yield "yes", step.yes
            yield "no", step.no
        case m.BranchStep():
            yield "then", index + 1
            yield "else", step.otherwise
        case m.AnswerStep() | m.HoldStep() | m.ActionStep():
            yield "", index + 1
            yield from _after_work(step)
        case (
            m.SayStep() | m.CollectStep() | m.SetSlotsStep() | m.CallStep() | m.NoopStep() | m.LanguageStep()
        ):
            yield "", index + 1
    yield from _people_ways(step, index)
    if isinstance(step, m.ListenStep | m.CollectStep | m.ConfirmStep):
        for ladder, words in _LADDERS.items():
            for number, target in enumerate(getattr(step.repair, ladder), 1):
                yield f"{words} {number}", target


def _after_work(step: m.AnswerStep | m.HoldStep | m.ActionStep) -> Iterator[tuple[str, int]]:
    """Where a step leads whose work did not end well."""
    match step:
        case m.AnswerStep():
            found = {"not known": step.on_unknown, "no model": step.on_error}
        case m.HoldStep():
            found = {"timeout": step.on_timeout}
        case m.ActionStep():
            found = {**step.on_error}
    yield from ((kind, target) for kind, target in found.items() if target is not None)


def _title(name: str) -> str:
    return f"at any time: {name.removeprefix(_UNIVERSAL)}" if name.startswith(_UNIVERSAL) else name


def _quoted(text: str) -> str:
    """A text as Mermaid takes it: in quotes, without characters that mean something, in short lines."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    lines = [part for line in short.splitlines() for part in textwrap.wrap(line, _WIDTH) or [""]]
    safe = (
        "".join(c if c.isalnum() or c in " .,!?'-_=…" or not c.isascii() else f"#{ord(c)};" for c in line)
        for line in lines
    )
    return f'"{"<br/>".join(safe)}"'
