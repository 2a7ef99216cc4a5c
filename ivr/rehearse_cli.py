"""`ivr test`: runs the tests of flows and tells what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from ivr import rehearsing
from ivr.core.errors import ConfigError
from ivr.core.flow.model import Flow
from ivr.rehearsal import runner
from ivr.rehearsal.checks import Failure
from ivr.rehearsal.coverage import KINDS, Coverage, Part
from ivr.rehearsal.differences import as_text, differences
from ivr.rehearsal.junit import Timed, junit
from ivr.rehearsal.reading import TextReader
from ivr.rehearsal.runner import Result
from ivr.rehearsal.script import Case
from ivr.rehearsal.talk import AsHeard
from ivr.understanding.text import words as spoken_words

_MOST_LINES: Final = 14
_MOST_MISSING: Final = 40
_PLURALS: Final = {"step": "steps", "branch": "branches", "answer": "answers"}
_STYLES: Final = {"agent": "cyan", "caller": "green", "keys": "magenta", "silence": "dim"}
_DIFF: Final = {"same": "", "want": "red strike", "got": "green"}


@dataclass(frozen=True, slots=True)
class Options:
    """How to run tests.

    only    those with this in their names
    least   the share of steps, in %, that must be used
    audio   callers' words go through the voice and the recogniser
    """

    only: str = ""
    verbose: bool = False
    exact: bool = False
    junit: Path | None = None
    least: float = 0.0
    audio: bool = False


@dataclass(slots=True)
class Tally:
    """What came of all flows together. `seconds`: spent in tests, loading left out; unread: test files."""

    tests: int = 0
    unread: int = 0
    failed: int = 0
    seconds: float = 0.0
    bad: bool = False
    suites: list[tuple[str, list[Timed]]] = field(default_factory=list)


def run_tests(out: Console, flows: Sequence[Path], options: Options) -> bool:
    """Run the tests of flows. True: everything passed. Raises `ConfigError` or `FlowProblems`."""
    began = time.perf_counter()
    tally = Tally()
    for path in flows:
        _flow(out, path, options, tally)
    whole = time.perf_counter() - began
    if options.junit and tally.tests:
        _write(options.junit, junit(tally.suites))
    passed = tally.tests - tally.failed
    rate = f", {tally.tests / tally.seconds:,.0f} a second" if tally.seconds else ""
    style = "bold red" if tally.failed or tally.bad else "bold green"
    line = f"{passed} of {tally.tests} tests passed in {tally.seconds:.2f} s{rate}"
    print_line(out, f"{line}; loading took {whole - tally.seconds:.1f} s.{_unread(tally.unread)}", style)
    return not (tally.failed or tally.bad)


def _unread(files: int) -> str:
    """What the last line says of test files with mistakes, of which no test was run."""
    if not files:
        return ""
    return f" {'A test file' if files == 1 else f'{files} test files'} could not be read: see above."


def _flow(out: Console, path: Path, options: Options, tally: Tally) -> None:
    flow = rehearsing.open_flow(path)
    files = rehearsing.case_files(path, flow)
    print_line(out, f"{path}: {flow.name}", "bold")
    if not files:
        tally.bad = True
        where = rehearsing.first_case_file(path)
        print_line(
            out, f"There are no tests. They belong into {where}; 'ivr chat {path}' can save one.", "red"
        )
        return
    for file in files:
        for line in rehearsing.told(file.problems):
            print_line(out, line, "red")
        tally.unread += bool(file.problems) and not file.cases
        tally.bad |= bool(file.problems)
    chosen = [(f, c) for f in files for c in f.cases if options.only.casefold() in c.name.casefold()]
    if not chosen:
        tally.bad = True
        if any(file.cases for file in files):
            print_line(out, f"No test has '{options.only}' in its name.", "red")
        return
    coverage = Coverage(flow)
    suite: list[Timed] = []
    tally.suites.append((flow.name, suite))
    heard = _hear(out, flow, [case for _, case in chosen]) if options.audio else {}
    with rehearsing.reader(flow, exact=options.exact) as read:
        for file, case in chosen:
            timed = _run(flow, str(file.path), case, read, coverage, heard)
            suite.append(timed)
            _tell(out, timed, verbose=options.verbose)
            tally.failed += not timed.result.passed
    tally.tests += len(suite)
    tally.seconds += sum(timed.seconds for timed in suite)
    _tell_coverage(out, path, coverage, whole=not options.only)
    if not options.only and coverage.share("step") * 100 < options.least:
        tally.bad = True
        print_line(out, f"Fewer than {options.least:g} % of the steps were used.", "red")


def _hear(out: Console, flow: Flow, cases: Sequence[Case]) -> Mapping[str, AsHeard]:
    """What the recogniser makes of all that callers say in these tests, and how much came back as it was."""
    from ivr import logs  # noqa: PLC0415 -- as below
    from ivr.hearing import hear  # noqa: PLC0415 -- loads the engines' libraries
    from ivr.language_models import secrets_in_force  # noqa: PLC0415 -- as above

    logs.configure(level="ERROR", secrets=secrets_in_force())

    spoken = list(dict.fromkeys(move.words for case in cases for move in case.moves if move.words))
    with out.status(f"Speaking and hearing {len(spoken)} sentences") as status:
        heard = hear(spoken, flow.language, lambda n: status.update(f"Heard {n} of {len(spoken)} sentences"))
    same = sum(spoken_words(as_heard.text) == spoken_words(words) for words, as_heard in heard.items())
    print_line(out, f"  {same} of {len(spoken)} sentences were heard word for word")
    return heard


def _run(  # noqa: PLR0913 -- what is run, and with what
    flow: Flow, file: str, case: Case, read: TextReader, coverage: Coverage, heard: Mapping[str, AsHeard]
) -> Timed:
    began = time.perf_counter()
    result, state = runner.run(flow, case, read, coverage.observe, heard)
    coverage.call(state.path)
    return Timed(file, result, time.perf_counter() - began)


def _tell(out: Console, timed: Timed, *, verbose: bool) -> None:
    result = timed.result
    if result.passed:
        if verbose:
            print_line(out, f"  passed  {result.case.name}  ({timed.seconds * 1000:.1f} ms)", "green")
        return
    print_line(out, f"  FAILED  {result.case.name}", "bold red")
    for failure in result.failures:
        where = f"{timed.file}:{failure.spot.line}:{failure.spot.column}"
        print_line(out, f"  {where}: {failure.message}".rstrip(".") + ".")
        if failure.want or failure.got:
            _tell_difference(out, failure)
    _tell_conversation(out, result)


def _tell_difference(out: Console, failure: Failure) -> None:
    pieces = differences(failure.want, failure.got)
    text = Text(f"    wanted  {failure.want}\n    came    {failure.got}\n    differs ")
    if out.is_terminal:
        for piece in pieces:
            text.append(piece.words, _DIFF[piece.kind])
            text.append(" ")
    else:
        text.append(as_text(pieces))
    out.print(text, highlight=False, soft_wrap=True)


def _tell_conversation(out: Console, result: Result) -> None:
    shown = result.lines[-_MOST_LINES:]
    if len(shown) < len(result.lines):
        print_line(out, f"    ... {len(result.lines) - len(shown)} lines before these", "dim")
    for who, words in shown:
        text = Text("    ")
        text.append(f"{who:<8}", _STYLES[who])
        text.append(words)
        out.print(text, highlight=False, soft_wrap=True)


def _tell_coverage(out: Console, path: Path, coverage: Coverage, *, whole: bool) -> None:
    shares = ", ".join(
        f"{coverage.used(kind)} of {coverage.total(kind)} {_PLURALS[kind]} ({coverage.share(kind):.0%})"
        for kind in KINDS
        if coverage.total(kind)
    )
    print_line(out, f"  used: {shares}")
    missing = coverage.missing() if whole else []
    if missing:
        print_line(out, "  never used:", "yellow")
    for part in missing[:_MOST_MISSING]:
        print_line(out, f"    {_where(path, part)}{part.kind} {part.name}", "yellow")
    if len(missing) > _MOST_MISSING:
        print_line(out, f"    and {len(missing) - _MOST_MISSING} more", "yellow")


def _where(path: Path, part: Part) -> str:
    return f"{path}:{part.line}: " if part.line else f"{path}: "


def _write(path: Path, data: bytes) -> None:
    try:
        if str(path) == "-":
            sys.stdout.buffer.write(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"The results cannot be written to {path}: {error.strerror or error}.") from error


def print_line(out: Console, text: str, style: str = "") -> None:
    """Print a line as it is, however long."""
    out.print(Text(text, style), highlight=False, soft_wrap=True)
