"""A call by moves: what the caller does, one thing after another, and what the line answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ivr.core import working
from ivr.core.call import CallState
from ivr.core.commands import KeepCallback, KeepMessage, Order, Report, TransferCall
from ivr.core.events import CallStarted, Event, Meaning, Understood, WorkEnded
from ivr.core.flow.model import Flow
from ivr.core.text_caller import Observe, Read, TextCaller
from ivr.rehearsal.replies import Services, Unknown
from ivr.rehearsal.script import Case, Move

FROM: Final = "+15550100001"
TO: Final = "+15550100002"
Speaker = Literal["agent", "caller", "keys", "silence"]


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

    @property
    def outcome(self) -> str:
        """What has become of the call so far, for a message."""
        ending = self.caller.state.ending
        if ending is None:
            return self.caller.state.outcome or "the call goes on"
        return f"transferred to {ending.contact}" if ending.contact else f"the call ended: {ending.reason}"

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
