"""Several who watch calls are all told, in their order."""

from __future__ import annotations

from ivr.call.equipment import Observers
from ivr.core.call_state import CallState
from ivr.core.commands import Command, HangUp
from ivr.core.events import Event, HungUp
from ivr.core.timing import TurnTiming


class Watcher:
    def __init__(self, name: str, seen: list[tuple[str, str, object]]) -> None:
        self.name = name
        self.seen = seen

    def event(
        self, call_id: str, at_ms: int, event: Event, commands: tuple[Command, ...], state: CallState
    ) -> None:
        self.seen.append((self.name, call_id, (at_ms, event, commands, state)))

    def turn(self, call_id: str, timing: TurnTiming) -> None:
        self.seen.append((self.name, call_id, timing))


def test_each_is_told_of_events_and_turns() -> None:
    seen: list[tuple[str, str, object]] = []
    both = Observers((Watcher("first", seen), Watcher("second", seen)))
    told = (7, HungUp("caller"), (HangUp("completed"),), CallState())
    both.event("CA1", *told)
    timing = TurnTiming(1, 100)
    both.turn("CA1", timing)
    assert seen == [
        ("first", "CA1", told),
        ("second", "CA1", told),
        ("first", "CA1", timing),
        ("second", "CA1", timing),
    ]


def test_nobody_may_watch() -> None:
    Observers(()).event("CA1", 0, HungUp("caller"), (), CallState())
    Observers(()).turn("CA1", TurnTiming(1, 100))
