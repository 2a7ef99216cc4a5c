"""Turn-taking: whose turn it is, as one table.

A phase and a signal give the next phase, what to do, and what to wait for. `TABLE` is the whole
policy; `mermaid()` draws it. The machine knows nothing of flows: it is handed the settings of the
step that waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ivr.core.changing import changed
from ivr.core.flow.model import NO_LIMIT, Settings

MAX_TURN_MS: Final = 30_000
"""A caller's turn is closed after this long even if they never pause."""

PATIENCE_MS: Final = 3_500
"""How long a caller who was told to wait for an engine waits for it, before the call goes on without."""

ONCE_MORE_MS: Final = 1_000
"""The least time for a first word after a noise that was none."""

GUARD_MS: Final = 1_500
"""The most speech it takes to stop a prompt that noises have stopped before."""

_GUARD_FACTOR: Final = 3

PRE_ROLL_MS: Final = 300
"""Audio before the detected onset that goes to the recogniser, so that no first sound is lost."""

SOUND_MS: Final = 100
"""From the order to say that it takes a moment to its being heard, at most."""

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
    STALLING = "stalling"
    KEYING = "keying"


CALLERS_TURN: Final = frozenset(
    [Phase.OVERLAP, Phase.HEARING, Phase.PAUSING, Phase.THINKING, Phase.STALLING, Phase.KEYING]
)
"""The caller is at it, or what they said is being understood."""


class Signal(StrEnum):
    """What moves it."""

    PROMPT = "prompt"
    PROMPT_DONE = "prompt done"
    LISTEN = "listen"
    SPEECH_BEGAN = "speech began"
    SPEECH_ENDED = "speech ended"
    KEY = "key"
    KEY_ALSO = "key that goes on with what was said"
    ASK = "speech and keys are all there"
    TYPED = "words typed"
    NO_TURN = "it was no turn"
    OVERHEARD = "a turn was overheard"
    DEADLINE = "deadline"


class Act(StrEnum):
    """What the call must do about it."""

    STOP_PROMPT = "stop the prompt"
    HUSH = "stop the prompt, remember the rest"
    RESUME = "go on with the rest of the prompt"
    GUESS = "recognise on speculation"
    OVERHEAR = "recognise while we speak"
    CLOSE_TURN = "take the turn"
    CUT_TURN = "recognise the turn so far"
    DROP_TURN = "drop the result"
    FILL = "say that it takes a moment"
    NO_INPUT = "no input"
    KEYS_DONE = "take the keys"
    GIVE_UP_THINKING = "engine too slow"


