"""`ivr check`: everything that is wrong with flow files, or will not sound well, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ivr import rehearsing
from ivr.core.errors import IvrError
from ivr.core.flow.load import Linter
from ivr.core.flow.problems import format_problem
from ivr.flow_files import read_flow_file
from ivr.understanding.classifier import Vectors
from ivr.understanding.lint_meaning import meaning_lint


def check(out: Console, flows: Iterable[Path], *, exact: bool = False) -> bool:
    """Tell what is to be said against flows; whether all may be used. Raises `ConfigError`.

    exact  without comparing what examples mean
    """
    meanings = _Meanings()
    linters: tuple[Linter, ...] = () if exact else (meaning_lint(meanings.of),)
    good = True
    for path in flows:
        _, flow, problems = read_flow_file(path, linted=True, linters=linters)
        for problem in problems:
            style = "red" if problem.severity == "error" else "yellow"
            out.print(escape(format_problem(problem)), style=style, highlight=False, soft_wrap=True)
        if flow is None:
            good = False
            continue
        steps = sum(len(sub.steps) for sub in flow.flows.values())
        told = f"{path}: {flow.name} is in order ({len(flow.flows)} flows, {steps} steps)."
        out.print(escape(told), highlight=False, soft_wrap=True)
    if meanings.missing:
        told = f"Examples in {' and '.join(meanings.missing)} were not compared by meaning: {meanings.why}."
        out.print(escape(told), style="dim", highlight=False, soft_wrap=True)
    return good


class _Meanings:
    """Vectors of examples, kept on disk from run to run. `missing`: the languages without, and `why`."""

    def __init__(self) -> None:
        self.missing: dict[str, None] = {}
        self.why = ""

    def of(self, language: str, sentences: Sequence[str]) -> Vectors | None:
        """The vectors of sentences in a language; `None` when they cannot be had."""
        try:
            with rehearsing.embeddings(language, strict=True) as kept:
                return kept.embed(sentences)
        except IvrError as error:
            self.missing[language] = None
            self.why = self.why or str(error).rstrip(".")
            return None
