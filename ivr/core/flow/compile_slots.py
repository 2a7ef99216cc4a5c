"""Descriptions of slots to slots."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.flow import schema as s
from ivr.core.flow.model import Slot
from ivr.core.flow.problems import Report
from ivr.core.flow.values import wrong_value
from ivr.core.flow.yaml_source import Node

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_RESERVED: Final = re.compile(
    "as|break|const|continue|else|false|for|function|if|import|in|let|loop|namespace|null|package|return"
    "|true|var|void|while"
)
_ONLY_FOR: Final = {
    "choices": "choice",
    "min": "integer",
    "max": "integer",
    "length": "digits",
    "min_length": "digits",
    "max_length": "digits",
}


def compile_slots(bodies: dict[str, s.SlotBody], root: Node, report: Report) -> dict[str, Slot]:
    """Compile the slots. What is wrong goes to `report`."""
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
        slots[name] = _slot(name, body, node, report)
    return slots


def _check_keys(body: s.SlotBody, node: Node, report: Report) -> None:
    for key, kind in _ONLY_FOR.items():
        if key in node.entries and body.type != kind:
            report.error(node.key(key), f"'{key}' is for {kind} slots, and this one is of type {body.type}")
    if body.type == "choice":
        if not body.choices:
            report.error(node.spot, "A choice slot needs choices", "List them under 'choices'.")
        _check_synonyms(body, node.at("choices"), report)
    if body.length is not None and (body.min_length is not None or body.max_length is not None):
        report.error(
            node.key("length"), "'length' stands for both 'min_length' and 'max_length'", "Drop one."
        )


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


def _slot(name: str, body: s.SlotBody, node: Node, report: Report) -> Slot:
    low, high = body.min, body.max
    if body.type == "digits":
        low = body.length or body.min_length
        high = body.length or body.max_length
    if low is not None and high is not None and low > high:
        report.error(node.spot, f"The limits are the wrong way round: {low} is more than {high}")
        low = high = None
    slot = Slot(
        name=name,
        type=body.type,
        ask=body.ask or "",
        choices={choice: tuple(synonyms) for choice, synonyms in body.choices.items()},
        minimum=low,
        maximum=high,
        sensitive=body.sensitive,
        initial=body.initial,
    )
    if body.initial is not None:
        message, hint = wrong_value(slot, body.initial)
        if message:
            report.error(node.at("initial").spot, message, hint)
    return slot
