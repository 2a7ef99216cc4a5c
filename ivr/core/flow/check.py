"""Checks across a compiled flow: what can never be reached, where it ends, where it runs in circles."""

from __future__ import annotations

import graphlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ivr.core.flow import model as m
from ivr.core.flow.compile import Compiled
from ivr.core.flow.compile_answers import same_examples
from ivr.core.flow.problems import Report, Spot
from ivr.core.flow.yaml_source import Node

Place = tuple[str, int]
"""Sub-flow and index of a step; an index one past the last step is the end of the sub-flow."""

_MOST_LOOPS: Final = 100
_HELPERS: Final = (m.JumpStep, m.AgainStep)


def check(compiled: Compiled, root: Node, report: Report) -> None:
    """Report what is wrong between the parts of a flow each of which is right."""
    flow = compiled.flow
    reached, returning = _reach(flow)
    _unreached(compiled, root, reached, report)
    _dead_ends(flow, root, reached, returning, report)
    _loops(compiled, report)
    _intents(flow, root, reached, report)


def _roots(flow: m.Flow) -> tuple[str, ...]:
    return (flow.entry, *(universal.flow for universal in flow.universals.values() if universal.flow))


def _step(flow: m.Flow, place: Place) -> m.Step | None:
    steps = flow.flows[place[0]].steps
    return steps[place[1]] if place[1] < len(steps) else None


def _targets(place: Place, step: m.Step) -> Iterator[int]:
    """Where a step may lead within its sub-flow, whatever the caller does. Calls are not followed."""
    match step:
        case m.ListenStep():
            yield from (*step.intents.values(), *step.keys.values())
        case m.ConfirmStep():
            yield from (step.yes, step.no)
        case m.BranchStep():
            yield from (place[1] + 1, step.otherwise)
        case m.JumpStep() | m.AgainStep():
            yield step.target
        case m.CollectStep():
            yield from {place[1] + 1, step.passed(place[1])}
        case m.SayStep() | m.SetSlotsStep():
            yield place[1] + 1
        case m.TransferStep():
            yield from step.branches.values()
        case m.VoicemailStep():
            yield from (step.taken, step.empty)
        case m.HoldStep() if step.on_timeout is not None:
            yield from (place[1] + 1, step.on_timeout)
        case m.HoldStep() | m.NoopStep() | m.LanguageStep():
            yield place[1] + 1
        case m.PlayMessageStep() | m.KeepMessageStep() | m.KeepCallbackStep() | m.RecordStep():
            yield place[1] + 1
        case m.ActionStep():
            yield from (place[1] + 1, *step.on_error.values())
        case m.AnswerStep():
            yield place[1] + 1
            yield from (target for target in (step.on_unknown, step.on_error) if target is not None)
        case _:
            pass
    if isinstance(step, m.ListenStep | m.CollectStep | m.ConfirmStep):
        yield from step.repair.targets


def _reach(flow: m.Flow) -> tuple[set[Place], set[str]]:
    """The places that a call can come to, and the sub-flows that can come to their end."""
    reached: set[Place] = set()
    returning: set[str] = set()
    waiting: dict[str, list[Place]] = defaultdict(list)
    todo: list[Place] = [(name, 0) for name in _roots(flow)]
    while todo:
        place = todo.pop()
        if place in reached:
            continue
        reached.add(place)
        step = _step(flow, place)
        match step:
            case None:
                returning.add(place[0])
                todo.extend(waiting[place[0]])
            case m.CallStep():
                after = (place[0], place[1] + 1)
                todo.append((step.flow, 0))
                waiting[step.flow].append(after)
                if step.flow in returning:
                    todo.append(after)
            case m.LinkStep():
                todo.append((step.flow, 0))
            case _:
                todo.extend((place[0], target) for target in _targets(place, step))
    return reached, returning


def _unreached(compiled: Compiled, root: Node, reached: set[Place], report: Report) -> None:
    """The first step of each stretch that no call comes to; whole flows are only warned about."""
    for name, sub_flow in compiled.flow.flows.items():
        if (name, 0) not in reached:
            hint = "Use it with 'call' or 'link', or take it out."
            report.warn(root.at("flows").key(name), f"The flow '{name}' is never used", hint)
            continue
        before = True
        for index, step in enumerate(sub_flow.steps):
            if isinstance(step, _HELPERS):
                continue
            here = (name, index) in reached
            if before and not here:
                report.error(
                    compiled.spots[name][index],
                    "No call ever comes to this step",
                    "What stands before it ends the call or goes elsewhere.",
                )
            before = here


def _dead_ends(flow: m.Flow, root: Node, reached: set[Place], returning: set[str], report: Report) -> None:
    """Flows at whose end nothing is left to do: the entry, and those that a link leads to."""
    links = {step.flow for place in reached if isinstance(step := _step(flow, place), m.LinkStep)}
    for name in sorted(({flow.entry} | links) & returning):
        report.warn(
            root.at("flows").key(name),
            f"A call can come to the end of '{name}' with nowhere to go",
            "It hears the phrase 'goodbye' then. To say so yourself, end the flow with 'hangup'.",
        )
    for name in ("agent", "goodbye"):
        if f"universal:{name}" in returning:
            what = "a 'transfer'" if name == "agent" else "'hangup'"
            report.warn(
                root.at("universals").key(name),
                f"'{name}' can come back to the question that the caller wanted to leave",
                f"End it with {what}.",
            )


