"""The schema's complaints in the author's words, at their places in the file."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.schema import FlowFile
from ivr.core.flow.schema_lists import STEP_KEYS, step_keys
from ivr.core.flow.yaml_source import Node
from ivr.core.locales import region_of
from ivr.core.telephone import Dialled, dialled

File = TypeVar("File", bound=BaseModel)

_MOST_ROUNDS: Final = 50

_STEP_WORD: Final = re.compile(r"([a-z_]+)(?::|\s)\s*(\S.*)", re.DOTALL)
_OWN_DASH: Final = "Give each step a '- ' of its own."
_ELSEWHERE: Final = (
    (
        "ask prompt question menu gather input get",
        "To ask what the caller wants, write 'listen'; for a slot 'collect'; for yes or no 'confirm'.",
    ),
    (
        "goto go_to jump next then_go redirect run flow subflow",
        "To go on in another flow, write 'link: flow'; to come back from it, 'call: flow'.",
    ),
    ("play speak tell message text audio announce respond utter", "To speak, write 'say: text'."),
    ("end exit quit stop bye goodbye finish disconnect", "To end the call, write 'hangup:'."),
    ("dial forward connect agent person handoff", "To hand the caller over, write 'transfer: contact'."),
    ("set assign variable let set_slot slot slots", "To set a slot, write 'set_slots: {slot: value}'."),
    ("wait pause sleep delay", "To let time go by, write 'hold: 30s'; for a pause in a text, [pause 700ms]."),
    ("http request webhook api fetch url get post", "To ask a web service, write 'action: {url: ...}'."),
    ("record", "To take a message, write 'voicemail:'; to record the call, 'recording: {ask: ...}'."),
    ("while loop repeat for", "To do it again, let the flow 'link' to itself."),
    (
        "switch case elif when condition branch",
        "To decide, write 'if: condition', 'then: steps', 'else: steps'.",
    ),
)
"""What steps are called by others, and what they are called here."""

_PLAIN: Final[dict[str, tuple[str, str]]] = {
    "string_type": ("must be text", ""),
    "int_type": ("must be a whole number", ""),
    "bool_type": ("must be true or false", ""),
    "list_type": ("must be a list", "Put '- ' before each item, on a line of its own."),
    "dict_type": ("must be a mapping", "Write 'name: value' lines below it."),
    "model_type": ("must be a mapping", "Write 'name: value' lines below it."),
    "model_attributes_type": ("must be a mapping", "Write 'name: value' lines below it."),
}


def read(root: Node, report: Report) -> tuple[FlowFile | None, bool]:
    """A flow file as models, and whether it is whole."""
    return read_as(FlowFile, root, report)


def read_as(model: type[File], root: Node, report: Report) -> tuple[File | None, bool]:
    """A file as models, and whether it is whole.

    What is wrong is reported and cut out of the tree, so that the rest can be looked at in the same
    run. `None`: nothing is left to look at.
    """
    told = False
    for _ in range(_MOST_ROUNDS):
        try:
            # Unknown keys are reported in the first round only.
            return model.model_validate(root.data(), context=None if told else report), not told
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            if not told:
                _report(root, details, report)
            told = True
            if not _cut(root, details):
                return None, False
    return None, False


def _report(root: Node, details: list[ErrorDetails], report: Report) -> None:
    for detail in details:
        path = tuple(part for part in detail["loc"] if not str(part).startswith("<"))
        node = root.at(*path)
        if detail["type"] == "missing" and report.has_errors and nearest(str(path[-1]), node.entries):
            continue  # the key is there, spelled wrong, and was reported as unknown
        if detail["type"] == "missing" and path[-1] == "steps" and step_keys(node.data()):
            continue  # steps without their '- ' were reported as unknown keys
        message, hint = _words(detail, path, root)
        several = step_keys(node.data()) if detail["type"].startswith("union_tag") else []
        report.error(node.key(several[1]) if len(several) > 1 else node.spot, message, hint)


def _words(detail: ErrorDetails, path: tuple[str | int, ...], root: Node) -> tuple[str, str]:
    """Message and hint."""
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    node = root.at(*path)
    name = _subject(root, path)
    match kind:
        case "told":
            return context["message"], context["hint"]
        case "missing":
            return f"The key '{path[-1]}' is missing here", _missing(path)
        case "literal_error":
            expected = [word for word in context["expected"].split("'") if word.strip(" ,or")]
            return f"{name} cannot be '{node.text[:40]}'", nearest(node.text, expected, "choices")
        case "union_tag_not_found" | "union_tag_invalid":
            return _not_a_step(node, root.at("flows").entries)
        case "greater_than_equal" | "less_than_equal":
            return f"{name} must be between 1 and 64", ""
    message, hint = _PLAIN.get(kind, ("has a value that does not fit", ""))
    if kind == "string_type" and node.kind == "scalar" and node.text:
        right = (
            dialled(node.text, region_of(root.at("language").text)) if path[0] == "contacts" else Dialled()
        )
        hint = f'Put it in quotes: "{right.number or node.text[:40]}".'
    if kind == "list_type" and node.kind == "scalar" and node.text:
        hint = f"Write [{node.text[:40]}], or each item on a line of its own, '- ' before it."
    return f"{name} {message}", hint


def _subject(root: Node, path: tuple[str | int, ...]) -> str:
    """The last key on the way that the author wrote."""
    name = "This"
    node = root
    for part in path:
        if isinstance(part, str) and part in node.entries:
            name = f"'{part}'"
        node = node.at(part)
    return name


def _missing(path: tuple[str | int, ...]) -> str:
    match path:
        case ("ivr",):
            return "A flow file begins with 'ivr: 1'."
        case ("flows",):
            return "A flow file has at least 'flows:' with a flow 'main'."
        case (*_, "no"):
            return "Say what happens when the caller says no."
    return ""


def _not_a_step(node: Node, flows: Collection[str]) -> tuple[str, str]:
    if node.kind != "mapping":
        word = _STEP_WORD.fullmatch(node.text) if node.kind == "scalar" else None
        if word and word[1] in STEP_KEYS:
            return "This is not a step", f"Did you mean '{word[1]}: {word[2][:40]}'?"
        return "This is not a step", "A step has a key, as in 'say: Hello'."
    found = step_keys(node.data())
    if len(found) > 1:
        hint = "What happens if it is so belongs under 'then:'." if "if" in found else _OWN_DASH
        return f"'{found[0]}' and '{found[1]}' stand in one step", hint
    others = [key for key in node.entries if key not in ("id", "then", "else")]
    if not others:
        return "This step does nothing", nearest("", STEP_KEYS, "steps")
    return f"There is no step '{others[0][:40]}'", _step_meant(others[0], flows)


def _step_meant(name: str, flows: Collection[str]) -> str:
    """What an author may have meant by a step that does not exist."""
    if near := nearest(name, STEP_KEYS):
        return near
    if name in flows:
        return f"'{name[:40]}' is a flow: did you mean 'call: {name[:40]}'?"
    elsewhere = next((hint for words, hint in _ELSEWHERE if name.lower() in words.split()), "")
    return elsewhere or nearest(name, STEP_KEYS, "steps")


def _cut(root: Node, details: list[ErrorDetails]) -> bool:
    """Take what is wrong out of the tree. False: the whole of it is."""
    wrong = {id(root.at(*detail["loc"])) for detail in details}
    if id(root) in wrong:
        return False
    for node in list(root.walk()):
        node.items = [item for item in node.items if id(item) not in wrong]
        node.entries = {key: child for key, child in node.entries.items() if id(child) not in wrong}
    return True
