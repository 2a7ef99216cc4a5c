"""The flow page: the file beside its graph, what the checker says, how calls went through it, versions."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from aiohttp import web

from ivr.core.flow.graph import Graph, graph
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import Problem
from ivr.edges.console_login import ConsoleAccess
from ivr.edges.pages import bad_request, json_response
from ivr.review.records import Records, Traffic, Version

MOST_DIFFERENCE: Final = 4000
"""Lines of a difference; more is a new file."""

Check = Callable[[str, str], tuple[Flow | None, tuple[Problem, ...]]]
"""The flow in a text (of this name), `None` if it has mistakes, and all problems."""

Served = Callable[[], tuple[Flow, str]]
"""The flow that new calls follow, and its text."""


@dataclass(frozen=True, slots=True)
class FlowPorts:
    """What the flow page works with. `refused`: what is wrong with the file as it is now; "" for nothing."""

    records: Records
    served: Served
    refused: Callable[[], str]
    check: Check


class ConsoleFlow:
    """`/api/flow…`."""

    def __init__(self, access: ConsoleAccess, ports: FlowPorts) -> None:
        self._access = access
        self._ports = ports

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [web.get("/api/flow", self.flow), web.get("/api/flow/difference", self.difference)]

    async def flow(self, request: web.Request) -> web.Response:
        """A version of the flow (`digest`), else the one that is served."""
        self._access.visitor(request, "viewer")
        flow, source = self._ports.served()
        versions = await self._ports.records.versions(flow.name)
        digest = request.query.get("digest", "") or flow.digest
        if digest != flow.digest:
            source = _version(versions, digest).source
        checked, problems = await asyncio.to_thread(self._ports.check, source, flow.name)
        shown = flow if digest == flow.digest else checked
        drawn = graph(shown) if shown else None
        traffic = await self._ports.records.traffic(flow.name, digest=digest)
        return json_response(
            {
                "name": flow.name,
                "digest": digest,
                "served": flow.digest,
                "refused": self._ports.refused(),
                "source": source,
                "problems": [_problem(problem) for problem in problems],
                "graph": asdict(drawn) if drawn else None,
                "versions": [
                    {"digest": v.digest, "first_ms": v.first_ms, "calls": v.calls} for v in versions
                ],
                "traffic": on_ways(drawn, traffic) if drawn else None,
            }
        )

    async def difference(self, request: web.Request) -> web.Response:
        """What changed from one version (`old`) to another (`new`), as lines of a unified difference."""
        self._access.visitor(request, "viewer")
        flow, source = self._ports.served()
        versions = await self._ports.records.versions(flow.name)
        texts = []
        for name in ("old", "new"):
            digest = request.query.get(name, "")
            text = source if digest == flow.digest else _version(versions, digest).source
            texts.append(text.splitlines())
        lines = await asyncio.to_thread(_difference, *texts)
        return json_response({"lines": lines[:MOST_DIFFERENCE], "cut": len(lines) > MOST_DIFFERENCE})


def on_ways(drawn: Graph, traffic: Traffic) -> dict[str, Any]:
    """Traffic on the ways of a graph, by `source target`. A step right after a `call` went by its begin."""
    counts = {f"{edge.source} {edge.target}": 0 for edge in drawn.edges}
    counts |= {way: traffic.calls for way in counts if way.startswith(f"{drawn.entry}>begin ")}
    begins = {edge.target: edge.source for edge in drawn.edges if edge.source.endswith(">begin")}
    for (step, after), times in traffic.edges.items():
        begin = begins.get(after, "")
        for way in (f"{step} {after}", f"{step} {begin}", f"{begin} {after}" if begin else ""):
            if way in counts and (way != f"{begin} {after}" or f"{step} {begin}" in counts):
                counts[way] += times
    return {"calls": traffic.calls, "steps": traffic.steps, "left": traffic.left, "edges": counts}


def _version(versions: list[Version], digest: str) -> Version:
    found = next((v for v in versions if v.digest == digest), None)
    if found is None:
        raise bad_request(f"No call was taken by a version {digest[:12]!r} of this flow.")
    return found


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
        "warning": problem.severity == "warning",
    }


def _difference(old: list[str], new: list[str]) -> list[str]:
    return list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=3))
