"""Which steps, branches and answers of a flow were used by a set of calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from ivr.core import dialogue
from ivr.core.call import CallState
from ivr.core.events import Event, KeyPressed, Meaning, Understood
from ivr.core.flow import model as m

Kind = Literal["step", "branch", "answer"]
KINDS: Final[tuple[Kind, ...]] = ("step", "branch", "answer")

_HELPERS: Final = (m.JumpStep, m.AgainStep)
_WAITING: Final = (m.ListenStep, m.CollectStep, m.ConfirmStep)


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A step, a way out of a step, or an answer. `line`: in the flow's file; 0 for an answer."""

    line: int
    kind: Kind
    name: str


class Coverage:
    """Gathers what calls use of a flow: show it every event, and the path of each call when it is over."""

    def __init__(self, flow: m.Flow) -> None:
        self._flow = flow
        self._steps = {
            step.id: (step, sub)
            for sub in flow.flows.values()
            for step in sub.steps
            if not isinstance(step, _HELPERS)
        }
        self._entered = {
            part: _first(sub, target)
            for step, sub in self._steps.values()
            for part, target in _branches(step, sub)
        }
        """The first step behind each branch."""
        self.parts: dict[Kind, frozenset[Part]] = {
            "step": frozenset(Part(step.line, "step", name) for name, (step, _) in self._steps.items()),
            "branch": frozenset(self._entered),
            "answer": frozenset(Part(0, "answer", name) for name in flow.answers),
        }
        self._used: set[Part] = set()

    def observe(self, before: CallState, event: Event, after: CallState) -> None:
        """Note the branch that an event took. Implements `ivr.core.text_caller.Observe`."""
        if before.dialogue is after.dialogue:
            return
        self._left(before, after)
        step = dialogue.waiting_step(self._flow, before.dialogue)
        guess = before.guess
        meaning = event.meaning if isinstance(event, Understood) else guess.meaning if guess else None
        if step is not None and (label := _label(step, event, meaning)):
            self._used.add(_branch(step, label))

    def _left(self, before: CallState, after: CallState) -> None:
        """The caller came back from a transfer, or a message is over: which way it went."""
        frame = before.dialogue.stack[-1] if before.dialogue.stack else None
        steps = self._flow.flows[frame.flow].steps if frame else ()
        step = steps[frame.at] if frame and frame.at < len(steps) else None
        result = before.away.result if before.away and after.away != before.away else ""
        if isinstance(step, m.TransferStep) and result:
            self._used.add(_branch(step, result if result in step.branches else "failed"))
        elif isinstance(step, m.VoicemailStep) and before.message and not after.message:
            self._used.add(_branch(step, "message" if after.dialogue.draft else "nothing said"))

    def call(self, path: tuple[str, ...]) -> None:
        """Note the steps that a call visited, in order."""
        for name in set(path):
            if name in self._steps:
                step, sub = self._steps[name]
                self._used.add(Part(step.line, "step", name))
            elif name.startswith("answer:"):
                self._used.add(Part(0, "answer", name.removeprefix("answer:")))
        for name, follower in pairwise((*path, "")):
            if name in self._steps and isinstance(self._steps[name][0], m.BranchStep):
                self._condition(*self._steps[name], follower)
        for step, sub in self._steps.values():
            if isinstance(step, (*_WAITING, m.ActionStep, m.HoldStep)):
                for part, target in _rungs(step):
                    if target < len(sub.steps) and sub.steps[target].id in path:
                        self._used.add(part)

    def used(self, kind: Kind) -> int:
        """How many of a kind were used."""
        return len(self.parts[kind] & self._used)

    def total(self, kind: Kind) -> int:
        """How many of a kind there are."""
        return len(self.parts[kind])

    def share(self, kind: Kind) -> float:
        """The share of a kind that was used, 0..1; 1 where there is none."""
        return self.used(kind) / self.total(kind) if self.total(kind) else 1.0

    def missing(self) -> list[Part]:
        """What was never used, in file order. A branch is left out where a step tells the same."""
        unused = {part for parts in self.parts.values() for part in parts} - self._used
        steps = {part.name for part in unused if part.kind == "step"}
        return sorted(
            part
            for part in unused
            if part.kind != "branch" or not {part.name.partition(": ")[0], self._entered[part]} & steps
        )

    def _condition(self, step: m.Step, sub: m.SubFlow, follower: str) -> None:
        """An `if` was run: the step visited next tells which way it went."""
        assert isinstance(step, m.BranchStep)
        here = sub.steps.index(step)
        then, otherwise = (_first(sub, at) for at in (here + 1, step.otherwise))
        empty_then = isinstance(sub.steps[here + 1], m.JumpStep) if here + 1 < len(sub.steps) else True
        # The first step of a branch has no other way in, so seeing it next is proof.
        took_then = follower != otherwise if empty_then else follower == then
        self._used.add(_branch(step, "then" if took_then else "else"))


