"""The schema's complaints in the author's words, at their places in the file."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.schema import FlowFile
from ivr.core.flow.schema_lists import STEP_KEYS, step_keys
from ivr.core.flow.yaml_source import Node

File = TypeVar("File", bound=BaseModel)

_MOST_ROUNDS: Final = 50

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
        message, hint = _words(detail, path, root)
        report.error(node.spot, message, hint)


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
            return _not_a_step(node)
        case "greater_than_equal" | "less_than_equal":
            return f"{name} must be between 1 and 64", ""
    message, hint = _PLAIN.get(kind, ("has a value that does not fit", ""))
    if kind == "string_type" and node.kind == "scalar" and node.text:
        hint = f'Put it in quotes: "{node.text[:40]}".'
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


def _not_a_step(node: Node) -> tuple[str, str]:
    if node.kind != "mapping":
        return "This is not a step", "A step has a key, as in 'say: Hello'."
    found = step_keys(node.data())
    if len(found) > 1:
        return f"'{found[0]}' and '{found[1]}' stand in one step", "Give each step a '- ' of its own."
    others = [key for key in node.entries if key not in ("id", "then", "else")]
    if not others:
        return "This step does nothing", nearest("", STEP_KEYS, "steps")
    return f"There is no step '{others[0][:40]}'", nearest(others[0], STEP_KEYS, "steps")


def _cut(root: Node, details: list[ErrorDetails]) -> bool:
    """Take what is wrong out of the tree. False: the whole of it is."""
    wrong = {id(root.at(*detail["loc"])) for detail in details}
    if id(root) in wrong:
        return False
    for node in list(root.walk()):
        node.items = [item for item in node.items if id(item) not in wrong]
        node.entries = {key: child for key, child in node.entries.items() if id(child) not in wrong}
    return True
