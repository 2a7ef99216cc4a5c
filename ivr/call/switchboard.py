"""Which session a line belongs to: a call that comes in, or one that is away and goes on.

Implements `Calls` and `Answerer` of `ivr.call.lines` for the edges.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.call.lines import CallHandler, IncomingCall, Line
from ivr.call.session import Session

NewSession = Callable[[IncomingCall, Line], Session]
"""Begins a session for a call that comes in."""


class Switchboard:
    """All sessions of a server, by call."""

    def __init__(self, begin: NewSession) -> None:
        self._begin = begin
        self._sessions: dict[str, Session] = {}

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The calls that are going on, with a line or away."""
        return tuple(self._sessions.values())

    def answer(self, call: IncomingCall, line: Line) -> CallHandler:
        """Let a call that waits for a line go on with it; else begin a session."""
        session = self._sessions.get(call.call_id)
        if session is not None and session.returns:
            session.reopen(line)
            return session
        session = self._begin(call, line)
        if not session.over:
            self._sessions[call.call_id] = session
        return session

    def take_up(self, session: Session) -> None:
        """Go on with a call that is away and that another server has left."""
        if not session.over:
            self._sessions[session.call.call_id] = session

    def forget(self, session: Session) -> None:
        """A session is over."""
        if self._sessions.get(session.call.call_id) is session:
            del self._sessions[session.call.call_id]

    # Calls

    def transfer_answered(self, call_id: str, *, accepted: bool) -> None:
        if session := self._sessions.get(call_id):
            session.transfer_answered(accepted=accepted)

    def transfer_ended(self, call_id: str, outcome: str) -> None:
        if session := self._sessions.get(call_id):
            session.transfer_ended(outcome)

    def goes_on(self, call_id: str) -> bool:
        session = self._sessions.get(call_id)
        if session is None:
            return False
        session.cut_off()
        return session.returns

    def gone(self, call_id: str) -> None:
        if session := self._sessions.get(call_id):
            session.closed_for_good("caller")
