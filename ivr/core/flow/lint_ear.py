"""Lint for the ear: prompts that are too long, menus that nobody remembers, keys that lead nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ivr.core import keys
from ivr.core.flow import model as m
from ivr.core.flow.compile import Compiled
from ivr.core.flow.problems import Report, Spot
from ivr.core.flow.yaml_source import Node
from ivr.core.speaking import marks
from ivr.core.speaking.reading import reader

MOST_CHOICES: Final = 5
"""Choices that a caller keeps in mind while listening."""

LONGEST_PROMPT_S: Final = 20.0
LETTERS_A_SECOND: Final = 17.5
"""How fast the default voice speaks: measured over 60 prompts of the clinic, 2,120 letters in 121 s."""

_SLOT: Final = re.compile(r"\{[^{}]*\}")
_UNSPEAKABLE: Final = (
    (re.compile(r"https?://\S+|www\.\S+"), "a web address", "Say the name of the page, or offer to send it."),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), "markup", "Prompts are plain text; a pause is [pause 500ms]."),
    (re.compile(r"[*_`#~|\\^]{2,}|(?<!\w)[*_`]\w[^*_`]*[*_`](?!\w)"), "formatting", "Write plain words."),
)
_PRESS: Final = re.compile(r"\b(?:press|push|hit|dial|key)\b", re.IGNORECASE)
_NUMBERS: Final = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_OFFER: Final = re.compile(
    r"(?:\b(?:press|push|hit|dial)(?: the)?(?: key| number)? |[,;] (?:(?:and|or) )?)"
    rf"([0-9*#]|{'|'.join(_NUMBERS)}|star|pound|hash)(?= (?:to|for|if|when)\b)",
    re.IGNORECASE,
)
_NAMED_KEYS: Final = {"star": "*", "pound": "#", "hash": "#"} | {w: str(i) for i, w in enumerate(_NUMBERS)}


@dataclass(frozen=True, slots=True)
class _Said:
    """A text that callers hear, and where the author wrote it."""

    text: str
    spot: Spot


def lint_ear(compiled: Compiled, root: Node, report: Report) -> None:
    """Report what does not sound well."""
    for said in _everything(compiled, root):
        _length(compiled.flow, said, report)
        _words(compiled.flow, said, report)
    for name, sub_flow in compiled.flow.flows.items():
        for index, step in enumerate(sub_flow.steps):
            _menu(step, compiled.spots[name][index], report)
            _offered(compiled, name, index, report)


def _everything(compiled: Compiled, root: Node) -> Iterator[_Said]:
    flow = compiled.flow
    for name, sub_flow in flow.flows.items():
        for index, step in enumerate(sub_flow.steps):
            yield from (_Said(text, compiled.spots[name][index]) for text in _texts(step))
    for slot in flow.slots.values():
        yield from (_Said(text, root.at("slots").key(slot.name)) for text in (slot.ask, slot.reject) if text)
    for answer in flow.answers.values():
        yield _Said(answer.say, root.at("answers").key(answer.name))
    for key, text in flow.phrases.items():
        yield _Said(text, root.at("phrases").key(key))


def _texts(step: m.Step) -> Iterator[str]:
    for name in ("prompt", "again"):
        prompt = getattr(step, name, None)
        if isinstance(prompt, m.Prompt):
            yield from (prompt.text, *prompt.later)


def _length(flow: m.Flow, said: _Said, report: Report) -> None:
    aloud = reader(flow.language, flow.pronunciations)
    parts = [part for part in marks.parts(said.text) if not part.sound]
    letters = sum(len(s.spoken) for part in parts for s in aloud.sentences(part.text, keep=False))
    seconds = letters / LETTERS_A_SECOND + sum(part.pause_ms for part in parts) / 1000
    if seconds > LONGEST_PROMPT_S:
        report.warn(
            said.spot,
            f"This takes about {seconds:.0f} s to say; after {LONGEST_PROMPT_S:.0f} s callers stop listening",
            "Say the most important thing, and ask.",
            "ear",
        )


def _words(flow: m.Flow, said: _Said, report: Report) -> None:
    text = _SLOT.sub(" ", marks.without(said.text))
    for pattern, what, hint in _UNSPEAKABLE:
        if found := pattern.search(text):
            report.warn(said.spot, f"'{found[0][:40]}' is {what}, which cannot be spoken", hint, "ear")
    strange = [char for char in text if _is_strange(char, flow.language)]
    if strange:
        shown = " ".join(dict.fromkeys(strange[:8]))
        report.warn(said.spot, f"The voice cannot speak {shown}", "Write it in words.", "ear")


def _is_strange(char: str, language: str) -> bool:
    """Pictures, characters without a meaning, and letters of a script that the language is not written in."""
    category = unicodedata.category(char)
    if category in ("So", "Cs", "Co", "Cn"):
        return char not in "°©®™№"  # those that are read aloud as words
    return category[0] == "L" and language[:2] in _LATIN and "LATIN" not in unicodedata.name(char, "LATIN")


_LATIN: Final = ("en", "es", "fr", "de", "it", "pt", "nl", "da", "sv", "no", "fi", "pl", "ca")


def _menu(step: m.Step, spot: Spot, report: Report) -> None:
    offered = max((len(set(_keys_in(text))) for text in _texts(step)), default=0)
    if offered > MOST_CHOICES:
        report.warn(
            spot,
            f"This menu has {offered} choices; callers remember about {MOST_CHOICES}",
            "Group them, or ask what the caller wants in their own words.",
            "ear",
        )


def _offered(compiled: Compiled, name: str, index: int, report: Report) -> None:
    """Keys that a prompt or a rung of the ladder offers and the step does not take."""
    flow = compiled.flow
    steps = flow.flows[name].steps
    step = steps[index]
    taken = _taken(flow, step)
    if taken is None:
        return
    for at in (index, *_rungs(steps, step)):
        for text in _texts(steps[at]):
            for key in dict.fromkeys(_keys_in(text)):
                if key not in taken:
                    report.warn(
                        compiled.spots[name][at],
                        f"This offers the key {key}, which does nothing here",
                        "Take it up under 'keys', or do not offer it.",
                        "ear",
                    )


def _taken(flow: m.Flow, step: m.Step) -> set[str] | None:
    """The single keys that a step takes; `None` where keys are digits of a value, or nobody waits."""
    person = {"0"} if "agent" in flow.universals else set()
    match step:
        case m.ListenStep():
            return set(step.keys) | person
        case m.ConfirmStep():
            return {"1", "2"} | person
        case m.CollectStep():
            slot = flow.slots[step.slot]
            if slot.type == "yes_no":
                return {"1", "2"} | person
            if slot.type == "choice":
                return {str(n + 1) for n in range(len(slot.choices))} | person
            return None if slot.type in keys.KEYED else person
        case _:
            return None


def _rungs(steps: tuple[m.Step, ...], step: m.Step) -> Iterator[int]:
    """The steps of a step's ladders."""
    repair = getattr(step, "repair", None)
    if not isinstance(repair, m.Repair):
        return
    for start in repair.targets:
        for index in range(start, len(steps)):
            if isinstance(steps[index], m.AgainStep):
                break
            yield index


def _keys_in(text: str) -> list[str]:
    """The keys that a prompt tells callers to press, one option each."""
    found: list[str] = []
    pressing = False
    for sentence in re.split(r"(?<=[.?!:])\s+", text):
        pressing = pressing or bool(_PRESS.search(sentence))
        if pressing:
            found += [_NAMED_KEYS.get(k.lower(), k) for k in _OFFER.findall(f", {sentence}")]
    return found
