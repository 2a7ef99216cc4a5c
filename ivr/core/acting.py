"""What an `action` asks a web service, and what becomes of the reply.

Everything is encoded for the place where it stands: percent-encoding in paths, queries and forms, JSON
in a body. Slots are filled in as they are kept (`2030-01-31`, `true`), not as they are said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from ivr.core import keys
from ivr.core.commands import HttpRequest
from ivr.core.errors import FlowError
from ivr.core.events import SlotValue, WorkEnded
from ivr.core.flow import model as m
from ivr.core.flow.problems import Fault, nearest
from ivr.core.flow.values import wrong_value
from ivr.core.keepable import from_json
from ivr.core.paths import Bare, pick

MAX_TEXT: Final = 1000
"""Characters of a reply's text that a slot keeps."""

REFERENCE: Final = re.compile(r"\{\{|\}\}|\{\s*([^\s{}|]+)\s*\}")

_BRACE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

Slots = Mapping[str, SlotValue]


class Unfit(FlowError):  # noqa: N818 -- the word for it
    """A request that cannot be made from the slots as they are, or a reply that does not suit them."""


def request(step: m.ActionStep, slots: Slots) -> HttpRequest:
    """The request of a step. Raises `Unfit` if a slot in its path has no value, or a dangerous one."""
    url, _, query = step.url.partition("?")
    filled = _fill(url, slots, lambda value: quote(value, safe=""), step.url)
    if any(part in (".", "..") for part in filled.split("/")[3:]):
        raise Unfit(f"'.' and '..' in the path of a URL lead elsewhere: {step.url}")
    fields = [_fill(query, slots, lambda value: quote(value, safe=""))] if query else []
    fields += [f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in _present(step.query, slots)]
    body, headers = _body(step, slots)
    return HttpRequest(
        step.method,
        filled + ("?" + "&".join(fields) if fields else ""),
        (*headers, *step.headers.items()),
        tuple((name, *where) for name, where in step.secrets.items()),
        body,
        step.timeout_ms,
        step.attempts,
        step.once_by,
        tuple(step.save.items()),
    )


def ended(order: HttpRequest, status: int, text: str) -> tuple[str, dict[str, Bare], str]:
    """What a reply comes to: outcome, values and reason, as `WorkEnded` has them."""
    if not 200 <= status < 300:  # noqa: PLR2004 -- as HTTP has it
        return str(status), {}, ""
    if not order.pick:
        return "done", {}, ""
    try:
        data = json.loads(text)
        return "done", {name: from_json(pick(data, path)) for name, path in order.pick}, ""
    except (ValueError, RecursionError) as error:
        reason = "it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        return "reply", {}, reason[:200]


def branch(step: m.ActionStep, outcome: str) -> int | None:
    """Where an error leads: its own kind, `4xx`, or `other`; `None`: nowhere."""
    wide = f"{outcome[0]}xx" if outcome.isdecimal() else ""
    return next((step.on_error[kind] for kind in (outcome, wide, "other") if kind in step.on_error), None)


def values(step: m.ActionStep, ended: WorkEnded, slots: Mapping[str, m.Slot]) -> dict[str, SlotValue | None]:
    """The slots' new values. Raises `Unfit` if one does not suit its slot."""
    return {name: value_for(slots[name], ended.values.get(name)) for name in step.save}


def value_for(slot: m.Slot, raw: Bare) -> SlotValue | None:
    """What a slot keeps of a value from outside, by its type; `None` for nothing. Raises `Unfit`."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, str) and keys.HIDDEN_KEY in raw:
        return raw  # masked in the journal: it suited when it came
    value = _typed(slot.type, raw)
    message, _ = wrong_value(slot, value)
    if message:
        what = "the value" if slot.sensitive else f"'{str(raw)[:40]}'"
        raise Unfit(f"{what} does not suit the {slot.type} slot '{slot.name}'")
    return value


def _typed(kind: str, raw: str | float) -> SlotValue:
    match kind, raw:
        case "yes_no", str():
            return {"true": True, "false": False}.get(raw.strip().lower(), raw)
        case "yes_no", bool():
            return raw
        case "integer", str() if re.fullmatch(r"\s*-?[0-9]{1,15}\s*", raw):
            return int(raw)
        case "integer", float() if raw.is_integer():
            return int(raw)
        case "integer", int() if not isinstance(raw, bool):
            return raw
        case "money", int() | float() if not isinstance(raw, bool):
            return f"{Decimal(str(raw)):.2f}"
        case _:
            text = str(raw).lower() if isinstance(raw, bool) else str(raw)
            return " ".join("".join(c if c.isprintable() else " " for c in text[:MAX_TEXT]).split())


# Filling in


def check(text: str, flow_slots: Mapping[str, m.Slot]) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """The slots that a piece of a request refers to, and what is wrong with it."""
    used: list[str] = []
    faults: list[Fault] = []
    for match in _BRACE.finditer(text):
        reference = REFERENCE.fullmatch(match[0])
        if match[0] in ("{{", "}}"):
            continue
        if reference is None:
            hint = "Write {slot}: in a request a slot stands as it is. For the brace itself, write it twice."
            faults.append(Fault(match.start(), f"'{match[0][:40]}' is no slot", hint))
        elif reference[1] not in flow_slots:
            hint = nearest(reference[1], flow_slots, "slots")
            faults.append(Fault(match.start(1), f"There is no slot '{reference[1][:40]}'", hint))
        else:
            used.append(reference[1])
    return tuple(used), tuple(faults)


def _fill(text: str, slots: Slots, encode: Callable[[str], str], needed: str = "") -> str:
    """A text with its slots. `needed`: where each of them must have a value."""

    def piece(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        if name not in slots and needed:
            raise Unfit(f"the slot '{name}' has no value, and the URL {needed} needs it")
        return encode(as_text(slots[name])) if name in slots else ""

    return REFERENCE.sub(piece, text)


def as_text(value: SlotValue) -> str:
    """A slot's value as it goes out."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _present(fields: Mapping[str, str], slots: Slots) -> list[tuple[str, str]]:
    """Fields with their slots, without those that are nothing but a slot without a value."""
    found = []
    for name, text in fields.items():
        only = REFERENCE.fullmatch(text)
        if only is None or only[1] is None or only[1] in slots:
            found.append((name, _fill(text, slots, str)))
    return found


def _body(step: m.ActionStep, slots: Slots) -> tuple[str, tuple[tuple[str, str], ...]]:
    if step.body is None:
        return "", ()
    if step.encoding == "form":
        pairs = (f"{_plus(name)}={_plus(text)}" for name, text in _present(step.body, slots))
        return "&".join(pairs), (("Content-Type", "application/x-www-form-urlencoded"),)
    return json.dumps(_json(step.body, slots)), (("Content-Type", "application/json"),)


def _plus(text: str) -> str:
    return quote(text, safe=" ").replace(" ", "+")


def _json(value: Any, slots: Slots) -> Any:
    """A body with its slots: one that stands alone keeps its kind, and is null without a value."""
    match value:
        case dict():
            return {name: _json(inner, slots) for name, inner in value.items()}
        case list():
            return [_json(inner, slots) for inner in value]
        case str() if (only := REFERENCE.fullmatch(value)) and only[1] is not None:
            return slots.get(only[1])
        case str():
            return _fill(value, slots, str)
        case _:
            return value
