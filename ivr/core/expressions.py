"""Conditions and values in a flow: a small part of the Common Expression Language.

Slots are variables; a slot that has no value is `null`, and `has(slot)` asks whether it has one;
`confidence(slot)` is how sure we are of what was said for it, 0 to 1, and 0 for a slot without a value. As
in a database, an operation that needs a value and finds none has no value either, and a condition
without a value is not true. There is nothing that loops, reads a clock or reaches outside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cel

from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow.model import Slot
from ivr.core.flow.problems import Fault, nearest
from ivr.core.keepable import fits

MAX_CHARACTERS: Final = 500
LONGEST_TEXT: Final = 2_000
"""Characters of a text in a slot: a text that grew in a loop would stop the server with its length."""
FUNCTIONS: Final = (
    "has",
    "confidence",
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "int",
    "number",
    "string",
)
_OPERATORS: Final = ("in",)
_INTERNAL: Final = {"has": "had", "number": "double"}
"""What the library calls our functions. Its own `has` is a macro that refuses plain variables."""

_TOKEN: Final = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<comment>//)|(?P<name>[A-Za-z_]\w*)(?P<call>\s*\()?""",
    re.DOTALL,
)
_SURENESS: Final = re.compile(
    r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\bconfidence\s*\(\s*(?P<quote>["']?)(?P<slot>[A-Za-z_]\w*)(?P=quote)\s*\)""",
    re.DOTALL,
)
"""`confidence(slot)`: the slot's name is meant, not its value. It may stand in quotes."""
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): ")
_SAMPLES: Final[dict[str, SlotValue]] = {
    "yes_no": True,
    "integer": 1,
    "digits": "1",
    "text": "x",
    "choice": "x",
    "money": "1.00",
    "date": "2000-01-01",
    "time": "12:00",
    "date_time": "2000-01-01T12:00",
    "phone": "+12125550123",
    "email": "x@example.com",
    "name": "x",
    "spelling": "X",
    "address": "x",
}
_KINDS: Final = {bool: "yes/no", int: "a whole number", str: "text"}
_SLOT_KINDS: Final = {kind: type(sample) for kind, sample in _SAMPLES.items()}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of an expression before any call: the slots it reads and what is wrong with it."""

    slots: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Program:
    """An expression that can be run, and the names that it uses."""

    parsed: cel.Program
    variables: tuple[str, ...]
    functions: frozenset[str]


_CERTAIN: Final[Mapping[str, float]] = {}


def evaluate(
    text: str, slots: Mapping[str, SlotValue], sure: Mapping[str, float] = _CERTAIN
) -> SlotValue | None:
    """The value of an expression. `None`: it needs a slot that has no value.

    sure  how sure we are of the values that are not certain
    Raises `FlowError` when the kinds of its values do not fit together, the arithmetic fails, or a text is
    longer than `LONGEST_TEXT`.
    """
    value, error = _execute(text, slots, sure)
    if error:
        raise FlowError(f"The expression '{text}' cannot be worked out: {error}.")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise FlowError(
            f"The expression '{text}' gives a text of {len(value):,} characters; "
            f"a slot holds {LONGEST_TEXT:,} at most."
        )
    if isinstance(value, int) and not fits(value):
        raise FlowError(f"The expression '{text}' gives a number that is too large: {value}.")
    if value is None or isinstance(value, SlotValue):
        return value
    raise FlowError(f"The expression '{text}' gives {_kind(value)}, which no slot can hold.")


def is_true(text: str, slots: Mapping[str, SlotValue], sure: Mapping[str, float] = _CERTAIN) -> bool:
    """Whether a condition holds. Not, if it needs a slot that has no value. Raises `FlowError`."""
    value = evaluate(text, slots, sure)
    if value is None or isinstance(value, bool):
        return value is True
    raise FlowError(f"The condition '{text}' gives {_kind(value)}, not yes or no as 'age >= 18' does.")


def literal(value: SlotValue) -> str:
    """The expression that stands for a value."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _name_meant(name: str, flow_slots: Mapping[str, Slot]) -> str:
    """What to do about a word that is no slot: it may be a text without its quotes."""
    if name in ("yes", "no", "True", "False"):
        return f"Write {'true' if name in ('yes', 'True') else 'false'}."
    if any(name in slot.choices for slot in flow_slots.values()):
        return f'A text stands in quotes: "{name}".'
    return nearest(name, flow_slots, "slots")


def check(text: str, flow_slots: Mapping[str, Slot], wanted: str) -> Checked:
    """Look at an expression when a flow is loaded.

    wanted  the type of slot that its value must suit; "" when the types are not sure yet
    """
    if fault := _looks_wrong(text):
        return Checked(faults=(fault,))
    names = {**_names(text), **_doubted(text)}
    faults = [
        Fault(offset, f"There is no slot '{name}'", _name_meant(name, flow_slots))
        for name, offset in names.items()
        if name not in flow_slots
    ]
    used = tuple(name for name in names if name in flow_slots)
    if wanted and not faults and (wrong := _try(text, {name: flow_slots[name] for name in used}, wanted)):
        faults.append(Fault(0, wrong))
    return Checked(used, tuple(faults))


def _looks_wrong(text: str) -> Fault | None:
    """Too long, not an expression, or with something in it that the language does not have."""
    if len(text) > MAX_CHARACTERS:
        return Fault(0, f"An expression has at most {MAX_CHARACTERS} characters; this one has {len(text)}")
    for token in _TOKEN.finditer(text):
        if token["comment"]:
            return Fault(token.start(), "A comment does not belong into an expression", "Use '#' behind it.")
        called = token["name"] if token["call"] else ""
        if called and called not in FUNCTIONS and called not in _OPERATORS:
            opposite = "Write '!open(HOURS)'." if called == "closed" else ""
            hint = opposite or nearest(called, FUNCTIONS, "functions")
            return Fault(token.start(), f"There is no function '{called}'", hint)
    try:
        program = _compile(text)
    except ValueError as error:
        return _syntax_fault(text, str(error))
    if "_[_]" in program.functions:
        return Fault(text.find("["), "A slot has no parts to pick with '[ ]'")
    return None


def _syntax_fault(text: str, error: str) -> Fault:
    place = _PLACE.search(error)
    lines = text.splitlines(keepends=True)
    offset = 0
    if place and int(place[1]) <= len(lines):
        offset = sum(len(line) for line in lines[: int(place[1]) - 1]) + int(place[2]) - 1
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return Fault(text.index("="), "This is not an expression", "To compare, write '=='.")
    if word := re.search(r"\b(and|or|not)\b", text):
        sign = {"and": "&&", "or": "||", "not": "!"}[word[1]]
        return Fault(word.start(), "This is not an expression", f"For '{word[1]}', write '{sign}'.")
    what = "The expression ends too early" if offset >= len(text.rstrip()) else "This is not an expression"
    return Fault(min(offset, max(len(text) - 1, 0)), what, "One looks like this: age >= 18 && has(name).")


def _names(text: str) -> dict[str, int]:
    """The variables of an expression and where each stands first."""
    variables = set(_compile(text).variables)
    names: dict[str, int] = {}
    for token in _TOKEN.finditer(text):
        if token["name"] in variables and not token["call"]:
            names.setdefault(token["name"], token.start())
    return {name: names.get(name, 0) for name in sorted(variables, key=lambda name: names.get(name, 0))}


def _doubted(text: str) -> dict[str, int]:
    """The slots whose confidence is asked for, and where."""
    return {
        found["slot"]: found.start("slot") for found in _SURENESS.finditer(text) if found["slot"] is not None
    }


def _try(text: str, used: Mapping[str, Slot], wanted: str) -> str:
    """Work the expression out with a value of each slot's type; "" or what is wrong.

    Only a clash of kinds counts: other errors may come from the pretended values.
    """
    samples = {name: next(iter(slot.choices), _SAMPLES[slot.type]) for name, slot in used.items()}
    try:
        value = _run(_compile(text), samples, {})
    except (TypeError, RuntimeError) as error:
        if not _is_clash(error):
            return ""
        return f"'{text}' puts together what does not fit" + (f": {_listing(used)}" if used else "")
    except (ArithmeticError, LookupError, ValueError):
        return ""
    if value is None or type(value) is _SLOT_KINDS[wanted]:
        return ""
    return f"'{text}' gives {_kind(value)} where {_KINDS[_SLOT_KINDS[wanted]]} is needed"


def _listing(used: Mapping[str, Slot]) -> str:
    return ", ".join(f"{name} ({_KINDS[_SLOT_KINDS[slot.type]]})" for name, slot in used.items())


def _execute(text: str, slots: Mapping[str, SlotValue], sure: Mapping[str, float]) -> tuple[Any, str]:
    """Value and error ("" for none)."""
    try:
        program = _compile(text)
    except ValueError:
        return None, "it is not a valid expression"
    try:
        return _run(program, slots, sure), ""
    except ArithmeticError:
        return None, "the arithmetic has no result (division by zero, or a number too large)"
    except (TypeError, RuntimeError, ValueError, LookupError) as error:
        if not _is_clash(error):
            return None, str(error).split("\n", 1)[0][:200].rstrip(".")
        unset = any(name not in slots for name in program.variables)
        return None, "" if unset else "the kinds of its values do not fit together"


def _is_clash(error: Exception) -> bool:
    """Whether kinds of values do not fit: the library calls a known function undefined for them."""
    return isinstance(error, TypeError) or str(error).startswith("Undefined variable or function")


def _run(program: _Program, slots: Mapping[str, SlotValue], sure: Mapping[str, float]) -> Any:
    context: dict[str, Any] = {name: slots.get(name) for name in program.variables}
    if _INTERNAL["has"] in program.functions:
        context[_INTERNAL["has"]] = _has
    if "confidence" in program.functions:
        context["confidence"] = lambda name: float(sure.get(name, 1.0)) if name in slots else 0.0
    return program.parsed.execute(context)


def _has(value: object) -> bool:
    return value is not None


@lru_cache(maxsize=4096)
def _compile(text: str) -> _Program:
    """The program of an expression; calls ask for the same few again and again. Raises `ValueError`."""
    parsed = cel.compile(_TOKEN.sub(_rename, _SURENESS.sub(_quoted, text)))
    return _Program(parsed, tuple(parsed.variables()), frozenset(parsed.functions()))


def _quoted(found: re.Match[str]) -> str:
    return f'confidence("{found["slot"]}")' if found["slot"] is not None else found.group()


def _rename(token: re.Match[str]) -> str:
    name, called = token["name"] or "", token.group()
    return _INTERNAL[name] + called[len(name) :] if token["call"] and name in _INTERNAL else called


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "neither text nor a whole number nor yes/no")
