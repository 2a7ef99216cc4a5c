"""Flow files on disk: which one to serve, reading it, refusing it."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from ivr.config import Config
from ivr.core.errors import ConfigError, FlowError
from ivr.core.flow import includes, load
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, format_problem
from ivr.knowledge_files import is_regular, knowledge_digest, read_knowledge
from ivr.sound_files import read_sounds, sounds_digest

_log = structlog.get_logger("ivr")

MAX_FLOW_BYTES: Final = 2_000_000
_MOST_HINTS: Final = 200
DEFAULT_FLOW: Final = "clinic.yaml"


def find_flow(argument: str, config: Config) -> Path:
    """Which flow file to serve: the argument, else `IVR_FLOW`, else the clinic that comes with ivr."""
    named = argument or config.flow
    if named:
        return Path(named)
    places = [Path("flows") / DEFAULT_FLOW, Path(__file__).parent / "flows" / DEFAULT_FLOW]
    for place in places:
        if place.is_file():
            return place
    raise ConfigError("No flow to serve. Name one: ivr serve FLOW.yaml, or set IVR_FLOW.")


def read_flow_file(
    path: Path, *, linted: bool = False, linters: Sequence[load.Linter] = ()
) -> tuple[str, Flow | None, tuple[Problem, ...]]:
    """A flow's source with all that it includes, its flow (`None` if it has errors) and its problems.

    linted   with warnings for the ear and for safety; `linters`: with more of them
    Raises `ConfigError` when the file cannot be read.
    """
    try:
        if not is_regular(path):
            raise ConfigError(f"{path} is no regular file but a pipe or a device. Name a flow file.")
        if path.stat().st_size > MAX_FLOW_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_FLOW_BYTES:,} bytes; that is no flow file.")
        text = _text(path, str(path))
    except OSError as error:
        raise ConfigError(f"The flow file {path} cannot be read: {error.strerror or error}.") from error
    except FlowProblems as error:
        return "", None, error.problems
    files: dict[str, str] = {}

    def read(name: str) -> str:
        files[name] = included(path.parent, name)
        return files[name]

    flow, problems = load.check_text(text, str(path), linted=linted, read=read, linters=linters)
    source = includes.bundle(text, files)
    if flow is not None and flow.timezone not in zoneinfo.available_timezones():
        hint = difflib.get_close_matches(flow.timezone, zoneinfo.available_timezones(), 1)
        at = re.search(r"^timezone:\s*", text, re.MULTILINE)
        line = text[: at.end() if at else 0].count("\n") + 1
        did = f"Did you mean '{hint[0]}'?" if hint else "Names look like this: Europe/Paris."
        wrong = Problem(str(path), line, 1, f"There is no time zone '{flow.timezone}'", did)
        return source, None, (*problems, wrong)
    if flow is not None and flow.knowledge:
        try:
            read_knowledge(flow, path.parent, str(path), text)
        except FlowProblems as error:
            return source, None, (*problems, *error.problems)
    if flow is not None:
        try:
            read_sounds(flow, path.parent, str(path))
        except FlowProblems as error:
            return source, None, (*problems, *error.problems)
    return source, flow, problems


def included(folder: Path, name: str) -> str:
    """The text of a file below a flow's folder, links followed. Raises `FlowError`."""
    path = folder / name
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise FlowError(f"'{name}' leads outside the folder of the flow. Copy the file into it.")
        if not is_regular(path):
            raise FlowError(f"'{name}' is no regular file but a pipe or a device. Write it into a file.")
        return _text(path, name)
    except FlowProblems as error:
        raise FlowError(error.problems[0].message) from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in circles
        near = difflib.get_close_matches(name, [p.relative_to(folder).as_posix() for p in _yaml(folder)], 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        reason = getattr(error, "strerror", None) or "its links go round in circles"
        raise FlowError(f"The file '{name}' cannot be read: {reason}.{hint}") from error


def _yaml(folder: Path) -> list[Path]:
    """YAML files beside a flow and one level below it, for hints."""
    return [*folder.glob("*.yaml"), *folder.glob("*/*.yaml")][:_MOST_HINTS]


def _text(path: Path, name: str) -> str:
    """The text of a file. Raises `OSError`, or `FlowProblems` if it is no text or too large."""
    if path.stat().st_size > MAX_FLOW_BYTES:
        message = f"This is larger than {MAX_FLOW_BYTES:,} bytes; that is no flow file"
        raise FlowProblems((Problem(name, 1, 1, message),))
    return load.decode(path.read_bytes(), name)


def attached_to(path: Path, flow: Flow, source: str) -> str:
    """The digest of the files beside a flow as they are now, knowledge and sounds. Raises `FlowProblems`."""
    knowledge = knowledge_digest(read_knowledge(flow, path.parent, str(path), source))
    return knowledge + sounds_digest(read_sounds(flow, path.parent, str(path)))


def load_flow_file(path: Path) -> tuple[Flow, str]:
    """A flow that may be served, and its source. Raises `ConfigError` or `FlowProblems`; logs warnings."""
    text, flow, problems = read_flow_file(path)
    if flow is None:
        raise FlowProblems(problems)
    for problem in problems:
        _log.warning("flow warning", problem=format_problem(problem))
    return flow, text
