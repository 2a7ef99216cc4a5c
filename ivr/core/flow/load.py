"""The text of a flow file to a flow, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib

from ivr.core.flow import explain, yaml_source
from ivr.core.flow.check import check
from ivr.core.flow.compile import Names, compile_file
from ivr.core.flow.lint import lint
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, Report


def load_flow(text: str, file: str) -> Flow:
    """Load a flow. `file` is its name in messages. Raises `FlowProblems` if anything is wrong with it."""
    flow, problems = check_text(text, file)
    if flow is None:
        raise FlowProblems(problems)
    return flow


def check_text(text: str, file: str, *, linted: bool = False) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow, or `None` if it has errors, and all problems, warnings too, in file order.

    linted   warn of what sounds bad or leaves callers without help, too
    """
    report = Report(file)
    root = yaml_source.parse(text, report)
    if root is None:
        return None, report.problems()
    names = Names.of(root)
    source, whole = explain.read(root, report)
    if source is None:
        return None, report.problems()
    compiled = compile_file(source, root, names, report, digest(text))
    if whole and not report.has_errors:
        check(compiled, root, report)
        if linted:
            lint(compiled, root, report)
    return (None if report.has_errors else compiled.flow), report.problems()


def decode(data: bytes, file: str) -> str:
    """The text of a file's bytes. Raises `FlowProblems` if they are not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        message = f"This is not UTF-8 text: byte 0x{data[error.start]:02X}"
        problem = Problem(file, line, column, message, "Save the file as UTF-8.")
        raise FlowProblems((problem,)) from None


def digest(text: str) -> str:
    """What pins a flow for the length of a call: the SHA-256 of its source, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
