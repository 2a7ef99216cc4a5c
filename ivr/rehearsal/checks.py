"""What must be so after a move, and how it differs when it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.core import dialogue
from ivr.core.errors import Bug
from ivr.core.flow.problems import Spot
from ivr.rehearsal.differences import nearest_stretch, plain
from ivr.rehearsal.script import Check, Move
from ivr.rehearsal.talk import Talk
from ivr.understanding.text import words

_HUNDREDTH: Final = 0.01


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not as the test said. `want` and `got` are set where words can be compared."""

    spot: Spot
    message: str
    want: str = ""
    got: str = ""


def check_all(talk: Talk, move: Move) -> list[Failure]:
    """Everything that is not as the step of the test says."""
    failures = [_check(talk, check) for check in move.checks if check.subject not in ("said", "requests")]
    return [*_said(talk, move), *_requests(talk, move), *(failure for failure in failures if failure)]


def _requests(talk: Talk, move: Move) -> list[Failure]:
    """Each text must be found in a request, behind the one before it."""
    failures: list[Failure] = []
    left = list(talk.requests)
    for check in move.checks:
        if check.subject != "requests":
            continue
        want = str(check.want)
        found = next((number for number, asked in enumerate(left) if want in asked), None)
        if found is None:
            asked = "; ".join(talk.requests) or "nothing"
            failures.append(Failure(check.spot, f"No web service was asked this: {want}. Asked: {asked}"))
        else:
            del left[: found + 1]
    return failures


def _said(talk: Talk, move: Move) -> list[Failure]:
    """Each text must be found in what was said, behind the one before it."""
    failures: list[Failure] = []
    said = plain(" ".join(talk.said))
    start = 0
    for check in move.checks:
        if check.subject != "said":
            continue
        want = str(check.want)
        at = said.find(plain(want), start)
        if at >= 0:
            start = at + len(plain(want))
            continue
        if said.find(plain(want)) >= 0:
            failures.append(Failure(check.spot, f"The line says this too early: {want}"))
            continue
        got = nearest_stretch(want, talk.said)
        came = " ".join(talk.said) or "nothing"
        message = "The line says something else" if got else f"The line does not say: {want}. It says: {came}"
        failures.append(Failure(check.spot, message, want if got else "", got))
    return failures


def _check(talk: Talk, check: Check) -> Failure | None:
    return _CHECKS[check.subject](talk, check)


def _silent(talk: Talk, check: Check) -> Failure | None:
    if not talk.said:
        return None
    return Failure(check.spot, f"The line should say nothing, and says: {' '.join(talk.said)}")


def _not_said(talk: Talk, check: Check) -> Failure | None:
    if plain(str(check.want)) not in plain(" ".join(talk.said)):
        return None
    return Failure(check.spot, f"The line says what it should not: {check.want}")


def _no_request(talk: Talk, check: Check) -> Failure | None:
    if not talk.requests:
        return None
    return Failure(check.spot, f"No web service should be asked; asked: {'; '.join(talk.requests)}")


def _slot(talk: Talk, check: Check) -> Failure | None:
    got = talk.caller.state.dialogue.slots.get(check.name)
    if got == check.want and type(got) is type(check.want):
        return None
    if (
        talk.heard
        and isinstance(got, str)
        and isinstance(check.want, str)
        and words(got) == words(check.want)
    ):
        return None  # a recogniser writes capitals and stops
    return _differs(check, f"The slot '{check.name}'", show(check.want), show(got))


def _step(talk: Talk, check: Check) -> Failure | None:
    state = talk.caller.state
    step = dialogue.waiting_step(talk.caller.flow, state.dialogue) if not talk.over else None
    if step is None:
        return _differs(check, "The step", str(check.want), talk.outcome)
    flow = state.dialogue.stack[-1].flow
    if check.want in (step.id, flow):
        return None
    return _differs(check, "The step that waits", str(check.want), f"{step.id} (line {step.line})")


def _transfer(talk: Talk, check: Check) -> Failure | None:
    if talk.transferred() == check.want:
        return None
    return _differs(check, "The transfer", str(check.want), talk.outcome)


def _ended(talk: Talk, check: Check) -> Failure | None:
    ending = talk.caller.state.ending
    got = ending.reason if ending else "no"
    if check.want == got or (check.want == "yes" and talk.over):
        return None
    return _differs(check, "The end of the call", str(check.want), got)


def _understood(talk: Talk, check: Check) -> Failure | None:
    meaning = talk.understood
    if meaning and check.want in (meaning.name, meaning.kind):
        return None
    got = meaning.name or meaning.kind if meaning else "no words"
    return _differs(check, "What was understood", str(check.want), got)


def _kept(talk: Talk, check: Check) -> Failure | None:
    kept = talk.kept(check.name)
    if kept == check.want if type(check.want) is int else bool(kept) == check.want:
        return None
    return _differs(check, f"What was kept of '{check.name}'", show(check.want), str(kept))


def _recording(talk: Talk, check: Check) -> Failure | None:
    got = talk.caller.state.recording
    return None if got == check.want else _differs(check, "Recording", show(check.want), show(got))


def _fill(talk: Talk, check: Check) -> Failure | None:
    got = talk.understood.fills.get(check.name) if talk.understood else None
    if got == check.want and type(got) is type(check.want):
        return None
    return _differs(check, f"What was said for '{check.name}' with it", show(check.want), show(got))


def _confidence(talk: Talk, check: Check) -> Failure | None:
    state = talk.caller.state.dialogue
    got = state.sure.get(check.name, 1.0) if check.name in state.slots else 0.0
    if isinstance(check.want, float) and abs(got - check.want) < _HUNDREDTH / 2:
        return None
    return _differs(check, f"The confidence in '{check.name}'", f"{check.want:g}", f"{got:.2f}")


_CHECKS: Final[dict[str, Callable[[Talk, Check], Failure | None]]] = {
    "silent": _silent,
    "not_said": _not_said,
    "no_request": _no_request,
    "slot": _slot,
    "fill": _fill,
    "confidence": _confidence,
    "step": _step,
    "transfer": _transfer,
    "ended": _ended,
    "understood": _understood,
    "kept": _kept,
    "recording": _recording,
}


def _differs(check: Check, what: str, want: str, got: str) -> Failure:
    return Failure(check.spot, f"{what} is not as expected", want, got)


def show(value: object) -> str:
    """A slot's value the way a test file writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    raise Bug(f"A slot holds {value!r}, which is no text, number, true or false.")
