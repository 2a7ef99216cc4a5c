"""The calls that go on now, for those who watch: the latest state of each, and news of changes.

It keeps references to states that are made anyway, so a call nobody watches costs next to nothing.
Whoever watches waits for news and then looks; what happened in between is one look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from ivr.core import answering, cards
from ivr.core.call import HIDDEN, CallState
from ivr.core.commands import Command
from ivr.core.dialogue import waiting_step
from ivr.core.events import Event
from ivr.core.flow.model import Flow
from ivr.core.timing import TurnTiming

LAST_TURNS: Final = 20


@dataclass(slots=True)
class LiveCall:
    """A call as it stands. Times in ms since it began; `began_wall_ms`: since 1970."""

    flow: Flow
    began_wall_ms: int
    state: CallState
    at_ms: int = 0
    turns: tuple[TurnTiming, ...] = ()

    @property
    def step(self) -> str:
        """The step that waits for the caller, else the last that was run."""
        waiting = waiting_step(self.flow, self.state.dialogue)
        return waiting.id if waiting else (self.state.path[-1] if self.state.path else "")

    @property
    def slots(self) -> dict[str, Any]:
        """The slots; those that are sensitive, or hold what a sensitive one holds, are hidden."""
        secret = self._secret
        return {
            name: self._shown(value, secret) if isinstance(value, str) else value
            for name, value in self.state.dialogue.slots.items()
        } | {
            name: HIDDEN
            for name in self.state.dialogue.slots
            if name in self.flow.slots and self.flow.slots[name].sensitive
        }

    @property
    def saying(self) -> str:
        """What is being said now; "" for nothing."""
        queue = self.state.playout.queue
        if not queue or queue[0].duration_ms < 0:
            return ""
        return HIDDEN if queue[0].hidden and queue[0].text else self._shown(queue[0].text, self._secret)

    @property
    def _secret(self) -> tuple[str, ...]:
        return answering.secrets(self.flow, self.state.dialogue.slots)

    def _shown(self, text: str, secret: tuple[str, ...]) -> str:
        return HIDDEN if answering.tells(text, secret) else cards.without(text)


class LiveCalls:
    """An `Observer` of sessions that others watch through."""

    def __init__(self) -> None:
        self.calls: dict[str, LiveCall] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._all: set[asyncio.Event] = set()

    def began(self, call_id: str, flow: Flow, wall_ms: int, state: CallState | None = None) -> None:
        """A call is about to begin with this flow, or goes on from a state."""
        self.calls[call_id] = LiveCall(flow, wall_ms, state or CallState())

    def event(
        self,
        call_id: str,
        at_ms: int,
        event: Event,  # noqa: ARG002 -- what came of it is in the state
        commands: tuple[Command, ...],  # noqa: ARG002 -- likewise
        state: CallState,
    ) -> None:
        """See `ivr.call.equipment.Observer`."""
        call = self.calls.get(call_id)
        if call is not None:
            call.state, call.at_ms = state, at_ms
            self._tell(call_id)

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        """See `ivr.call.equipment.Observer`."""
        call = self.calls.get(call_id)
        if call is not None:
            call.turns = (*call.turns, timing)[-LAST_TURNS:]

    def ended(self, call_id: str, state: CallState) -> None:
        """A call is over; watchers keep what they hold of it."""
        call = self.calls.pop(call_id, None)
        if call is not None:
            call.state = state
            self._tell(call_id)

    @contextmanager
    def watch(self, call_id: str = "") -> Iterator[asyncio.Event]:
        """An event that is set when something has happened in the call, or in any."""
        news = asyncio.Event()
        watchers = self._watchers.setdefault(call_id, set()) if call_id else self._all
        watchers.add(news)
        try:
            yield news
        finally:
            watchers.discard(news)
            if call_id and not watchers:
                self._watchers.pop(call_id, None)

    def _tell(self, call_id: str) -> None:
        for news in self._watchers.get(call_id, ()):
            news.set()
        for news in self._all:
            news.set()
