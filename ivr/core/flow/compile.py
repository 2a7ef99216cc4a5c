"""A validated file to a compiled flow: names resolved, settings inherited, short forms gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ivr.core.flow import model as m
from ivr.core.flow import schema as s
from ivr.core.flow.ahead import with_ahead
from ivr.core.flow.compile_answers import compile_answers, compile_intents, topics
from ivr.core.flow.compile_hours import TIMEZONE, compile_hours
from ivr.core.flow.compile_people import FlowBuilder
from ivr.core.flow.compile_slots import compile_slots
from ivr.core.flow.known import Known, inherit
from ivr.core.flow.problems import Report, Spot, nearest
from ivr.core.flow.schema_lists import Steps
from ivr.core.flow.yaml_source import Node
from ivr.core.locales import region_of
from ivr.core.phrases import DEFAULTS
from ivr.core.telephone import dialled

BUILT_IN_UNIVERSALS: Final = ("agent", "repeat", "slower", "back", "menu", "help", "goodbye")
"""Universals that are heard without phrases of the author's own."""

_OURS: Final[dict[str, Literal["repeat", "slower", "back", "menu", "help"]]] = {
    "repeat": "repeat",
    "slower": "slower",
    "back": "back",
    "menu": "menu",
    "help": "help",
}
"""Universals that the line sees to by itself, when the author writes `true`."""
_STEPLESS: Final = {
    "repeat": "says the last prompt again",
    "slower": "speaks more slowly",
    "back": "goes to the question before",
}
"""Those that take no steps, and what they do."""

_NAME: Final = re.compile(r"[^\W\d][\w-]{0,79}")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_SIP: Final = re.compile(
    r"sips?:(?:[^\s@<>\"]{1,100}@)?[A-Za-z0-9.\-\[\]]{1,200}(?::[0-9]{1,5})?(?:;[^\s<>\"]{1,200})?"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?")
_REFERRED: Final = ("slots", "intents", "flows", "contacts", "knowledge", "hours")
_SECTIONS: Final = ("intents", "answers", "universals", "contacts", "hours", "knowledge", "flows")
_KNOWLEDGE_FILE: Final = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\\0]{1,200}\.(?:md|markdown)")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow, and where each step of each sub-flow stands in the file.

    reads   the slots that prompts and conditions use, and where first
    """

    flow: m.Flow
    spots: Mapping[str, tuple[Spot, ...]]
    reads: Mapping[str, Spot]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the author gave, whether or not what stands behind them is right."""

    slots: tuple[str, ...]
    intents: tuple[str, ...]
    flows: tuple[str, ...]
    contacts: tuple[str, ...]
    knowledge: tuple[str, ...]
    hours: tuple[str, ...]

    @classmethod
    def of(cls, root: Node) -> Names:
        """Collect them, before anything that is wrong is cut out of the tree."""
        return cls(*(_keys(root, section) for section in _REFERRED))


def compile_file(  # noqa: PLR0913 -- a file, its tree and names, and what is told of them
    file: s.FlowFile,
    root: Node,
    names: Names,
    report: Report,
    digest: str,
    languages: tuple[str, ...] = (),
) -> Compiled:
    """Compile what is there. Everything that is wrong goes to `report`."""
    _check_names(root, report)
    settings = inherit(m.Settings(), file)
    slots = compile_slots(file.slots, root, report, file.language)
    known = Known(
        report,
        {name: slots.get(name) or m.Slot(name, "text") for name in names.slots},
        frozenset(slots),
        names.intents,
        names.flows,
        names.contacts,
        names.knowledge,
        names.hours,
        languages,
        file.language,
        [name for name, body in file.universals.items() if body.do is not False],
        phrases=file.phrases,
    )
    for slot in slots.values():
        if slot.ask:
            known.prompt(slot.ask, root.at("slots", slot.name, "ask"), settings)
        if slot.validate:
            known.expression(slot.validate, root.at("slots", slot.name, "validate"), "yes_no")
        if slot.confirm and slot.confirm.words:
            key = "say" if slot.confirm.when == "implicit" else "ask"
            known.prompt(slot.confirm.words, root.at("slots", slot.name, "confirm", key), settings)
        if slot.reject:
            known.prompt(slot.reject, root.at("slots", slot.name, "reject"), settings)
    flows: dict[str, m.SubFlow] = {}
    spots: dict[str, tuple[Spot, ...]] = {}

    def add(name: str, steps: Steps, node: Node, own: m.Settings) -> None:
        builder = FlowBuilder(name, known)
        flows[name] = builder.build(steps, node, own)
        spots[name] = tuple(builder.spots)

    for name, body in file.flows.items():
        node = root.at("flows", name)
        add(name, body.steps, node.at("steps"), inherit(settings, body))
    universals = _universals(file, root, report)
    for universal in universals.values():
        if universal.flow:
            node = root.at("universals", universal.name)
            steps = file.universals[universal.name].do
            add(universal.flow, steps if isinstance(steps, list) else [], node.at("do"), settings)
    _check_entry(file, root, names, report)
    _check_forms(file, root, report)
    flow = m.Flow(
        name=file.name,
        entry=file.entry,
        flows=flows,
        language=file.language,
        timezone=file.timezone,
        voice=file.voice or "",
        settings=settings,
        intents=compile_intents(file, root, report),
        answers=compile_answers(file, root, known),
        never_cache=topics(file, root, report),
        slots=slots,
        universals=universals,
        contacts=_contacts(file, root, known, settings),
        hours=compile_hours(file, root, report),
        knowledge=_knowledge(file, root, report),
        phrases=_phrases(file, root, known),
        pronunciations=_pronunciations(file, root, report),
        digest=digest,
    )
    flow = replace(flow, sounds=dict(known.sounds))
    return Compiled(with_ahead(flow), spots, known.reads)


