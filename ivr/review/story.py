"""A call told to people: why each turn went as it did, what made the caller wait, what was heard when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from ivr.review.records import EventRow, TurnRow

MarkKind = Literal["interruption", "key", "false start"]

JOINED_MS: Final = 1500
"""Sounds of a caller with a shorter pause between them belong to one utterance."""

_NOTHING: Final = {
    "silence": "The caller said nothing in time, so the step asked again.",
    "noise": "There was a sound, but no words in it, so the step asked again.",
    "trouble": "An engine did not answer, so the prepared words were said.",
}
_MEANT: Final = {
    "universal": "That is a way to say “{name}”, which is understood at every step.",
    "intent": "That is nearest to the examples of “{name}”{sure}.",
    "answer": "That asks for the answer “{name}”{sure}, so it was given and the question came back.",
    "value": "The step asked for a value, and the words hold {value}.",
}
_STAGES: Final = (
    ("being sure that the caller had finished", "speech_end_ms", "closed_ms"),
    ("recognition", "closed_ms", "heard_ms"),
    ("understanding", "heard_ms", "understood_ms"),
    ("the voice", "understood_ms", "first_audio_ms"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something worth seeing on the axis of time."""

    kind: MarkKind
    at_ms: int
    text: str


def why(turn: TurnRow) -> str:
    """One sentence: why the turn went this way."""
    if turn.by == "start":
        return "The call began."
    if turn.by in _NOTHING:
        return _NOTHING[turn.by]
    if turn.by == "keys" and turn.decided_by != "repair":
        return "The step takes this key." if len(turn.words) == 1 else "The caller keyed what was asked for."
    if turn.meaning in _MEANT and turn.decided_by != "repair":
        said = _MEANT[turn.meaning].format(name=turn.name, value=_value(turn.value), sure=_sure(turn))
        return f"{said} {_stage(turn)}".rstrip()
    if turn.meaning == "nothing" and turn.value is not None:
        heard = _value(turn.value)
        return f"The words hold {heard}, which the step does not allow{_reason(turn)}, so it asked again."
    if turn.by == "keys":
        return "The step does not take this key, so it asked again."
    return f"The words meant nothing at this step{_reason(turn)}, so it asked again."


def waited(turn: TurnRow) -> str:
    """One sentence: how long the caller waited, and what most of it went into; "" when nobody waited."""
    if turn.response_ms is None:
        return "" if turn.by == "start" or turn.cut else "Nothing was said to it."
    parts = [(name, _length(turn, begin, end)) for name, begin, end in _STAGES]
    known = [(name, length) for name, length in parts if length > 0]
    if not known or turn.by == "keys":
        return f"The answer began {_ms(turn.response_ms)} later."
    name, length = max(known, key=lambda part: part[1])
    return f"Of the {_ms(turn.response_ms)} until the answer, {_ms(length)} went into {name}."


def speech(events: Iterable[EventRow]) -> list[tuple[int, int]]:
    """The stretches in which the caller made a sound that is like speech: (from, to) in ms."""
    found: list[tuple[int, int]] = []
    began = -1
    for row in events:
        kind = row.event.get("type")
        if kind == "SpeechBegan" and began < 0:
            began = int(row.event.get("at_ms", row.at_ms))
        elif kind == "SpeechEnded" and began >= 0:
            found.append((began, max(began, int(row.event.get("at_ms", row.at_ms)))))
            began = -1
    return found


def marks(
    events: Iterable[EventRow], turns: Sequence[TurnRow], spans: Sequence[tuple[int, int]]
) -> list[Mark]:
    """Interruptions, keys, and sounds that came to nothing, in order."""
    found = [
        Mark("key", row.at_ms, str(row.event.get("key", "")))
        for row in events
        if row.event.get("type") == "KeyPressed"
    ]
    found += [
        Mark("interruption", turn.at_ms, f"silent {turn.barge_in_ms} ms after the caller began")
        for turn in turns
        if turn.barge_in_ms is not None and turn.barge_in_ms >= 0
    ]
    found += [
        Mark("false start", begin, "a sound that came to nothing") for begin, _ in _unused(turns, spans)
    ]
    return sorted(found, key=lambda mark: mark.at_ms)


def _unused(turns: Sequence[TurnRow], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sounds that belong to no turn: from a turn's end backwards, as long as the pauses are short."""
    ends = [t.speech_end_ms for t in turns if t.by in ("speech", "noise") and t.speech_end_ms is not None]
    used: set[tuple[int, int]] = set()
    for end in ends:
        reach = end
        for begin, until in reversed(spans):
            if begin <= end and until >= reach - JOINED_MS and begin <= reach:
                used.add((begin, until))
                reach = begin
    return [span for span in spans if span not in used]


def _stage(turn: TurnRow) -> str:
    if turn.tier:
        return f"A model of the {turn.tier} tier ({turn.model}) decided."
    return ""


def _sure(turn: TurnRow) -> str:
    if turn.confidence is None or turn.decided_by not in ("classifier", "model"):
        return ""
    return f" ({turn.confidence:.0%} sure)"


def _reason(turn: TurnRow) -> str:
    return f" ({turn.name.replace('_', ' ')})" if turn.name and turn.name != "no_match" else ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”"


def _length(turn: TurnRow, begin: str, end: str) -> int:
    first, last = getattr(turn, begin), getattr(turn, end)
    return last - first if first is not None and last is not None else 0


def _ms(ms: int) -> str:
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.1f} s"  # noqa: PLR2004 -- a second
