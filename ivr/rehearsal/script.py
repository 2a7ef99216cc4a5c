"""The text of a test file to test cases whose names all exist in the flow, or to what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from ivr.core import hours
from ivr.core.events import SlotValue
from ivr.core.flow import explain, yaml_source
from ivr.core.flow import model as m
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import Problem, Report, Spot, nearest
from ivr.core.flow.values import wrong_value
from ivr.core.flow.yaml_source import Node, Words
from ivr.rehearsal import schema as s

WORDS: Final = Words("test file", "test_cases:")

NOT_WORDS: Final = ("nothing", "value", "correction")
"""What `understood` may be besides a name of the flow."""

_NOW: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_FLOW: Final = re.compile(r"^flow:[ \t]*['\"]?([^'\"#\n]*)", re.MULTILINE)

Does = Literal["caller", "keys", "silence", "interrupts", "nothing"]
Subject = Literal[
    "said",
    "silent",
    "not_said",
    "slot",
    "step",
    "transfer",
    "ended",
    "understood",
    "requests",
    "no_request",
    "kept",
    "recording",
    "fill",
    "confidence",
]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so: `want` of `subject`; `name`: of the slot, or of what is kept."""

    subject: Subject
    want: SlotValue | float | None
    spot: Spot
    name: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What the caller does, and what must be so then.

    words, keys  what is said or pressed; for `interrupts` one of the two
    ms           how long a silence lasts (0: until the line does something); how far into the prompt
                 an interruption comes
    confidence   how sure the recogniser is of the words (0..1)
    """

    does: Does
    spot: Spot
    words: str = ""
    keys: str = ""
    ms: int = 0
    checks: tuple[Check, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a web service replies: a status and JSON text, or how it fails and why, after `ms`.

    answer  what a model says, for an `answer` step
    """

    status: int = 200
    text: str = ""
    fails: str = ""
    ms: int = 200
    reason: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One call.

    today    the date, against which answers expire; "": none do
    wall_ms  when it comes, in ms since 1970; 0: opening hours are not known
    replies  name of an action or beginning of a URL -> replies, one after another; the last stays
    transfers  what becomes of transfers, by contact, one after another
    """

    name: str
    spot: Spot
    moves: tuple[Move, ...]
    slots: dict[str, SlotValue]
    today: str = ""
    wall_ms: int = 0
    replies: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    transfers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def flow_named(text: str) -> tuple[str, int]:
    """The flow file that a test file names, and in which line; "" when it names none."""
    found = _FLOW.search(text)
    return (found[1].strip(), text[: found.start()].count("\n") + 1) if found else ("", 1)


def load_cases(text: str, file: str, flow: Flow) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """The test cases for a flow, and all problems of the file, in file order; no cases if there is any."""
    report = Report(file)
    root = yaml_source.parse(text, report, WORDS)
    if root is None:
        return (), report.problems()
    source, _ = explain.read_as(s.CasesFile, root, report)
    if source is None:
        return (), report.problems()
    compiler = _Compiler(flow, report)
    cases = tuple(
        compiler.case(body, root.at("test_cases", number)) for number, body in enumerate(source.test_cases)
    )
    if not cases:
        report.error(root.key("test_cases"), "There is no test case here", "Begin with '- test_case: name'.")
    return (() if report.has_errors else cases), report.problems()


class _Compiler:
    """Compiles the cases of one file and checks every name against the flow."""

    def __init__(self, flow: Flow, report: Report) -> None:
        self._flow = flow
        self._report = report
        self._cases: dict[str, int] = {}
        self._steps = {step.id for sub in flow.flows.values() for step in sub.steps}
        self._meanings = (*flow.intents, *flow.answers, *flow.universals, *NOT_WORDS)

    def case(self, body: s.CaseBody, node: Node) -> Case:
        spot = node.at("test_case").spot
        if body.test_case in self._cases:
            line = self._cases[body.test_case]
            self._report.error(spot, f"Two tests have the name '{body.test_case[:60]}': see line {line}")
        self._cases.setdefault(body.test_case, spot.line)
        slots: dict[str, SlotValue] = {}
        for name, value in body.slots.items():
            self._slot(name, value, node.at("slots"))
            if value is not None:
                slots[name] = value
        moves = tuple(self._move(step, node.at("steps", n)) for n, step in enumerate(body.steps))
        if not moves:
            self._report.error(node.key("steps"), "This test has no steps", "Begin with '- caller: words'.")
        for name in body.transfers:
            self._name("contact", name, set(self._flow.contacts), node.at("transfers").key(name))
        transfers = {name: tuple(outcomes) for name, outcomes in body.transfers.items()}
        wall_ms = self._moment(body.now, node.at("now").spot) if body.now else 0
        day = body.now[:10] if body.now and wall_ms else ""
        replies = {key: self._replies(key, given, node.at("replies")) for key, given in body.replies.items()}
        today = body.today or day
        return Case(body.test_case, spot, moves, slots, today, wall_ms, replies, transfers)

    def _moment(self, now: str, spot: Spot) -> int:
        """A local time of the line as ms since 1970."""
        if _NOW.fullmatch(now):
            with suppress(ValueError):
                return hours.moment(now, self._flow.timezone) * 60_000
        self._report.error(spot, f"'{now[:40]}' is no time of a call", 'Write "2030-01-31 18:30".')
        return 0

    def _replies(self, key: str, given: list[s.ReplyBody], node: Node) -> tuple[Reply, ...]:
        if "://" not in key:
            actions = {
                step.id
                for sub in self._flow.flows.values()
                for step in sub.steps
                if isinstance(step, m.ActionStep | m.AnswerStep)
            }
            self._name("action or answer", key, actions, node.key(key))
        if not given:
            self._report.error(node.key(key), "There is no reply here", "Write '{json: {...}}', or 404.")
        return tuple(
            Reply(r.status, json.dumps(r.json_), r.fails or "", r.after, answer=r.answer or "") for r in given
        )

    def _move(self, body: s.StepBody, node: Node) -> Move:
        checks = self._checks(body.expect, node.at("assert")) if body.expect else ()
        given = [name for name in s.MOVES if getattr(body, name) is not None]
        if len(given) > 1:
            self._report.error(
                node.key(given[1]),
                f"'{given[0]}' and '{given[1]}' stand in one step",
                "Give each a '- ' of its own.",
            )
        if not node.keys:
            self._report.error(node.spot, "This step does nothing", nearest("", s.MOVES, "moves"))
        words, keys, ms = body.caller or "", body.keys or "", 0
        if over := body.interrupts:
            words, keys, ms = over.caller or "", over.keys or "", over.after
            if bool(words) == bool(keys):
                hint = "Write 'interrupts: words', or give it 'keys'."
                self._report.error(node.key("interrupts"), "An interruption is words, or keys", hint)
        if body.silence is not None and body.silence is not True:
            ms = body.silence
        does: Does = given[0] if given else "nothing"  # type: ignore[assignment] # the moves are these
        if body.confidence is not None and not words:
            hint = "It is for 'caller' and 'interrupts'."
            self._report.error(node.key("confidence"), "Nothing is said of which to be sure", hint)
        sure = 1.0 if body.confidence is None else body.confidence
        return Move(does, node.spot, words, keys, ms, checks, sure)

    def _checks(self, body: s.AssertBody, node: Node) -> tuple[Check, ...]:
        checks: list[Check] = []
        if body.said is not None and not body.said:
            checks.append(Check("silent", None, node.at("said").spot))
        for number, text in enumerate(body.said or ()):
            checks.append(Check("said", text, node.at("said", number).spot))
        for number, text in enumerate(body.not_said):
            checks.append(Check("not_said", text, node.at("not_said", number).spot))
        for name, value in body.slots.items():
            self._slot(name, value, node.at("slots"))
            checks.append(Check("slot", value, node.at("slots").key(name), name))
        if body.step is not None:
            spot = node.at("step").spot
            self._name("step", body.step, {*self._steps, *self._flow.flows}, spot)
            checks.append(Check("step", body.step, spot))
        if body.transfer is not None:
            spot = node.at("transfer").spot
            self._name("contact", body.transfer, set(self._flow.contacts), spot)
            checks.append(Check("transfer", body.transfer, spot))
        if body.ended is not None:
            checks.append(Check("ended", body.ended, node.at("ended").spot))
        if body.requests is not None and not body.requests:
            checks.append(Check("no_request", None, node.at("requests").spot))
        for number, text in enumerate(body.requests or ()):
            checks.append(Check("requests", text, node.at("requests", number).spot))
        if body.understood is not None:
            spot = node.at("understood").spot
            self._name("intent, answer or universal", body.understood, set(self._meanings), spot)
            checks.append(Check("understood", body.understood, spot))
        for name, filled in body.fills.items():
            self._slot(name, filled, node.at("fills"))
            checks.append(Check("fill", filled, node.at("fills").key(name), name))
        for name, sure in body.confidence.items():
            self._slot(name, None, node.at("confidence"))
            checks.append(Check("confidence", sure, node.at("confidence").key(name), name))
        checks += [
            Check("kept", getattr(body, name), node.at(name).spot, name)
            for name in ("voicemail", "callback")
            if getattr(body, name) is not None
        ]
        if body.recording is not None:
            checks.append(Check("recording", body.recording, node.at("recording").spot))
        if not node.keys:
            self._report.error(node.spot, "Nothing is asserted here", "Give it 'said', 'slots' or 'step'.")
        return tuple(checks)

    def _slot(self, name: str, value: SlotValue | None, node: Node) -> None:
        slot = self._flow.slots.get(name)
        if slot is None:
            self._name("slot", name, set(self._flow.slots), node.key(name))
        elif value is not None:
            message, hint = wrong_value(slot, value)
            if message:
                self._report.error(node.at(name).spot, message, hint)

    def _name(self, what: str, name: str, names: set[str], spot: Spot) -> None:
        if name not in names:
            hint = nearest(name, names, f"{what}s" if " " not in what else "")
            self._report.error(spot, f"The flow has no {what} '{name[:40]}'", hint)
