"""Lists of steps to flat sub-flows with jumps: blocks, branches and ladders.

Branches and rungs stand behind the step that chooses them; each ends with a jump behind the last of
them, or with an `AgainStep` back to the step that waits. A target one past the last step is the end
of the sub-flow, where it returns to its caller. The single steps are in `ivr.core.flow.compile_steps`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from ivr.core import keys
from ivr.core.flow import model as m
from ivr.core.flow import schema_steps as s
from ivr.core.flow.known import Known
from ivr.core.flow.problems import Spot
from ivr.core.flow.schema_lists import Rung
from ivr.core.flow.yaml_source import Node

_STEP_NAME: Final = re.compile(r"[\w-]{1,80}")
MODES: Final[dict[type, m.Mode]] = {s.Keys: "keys", s.Spell: "spell"}
"""Rungs that ask for another way of answering."""
SPELLED: Final = frozenset(["name", "email", "spelling", "text", "address", "choice"])
"""Slot types whose values can be spelled."""
_LAST: Final = (s.Link, s.HangUp, s.Person)
EMPTY: Final = -1
"""Where a branch without steps begins, until it is known what stands behind it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The step being compiled: its id, where it stands in file and sub-flow, what it inherits.

    ends  the jumps that lead behind all of its branches, gathered while these are compiled
    """

    id: str
    node: Node
    index: int
    settings: m.Settings
    ends: list[int] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.node.spot.line


class BlockBuilder:
    """Compiles the lists of one sub-flow. `spots`: where each of its steps stands in the file."""

    _compile: ClassVar[dict[type, Callable[[Any, Any, Place], m.Step]]]
    """How each kind of step is compiled."""

    def __init__(self, name: str, known: Known) -> None:
        self._name = name
        self._known = known
        self._report = known.report
        self._steps: list[m.Step] = []
        self._takes: frozenset[m.Mode] = frozenset()
        self.spots: list[Spot] = []

    def build(self, steps: list[s.Step], node: Node, settings: m.Settings) -> m.SubFlow:
        """Compile the steps that stand at `node`."""
        self._block(steps, node, self._name, settings)
        return m.SubFlow(self._name, tuple(self._steps))

    # Blocks

    def _block(self, steps: list[s.Step], node: Node, prefix: str, settings: m.Settings) -> None:
        for number, step in enumerate(steps):
            child = node.at(number)
            name = self._step_id(step, child, f"{prefix}/{number + 1}")
            # The place is taken now and filled when the branches behind it are known.
            index = self._add(m.JumpStep(name, child.spot.line, EMPTY), child)
            place = Place(name, child, index, settings)
            self._steps[index] = self._compile[type(step)](self, step, place)

    def _branch(self, steps: list[s.Step], node: Node, name: str, place: Place) -> int:
        """Compile a branch and tell where it begins; `EMPTY` if there is nothing in it."""
        if not steps:
            return EMPTY
        start = len(self._steps)
        name = f"{place.id}/{name}"
        self._block(steps, node, name, place.settings)
        if not self._is_last(steps[-1]):
            place.ends.append(self._add(m.JumpStep(f"{name}/end", node.spot.line, EMPTY), node))
        return start

    def _is_last(self, step: s.Step) -> bool:
        """Whether nothing can come behind a step of this list: it ends the call or goes elsewhere."""
        if isinstance(step, s.Transfer):
            return not any(name.startswith("on_") for name in step.transfer.model_fields_set)
        return isinstance(step, _LAST)

    def _close(self, place: Place) -> int:
        """Let the branches of a step end here, behind them all."""
        end = len(self._steps)
        for index in place.ends:
            jump = self._steps[index]
            self._steps[index] = m.JumpStep(jump.id, jump.line, end)
        return end

    def _ladder(self, rungs: list[Rung], node: Node, name: str, place: Place) -> tuple[int, ...]:
        starts: list[int] = []
        for number, rung in enumerate(rungs):
            child = node.at(number)
            prefix = f"{place.id}/{name}-{number + 1}"
            starts.append(len(self._steps))
            self._block(rung, child, prefix, place.settings)
            if not rung or not self._is_last(rung[-1]):
                modes = [MODES[type(step)] for step in rung if type(step) in MODES]
                again = m.AgainStep(
                    f"{prefix}/again", child.spot.line, place.index, modes[-1] if modes else ""
                )
                self._add(again, child)
        return tuple(starts)

    def _repair(self, body: s.Asking, node: Node, place: Place) -> m.Repair:
        outer, self._takes = self._takes, self._modes(body)
        repair = m.Repair(
            self._ladder(body.on_no_input, node.at("on_no_input"), "no_input", place),
            self._ladder(body.on_no_match, node.at("on_no_match"), "no_match", place),
            self._ladder(body.on_low_confidence, node.at("on_low_confidence"), "low_confidence", place),
        )
        self._takes = outer
        return repair

    def _modes(self, body: s.Asking) -> frozenset[m.Mode]:
        """The ways in which the question of a ladder can be answered besides by words."""
        match body:
            case s.ListenBody(keys=pressed):
                return frozenset(["keys"] if pressed else [""])
            case s.CollectBody(slot=name) if name in self._known.sure:
                kind = self._known.slots[name].type
                modes: list[m.Mode] = ["keys"] if kind in keys.KEYED else []
                return frozenset([*modes, "spell"] if kind in SPELLED else [*modes, ""])
            case s.ConfirmBody():
                return frozenset(["keys"])
            case _:
                return frozenset(["keys", "spell"])

    # Small parts

    def _prompt(self, text: str | list[str] | None, node: Node, place: Place) -> m.Prompt | None:
        return self._known.prompt(text, node, place.settings) if text else None

    def _step_id(self, step: s.Step, node: Node, name: str) -> str:
        if step.id is None:
            return name
        spot = node.at("id").spot
        names = self._known.step_names
        if not _STEP_NAME.fullmatch(step.id):
            self._report.error(spot, "The name of a step has letters, digits, '-' and '_' only")
        elif step.id in names:
            self._report.error(spot, f"The step name '{step.id}' is taken by line {names[step.id]}")
        names.setdefault(step.id, spot.line)
        return step.id

    def _add(self, step: m.Step, node: Node) -> int:
        self._steps.append(step)
        self.spots.append(node.spot)
        return len(self._steps) - 1


def with_end(targets: Mapping[str, int], end: int) -> dict[str, int]:
    """Branches, those without steps leading behind them all."""
    return {name: end if target == EMPTY else target for name, target in targets.items()}
