"""Paths into JSON: `order.status`, `items[0].name`, `["odd name"].x`. No wildcards, no conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MAX_PARTS: Final = 20

_PART: Final = re.compile(
    r'(?:(?:^|(?!^)\.)(?P<name>[^\W\d][\w-]*)|\[(?P<index>[0-9]{1,4})\]|\["(?P<odd>[^"\]]{1,100})"\])'
)

Bare = str | int | float | bool | None


def parse(path: str) -> tuple[str | int, ...] | None:
    """The names and places of a path; `None` if it is none."""
    parts: list[str | int] = []
    at = 0
    while at < len(path) and len(parts) < MAX_PARTS:
        found = _PART.match(path, at)
        if found is None:
            return None
        parts.append(int(found["index"]) if found["index"] else found["name"] or found["odd"])
        at = found.end()
    return tuple(parts) if parts and at == len(path) else None


def plant(values: Mapping[str, Bare]) -> Any:
    """The smallest JSON in which each value stands at its path."""
    data: Any = None
    for path, value in values.items():
        data = _with(data, parse(path) or (), value)
    return data


def _with(data: Any, parts: tuple[str | int, ...], value: Bare) -> Any:
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if isinstance(part, str):
        table = dict(data) if isinstance(data, dict) else {}
        return {**table, part: _with(table.get(part), rest, value)}
    items = list(data) if isinstance(data, list) else []
    items += [None] * (part + 1 - len(items))
    items[part] = _with(items[part], rest, value)
    return items


def pick(data: Any, path: str) -> Bare:
    """The value at a path; `None` where the way ends early. Raises `ValueError` for a list or mapping."""
    for part in parse(path) or ():
        match data:
            case dict() if isinstance(part, str):
                data = data.get(part)
            case list() if isinstance(part, int) and part < len(data):
                data = data[part]
            case _:
                return None
    if data is None or isinstance(data, str | int | float | bool):
        return data
    raise ValueError(f"at '{path}' stands a {'list' if isinstance(data, list) else 'mapping'}, not a value")
