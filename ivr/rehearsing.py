"""What a rehearsal needs from disk: the tests of a flow, and the understanding of text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.config import load
from ivr.core.errors import ConfigError
from ivr.core.flow.load import decode
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, format_problem, nearest
from ivr.flow_files import MAX_FLOW_BYTES, read_flow_file
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.script import Case, flow_named, load_cases
from ivr.understanding.classifier import Embeddings

FOLDER: Final = "tests"
SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A test file of a flow. `cases` are empty if there are `problems`."""

    path: Path
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]


def open_flow(path: Path) -> Flow:
    """A flow to rehearse. Raises `ConfigError` or `FlowProblems`."""
    text, flow, problems = read_flow_file(path)
    if flow is not None:
        return flow
    if "\ntest_cases:" in f"\n{text}":
        raise ConfigError(f"{path} is a test file. Give the flow that it tests: ivr test FLOW.yaml")
    raise FlowProblems(problems)


def case_files(path: Path, flow: Flow) -> list[CaseFile]:
    """The test files of the flow at `path`: those in `tests/` beside it that have or name its name."""
    found: list[CaseFile] = []
    folder = path.parent / FOLDER
    for file in sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES) if folder.is_dir() else ():
        try:
            text = _read(file)
        except FlowProblems as error:
            found.append(CaseFile(file, (), error.problems))
            continue
        named, line = flow_named(text)
        name = named or file.name.partition(".")[0] + path.suffix
        if name == path.name:
            found.append(CaseFile(file, *load_cases(text, str(file), flow)))
        elif not (path.parent / name).is_file():
            found.append(CaseFile(file, (), (_no_flow(file, path, name, line),)))
    return found


def first_case_file(path: Path) -> Path:
    """Where the tests of a flow belong."""
    return path.parent / FOLDER / f"{path.stem}.yaml"


@contextmanager
def reader(flow: Flow, *, exact: bool) -> Iterator[TextReader]:
    """The understanding of a flow. Raises `ConfigError` when its model is missing.

    exact  without the classifier: only grammars and the author's very words are understood
    """
    if exact:
        yield TextReader(exact_model(flow), None)
        return
    from ivr.engines.reader import train_flow  # noqa: PLC0415 -- loads the engines' libraries

    with ExitStack() as stack:
        try:
            kept = stack.enter_context(embeddings(flow.language))
        except ConfigError as error:
            raise ConfigError(
                f"{error}. Or leave the classifier out: with --exact, only grammars and the very words of "
                "your examples are understood."
            ) from error
        yield TextReader(train_flow(flow, kept), kept)


@contextmanager
def embeddings(language: str, *, strict: bool = False) -> Iterator[Embeddings]:
    """Vectors of sentences, kept on disk from run to run. Raises `ConfigError` when the model is missing.

    strict  without the model for just this language, too
    """
    from ivr.engines.embedders import open_embedder  # noqa: PLC0415 -- loads the engines' libraries
    from ivr.engines.kept_vectors import KeptEmbeddings  # noqa: PLC0415
    from ivr.engines.models import models_dir  # noqa: PLC0415

    config = load(os.environ).config
    chosen = open_embedder(language, models_dir(config.models_dir, os.environ), strict=strict)
    name = f"{chosen.digest[:16]}.npz"
    kept = KeptEmbeddings(chosen.embeddings, config.folder("cache", os.environ) / "vectors" / name)
    try:
        yield kept
    finally:
        kept.save()
        chosen.close()


def _read(file: Path) -> str:
    """The text of a test file. Raises `FlowProblems`."""
    try:
        if file.stat().st_size > MAX_FLOW_BYTES:
            raise FlowProblems((Problem(str(file), 1, 1, f"This is larger than {MAX_FLOW_BYTES:,} bytes"),))
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        reason = error.strerror or str(error)
        raise FlowProblems((Problem(str(file), 1, 1, f"This cannot be read: {reason}"),)) from error


def _no_flow(file: Path, path: Path, name: str, line: int) -> Problem:
    names = {p.name for p in path.parent.iterdir() if p.suffix in SUFFIXES}
    hint = nearest(name, names) or "Name the flow with 'flow: FILE', or the test file like its flow."
    return Problem(str(file), line, 1, f"There is no flow '{name}' in {path.parent} for these tests", hint)


def told(problems: tuple[Problem, ...]) -> list[str]:
    """Problems in lines."""
    return [format_problem(problem) for problem in problems]
