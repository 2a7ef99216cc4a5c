"""Runs test cases: the caller's moves one after another, and what must be so after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ivr.core import dialogue, working
from ivr.core.call import CallState
from ivr.core.commands import KeepCallback, KeepMessage, Order, Report, TransferCall
from ivr.core.errors import Bug
from ivr.core.events import CallStarted, Event, Meaning, Understood, WorkEnded
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import Spot
from ivr.core.text_caller import Observe, Read, TextCaller
from ivr.rehearsal.differences import nearest_stretch, plain
from ivr.rehearsal.replies import Services, Unknown
from ivr.rehearsal.script import Case, Check, Move
from ivr.understanding.text import words

FROM: Final = "+15550100001"
TO: Final = "+15550100002"

_HUNDREDTH: Final = 0.01
Speaker = Literal["agent", "caller", "keys", "silence"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not as the test said. `want` and `got` are set where words can be compared."""

    spot: Spot
    message: str
    want: str = ""
    got: str = ""


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


@dataclass(frozen=True, slots=True)
class AsHeard:
    """What a recogniser made of words (""; nothing), and how sure it is (0..1)."""

    text: str
    confidence: float


class Talk:
    """A call by moves. Keeps the conversation, and what was understood last.

    said   what the line set out to say in answer to the last move
    heard  what is heard of words that are said; words that are not in it are heard as they are
    """

    def __init__(  # noqa: PLR0913 -- the line, who reads words, and what a call begins with
        self,
        flow: Flow,
        read: Read,
        case: Case | None = None,
        *,
        today: str = "",
        wall_ms: int = 0,
        observe: Observe | None = None,
        unknown: Unknown | None = None,
        heard: Mapping[str, AsHeard] = {},
    ) -> None:
        self.lines: list[tuple[Speaker, str]] = []
        self.said: list[str] = []
        self.understood: Meaning | None = None
        self._observer = observe
        self.heard = heard
        self._reports = 0
        self._flow = flow
        self._before = 0  # orders of the line before the last move
        self.services = Services(case.replies if case else {}, unknown)
        self.requests: list[str] = []
        slots = dict(case.slots) if case else {}
        moment = case.wall_ms if case else wall_ms
        started = CallStarted(
            "rehearsal", FROM, TO, (case.today if case else "") or today, slots, wall_ms=moment
        )
        self.caller = TextCaller(flow, started, read, self._observe, self._outside)
        if case:
            self.caller.transfers = {name: list(outcomes) for name, outcomes in case.transfers.items()}
        self._answered()

    @property
    def over(self) -> bool:
        """Whether the line has ended the call, or is about to."""
        return self.caller.over or self.caller.state.ending is not None

    def kept(self, kind: str) -> int:
        """How many messages (`voicemail`) or wishes to be called back (`callback`) were kept."""
        wanted = KeepMessage if kind == "voicemail" else KeepCallback
        return sum(isinstance(command, wanted) for command in self.caller.commands)

    def transferred(self) -> str:
        """Whom the caller was handed to since the last move; "" for nobody."""
        given = [c.contact for c in self.caller.commands[self._before :] if isinstance(c, TransferCall)]
        return given[-1] if given else ""

    def faults(self) -> list[str]:
        """What the flow did wrong since the last time."""
        reports = [command for command in self.caller.commands if isinstance(command, Report)]
        new, self._reports = reports[self._reports :], len(reports)
        return [report.message for report in new if report.blame == "flow"]

    @property
    def outcomes(self) -> dict[str, list[str]]:
        """What became of the transfers so far, by contact, for those that came to nothing."""
        failed = any(outcome != "completed" for _, outcome in self.caller.outcomes)
        found: dict[str, list[str]] = {}
        for contact, outcome in self.caller.outcomes if failed else ():
            found.setdefault(contact, []).append(outcome)
        return found

    def drop(self) -> None:
        """Let the line break and come back."""
        self.caller.lose_line()
        self._answered()

    def make(self, move: Move) -> None:
        """Let the caller do something, and the line answer."""
        if move.does == "nothing":
            return
        self.understood = None
        self._before = len(self.caller.commands)
        caller = self.caller
        match move.does:
            case "caller":
                heard = self._hear(move.words)
                caller.say(heard.text, min(heard.confidence, move.confidence))
            case "keys":
                self.lines.append(("keys", move.keys))
                caller.press(move.keys)
            case "interrupts" if move.keys:
                self.lines.append(("keys", f"{move.keys} (interrupting)"))
                caller.interrupt_with(move.keys, move.ms)
            case "interrupts":
                heard = self._hear(move.words, " (interrupting)")
                caller.interrupt(heard.text, move.ms, min(heard.confidence, move.confidence))
            case "silence":
                self.lines.append(
                    ("silence", f"{move.ms / 1000:g} s" if move.ms else "until the line speaks")
                )
                if move.ms:
                    caller.hear_out()
                    caller.pass_time(move.ms)
                else:
                    caller.be_silent()
        self._answered()

    def _hear(self, words: str, how: str = "") -> AsHeard:
        heard = self.heard.get(words, AsHeard(words, 1.0))
        as_heard = "" if heard.text == words else f"   [heard: {heard.text or 'nothing'}]"
        self.lines.append(("caller", f"{words}{how}{as_heard}"))
        return heard

    def end(self) -> None:
        """Hear the last words, so that a call that ends has ended; else hang up."""
        self.caller.hear_out()
        if not self.caller.over:
            self.caller.hang_up()

    def _outside(self, state: CallState, work: int, order: Order) -> tuple[int, WorkEnded]:
        return self.services.answer(work, order, working.step_of(self._flow, state.dialogue, work))

    def _answered(self) -> None:
        self.caller.follow_transfer()
        self.requests, self.services.requests = self.services.requests, []
        self.said = self.caller.take_said()
        self.lines += [("agent", sentence) for sentence in self.said]

    def _observe(self, before: CallState, event: Event, after: CallState) -> None:
        if isinstance(event, Understood):
            self.understood = event.meaning
        if self._observer is not None:
            self._observer(before, event, after)


def run(
    flow: Flow,
    case: Case,
    read: Read,
    observe: Observe | None = None,
    heard: Mapping[str, AsHeard] = {},
) -> tuple[Result, CallState]:
    """Run a test to its end or to the first step that fails. Gives the state of the call, too."""
    talk = Talk(flow, read, case, observe=observe, heard=heard)
    failures: list[Failure] = []
    for move in case.moves:
        if talk.over and move.does != "nothing":
            failures.append(Failure(move.spot, f"The call is over before this: {_outcome(talk)}"))
            break
        talk.make(move)
        failures += [Failure(move.spot, f"The flow failed: {fault}") for fault in talk.faults()]
        failures += [Failure(move.spot, missing) for missing in talk.services.missing]
        failures += check_all(talk, move)
        if failures:
            break
    talk.end()
    return Result(case, tuple(failures), tuple(talk.lines)), talk.caller.state


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
        return _differs(check, "The step", str(check.want), _outcome(talk))
    flow = state.dialogue.stack[-1].flow
    if check.want in (step.id, flow):
        return None
    return _differs(check, "The step that waits", str(check.want), f"{step.id} (line {step.line})")


def _transfer(talk: Talk, check: Check) -> Failure | None:
    if talk.transferred() == check.want:
        return None
    return _differs(check, "The transfer", str(check.want), _outcome(talk))


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


def _outcome(talk: Talk) -> str:
    ending = talk.caller.state.ending
    if ending is None:
        return talk.caller.state.outcome or "the call goes on"
    return f"transferred to {ending.contact}" if ending.contact else f"the call ended: {ending.reason}"


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
