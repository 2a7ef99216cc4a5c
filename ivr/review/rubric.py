"""A rubric: the questions by which calls are scored, in a YAML file.

rubric: 1
questions:
understood: Did the agent understand what the caller said and wanted?
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from ivr.core.errors import ConfigError
from ivr.core.flow import yaml_source
from ivr.core.flow.problems import FlowProblems, Report, nearest
from ivr.core.flow.yaml_source import Words

DEFAULT: Final = Path(__file__).with_name("rubric.yaml")
WORDS: Final = Words("rubric", "rubric: 1")
MOST_QUESTIONS: Final = 12
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEYS: Final = ("rubric", "questions")


@dataclass(frozen=True, slots=True)
class Rubric:
    """Questions by name. `digest` tells which rubric a score is by."""

    questions: Mapping[str, str]
    digest: str


def read_rubric(path: Path | None) -> Rubric:
    """The rubric of a file; `None`: the one that comes with ivr. Raises `ConfigError`, `FlowProblems`."""
    path = path or DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        hint = "Let IVR_RUBRIC name a file that can be, or unset it: ivr comes with one."
        raise ConfigError(f"The rubric {path} cannot be read: {why}. {hint}") from error
    return load_rubric(text, str(path))


def load_rubric(text: str, file: str) -> Rubric:
    """The rubric of a text. Raises `FlowProblems` with every mistake and its place."""
    report = Report(file)
    root = yaml_source.parse(text, report, WORDS)
    questions: dict[str, str] = {}
    if root is not None:
        for key in root.entries:
            if key not in _KEYS:
                report.error(root.key(key), f"There is no key '{key[:40]}' here", nearest(key, _KEYS, "keys"))
        if "rubric" not in root.entries or root.at("rubric").data() != 1:
            report.error(root.key("rubric"), "This is no rubric of version 1", WORDS.hint)
        asked = root.entries.get("questions")
        if asked is None or asked.kind != "mapping" or not asked.entries:
            hint = "Write 'questions:' and below it 'understood: Did the agent understand the caller?'"
            report.error(root.key("questions"), "There are no questions", hint)
        elif len(asked.entries) > MOST_QUESTIONS:
            report.error(asked.spot, f"A rubric has at most {MOST_QUESTIONS} questions")
        else:
            for name, question in asked.entries.items():
                if not _NAME.fullmatch(name):
                    hint = "Use small letters, digits and _."
                    report.error(asked.key(name), f"'{name[:40]}' is no name for a question", hint)
                if question.kind != "scalar" or not isinstance(question.data(), str):
                    report.error(
                        question.spot, f"The question '{name[:40]}' is no text", "Write one sentence."
                    )
                else:
                    questions[name] = question.text
    if report.has_errors or not questions:
        raise FlowProblems(report.problems())
    return Rubric(questions, sha256(text.encode()).hexdigest()[:12])