class Wait(StrEnum):
    """Which clock runs in the new phase."""

    NONE = "none"
    KEEP = "keep"
    INTERRUPT = "interrupt_after"
    NO_INPUT = "no_input_timeout"
    NO_INPUT_LEFT = "rest of no_input_timeout"
    END_SILENCE = "end_silence"
    MAX_TURN = "longest turn"
    INTER_DIGIT = "inter_digit_timeout"
    DEAD_AIR = "dead_air"
    PATIENCE = "patience with engines"


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
    (_P.IDLE, _S.ASK): Rule(_P.THINKING, wait=_W.DEAD_AIR),
    (_P.SPEAKING, _S.PROMPT): Rule(_P.SPEAKING, wait=_W.KEEP),
    (_P.SPEAKING, _S.PROMPT_DONE): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.SPEAKING, _S.SPEECH_BEGAN): Rule(_P.OVERLAP, wait=_W.INTERRUPT),
    (_P.SPEAKING, _S.OVERHEARD): Rule(_P.THINKING, (_A.STOP_PROMPT, _A.CLOSE_TURN), _W.DEAD_AIR),
    (_P.SPEAKING, _S.KEY): Rule(_P.KEYING, (_A.STOP_PROMPT,), _W.INTER_DIGIT),
    (_P.OVERLAP, _S.PROMPT): Rule(_P.OVERLAP, wait=_W.KEEP),
    (_P.OVERLAP, _S.PROMPT_DONE): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.OVERLAP, _S.SPEECH_ENDED): Rule(_P.SPEAKING, (_A.OVERHEAR,)),
    (_P.OVERLAP, _S.DEADLINE): Rule(_P.HEARING, (_A.HUSH,), _W.MAX_TURN),
    (_P.OVERLAP, _S.KEY): Rule(_P.KEYING, (_A.STOP_PROMPT,), _W.INTER_DIGIT),
    (_P.WAITING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.WAITING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.WAITING, _S.SPEECH_BEGAN): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.WAITING, _S.OVERHEARD): Rule(_P.THINKING, (_A.CLOSE_TURN,), _W.DEAD_AIR),
    (_P.WAITING, _S.KEY): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.WAITING, _S.DEADLINE): Rule(_P.IDLE, (_A.NO_INPUT,)),
    (_P.HEARING, _S.SPEECH_ENDED): Rule(_P.PAUSING, (_A.GUESS,), _W.END_SILENCE),
    (_P.HEARING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.HEARING, _S.DEADLINE): Rule(_P.THINKING, (_A.CUT_TURN,), _W.DEAD_AIR),
    (_P.PAUSING, _S.SPEECH_BEGAN): Rule(_P.HEARING, (_A.DROP_TURN,), _W.MAX_TURN),
    (_P.PAUSING, _S.NO_TURN): Rule(_P.WAITING, (_A.RESUME,), _W.NO_INPUT_LEFT),
    (_P.PAUSING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.PAUSING, _S.KEY_ALSO): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.PAUSING, _S.DEADLINE): Rule(_P.THINKING, (_A.CLOSE_TURN,), _W.DEAD_AIR),
    (_P.THINKING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.THINKING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.THINKING, _S.NO_TURN): Rule(_P.WAITING, (_A.RESUME,), _W.NO_INPUT_LEFT),
    (_P.THINKING, _S.SPEECH_BEGAN): Rule(_P.HEARING, (_A.DROP_TURN,), _W.MAX_TURN),
    (_P.THINKING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN,), _W.INTER_DIGIT),
    (_P.THINKING, _S.KEY_ALSO): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.THINKING, _S.DEADLINE): Rule(_P.STALLING, (_A.FILL,), _W.PATIENCE),
    (_P.STALLING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.STALLING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.STALLING, _S.NO_TURN): Rule(_P.WAITING, (_A.RESUME,), _W.NO_INPUT_LEFT),
    (_P.STALLING, _S.SPEECH_BEGAN): Rule(_P.HEARING, (_A.DROP_TURN, _A.STOP_PROMPT), _W.MAX_TURN),
    (_P.STALLING, _S.KEY): Rule(_P.KEYING, (_A.DROP_TURN, _A.STOP_PROMPT), _W.INTER_DIGIT),
    (_P.STALLING, _S.DEADLINE): Rule(_P.IDLE, (_A.DROP_TURN, _A.GIVE_UP_THINKING)),
    (_P.KEYING, _S.PROMPT): Rule(_P.SPEAKING),
    (_P.KEYING, _S.LISTEN): Rule(_P.WAITING, wait=_W.NO_INPUT),
    (_P.KEYING, _S.KEY): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.KEYING, _S.KEY_ALSO): Rule(_P.KEYING, wait=_W.INTER_DIGIT),
    (_P.KEYING, _S.SPEECH_BEGAN): Rule(_P.HEARING, wait=_W.MAX_TURN),
    (_P.KEYING, _S.ASK): Rule(_P.THINKING, wait=_W.DEAD_AIR),
    (_P.KEYING, _S.DEADLINE): Rule(_P.IDLE, (_A.KEYS_DONE,)),
    (_P.SPEAKING, _S.TYPED): Rule(_P.THINKING, (_A.STOP_PROMPT, _A.DROP_TURN), _W.DEAD_AIR),
    (_P.OVERLAP, _S.TYPED): Rule(_P.THINKING, (_A.STOP_PROMPT, _A.DROP_TURN), _W.DEAD_AIR),
    (_P.IDLE, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
    (_P.WAITING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
    (_P.HEARING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
    (_P.PAUSING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
    (_P.THINKING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
    (_P.STALLING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN, _A.STOP_PROMPT), _W.DEAD_AIR),
    (_P.KEYING, _S.TYPED): Rule(_P.THINKING, (_A.DROP_TURN,), _W.DEAD_AIR),
}
"""Whatever is not here changes nothing."""


_NEW: Final = frozenset([Act.GUESS, Act.OVERHEAR, Act.CUT_TURN, Act.DROP_TURN])
"""Acts after which results of before are stale."""
_NO_SPEECH: Final = frozenset([Phase.IDLE, Phase.SPEAKING, Phase.WAITING, Phase.KEYING])


@dataclass(frozen=True)
class Turns:
    """The machine's state.

    turn          number of the latest piece of recognition; results of any other are stale
    speech_from_ms, speech_to_ms  the caller's utterance so far, or the latest (-1: none)
    deadline_ms   when the clock of this phase runs out
    no_input_ms   when the caller counts as silent, for as long as no turn of theirs has come of a noise
    noises        how often in a row a prompt was stopped by what was no turn
    """

    phase: Phase = Phase.IDLE
    turn: int = 0
    speech_from_ms: int = -1
    speech_to_ms: int = -1
    deadline_ms: int | None = None
    no_input_ms: int | None = None
    noises: int = 0


def step(  # noqa: PLR0913 -- where it stands, what happened, and what each clock is set by
    turns: Turns, signal: Signal, now: int, settings: Settings, at_ms: int = -1, silence_ms: int = 700
) -> tuple[Turns, tuple[Act, ...]]:
    """Move the machine.

    at_ms       when the speech itself began or ended
    settings    of the prompt that plays, else of the step that waits
    silence_ms  that ends a turn of which nothing is known yet
    """
    rule = TABLE.get((turns.phase, signal))
    if rule is None:
        return turns, ()
    at_ms = now if at_ms < 0 else at_ms
    speech_from, speech_to = _speech(turns, signal, rule, at_ms)
    moved = changed(
        turns,
        phase=rule.to,
        turn=turns.turn + (signal is Signal.KEY_ALSO or any(act in _NEW for act in rule.acts)),
        speech_from_ms=speech_from,
        speech_to_ms=speech_to,
    )
    clocks = {Wait.END_SILENCE: at_ms + silence_ms, Wait.MAX_TURN: speech_from + MAX_TURN_MS}
    due = clocks.get(rule.wait, _deadline(moved, turns, rule.wait, now, settings))
    waits = {Wait.NO_INPUT: due, Wait.KEEP: turns.no_input_ms}
    no_input = waits.get(rule.wait, None if rule.to is Phase.SPEAKING else turns.no_input_ms)
    return changed(moved, deadline_ms=due, no_input_ms=no_input), rule.acts


def _speech(turns: Turns, signal: Signal, rule: Rule, at_ms: int) -> tuple[int, int]:
    """The utterance after this signal. A pause does not begin a new one; a new prompt or a key does."""
    if Act.OVERHEAR in rule.acts:
        return turns.speech_from_ms, at_ms
    if signal is Signal.OVERHEARD or rule.to is Phase.OVERLAP:
        return (at_ms, -1) if signal is Signal.SPEECH_BEGAN else (turns.speech_from_ms, turns.speech_to_ms)
    if rule.to in _NO_SPEECH or signal is Signal.TYPED:
        return -1, -1
    if signal is Signal.SPEECH_BEGAN:
        return (at_ms if turns.speech_from_ms < 0 else turns.speech_from_ms), -1
    if signal is Signal.SPEECH_ENDED or Act.CUT_TURN in rule.acts:
        return turns.speech_from_ms, (at_ms if turns.speech_to_ms < 0 else turns.speech_to_ms)
    return turns.speech_from_ms, turns.speech_to_ms


def _deadline(moved: Turns, turns: Turns, wait: Wait, now: int, settings: Settings) -> int | None:
    match wait:
        case Wait.KEEP:
            return turns.deadline_ms
        case Wait.INTERRUPT:
            return _interrupts_at(moved, settings)
        case Wait.NO_INPUT | Wait.NO_INPUT_LEFT if settings.no_input_timeout_ms == NO_LIMIT:
            return None
        case Wait.NO_INPUT_LEFT if turns.no_input_ms is not None:
            return max(turns.no_input_ms, now + ONCE_MORE_MS)
        case Wait.NO_INPUT | Wait.NO_INPUT_LEFT:
            return now + settings.no_input_timeout_ms
        case Wait.INTER_DIGIT:
            return now + settings.inter_digit_timeout_ms
        case Wait.DEAD_AIR:
            stopped = now if moved.speech_to_ms < 0 else moved.speech_to_ms
            return max(now, stopped + settings.dead_air_ms - SOUND_MS)
        case Wait.PATIENCE:
            return now + PATIENCE_MS
        case _:
            return None


def _interrupts_at(turns: Turns, settings: Settings) -> int | None:
    """When speech over a prompt stops it. After noises it takes more, up to `GUARD_MS`."""
    if settings.interruptible not in ("speech", "any"):
        return None
    after = settings.interrupt_after_ms
    guarded = min(max(after, GUARD_MS), after * _GUARD_FACTOR ** min(turns.noises, 9))
    return turns.speech_from_ms + int(guarded)


def expect(turns: Turns, silence_ms: int) -> Turns:
    """Let this silence end the turn of a caller who pauses."""
    if turns.phase is not Phase.PAUSING:
        return turns
    return changed(turns, deadline_ms=turns.speech_to_ms + silence_ms)


def hold_back(turns: Turns, until_ms: int) -> Turns:
    """Let speech over a prompt stop it no earlier than this."""
    if turns.phase is not Phase.OVERLAP or turns.deadline_ms is None:
        return turns
    return changed(turns, deadline_ms=max(turns.deadline_ms, until_ms))


def utterance(turns: Turns) -> tuple[int, int]:
    """The stretch of the call (ms) that holds the caller's words, with the margins the recogniser needs."""
    return max(0, turns.speech_from_ms - PRE_ROLL_MS), turns.speech_to_ms + POST_ROLL_MS


def forget_noises(turns: Turns) -> Turns:
    """The caller's turn has come: the noises before it count no more."""
    return changed(turns, noises=0) if turns.noises else turns


def hold(turns: Turns) -> Turns:
    """Stop waiting for the caller: the call is ending."""
    return Turns(turn=turns.turn)


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for (phase, signal), rule in TABLE.items():
        acts = f" / {', '.join(rule.acts)}" if rule.acts else ""
        lines.append(f"    {phase} --> {rule.to}: {signal}{acts}")
    return "\n".join(lines)
