"""Turn-taking: whose turn it is, as one table.

A phase and a signal give the next phase, what to do, and what to wait for. `TABLE` is the whole
policy; `mermaid()` draws it. The machine knows nothing of flows: it is handed the settings of the
step that waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ivr.core.flow.model import NO_LIMIT, Settings

MAX_TURN_MS: Final = 30_000
"""A caller's turn is closed after this long even if they never pause."""

THINKING_LIMIT_MS: Final = 6_000
"""How long recognition and understanding may take together before the caller is told."""

PRE_ROLL_MS: Final = 300
"""Audio before the detected onset that goes to the recogniser, so that no first sound is lost."""

POST_ROLL_MS: Final = 200
"""Audio behind the detected end that goes to the recogniser."""


class Phase(StrEnum):
    """Where the conversation stands."""

    IDLE = "idle"
    SPEAKING = "speaking"
    OVERLAP = "overlap"
    WAITING = "waiting"
    HEARING = "hearing"
    PAUSING = "pausing"
    THINKING = "thinking"
    KEYING = "keying"


CALLERS_TURN: Final = frozenset([Phase.OVERLAP, Phase.HEARING, Phase.PAUSING, Phase.THINKING, Phase.KEYING])
"""The caller is at it, or what they said is being understood."""


class Signal(StrEnum):
    """What moves it."""

    PROMPT = "prompt"
    PROMPT_DONE = "prompt done"
    LISTEN = "listen"
    SPEECH_BEGAN = "speech began"
    SPEECH_ENDED = "speech ended"
    KEY = "key"
    TYPED = "words typed"
    DEADLINE = "deadline"


class Act(StrEnum):
    """What the call must do about it."""

    STOP_PROMPT = "stop the prompt"
    CLOSE_TURN = "recognise the turn"
    DROP_TURN = "drop the result"
    NO_INPUT = "no input"
    KEYS_DONE = "take the keys"
    GIVE_UP_THINKING = "engine too slow"


class Wait(StrEnum):
    """Which clock runs in the new phase."""

    NONE = "none"
    KEEP = "keep"
    INTERRUPT = "interrupt_after"
    NO_INPUT = "no_input_timeout"
    END_SILENCE = "end_silence"
    MAX_TURN = "longest turn"
    INTER_DIGIT = "inter_digit_timeout"
    THINKING = "thinking limit"


@dataclass(frozen=True, slots=True)
class Rule:
    """One cell of the table."""

    to: Phase
    acts: tuple[Act, ...] = ()
    wait: Wait = Wait.NONE


_P, _S, _A, _W = Phase, Signal, Act, Wait

