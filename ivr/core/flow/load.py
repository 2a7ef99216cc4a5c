"""The text of a flow file to a flow, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ivr.core.errors import FlowError
from ivr.core.flow import explain, includes, languages, yaml_source
from ivr.core.flow.check import check
from ivr.core.flow.compile import Compiled, Names, compile_file
from ivr.core.flow.includes import ReadFile
from ivr.core.flow.lint import lint
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, Report
from ivr.core.flow.yaml_source import Node

Linter = Callable[[Compiled, Node, Report], None]
"""Warns of something in a flow that has no errors: once for each of its languages."""


def load_flow(text: str, file: str, read: ReadFile | None = None) -> Flow:
    """Load a flow. `file` is its name in messages. Raises `FlowProblems` if anything is wrong with it.

    text   of its file, or a bundle of all its files
    read   gives the texts of the files that it includes
    """
    flow, problems = check_text(text, file, read=read)
    if flow is None:
        raise FlowProblems(problems)
    return flow


def check_text(
    text: str,
    file: str,
    *,
    linted: bool = False,
    read: ReadFile | None = None,
    linters: Sequence[Linter] = (),
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow, or `None` if it has errors, and all problems, warnings too, in file order.

    linted   warn of what sounds bad or leaves callers without help, too
    read     as for `load_flow`
    linters  more to be warned of, when it is linted
    """
    report = Report(file)
    text, files = includes.unbundled(text)
    root = yaml_source.parse(text, report)
    if root is None:
        return None, report.problems()
    files = includes.gather(root, report, (lambda path: _kept(files, path)) if files else read)
    pin = digest(includes.bundle(text, files))
    tongues = languages.declared(root, report)
    family: dict[str, Flow] = {}
    for language in tongues:
        # Each language has a tree of its own, since what is wrong is cut out of it.
        tree = languages.spoken(root, language, tongues, report) if len(tongues) > 1 else root
        flow = _compile(tree, report, pin, tongues, (lint, *linters) if linted else ())
        if flow is None:
            return None, report.problems()
        family[language] = replace(flow, family=family) if len(tongues) > 1 else flow
    return (None if report.has_errors else family[tongues[0]]), report.problems()


def _compile(
    root: Node, report: Report, pin: str, tongues: tuple[str, ...], linters: Sequence[Linter]
) -> Flow | None:
    """A flow in one language. `None`: there is nothing to compile."""
    names = Names.of(root)
    source, whole = explain.read(root, report)
    if source is None:
        return None
    compiled = compile_file(source, root, names, report, pin, tongues)
    if whole and not report.has_errors:
        check(compiled, root, report)
        for warn in linters:
            warn(compiled, root, report)
        if len(tongues) > 1:
            languages.check_types(compiled.flow, root, report)
    return compiled.flow


def _kept(files: Mapping[str, str], path: str) -> str:
    if path not in files:
        raise FlowError(f"The file '{path}' is not in the bundle")
    return files[path]


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
