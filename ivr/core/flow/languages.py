"""One flow in several languages: a text may be a mapping from languages to texts.

    say: {en: Hello., es: Hola.}

From such a tree one tree for each language is made, with the texts of that language in their places, and
each is compiled by itself: the steps are the same ones, so that a call may go on in another language.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from ivr.core.flow.model import CollectStep, Flow
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.yaml_source import Node
from ivr.core.keys import KEYED

MOST: Final = 8
"""Languages of one flow."""

ANYWHERE: Final = frozenset(["text", "choice"])
"""Slot types that are understood in any language."""
UNDERSTOOD: Final = {
    "es": ANYWHERE | {"yes_no", "digits", "integer", "money", "date", "time", "date_time", "phone"}
}
"""Slot types that are understood as they are said in a language, besides English."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?")
_NAMES: Final = frozenset(
    [
        *("intents", "answers", "slots", "universals", "contacts", "hours", "knowledge", "flows", "choices"),
        *("set_slots", "save", "query", "headers", "body", "form", "on_error", "dates"),
    ]
)
"""What stands below these keys are names of the author's, never languages."""


def declared(root: Node, report: Report) -> tuple[str, ...]:
    """The languages of a flow, the one that a call begins in first."""
    own = root.entries.get("language")
    first = own.text if own is not None and own.text else "en-US"
    more = root.entries.get("languages")
    found = [first]
    for item in (more.items or [more]) if more is not None else []:
        if item.kind != "scalar" or not _LANGUAGE.fullmatch(item.text):
            report.error(item.spot, f"'{item.text[:40]}' is no language", "One looks like es-US.")
        elif item.text not in found:
            same = next((one for one in found if _short(one) == _short(item.text)), "")
            if same:
                report.error(item.spot, f"'{item.text}' and '{same}' are the same language to a caller")
            found.append(item.text)
    if len(found) > MOST:
        assert more is not None
        report.error(more.spot, f"A flow has at most {MOST} languages")
    return tuple(found[:MOST])


def known(text: str, languages: tuple[str, ...]) -> str:
    """The language that an author means by `es` or `es-US`; "" if it is none of the flow's."""
    return next((one for one in languages if text in (one, _short(one))), "")


def hint(text: str, languages: tuple[str, ...]) -> str:
    """What to do about a language that the flow does not have."""
    return nearest(text, languages) or f"List it under 'languages: [{text[:10]}]'."


def spoken(root: Node, language: str, languages: tuple[str, ...], report: Report) -> Node:
    """The tree of one language. What a mapping does not say in it is told, and said in the first one."""
    tree = _Choice(language, languages, report).of(root, "")
    own = root.entries.get("language")
    spot = own.spot if own is not None else root.spot
    tree.entries["language"] = Node("scalar", spot, language, source=language)
    tree.keys.setdefault("language", Node("scalar", spot, "language"))
    return tree


class _Choice:
    """Chooses one language everywhere."""

    def __init__(self, language: str, languages: tuple[str, ...], report: Report) -> None:
        self._language = language
        self._languages = languages
        self._report = report

    def of(self, node: Node, key: str) -> Node:
        """A node, `key` being what it stands under."""
        if node.kind == "mapping" and key not in _NAMES and self._is_choice(node):
            return self._chosen(node)
        if node.kind == "scalar":
            return node
        entries = {name: self.of(child, name) for name, child in node.entries.items()}
        items = [self.of(item, key) for item in node.items]
        return replace(node, entries=entries, items=items)

    def _is_choice(self, node: Node) -> bool:
        return bool(node.entries) and all(known(name, self._languages) for name in node.entries)

    def _chosen(self, node: Node) -> Node:
        by_language = {known(name, self._languages): child for name, child in node.entries.items()}
        if self._language in by_language:
            return by_language[self._language]
        message = f"There is nothing for '{_short(self._language)}' here"
        self._report.warn(node.spot, message, "Callers in that language hear another one.")
        return by_language.get(self._languages[0], next(iter(by_language.values())))


def check_types(flow: Flow, root: Node, report: Report) -> None:
    """Warn of slots that callers are asked for and that are understood in English only."""
    short = _short(flow.language)
    understood = UNDERSTOOD.get(short)
    if short == "en":
        return
    steps = [step for sub_flow in flow.flows.values() for step in sub_flow.steps]
    asked = {step.slot for step in steps if isinstance(step, CollectStep)}
    for slot in flow.slots.values():
        if slot.name in asked and slot.type not in (understood or ANYWHERE):
            report.warn(
                root.at("slots").key(slot.name),
                f"What is said for '{slot.name}' is understood in English only, not in '{short}'",
                f"A {slot.type} slot can be keyed there."
                if slot.type in KEYED
                else "Ask for it as text there.",
            )


def _short(language: str) -> str:
    return language.partition("-")[0]
