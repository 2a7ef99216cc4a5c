"""What of a call goes into its journal, and when.

Events go there as they come, but those of a caller's turn only when it is over: digits that come one by
one, or are heard again and again while the caller goes on, show only then that they are a card's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ivr.call.ports import Journal
from ivr.core import cards
from ivr.core.call_state import CallState
from ivr.core.events import Event, Heard, KeyPressed, Typed
from ivr.core.journal import encode, masked, without_digits
from ivr.core.turns import CALLERS_TURN

ROW_MS: Final = 4000
"""Keys with less time between them are keyed in a row, also where each is taken by itself."""
MOST_HELD: Final = 500
"""Events that wait; more are of no turn of a person."""


@dataclass(frozen=True, slots=True)
class _Held:
    at_ms: int
    event: Event
    ours: str


class Minutes:
    """Writes the journal of one call.

    secret  names of its sensitive slots
    seq     how many events of it are in the journal already
    """

    def __init__(self, journal: Journal, call_id: str, secret: frozenset[str], seq: int = 0) -> None:
        self._journal = journal
        self._call_id = call_id
        self._secret = secret
        self._seq = seq
        self._held: list[_Held] = []
        self._keyed = ""
        self._keyed_ms = -ROW_MS

    def take(self, event: Event, at_ms: int, after: CallState, *, hidden: bool, ours: str = "") -> None:
        """Take an event that came at `at_ms` and led to `after`.

        hidden  what the caller says and keys is sensitive
        ours    see `ivr.core.journal.masked`
        """
        kept = masked(event, sensitive=hidden, secret=self._secret, ours=ours)
        self._held.append(_Held(at_ms, kept, ours))
        if isinstance(kept, KeyPressed) and kept.key.isdecimal():
            in_row = at_ms - self._keyed_ms < ROW_MS
            self._keyed, self._keyed_ms = (self._keyed if in_row else "") + kept.key, at_ms
        keying = len(self._keyed) >= cards.FEW and at_ms - self._keyed_ms < ROW_MS
        speaks = not after.outcome and (after.turns.phase in CALLERS_TURN or keying)
        if not speaks or len(self._held) >= MOST_HELD:
            self.write()

    def write(self) -> None:
        """Write what was held back."""
        held, self._held = self._held, []
        card = any(isinstance(each.event, Heard | Typed | KeyPressed) for each in held) and (
            cards.is_card(self._keyed) or _tells_card([each.event for each in held])
        )
        for each in held:
            event = without_digits(each.event, each.ours) if card else each.event
            self.add(event, each.at_ms)

    def add(self, event: Event, at_ms: int) -> None:
        """Write an event behind all others."""
        self._journal.append(self._call_id, self._seq, at_ms, encode(event))
        self._seq += 1


def _tells_card(events: list[Event]) -> bool:
    """Whether a card's number is in what was said, or in what was partly said and partly keyed.

    What is heard is heard anew from the beginning, until keys come behind it.
    """
    parts: list[str] = []
    keys = True
    for event in events:
        match event:
            case Heard(text=text) | Typed(text=text) if text:
                if cards.holds(text):
                    return True
                parts[len(parts) if keys else -1 :] = [cards.digits(text)]
                keys = False
            case KeyPressed(key) if key.isdecimal():
                parts.append(key)
                keys = True
            case _:
                pass
    return cards.is_card("".join(parts))