def _keys(root: Node, section: str) -> tuple[str, ...]:
    return tuple(root.entries[section].entries) if section in root.entries else ()


def _check_names(root: Node, report: Report) -> None:
    for section in _SECTIONS:
        for name in _keys(root, section):
            if not _NAME.fullmatch(name):
                report.error(
                    root.at(section).key(name),
                    f"'{name[:40]}' is no name",
                    "A name begins with a letter and has letters, digits, '_' and '-' only.",
                )


def _check_entry(file: s.FlowFile, root: Node, names: Names, report: Report) -> None:
    if not names.flows:
        report.error(root.key("flows"), "There is no flow here", "Begin with a flow 'main'.")
    elif file.entry not in names.flows:
        spot = root.at("entry").spot if "entry" in root.entries else root.key("flows")
        hint = nearest(file.entry, names.flows, "flows")
        report.error(spot, f"There is no flow '{file.entry[:40]}' for a call to begin with", hint)


def _check_forms(file: s.FlowFile, root: Node, report: Report) -> None:
    if not _LANGUAGE.fullmatch(file.language):
        spot = root.at("language").spot
        report.error(spot, f"'{file.language[:40]}' is no language", "One looks like en-US.")
    if not TIMEZONE.fullmatch(file.timezone):
        spot = root.at("timezone").spot
        report.error(spot, f"'{file.timezone[:40]}' is no time zone", "One looks like Europe/Dublin.")


def _universals(file: s.FlowFile, root: Node, report: Report) -> dict[str, m.Universal]:
    universals: dict[str, m.Universal] = {}
    for name, body in file.universals.items():
        spot = root.at("universals").key(name)
        if name not in BUILT_IN_UNIVERSALS and not body.phrases:
            hint = nearest(name, BUILT_IN_UNIVERSALS) or "List how callers say it under 'phrases'."
            report.error(spot, f"Nobody knows how callers say '{name[:40]}'", hint)
        if body.do is False:
            continue
        if name in _STEPLESS and body.do is not True:
            report.error(spot, f"'{name}' {_STEPLESS[name]} and takes no steps", "Write 'true'.")
        if name in _STEPLESS or (name in _OURS and body.do is True):
            universals[name] = m.Universal(name, _OURS[name], phrases=tuple(body.phrases))
            continue
        if body.do is True or not body.do:
            hint = "Write steps, as in 'agent: {transfer: desk}'."
            report.error(spot, f"It is not said what '{name[:40]}' does", hint)
        universals[name] = m.Universal(name, "flow", f"universal:{name}", tuple(body.phrases))
    return universals


def _contacts(file: s.FlowFile, root: Node, known: Known, settings: m.Settings) -> dict[str, m.Contact]:
    for name, body in file.contacts.items():
        number, node = body.number, root.at("contacts", name)
        if not _E164.fullmatch(number) and not _SIP.fullmatch(number):
            plain = re.sub(r"[\s().\-/\u201c\u201d\u201e\u2018\u2019]", "", number)
            at_home = dialled(plain, region_of(file.language)).number
            right = plain if _E164.fullmatch(plain) else at_home
            hint = (
                f'Write "{right}".'
                if right
                else "Write +, the country code and the number, as +15550100123, or sip:desk@example.org."
            )
            spot = node.at("number").spot
            known.report.error(spot, f"'{number[:40]}' is not a number to call", hint)
        for key in ("say", "whisper"):
            if text := getattr(body, key):
                known.prompt(text, node.at(key), settings)
    return {
        name: m.Contact(name, body.number, body.say or "", body.whisper or "", body.timeout)
        for name, body in file.contacts.items()
    }


def _knowledge(file: s.FlowFile, root: Node, report: Report) -> dict[str, m.Knowledge]:
    """Names of files only: whether they can be read is told where files are read."""
    for name, body in file.knowledge.items():
        node = root.at("knowledge", name)
        if not body.files:
            report.error(root.at("knowledge").key(name), f"'{name}' has no files", "Name a Markdown file.")
        for number, path in enumerate(body.files):
            if not _KNOWLEDGE_FILE.fullmatch(path):
                hint = "Write a path inside the flow's folder that ends with .md, as knowledge/fees.md."
                report.error(node.at("files").at(number).spot, f"'{path[:60]}' is no knowledge file", hint)
    return {name: m.Knowledge(name, tuple(body.files)) for name, body in file.knowledge.items()}


def _phrases(file: s.FlowFile, root: Node, known: Known) -> dict[str, str]:
    section = root.at("phrases")
    for key, text in file.phrases.items():
        if key not in DEFAULTS:
            known.report.error(
                section.key(key), f"There is no phrase '{key[:40]}'", nearest(key, DEFAULTS, "phrases")
            )
        known.plain(text, section.at(key), "A phrase")
    return dict(file.phrases)


def _pronunciations(file: s.FlowFile, root: Node, report: Report) -> dict[str, str]:
    section = root.at("pronunciations")
    for word, way in file.pronunciations.items():
        if not any(c.isalnum() for c in word):
            report.error(section.key(word), f"'{word[:40]}' is no word")
        elif not any(c.isalnum() for c in way):
            report.error(section.at(word).spot, f"'{way[:40]}' cannot be said", "Write it as it sounds.")
    return dict(file.pronunciations)
