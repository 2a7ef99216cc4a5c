"""The caller elsewhere: handed over, cut off and back again; and messages, which are taken without turns.

A part of the work of one event (`ivr.core.call`).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from ivr.core import away as aw
from ivr.core import dialogue as dlg
from ivr.core import messages as msg
from ivr.core import playout as out
from ivr.core import turns as trn
from ivr.core.changing import changed
from ivr.core.commands import Command, EndMessage, KeepMessage
from ivr.core.dialogue_state import Draft, Result
from ivr.core.events import LineLost, LineOpened, TransferAnswered, TransferEnded
from ivr.core.flow.model import Flow
from ivr.core.playout import Spoken
from ivr.core.turns import Signal

if TYPE_CHECKING:
    from ivr.core.call_state import CallState


class Elsewhere:
    """What an event does when the caller is not with us, or is leaving a message."""

    flow: Flow
    state: CallState
    now: int
    commands: list[Command]

    def _gone(self, outcome: str) -> None:
        """The caller is gone for good. What they have left us is kept."""
        ledger, heard, _ = out.stop(self.state.playout, self.now)
        self._set(playout=ledger)
        self._spoken(heard)
        self._tell()
        self.leave_message()
        self._set(turns=trn.hold(self.state.turns), outcome=outcome)

    def _question_cut(self) -> None:
        """We stop: what has not been heard of the question is still to be heard."""
        if self.state.asked_ms is not None and self.state.asked_ms > self.now:
            self._set(asked_ms=None)

    # The caller elsewhere

    def _elsewhere(self, event: TransferAnswered | TransferEnded | LineLost | LineOpened) -> None:
        away = self.state.away
        match event:
            case LineLost() if away is None:
                self._line_lost()
            case TransferAnswered(accepted) if away and away.contact:
                self._set(away=aw.answered(away, accepted=accepted))
            case TransferEnded(told) if away and away.contact and not away.result:
                away = aw.ended(away, told, self.now)
                self._set(away=away)
                if away.result == "completed":
                    self._set(outcome=f"transferred to {away.contact}")
            case LineOpened() if away and away.returning:
                self._returned(away)
            case _:
                pass

    def _line_lost(self) -> None:
        ledger, heard, stop = out.stop(self.state.playout, self.now)
        self._set(playout=ledger)
        self._question_cut()
        self._spoken(heard)
        self.commands.append(stop)
        if self.state.ending and self.state.ending.kind == "hang_up":
            self._set(outcome=self.state.ending.reason)  # the last words were on their way
            return
        if self.state.message:
            self._take_message(self.state.message)
        self._set(away=aw.lost(self.now), turns=trn.hold(self.state.turns))

    def _returned(self, away: aw.Away) -> None:
        self._set(away=None)
        if away.result:
            self._set(ending=None)
            self._dialogue(dlg.on_transfer(self.flow, self.state.dialogue, away.result))
        elif self.state.ending:
            self._if_silent()
        elif dlg.taking_message(self.flow, self.state.dialogue):
            self._dialogue(dlg.on_message(self.flow, self.state.dialogue))
        else:
            self._dialogue(dlg.on_return(self.flow, self.state.dialogue))

    # Messages

    def _message_signal(self, signal: Signal, taking: msg.Taking, at_ms: int) -> None:
        if signal is Signal.SPEECH_BEGAN:
            self._set(message=msg.speech_began(taking, at_ms))
        elif signal is Signal.SPEECH_ENDED:
            self._set(message=msg.speech_ended(taking, at_ms))

    def _message_key(self, key: str, taking: msg.Taking) -> None:
        if taking.open and taking.limits.finish_on_key in ("", key):
            self._message_over()

    def _message_over(self) -> None:
        assert self.state.message
        self._take_message(self.state.message)
        self._dialogue(dlg.on_message(self.flow, self.state.dialogue))

    def leave_message(self) -> None:
        """Keep what the caller has left us so far, since they will not be asked any more."""
        if self.state.message:
            self._take_message(self.state.message)
        if draft := self.state.dialogue.draft:
            self._keep(draft)

    def _take_message(self, taking: msg.Taking) -> None:
        """Close the message and note it as the caller's draft."""
        taken = msg.taken(taking, self.now)
        self.commands.append(EndMessage(taken.number, taken.from_ms, taken.to_ms))
        self._set(message=None, dialogue=dlg.with_draft(self.flow, self.state.dialogue, taken))

    def _keep(self, draft: Draft) -> None:
        self.commands.append(KeepMessage(draft.number, draft.mailbox, draft.length_ms))
        if self.state.dialogue.draft:
            self._set(dialogue=changed(self.state.dialogue, draft=None))

    # What the rest of the work does

    @abstractmethod
    def _dialogue(self, result: Result, *, turn: bool = True) -> None: ...

    @abstractmethod
    def _if_silent(self) -> None: ...

    @abstractmethod
    def _tell(self) -> None: ...

    @abstractmethod
    def _spoken(self, heard: tuple[Spoken, ...]) -> None: ...

    @abstractmethod
    def _set(self, **changes: object) -> None: ...
