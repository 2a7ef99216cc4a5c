"""Runs test cases: the caller's moves one after another, and what must be so after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.core.call import CallState
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import Spot
from ivr.core.text_caller import Observe, Read
from ivr.rehearsal.checks import Failure, check_all
from ivr.rehearsal.script import Case
from ivr.rehearsal.talk import AsHeard, Speaker, Talk


@dataclass(frozen=True, slots=True)
class Result:
    """How a test went: it passed if nothing failed. `lines`: the conversation as far as it went."""

    case: Case
    failures: tuple[Failure, ...]
    lines: tuple[tuple[Speaker, str], ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as the test said."""
        return not self.failures


def run(
    flow: Flow,
    case: Case,
    read: Read,
    observe: Observe | None = None,
    heard: Mapping[str, AsHeard] = {},
) -> tuple[Result, CallState]:
    """Run a test to its end or to the first step that fails. Gives the state of the call, too."""
    talk = Talk(flow, read, case, observe=observe, heard=heard)
    failures = _faults(talk, case.spot)
    for move in () if failures else case.moves:
        if talk.over and move.does != "nothing":
            failures.append(Failure(move.spot, f"The call is over before this: {talk.outcome}"))
            break
        talk.make(move)
        failures += _faults(talk, move.spot)
        failures += [Failure(move.spot, missing) for missing in talk.services.missing]
        failures += check_all(talk, move)
        if failures:
            break
    talk.end()
    return Result(case, tuple(failures), tuple(talk.lines)), talk.caller.state


def _faults(talk: Talk, spot: Spot) -> list[Failure]:
    """What the flow did wrong since the last time, which is what a test has to be told first."""
    return [Failure(spot, f"The flow failed: {fault}") for fault in talk.faults()]
