"""Descriptions of slots to slots."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from ivr.core import limits
from ivr.core.flow import schema as s
from ivr.core.flow.model import Confirmation, Slot
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.values import wrong_value
from ivr.core.flow.yaml_source import Node
from ivr.core.locales import CURRENCIES, currency_of, region_of
from ivr.core.telephone import REGIONS

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_RESERVED: Final = re.compile(
    "as|break|const|continue|else|false|for|function|if|import|in|let|loop|namespace|null|package|return"
    "|true|var|void|while"
)
_BRACES: Final = re.compile(r"\{[^{}]*\}")
_SIZED: Final = ("integer", *sorted(limits.LIMITED))
_COUNTED: Final = ("digits", "spelling")
_ONLY_FOR: Final = {
    "choices": ("choice",),
    "min": _SIZED,
    "max": _SIZED,
    "length": _COUNTED,
    "min_length": _COUNTED,
    "max_length": _COUNTED,
    "region": ("phone", "date", "date_time"),
    "currency": ("money",),
}
_CONFIRM_KEYS: Final = {
    "say": ("implicit",),
    "ask": ("explicit", "when_unsure"),
    "below": ("when_unsure",),
}
_EXAMPLES: Final = {
    "money": "An amount is 5 or 12.50.",
    "date": "A day is today, today + 6 months, or 2030-01-31.",
    "date_time": "A day is today, today + 6 months, or 2030-01-31.",
    "time": "A time is 08:30.",
}


def compile_slots(
    bodies: dict[str, s.SlotBody], root: Node, report: Report, language: str
) -> dict[str, Slot]:
    """Compile the slots of a line in `language`. What is wrong goes to `report`."""
    slots: dict[str, Slot] = {}
    for name, body in bodies.items():
        node = root.at("slots", name)
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            report.error(
                root.at("slots").key(name),
                f"'{name[:40]}' cannot be the name of a slot",
                "Use letters, digits and '_', beginning with a letter, and no word such as 'in' or 'true'.",
            )
        _check_keys(body, node, report)
        _check_examples(name, body, node, report)
        slots[name] = _slot(name, body, node, report, region_of(language))
    return slots


def _check_keys(body: s.SlotBody, node: Node, report: Report) -> None:
    for key, kinds in _ONLY_FOR.items():
        if key in node.entries and body.type not in kinds:
            these = " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
            report.error(node.key(key), f"'{key}' is for {these} slots, and this one is of type {body.type}")
    if body.examples and body.type == "yes_no":
        report.error(node.key("examples"), "A yes_no slot has no examples", "Yes and no need no other words.")
    if body.type == "choice":
        if not body.choices:
            report.error(node.spot, "A choice slot needs choices", "List them under 'choices'.")
        _check_synonyms(body, node.at("choices"), report)
    if body.reject and body.validate_ is None and body.min is None and body.max is None:
        report.error(node.key("reject"), "Nothing is ever rejected here", "Write 'min', 'max' or 'validate'.")
    if body.length is not None and (body.min_length is not None or body.max_length is not None):
        report.error(
            node.key("length"), "'length' stands for both 'min_length' and 'max_length'", "Drop one."
        )


def _check_examples(name: str, body: s.SlotBody, node: Node, report: Report) -> None:
    """Each example shows the slot once, in the place of its value, among other words."""
    place = f"{{{name}}}"
    for number, example in enumerate(body.examples):
        spot = node.at("examples").at(number).spot
        shown = _BRACES.findall(example)
        if [brace.strip("{} ") for brace in shown] != [name] or _BRACES.sub("", example).strip("{}") == "":
            message = f"The example '{example[:60]}' does not show once where the value of '{name}' stands"
            report.error(spot, message, f"Write what callers say with it, and {place} in its place.")
        elif not re.search(r"\w", _BRACES.sub("", example)):
            message = f"There are no words around {place} in this example"
            report.error(spot, message, f"Write what callers say with it, as: my {name} is {place}.")


def _check_synonyms(body: s.SlotBody, node: Node, report: Report) -> None:
    taken: dict[str, str] = {}
    for choice, synonyms in body.choices.items():
        if not choice.strip():
            report.error(node.key(choice), "A choice cannot be empty")
        for number, word in enumerate((choice, *synonyms)):
            other = taken.setdefault(word.lower(), choice)
            if other != choice:
                spot = node.at(choice, number - 1).spot if number else node.key(choice)
                report.error(spot, f"'{word[:40]}' stands for both '{other}' and '{choice}'")


def _slot(name: str, body: s.SlotBody, node: Node, report: Report, home: str) -> Slot:
    low, high = _numbers(body, node, report)
    least, most = _texts(body, node, report)
    region, currency = _places(body, node, report, home)
    slot = Slot(
        name=name,
        type=body.type,
        ask=body.ask or "",
        choices={choice: tuple(synonyms) for choice, synonyms in body.choices.items()},
        minimum=low,
        maximum=high,
        least=least,
        most=most,
        region=region,
        currency=currency,
        validate=body.validate_ or "",
        reject=body.reject or "",
        sensitive=body.sensitive,
        initial=body.initial,
        confirm=_confirmation(body.confirm, node.at("confirm"), report) if body.confirm else None,
        ask_first=body.ask_before_filling,
        examples=tuple(body.examples),
    )
    if body.initial is not None:
        message, hint = wrong_value(slot, body.initial)
        if message:
            report.error(node.at("initial").spot, message, hint)
    return slot


def _confirmation(body: s.SlotConfirmBody, node: Node, report: Report) -> Confirmation:
    for key, kinds in _CONFIRM_KEYS.items():
        if key in node.entries and body.when not in kinds:
            these = " and ".join(kinds)
            report.error(node.key(key), f"'{key}' is for {these}, and this is 'when: {body.when}'")
    confirmation = Confirmation(body.when, body.ask or body.say or "")
    return confirmation if body.below is None else replace(confirmation, below=body.below)


def _numbers(body: s.SlotBody, node: Node, report: Report) -> tuple[int | None, int | None]:
    """Limits that are whole numbers: of an integer, or of a count of digits or letters."""
    if body.type in _COUNTED:
        low, high = body.length or body.min_length, body.length or body.max_length
    elif body.type == "integer":
        low, high = (_whole(body, key, node, report) for key in ("min", "max"))
    else:
        return None, None
    if low is not None and high is not None and low > high:
        report.error(node.spot, f"The limits are the wrong way round: {low} is more than {high}")
        return None, None
    return low, high


def _whole(body: s.SlotBody, key: str, node: Node, report: Report) -> int | None:
    value = getattr(body, key)
    if isinstance(value, str):
        report.error(node.at(key).spot, f"'{key}' must be a whole number")
        return None
    return None if value is None else int(value)


def _texts(body: s.SlotBody, node: Node, report: Report) -> tuple[str, str]:
    """Limits that are amounts, days or times; "" for none."""
    if body.type not in limits.LIMITED:
        return "", ""
    found = []
    for key in ("min", "max"):
        value = getattr(body, key)
        text = "" if value is None else str(value).strip()
        if text and not limits.well_written(body.type, text):
            what = {"money": "an amount", "time": "a time"}.get(body.type, "a day")
            report.error(node.at(key).spot, f"'{text[:40]}' is not {what}", _EXAMPLES[body.type])
            text = ""
        found.append(text)
    low, high = found
    least, most = (limits.bound(body.type, text, "2000-02-28") for text in found)
    same_kind = low[:1].isdecimal() == high[:1].isdecimal()  # written out, or counted from today
    if least is not None and most is not None and least > most and same_kind:
        report.error(node.spot, f"The limits are the wrong way round: {low} is more than {high}")
        return "", ""
    return low, high


def _places(body: s.SlotBody, node: Node, report: Report, home: str) -> tuple[str, str]:
    """Region and currency of a slot; its own, else those of the line's language."""
    region = (body.region or home).upper()
    if body.region and region not in REGIONS:
        report.error(
            node.at("region").spot, f"'{body.region[:40]}' is no country", "Write two letters, as US."
        )
        region = home
    currency = (body.currency or currency_of(region)).upper()
    if body.type == "money" and currency not in CURRENCIES:
        message = f"'{body.currency[:40]}' is no currency here" if body.currency else "In what currency?"
        hint = nearest(currency, CURRENCIES, "currencies") if body.currency else "Write 'currency: EUR'."
        report.error(node.at("currency").spot, message, hint)
        currency = "USD"
    return region, currency
