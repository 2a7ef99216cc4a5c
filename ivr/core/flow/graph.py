"""A flow as nodes and ways between them, for pages that draw it: see `mermaid` for the same as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.core.flow import model as m
from ivr.core.flow.mermaid import HELPERS, ways, wording

EdgeKind = Literal["", "call", "link"]


@dataclass(frozen=True, slots=True)
class Node:
    """A step. `kind`: `say`, `listen`, `collect` …; `begin` and `end` are the ends of a sub-flow.

    line  where it stands in the file, from 1; 0 for the ends
    """

    id: str
    flow: str
    kind: str
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from a step to the next. `kind` `call` and `link`: into another sub-flow."""

    source: str
    target: str
    label: str = ""
    kind: EdgeKind = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """The whole flow."""

    entry: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(flow: m.Flow) -> Graph:
    """Draw a flow."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for sub in flow.flows.values():
        nodes += _nodes(flow, sub)
        edges += _edges(sub)
    used = {edge.target for edge in edges}
    kept = tuple(n for n in nodes if n.kind != "end" or n.id in used)
    return Graph(flow.entry, kept, tuple(dict.fromkeys(edges)))


def kind(step: m.Step) -> str:
    """A step's kind as the flow language names it."""
    return _KINDS.get(type(step)) or type(step).__name__.removesuffix("Step").lower()


_KINDS = {m.SetSlotsStep: "set_slots", m.BranchStep: "if", m.HangUpStep: "hangup"}


def _nodes(flow: m.Flow, sub: m.SubFlow) -> Iterator[Node]:
    yield Node(_begin(sub.name), sub.name, "begin", sub.name)
    for step in sub.steps:
        if not isinstance(step, HELPERS):
            yield Node(step.id, sub.name, kind(step), wording(flow, step), step.line)
    yield Node(_end(sub.name), sub.name, "end", "end")


def _edges(sub: m.SubFlow) -> Iterator[Edge]:
    yield Edge(_begin(sub.name), _target(sub, 0))
    for index, step in enumerate(sub.steps):
        for label, target in ways(step, index):
            yield Edge(step.id, _target(sub, target), label)
        if isinstance(step, m.CallStep):
            yield Edge(step.id, _begin(step.flow), "call", "call")
        elif isinstance(step, m.LinkStep):
            yield Edge(step.id, _begin(step.flow), "link", "link")


def _target(sub: m.SubFlow, index: int) -> str:
    """The node that a jump to `index` comes to."""
    while index < len(sub.steps):
        step = sub.steps[index]
        if not isinstance(step, HELPERS):
            return step.id
        index = step.target
    return _end(sub.name)


def _begin(flow: str) -> str:
    return f"{flow}>begin"


def _end(flow: str) -> str:
    return f"{flow}>end"
