"""What is wrong with a flow file: where, in plain words, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from ivr.core.errors import FlowError

Severity = Literal["error", "warning"]
Lint = Literal["", "ear", "safety"]
"""What a warning is about: the file's sense, how it sounds to a caller, or what a caller is safe from."""

MOST_PROBLEMS: Final = 100
"""A file with more problems than this is reported up to here."""

_MOST_NAMES: Final = 8
_MOST_COMPARED: Final = 300


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file, the flow's own unless `file` names another. Lines and columns count from 1."""

    line: int = 1
    column: int = 1
    file: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `hint` is a whole sentence that says what to do, or ""."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    severity: Severity = "error"
    lint: Lint = ""

    def __str__(self) -> str:
        return format_problem(self)


class FlowProblems(FlowError):  # noqa: N818 - it carries all the problems of a file, not one error
    """A flow file that cannot be used. `problems` holds every problem, warnings too, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(format_problem(problem) for problem in problems))
        self.problems = problems


class Report:
    """Gathers the problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[Problem, None] = {}
        self._errors = 0
        self._left_out = 0

    @property
    def has_errors(self) -> bool:
        """Whether the flow must not be used."""
        return self._errors > 0

    def error(self, spot: Spot, message: str, hint: str = "") -> None:
        """Note something that keeps the flow from being used."""
        self._errors += 1
        self._add(Problem(spot.file or self.file, spot.line, spot.column, message, hint))

    def warn(self, spot: Spot, message: str, hint: str = "", lint: Lint = "") -> None:
        """Note something that works, but probably not as the author thinks."""
        self._add(Problem(spot.file or self.file, spot.line, spot.column, message, hint, "warning", lint))

    def take(self, other: Report) -> None:
        """Take over what was found in another file."""
        self._errors += other._errors
        for problem in other.problems():
            self._add(problem)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that was found, once each, in file order."""
        found = sorted(self._found, key=lambda p: (p.file != self.file, p.file, p.line, p.column))
        if self._left_out:
            last = found[-1]
            rest = f"{self._left_out} more problems are not shown."
            found.append(Problem(self.file, last.line, last.column, rest, "Put right those above first."))
        return tuple(found)

    def _add(self, problem: Problem) -> None:
        if problem in self._found:
            return
        if len(self._found) >= MOST_PROBLEMS:
            self._left_out += 1
            return
        self._found[problem] = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong inside a piece of text, `offset` characters from its beginning."""

    offset: int
    message: str
    hint: str = field(default="")


def format_problem(problem: Problem) -> str:
    """Write a problem in one line: `file:line:column: message. Hint`."""
    where = f"{problem.file}:{problem.line}:{problem.column}"
    about = {"": "", "ear": " (for the ear)", "safety": " (for safety)"}[problem.lint]
    kind = f"warning{about}: " if problem.severity == "warning" else ""
    message = problem.message if problem.message.endswith((".", "?", "!")) else problem.message + "."
    return f"{where}: {kind}{message}" + (f" {problem.hint}" if problem.hint else "")


def nearest(word: str, names: Iterable[str], what: str = "") -> str:
    """A hint for a name that does not exist: the nearest right one, else the few there are.

    `what` names the names (`slots`); without it nothing is said when none is near.
    """
    known = sorted(set(names))
    many = len(known) > _MOST_COMPARED
    if many:
        known = [name for name in known if name[:1].lower() == word[:1].lower()][:_MOST_COMPARED]
    by_small_letters = {name.lower(): name for name in reversed(known)}
    near = difflib.get_close_matches(word.lower()[:80], by_small_letters, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{by_small_letters[near[0]]}'?"
    if not what or many:
        return ""
    if not known:
        return f"This flow has no {what}."
    shown = ", ".join(f"'{name}'" for name in known[:_MOST_NAMES])
    more = " and others" if len(known) > _MOST_NAMES else ""
    return f"The {what} are {shown}{more}."
