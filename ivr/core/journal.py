"""Events as flat JSON objects and back, and what of them may be written down.

{"type": "Heard", "turn": 3, "text": "half past nine", "confidence": 0.91}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, get_args

from ivr.core import cards
from ivr.core.call import HIDDEN, CallState, advance
from ivr.core.commands import Command
from ivr.core.errors import Bug
from ivr.core.events import (
    Candidate,
    Event,
    Heard,
    KeyPressed,
    Meaning,
    SlotValue,
    Typed,
    Understood,
    WorkEnded,
)
from ivr.core.flow.model import Flow
from ivr.core.interruptions import masked_kind
from ivr.core.keys import HIDDEN_KEY
from ivr.core.usage import Usage

_TYPES: Final[dict[str, type]] = {t.__name__: t for t in get_args(Event)}


def encode(event: Event) -> dict[str, Any]:
    """An event as a JSON object."""
    return {"type": type(event).__name__, **_plain(event)}


def _plain(value: Any) -> Any:
    """Records as mappings and tuples as lists, all the way down."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def decode(row: Mapping[str, Any]) -> Event:
    """An event from its JSON object. Raises `Bug` on what `encode` never wrote."""
    kind = _TYPES.get(str(row.get("type")))
    if kind is None:
        raise Bug(
            f"the journal holds an unknown event {row.get('type')!r}: was it written by a newer version?"
        )
    values = {key: value for key, value in row.items() if key != "type"}
    if "meaning" in values:
        meaning = dict(values["meaning"])
        meaning["candidates"] = tuple(Candidate(**one) for one in meaning.get("candidates", ()))
        values["meaning"] = Meaning(**meaning)
    if "used" in values:
        values["used"] = tuple(Usage(**usage) for usage in values["used"])
    try:
        event: Event = kind(**values)
    except TypeError as error:
        raise Bug(f"the journal's event {row!r} does not fit its type: {error}") from error
    return event


def masked(event: Event, *, sensitive: bool, secret: Collection[str] = (), ours: str = "") -> Event:
    """The event as it may be kept: nothing that a caller said or keyed for a sensitive slot.

    secret  names of sensitive slots, for values that come from elsewhere
    ours    our own words that the caller spoke over (`CallState.ours`): whether it was their echo is kept
    """
    if isinstance(event, WorkEnded) and any(name in secret for name in event.values):
        return replace(event, values={n: _hidden(v) if n in secret else v for n, v in event.values.items()})
    if not sensitive:
        return event
    if isinstance(event, Understood):
        return replace(event, meaning=_masked_meaning(event.meaning))
    match event:
        case Heard(text=text, kind=kind) if text:
            return replace(event, text=HIDDEN, kind=kind or masked_kind(text, ours))
        case Typed(text=text) if text:
            return replace(event, text=HIDDEN)
        case KeyPressed(key) if key.isdecimal():
            return KeyPressed(HIDDEN_KEY)
        case _:
            return event


def _masked_meaning(meaning: Meaning) -> Meaning:
    """A meaning without the value, and without what else of the words can be seen in it."""
    return replace(meaning, value=_hidden(meaning.value), rest="", candidates=(), cache_score=None)


def without_digits(event: Event, ours: str = "") -> Event:
    """The event as it may be kept of a turn in which a payment card's number was given."""
    match event:
        case Heard(text=text, kind=kind) if (shown := cards.without_digits(text)) != text:
            return replace(event, text=shown, kind=kind or masked_kind(text, ours))
        case Typed(text=text):
            return replace(event, text=cards.without_digits(text))
        case KeyPressed(key) if key.isdecimal():
            return KeyPressed(HIDDEN_KEY)
        case Understood(meaning=meaning):
            fills = {name: _without_digits(value) for name, value in meaning.fills.items()}
            value = None if meaning.value is None else _without_digits(meaning.value)
            rest = cards.without_digits(meaning.rest)
            return replace(event, meaning=replace(meaning, value=value, fills=fills, rest=rest))
        case _:
            return event


def _without_digits(value: SlotValue) -> SlotValue:
    """A value without a number that may be a card's, or a part of one."""
    match value:
        case str() if value.isdecimal() and len(value) >= cards.FEW:
            return HIDDEN_KEY * len(value)
        case str():
            return cards.without_digits(value)
        case int() if not isinstance(value, bool) and len(str(value)) >= cards.SHORTEST:
            return 0
        case _:
            return value


def _hidden(value: str | float | bool | None) -> str | int | bool | None:  # noqa: FBT001 -- a value of any kind
    match value:
        case str():
            return HIDDEN_KEY * len(value)
        case bool() | None:
            return value
        case _:
            return 0


def replay(flow: Flow, rows: Iterable[tuple[int, Event]]) -> tuple[CallState, list[tuple[Command, ...]]]:
    """Run a call again from its events (time in ms, event): the last state, and the commands of each."""
    state = CallState()
    commands: list[tuple[Command, ...]] = []
    for at_ms, event in rows:
        state, given = advance(flow, state, event, at_ms)
        commands.append(given)
    return state, commands