def _branch(step: m.Step, label: str) -> Part:
    return Part(step.line, "branch", f"{step.id}: {label}")


def _branches(step: m.Step, sub: m.SubFlow) -> Iterator[tuple[Part, int]]:
    """The ways out of a step that the author wrote, and where each leads."""
    match step:
        case m.ListenStep():
            for name, target in step.intents.items():
                yield _branch(step, f"intent {name}"), target
            for key, target in step.keys.items():
                yield _branch(step, f"key {key}"), target
        case m.ConfirmStep():
            yield _branch(step, "yes"), step.yes
            yield _branch(step, "no"), step.no
        case m.BranchStep():
            yield _branch(step, "then"), sub.steps.index(step) + 1
            yield _branch(step, "else"), step.otherwise
        case m.TransferStep():
            for outcome, target in step.branches.items():
                yield _branch(step, outcome), target
        case m.VoicemailStep():
            yield _branch(step, "message"), step.taken
            yield _branch(step, "nothing said"), step.empty
    if isinstance(step, (*_WAITING, m.ActionStep, m.HoldStep)):
        yield from _rungs(step)


def _rungs(
    step: m.ListenStep | m.CollectStep | m.ConfirmStep | m.ActionStep | m.HoldStep,
) -> Iterator[tuple[Part, int]]:
    """The branches that are known by the steps they lead to."""
    if isinstance(step, m.HoldStep):
        if step.on_timeout is not None:
            yield _branch(step, "timeout"), step.on_timeout
        return
    if isinstance(step, m.ActionStep):
        for kind, target in step.on_error.items():
            yield _branch(step, f"error {kind}"), target
        return
    for ladder in ("no_input", "no_match", "low_confidence"):
        for number, target in enumerate(getattr(step.repair, ladder), 1):
            yield _branch(step, f"{ladder} {number}"), target


def _label(step: m.Step, event: Event, meaning: Meaning | None) -> str:
    """The branch that an event takes out of the step that waits, rungs left out; "" for none.

    meaning   of the turn that the event brought to an end, or was known before
    """
    match step, event:
        case m.ListenStep(keys=keys), KeyPressed(key):
            return f"key {key}" if key in keys else ""
        case m.ConfirmStep(), KeyPressed(key):
            return {"1": "yes", "2": "no"}.get(key, "")
        case m.ListenStep(intents=intents), _ if meaning is not None:
            return f"intent {meaning.name}" if meaning.kind == "intent" and meaning.name in intents else ""
        case m.ConfirmStep(), _ if meaning is not None:
            yes = {True: "yes", False: "no"}
            return yes[meaning.value] if isinstance(meaning.value, bool) else ""
        case _:
            return ""


def _first(sub: m.SubFlow, index: int) -> str:
    """The first step of the author's from `index` on, jumps followed; "" at the end of the sub-flow."""
    while index < len(sub.steps):
        step = sub.steps[index]
        if not isinstance(step, m.JumpStep):
            return step.id
        index = step.target
    return ""