TABLE: Final[dict[tuple[Phase, Signal], Rule]] = {
    (_P.IDLE, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.IDLE, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.IDLE, _S.KEY): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.SPEAKING, _S.PROMPT): Rule(_P.SPEAKING, wait=_W.KEEP),
    (_P.SPEAKING, _S.PROMPT_DONE): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.SPEAKING, _S.SPEECH_BEGAN): Rule(_P.OVERLAP, wait=_W.INTERRUPT),
    (_P.SPEAKING, _S.KEY): Rule(_P.KEYING, (_A.STOP_PROMPT,), _W.INTER_DIGIT),
    (_P.OVERLAP, _S.PROMPT): Rule(_P.OVERLAP, wait=_W.KEEP),
    (_P.OVERLAP, _S.PROMPT_DONE): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.OVERLAP, _S.SPEECH_ENDED): Rule(_P.SPEAKING),
    (_P.OVERLAP, _S.DEADLINE): Rule(_P.HEARING, (_A.STOP_PROMPT,), _W.MAX_TURN),
    (_P.OVERLAP, _S.KEY): Rule(_P.KEYING, (_A.STOP_PROMPT,), _W.INTER_DIGIT),
    (_P.WAITING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.WAITING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.WAITING, _S.SPEECH_BEGAN): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.WAITING, _S.KEY): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.WAITING, _S.DEADLINE): Rule(_P.IDLE, (_A.NO_INPUT,)),
    (_P.HEARING, _S.SPEECH_ENDED): Rule(_P.PAUSING, wait=_W.END_SILENCE),
    (_P.HEARING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.HEARING, _S.DEADLINE): Rule(_P.THINKING, (_A.CLOSE_TURN,), _W.THINKING),
    (_P.PAUSING, _S.SPEECH_BEGAN): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.PAUSING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.PAUSING, _S.DEADLINE): Rule(_P.THINKING, (_A.CLOSE_TURN,), _W.THINKING),
    (_P.THINKING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.THINKING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.THINKING, _S.SPEECH_BEGAN): Rule(_P.HEARING, (_A.DROP_TURN,), _W.MAX_TURN),
    (_P.THINKING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.THINKING, _S.DEADLINE): Rule(_P.IDLE, (_A.DROP_TURN, _A.GIVE_UP_THINKING)),
    (_P.KEYING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.KEYING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.KEYING, _S.KEY): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.KEYING, _S.DEADLINE): Rule(_P.IDLE, (_A.KEYS_DONE,)),
    (_P.SPEAKING, _S.TYPED): Rule(_P.THINKING, (_A.STOP_PROMPT, _A.DROP_TURN), _W.THINKING),
    (_P.OVERLAP, _S.TYPED): Rule(_P.THINKING, (_A.STOP_PROMPT, _A.DROP_TURN), _W.THINKING),
    (_P.IDLE, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
    (_P.WAITING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
    (_P.HEARING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
    (_P.PAUSING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
    (_P.THINKING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
    (_P.KEYING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.THINKING),
}
"""Whatever is not here changes nothing."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The machine's state.

    turn          number of the latest turn; results of any other are stale
    speech_from_ms, speech_to_ms  the caller's utterance so far (-1: none)
    deadline_ms   when the clock of this phase runs out
    """

    phase: Phase = Phase.IDLE
    turn: int = 0
    speech_from_ms: int = -1
    speech_to_ms: int = -1
    deadline_ms: int | None = None


def step(
    turns: Turns, signal: Signal, now: int, settings: Settings, at_ms: int = -1
) -> tuple[Turns, tuple[Act, ...]]:
    """Move the machine.

    `at_ms`: when the speech itself began or ended; `settings`: of the prompt that plays, else of the
    step that waits.
    """
    rule = TABLE.get((turns.phase, signal))
    if rule is None:
        return turns, ()
    at_ms = now if at_ms < 0 else at_ms
    speech_from, speech_to = _speech(turns, signal, rule, at_ms)
    number = turns.turn + sum(act in (Act.CLOSE_TURN, Act.DROP_TURN) for act in rule.acts)
    moved = Turns(
        phase=rule.to,
        turn=number,
        speech_from_ms=speech_from,
        speech_to_ms=speech_to,
        deadline_ms=_deadline(turns, rule.wait, now, at_ms, speech_from, settings),
    )
    return moved, rule.acts


def _speech(turns: Turns, signal: Signal, rule: Rule, at_ms: int) -> tuple[int, int]:
    """The utterance after this signal. A pause does not begin a new one; a new prompt or a key does."""
    if rule.to in (Phase.IDLE, Phase.SPEAKING, Phase.WAITING, Phase.KEYING) or signal is Signal.TYPED:
        return -1, -1
    if signal is Signal.SPEECH_BEGAN:
        return (at_ms if turns.speech_from_ms < 0 else turns.speech_from_ms), -1
    if signal is Signal.SPEECH_ENDED or Act.CLOSE_TURN in rule.acts:
        return turns.speech_from_ms, (at_ms if turns.speech_to_ms < 0 else turns.speech_to_ms)
    return turns.speech_from_ms, turns.speech_to_ms


def _deadline(  # noqa: PLR0913 -- one clock each
    turns: Turns, wait: Wait, now: int, at_ms: int, speech_from: int, settings: Settings
) -> int | None:
    match wait:
        case Wait.NONE:
            return None
        case Wait.KEEP:
            return turns.deadline_ms
        case Wait.INTERRUPT:
            by_speech = settings.interruptible in ("speech", "any")
            return at_ms + settings.interrupt_after_ms if by_speech else None
        case Wait.NO_INPUT if settings.no_input_timeout_ms == NO_LIMIT:
            return None
        case Wait.NO_INPUT:
            return now + settings.no_input_timeout_ms
        case Wait.END_SILENCE:
            return at_ms + settings.end_silence_ms
        case Wait.MAX_TURN:
            return speech_from + MAX_TURN_MS
        case Wait.INTER_DIGIT:
            return now + settings.inter_digit_timeout_ms
        case Wait.THINKING:
            return now + THINKING_LIMIT_MS


def utterance(turns: Turns) -> tuple[int, int]:
    """The stretch of the call (ms) that holds the caller's words, with the margins the recogniser needs."""
    return max(0, turns.speech_from_ms - PRE_ROLL_MS), turns.speech_to_ms + POST_ROLL_MS


def hold(turns: Turns) -> Turns:
    """Stop waiting for the caller: the call is ending."""
    return replace(turns, phase=Phase.IDLE, speech_from_ms=-1, speech_to_ms=-1, deadline_ms=None)


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for (phase, signal), rule in TABLE.items():
        acts = f" / {', '.join(rule.acts)}" if rule.acts else ""
        lines.append(f"    {phase} --> {rule.to}: {signal}{acts}")
    return "\n".join(lines)
