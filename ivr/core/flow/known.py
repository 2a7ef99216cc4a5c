"""The names of a flow, and the checks of everything that refers to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ivr.core import expressions, hours, templates
from ivr.core.events import SlotValue
from ivr.core.flow import model as m
from ivr.core.flow import schema_values as s
from ivr.core.flow.problems import Fault, Report, Spot, nearest
from ivr.core.flow.values import wrong_value
from ivr.core.flow.yaml_source import Node
from ivr.core.phrases import built_in
from ivr.core.speaking import marks

_NUMBER: Final = re.compile(r"\+?[0-9(]|sips?:")
_OTHER_BRACES: Final = re.compile(r"\{\{\s*(\w+)[^{}]*\}\}|\$\{\s*(\w+)\s*\}")
_COUNTS: Final = ("integer", "digits", "text")
"""Types whose values may stand behind a $ of the author's own."""
_TIMES: Final = {
    "interrupt_after": "interrupt_after_ms",
    "no_input_timeout": "no_input_timeout_ms",
    "inter_digit_timeout": "inter_digit_timeout_ms",
    "dead_air": "dead_air_ms",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What steps may refer to. `sure`: the slots whose own description is right.

    reads   where each slot is first said or asked for in a condition, noted while compiling
    sounds  where each sound file is first played, likewise
    """

    report: Report
    slots: Mapping[str, m.Slot]
    sure: Collection[str]
    intents: Collection[str]
    flows: Collection[str]
    contacts: Collection[str]
    knowledge: Collection[str] = ()
    hours: Collection[str] = ()
    languages: tuple[str, ...] = ()
    language: str = "en-US"
    universals: Collection[str] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    step_names: dict[str, int] = field(default_factory=dict)
    reads: dict[str, Spot] = field(default_factory=dict)
    sounds: dict[str, Spot] = field(default_factory=dict)

    def name(self, what: str, name: str, names: Collection[str], spot: Spot) -> None:
        """Check a reference. `what` it refers to: `slot`, `flow`."""
        if name not in names:
            several = what if what == "knowledge" else f"{what}s"
            hint = nearest(name, names, several)
            if what == "contact" and _NUMBER.match(name):
                hint = "Give the number a name under 'contacts', and write the name here."
            self.report.error(spot, f"There is no {what} '{name[:40]}'", hint)

    def wording(self, phrase: str) -> str:
        """How the line says a phrase of `ivr.core.phrases`."""
        return self.phrases.get(phrase) or built_in(phrase, self.language)

    def prompt(self, text: str | list[str], node: Node, settings: m.Settings) -> m.Prompt:
        """Check the slots and marks of a prompt, or of what is said each time."""
        texts = [text] if isinstance(text, str) else text
        for number, words in enumerate(texts):
            self._prompt(words, node.at(number))
        return m.Prompt(texts[0], settings, tuple(texts[1:]))

    def _schedules(self, asked: Iterable[tuple[str, int]], text: str, node: Node) -> None:
        start = max(node.text.find(text), 0)
        for name, offset in asked:
            self.name("schedule", name, self.hours, node.inside(start + offset))

    def _prompt(self, text: str, node: Node) -> None:
        self._schedules(hours.said(text), text, node)
        whole, text = text, hours.unsaid(text)
        self._other_braces(text, node)
        self._bare_mark(text, node)
        used, faults = templates.check(text, self.slots)
        self.faults((*faults, *marks.check(text)), whole, node)
        self._sounds(text, node)
        for name in used:
            self.reads.setdefault(name, node.spot)
            if self.slots[name].sensitive:
                self.report.warn(
                    node.spot,
                    f"This says the sensitive slot '{name}' aloud",
                    "Others near the caller may hear it.",
                    "safety",
                )

    def _other_braces(self, text: str, node: Node) -> None:
        """Warn of slots as other systems write them: what is around the braces would be said."""
        start = max(node.text.find(text), 0)
        for found in _OTHER_BRACES.finditer(text):
            slot = self.slots.get(found[1] or found[2])
            if slot is None or (found[2] and slot.type in _COUNTS):
                continue
            what = "braces and all" if found[1] else "with the $"
            message = f"'{found[0]}' is said as it stands, {what}"
            self.report.warn(
                node.inside(start + found.start()), message, f"To say the slot, write {{{slot.name}}}."
            )

    def plain(self, text: str, node: Node, what: str) -> str:
        """Check a text that is said word for word."""
        if "{" in text or "}" in text:
            offset = min(at for at in (text.find("{"), text.find("}")) if at >= 0)
            self.report.error(node.inside(offset), f"{what} is said word for word: it has no slots or braces")
        self.faults(marks.check(text), text, node)
        self._sounds(text, node)
        return text

    def _bare_mark(self, text: str, node: Node) -> None:
        """`say: [sound hello.wav]` is a list with one text to YAML, and would be read out."""
        if mark := marks.bare(text):
            self.report.error(node.spot, f"'[{mark[:60]}]' must stand in quotes", f'Write "[{mark[:60]}]".')

    def _sounds(self, text: str, node: Node) -> None:
        for name in marks.sounds(text):
            self.sounds.setdefault(name, node.spot)

    def expression(self, text: str, node: Node, wanted: str) -> str:
        """Check an expression, which stands at the end of the text of `node`."""
        self._schedules(hours.asked(text), text, node)
        whole, text = text, hours.answered(text, lambda _: True)
        checked = expressions.check(text, self.slots, wanted)
        for name in checked.slots:
            self.reads.setdefault(name, node.spot)
        if any(name not in self.sure for name in checked.slots):
            checked = expressions.check(text, self.slots, "")
        self.faults(checked.faults, whole, node)
        return whole

    def value(self, slot: str, value: SlotValue | None, node: Node) -> str | None:
        """The expression for what an author sets a slot to."""
        known = self.slots.get(slot)
        if isinstance(value, str) and value.startswith("="):
            wanted = known.type if known and slot in self.sure else ""
            return self.expression(value[1:].strip(), node, wanted)
        if value is None:
            return None
        if known and slot in self.sure:
            message, hint = wrong_value(known, value)
            if message:
                self.report.error(node.spot, message, hint)
        return expressions.literal(value)

    def faults(self, faults: tuple[Fault, ...], text: str, node: Node) -> None:
        """Report what is wrong inside a text, which stands at the end of that of `node`."""
        start = max(node.text.find(text), 0)
        for fault in faults:
            self.report.error(node.inside(start + fault.offset), fault.message, fault.hint)


def inherit(settings: m.Settings, body: s.SpeakingSettings) -> m.Settings:
    """Settings with what a file, flow or step sets of its own."""
    times = {to: getattr(body, name, None) for name, to in _TIMES.items()}
    own: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
    if (least := getattr(body, "low_confidence", None)) is not None:
        settings = replace(settings, low_confidence=least)
    if body.interruptible is not None:
        own["interruptible"] = body.interruptible
    silence = getattr(body, "end_silence", None)
    if silence is not None:
        cases = {name: ms for name, ms in silence.model_dump().items() if ms is not None}
        always = cases.pop("always", None)
        kept = dict(settings.end_silences) if settings.end_silence_ms is None and always is None else {}
        own |= {"end_silence_ms": always, "end_silences": tuple((kept | cases).items())}
    return replace(settings, **own)
