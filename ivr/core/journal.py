"""Events as flat JSON objects and back, and what of them may be written down.

{"type": "Heard", "turn": 3, "text": "half past nine", "confidence": 0.91}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, get_args

from ivr.core.call import HIDDEN, CallState, advance
from ivr.core.commands import Command
from ivr.core.errors import Bug
from ivr.core.events import Event, Heard, KeyPressed, Meaning, Typed, Understood, WorkEnded
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
        values["meaning"] = Meaning(**values["meaning"])
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
    match event:
        case Heard(text=text, kind=kind) if text:
            return replace(event, text=HIDDEN, kind=kind or masked_kind(text, ours))
        case Typed(text=text) if text:
            return replace(event, text=HIDDEN)
        case KeyPressed(key) if key.isdecimal():
            return KeyPressed(HIDDEN_KEY)
        case Understood(meaning=Meaning(value=str(value)) as meaning):
            hidden = HIDDEN_KEY * len(value)
            return replace(event, meaning=replace(meaning, value=hidden, rest=""))
        case Understood(meaning=Meaning(value=int(value)) as meaning) if not isinstance(value, bool):
            return replace(event, meaning=replace(meaning, value=0, rest=""))
        case Understood(meaning=Meaning(rest=rest) as meaning) if rest:
            return replace(event, meaning=replace(meaning, rest=""))
        case _:
            return event


def _hidden(value: str | float | bool | None) -> str | float | bool | None:  # noqa: FBT001 -- a value of any kind
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