def _loops(compiled: Compiled, report: Report) -> None:
    """Ways round that never wait for the caller."""
    graph = _silent_graph(compiled.flow)
    for _ in range(_MOST_LOOPS):
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            # Against the direction of the loop: each place leads to the one before it.
            loop: list[Place] = error.args[1][:-1]
        else:
            return
        cut = _broken_by_collect(compiled.flow, loop)
        if cut is None:
            _report_loop(compiled, loop, report)
            cut = loop[0]
        graph[cut].discard(loop[loop.index(cut) - 1])


def _broken_by_collect(flow: m.Flow, loop: list[Place]) -> Place | None:
    """A `collect` in the loop whose slot the loop clears: it waits each time round."""
    steps = {place: _step(flow, place) for place in loop}
    cleared = {
        slot
        for step in steps.values()
        if isinstance(step, m.SetSlotsStep)
        for slot, value in step.values.items()
        if value is None
    }
    for place, step in steps.items():
        if isinstance(step, m.CollectStep) and step.slot in cleared:
            return place
    return None


def _report_loop(compiled: Compiled, loop: list[Place], report: Report) -> None:
    steps = [(place, step) for place in loop if (step := _step(compiled.flow, place)) is not None]
    spots = sorted({compiled.spots[place[0]][place[1]] for place, _ in steps})
    lines = ", ".join(str(line) for line in sorted({spot.line for spot in spots})[:10])
    where = f"lines {lines} lead" if "," in lines else f"line {lines} leads"
    message = f"This goes round without ever waiting for the caller: {where} back to this step"
    slots = sorted({step.slot for _, step in steps if isinstance(step, m.CollectStep)})
    hint = "Put a 'listen' or 'collect' into it, or a way out."
    if slots:
        hint = f"'{slots[0]}' is not asked for again while it has a value: clear it with 'set_slots'."
    if any(isinstance(step, m.BranchStep) for _, step in steps):
        report.warn(spots[0], message, f"{hint} It ends only if the 'if' in it fails.")
    else:
        report.error(spots[0], message, hint)


def _silent_graph(flow: m.Flow) -> dict[Place, set[Place]]:
    """Which places lead to which without the caller doing anything. A `collect` passes a full slot."""
    graph: dict[Place, set[Place]] = {}
    after_call: dict[str, set[Place]] = defaultdict(set)
    for name, sub_flow in flow.flows.items():
        for index, step in enumerate(sub_flow.steps):
            place = (name, index)
            graph[place] = _silent_targets(place, step)
            if isinstance(step, m.CallStep):
                after_call[step.flow].add(place)
    for name in _silently_passed(flow, graph):
        for place in after_call[name]:
            graph[place].add((place[0], place[1] + 1))
    return graph


def _silent_targets(place: Place, step: m.Step) -> set[Place]:
    match step:
        case m.CallStep() | m.LinkStep():
            return {(step.flow, 0)}
        case m.CollectStep():
            return {(place[0], step.passed(place[1]))}
        case m.ListenStep() | m.ConfirmStep() | m.AgainStep() | m.VoicemailStep() | m.TransferStep():
            return set()
        case _:
            return {(place[0], target) for target in _targets(place, step)}


def _silently_passed(flow: m.Flow, graph: dict[Place, set[Place]]) -> set[str]:
    """The sub-flows that can be run from beginning to end without waiting for the caller."""
    callers: dict[str, set[str]] = defaultdict(set)
    for name, sub_flow in flow.flows.items():
        for step in sub_flow.steps:
            if isinstance(step, m.CallStep):
                callers[step.flow].add(name)
    passed: set[str] = set()
    todo = list(flow.flows)
    while todo:
        name = todo.pop()
        if name not in passed and _is_silent(flow, name, graph, passed):
            passed.add(name)
            todo.extend(callers[name])
    return passed


def _is_silent(flow: m.Flow, name: str, graph: dict[Place, set[Place]], passed: set[str]) -> bool:
    seen: set[Place] = set()
    todo: list[Place] = [(name, 0)]
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        match _step(flow, place):
            case None:
                return True
            case m.CallStep(flow=called):
                if called in passed:
                    todo.append((name, place[1] + 1))
            case m.LinkStep():
                pass
            case _:
                todo.extend(graph[place])
    return False


def _intents(flow: m.Flow, root: Node, reached: set[Place], report: Report) -> None:
    heard = {
        name
        for place in reached
        if isinstance(step := _step(flow, place), m.ListenStep | m.HoldStep)
        for name in (step.until if isinstance(step, m.HoldStep) else step.intents)
    }
    for name in flow.intents:
        if name not in heard:
            hint = "Name it under the 'intents' of a 'listen', or take it out."
            report.warn(root.at("intents").key(name), f"No step listens for '{name}'", hint)
    for example, first, second in same_examples(flow):
        section = "intents" if second in flow.intents else "answers"
        spot: Spot = root.at(section).key(second)
        report.warn(
            spot, f"'{example[:60]}' is an example of both '{first}' and '{second}'", "Keep it in one."
        )
