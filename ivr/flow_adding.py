"""Adding what callers said in vain to the file of a flow: refused where it would break something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ivr import flow_editing
from ivr.core.errors import ConfigError, FlowError
from ivr.core.flow import load
from ivr.core.flow.problems import Problem, format_problem
from ivr.flow_files import included
from ivr.understanding.redaction import MASK
from ivr.understanding.text import words


def add_examples(path: Path, name: str, examples: Sequence[str]) -> bool:
    """Write examples of the intent or answer `name` into the flow at `path`. False: they were there.

    Raises `ConfigError` or `FlowError`; then nothing was written.
    """
    refuse(examples)
    before = read(path)
    after = flow_editing.with_examples(before, name, examples)
    if after == before:
        return False
    check(path, {path: after})
    write(path, after)
    return True


def refuse(examples: Sequence[str]) -> None:
    """Refuse what is no example. Raises `ConfigError`."""
    for example in examples:
        if MASK in example:
            raise ConfigError(f"'{example}' holds something that was masked. Write the sentence without it.")
        if not words(example):
            raise ConfigError(f"'{example}' has no words.")


def check(path: Path, after: Mapping[Path, str]) -> None:
    """Refuse a change after which the flow has a mistake that can be told."""

    def file(name: str) -> str:
        new = after.get(path.parent / name)
        return new if new is not None else included(path.parent, name)

    flow, problems = load.check_text(after[path], str(path), read=file)
    if flow is None:
        told = "\n".join(format_problem(problem) for problem in problems if _is_error(problem))
        raise FlowError(f"With this the flow would not be in order, so nothing is written:\n{told}")


def _is_error(problem: Problem) -> bool:
    return problem.severity == "error"


def read(path: Path) -> str:
    """The text of a file. Raises `ConfigError`."""
    try:
        return load.decode(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error


def write(path: Path, text: str) -> None:
    """Replace a file in one stroke, so that a server never reads half of it."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
