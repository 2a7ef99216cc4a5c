"""A conversation as the text of a test case, so that a good one stays good and a bad one gets mended."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from ivr.core.errors import FlowError
from ivr.core.events import SlotValue
from ivr.core.flow import yaml_source
from ivr.core.flow.problems import Report
from ivr.rehearsal.checks import show
from ivr.rehearsal.script import WORDS, Move, Reply

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ,.'!?_()-]*")
_VALUES: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class Recorder:
    """Writes down moves and what the line said to each."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def greeting(self, said: Sequence[str]) -> None:
        """What the line said before the caller did anything."""
        if said:
            self._lines += ["- assert:", *_said(said, "    ")]

    def move(self, move: Move, said: Sequence[str]) -> None:
        """A move, and what the line said to it."""
        self._lines += _move(move)
        if said:
            self._lines += ["  assert:", *_said(said, "    ")]

    def case(  # noqa: PLR0913 -- the parts of a case
        self,
        name: str,
        slots: Mapping[str, SlotValue],
        end: str = "",
        today: str = "",
        replies: Mapping[str, Sequence[Reply]] = {},
        now: str = "",
        *,
        transfers: Mapping[str, Sequence[str]] = {},
    ) -> str:
        """The whole test case. It ends with the values of the slots, and how the call ended."""
        lines = [f"- test_case: {scalar(name)}"]
        if now:
            lines.append(f"  now: {json.dumps(now)}")
        elif today:
            lines.append(f"  today: {json.dumps(today)}")
        if replies:
            lines.append("  replies:")
        for step, given in replies.items():
            lines += [f"    {scalar(step)}:", *(f"      - {_reply(reply)}" for reply in given)]
        if transfers:
            lines.append("  transfers:")
            lines += [f"    {contact}: [{', '.join(each)}]" for contact, each in transfers.items()]
        lines += ["  steps:", *(f"    {line}" for line in self._lines)]
        if slots or end:
            lines.append("    - assert:")
        if slots:
            lines.append("        slots:")
            lines += [f"          {slot}: {_value(value)}" for slot, value in slots.items()]
        if end:
            lines.append(f"        ended: {end}")
        return "\n".join(lines) + "\n"


def new_file(case: str, flow: str = "") -> str:
    """A test file with one case. `flow`: the flow's file, where the name of the test file does not say it."""
    head = f"flow: {scalar(flow)}\n" if flow else ""
    return f"{head}test_cases:\n{_indented(case, 2)}"


def added(text: str, case: str, file: str) -> str:
    """The text of a test file with a case behind its others. Raises `FlowError`."""
    root = yaml_source.parse(text, Report(file), WORDS)
    cases = root.entries.get("test_cases") if root else None
    refused = FlowError(
        f"{file} is there already and a test cannot be added to its end. Save to another file, or let its "
        "'test_cases' be a list that stands last in the file."
    )
    if root is None or cases is None or not cases.items or list(root.entries)[-1] != "test_cases":
        raise refused
    longer = text.rstrip("\n") + "\n\n" + _indented(case, cases.items[0].spot.column - 3)
    again = yaml_source.parse(longer, Report(file), WORDS)
    if again is None or len(again.at("test_cases").items) != len(cases.items) + 1:
        raise refused
    return longer


def scalar(text: str) -> str:
    """A text as YAML: as it is where that is safe, else in quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _VALUES and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def _move(move: Move) -> list[str]:
    match move.does:
        case "caller":
            faint = [f"  confidence: {move.confidence:g}"] if move.confidence < 1 else []
            return [f"- caller: {scalar(move.words)}", *faint]
        case "keys":
            return [f'- keys: "{move.keys}"']
        case "silence":
            return [f"- silence: {f'{move.ms}ms' if move.ms else 'true'}"]
        case "interrupts":
            what = f'keys: "{move.keys}"' if move.keys else f"caller: {scalar(move.words)}"
            return ["- interrupts:", f"    {what}", f"    after: {move.ms}ms"]
        case "nothing":
            return []


def _reply(reply: Reply) -> str:
    if reply.fails:
        return reply.fails
    if reply.answer:
        return f"{{answer: {json.dumps(reply.answer, ensure_ascii=False)}}}"
    status = f"status: {reply.status}, " if reply.status != Reply().status else ""
    return f"{{{status}json: {reply.text or 'null'}}}"


def _said(said: Sequence[str], indent: str) -> list[str]:
    if len(said) == 1:
        return [f"{indent}said: {scalar(said[0])}"]
    return [f"{indent}said:", *(f"{indent}  - {scalar(sentence)}" for sentence in said)]


def _value(value: SlotValue) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else show(value)


def _indented(text: str, columns: int) -> str:
    return "".join(f"{' ' * columns}{line}".rstrip() + "\n" for line in text.splitlines())
