"""Flow files on disk: which one to serve, reading it, refusing it."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from pathlib import Path
from typing import Final

import structlog

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.core.flow import load
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, format_problem

_log = structlog.get_logger("ivr")

MAX_FLOW_BYTES: Final = 2_000_000
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


def read_flow_file(path: Path, *, linted: bool = False) -> tuple[str, Flow | None, tuple[Problem, ...]]:
    """A flow file's text, its flow (`None` if it has errors) and its problems. Raises `ConfigError`.

    linted   with warnings for the ear and for safety
    """
    try:
        if path.stat().st_size > MAX_FLOW_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_FLOW_BYTES:,} bytes; that is no flow file.")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The flow file {path} cannot be read: {error.strerror or error}.") from error
    try:
        text = load.decode(data, str(path))
    except FlowProblems as error:
        return "", None, error.problems
    flow, problems = load.check_text(text, str(path), linted=linted)
    if flow is not None and flow.timezone not in zoneinfo.available_timezones():
        hint = difflib.get_close_matches(flow.timezone, zoneinfo.available_timezones(), 1)
        at = re.search(r"^timezone:\s*", text, re.MULTILINE)
        line = text[: at.end() if at else 0].count("\n") + 1
        did = f"Did you mean '{hint[0]}'?" if hint else "Names look like this: Europe/Paris."
        wrong = Problem(str(path), line, 1, f"There is no time zone '{flow.timezone}'", did)
        return text, None, (*problems, wrong)
    return text, flow, problems


def load_flow_file(path: Path) -> tuple[Flow, str]:
    """A flow that may be served, and its text. Raises `ConfigError` or `FlowProblems`; logs warnings."""
    text, flow, problems = read_flow_file(path)
    if flow is None:
        raise FlowProblems(problems)
    for problem in problems:
        _log.warning("flow warning", problem=format_problem(problem))
    return flow, text
