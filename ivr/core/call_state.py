"""All there is to know of a call, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ivr.core.away import Away
from ivr.core.dialogue_state import Dialogue, End
from ivr.core.events import Event, Heard, Meaning, TimePassed, Understood
from ivr.core.messages import Taking
from ivr.core.playout import Playout
from ivr.core.turns import Turns
from ivr.core.working import Clock


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the transcript. Of our own words: only those that were heard. `cut`: interrupted."""

    who: Literal["agent", "caller", "keys"]
    text: str
    at_ms: int
    cut: bool = False


@dataclass(frozen=True)
class Guess:
    """What is known of the caller's utterance before their turn is over.

    turn           the number of its recognition
    from_ms, to_ms  the utterance
    text           what was heard; `None`: nothing has come back
    kind           see `Heard.kind`
    meaning        `None`: not known yet
    closed         the turn is over, and what comes back is acted upon
    told           it stands in the transcript
    """

    turn: int
    from_ms: int
    to_ms: int
    text: str | None = None
    confidence: float = 0.0
    kind: str = ""
    meaning: Meaning | None = None
    closed: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer that is partly said and partly keyed. `turn`: of its recognition; 0 for keys."""

    text: str | None
    turn: int = 0


def taken(event: Event, before: CallState, after: CallState) -> Meaning | None:
    """The meaning that counts from this event on: it came with it, or was known before the turn was over."""
    if before.dialogue is after.dialogue or after.guess is not None:
        return None
    if isinstance(event, Understood):
        return event.meaning
    return before.guess.meaning if before.guess and isinstance(event, TimePassed) else None


def was_wordless(event: Event, before: CallState, after: CallState) -> bool:
    """Whether this event ended a turn in which there was a sound and no word."""
    if not isinstance(event, Heard | TimePassed) or before.dialogue is after.dialogue:
        return False
    wordless = event.text == "" if isinstance(event, Heard) else before.guess and before.guess.text == ""
    return bool(wordless and before.guess and after.guess is None and not before.guess.told)


@dataclass(frozen=True)
class CallState:
    """All there is to know of a call. `outcome` is set once it is over.

    guess      the caller's utterance, as far as it is known
    pieces     of the answer before that utterance, when keys and speech are mixed
    ours       our words when the caller began to speak over them
    spent      what models have cost so far, in billionths of a dollar, as far as prices are known
    away       the caller is not with us just now
    message    the message that is being taken
    recording  both sides are being recorded
    kept       what was laid down of this call: (kind, file)
    late_key   the key that would have ended a value whose last digit has just been keyed, and until when
               it is that and nothing else: people press it all the same
    key_ms     when the latest key was pressed; burst: the keys that follow it at once are dropped
    asked_ms   from when on enough of the question has been heard for an answer to a read-back to count;
               None: it is still to be heard
    heard_ms   when the caller's latest turn in words ended
    stopped_ms when the caller had said or keyed their turn, until the answer begins (-1: not waiting)
    """

    call_id: str = ""
    caller: str = ""
    called: str = ""
    turns: Turns = Turns()
    playout: Playout = Playout()
    dialogue: Dialogue = field(default_factory=Dialogue)
    guess: Guess | None = None
    pieces: tuple[Piece, ...] = ()
    ours: str = ""
    stopped_ms: int = -1
    key_ms: int = -10_000
    burst: bool = False
    asked_ms: int | None = 0
    heard_ms: int = -10_000
    transcript: tuple[Line, ...] = ()
    path: tuple[str, ...] = ()
    wall_ms: int = 0
    clocks: tuple[Clock, ...] = ()
    spent: int = 0
    ending: End | None = None
    away: Away | None = None
    message: Taking | None = None
    recording: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    late_key: tuple[str, int] = ("", 0)
    outcome: str = ""
