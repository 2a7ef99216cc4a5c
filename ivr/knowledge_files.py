"""The Markdown files that a flow's knowledge stands in: read from the folder of the flow, or refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ivr.core.errors import FlowError
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, nearest
from ivr.understanding.markdown import pieces

MAX_BYTES: Final = 1_000_000
"""Of one file: some 1,500 pages."""
MAX_ALL_BYTES: Final = 4_000_000
"""Of all files of a flow: what can be embedded in a minute or two."""
_MOST_HINTS: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")


def is_regular(path: Path) -> bool:
    """Whether what stands there is a file, if anything does: a pipe or a device could be read for ever."""
    return path.is_file() or path.is_dir() or not path.exists()


def read_knowledge(flow: Flow, folder: Path, file: str, source: str) -> Mapping[str, str]:
    """The texts of the flow's knowledge files, by name. Raises `FlowProblems` with everything that is wrong.

    folder  of the flow: no file may stand outside of it, links followed
    file    what the flow's file is called in messages; `source` is its text
    """
    texts: dict[str, str] = {}
    wrong: list[Problem] = []
    for name in dict.fromkeys(name for knowledge in flow.knowledge.values() for name in knowledge.files):
        try:
            texts[name] = _read(folder, name)
        except FlowError as error:
            message, _, hint = str(error).partition(". ")
            wrong.append(Problem(file, _line(source, name), 1, message[:1].upper() + message[1:], hint))
    if sum(map(len, texts.values())) > MAX_ALL_BYTES:
        message = f"The knowledge has more than {MAX_ALL_BYTES:,} characters"
        wrong.append(Problem(file, _line(source, "knowledge:"), 1, message, "Keep what callers ask about."))
    if wrong:
        raise FlowProblems(tuple(wrong))
    return texts


def knowledge_digest(texts: Mapping[str, str]) -> str:
    """What tells one state of the files from another: a SHA-256 in hexadecimal, "" for no files."""
    if not texts:
        return ""
    told = sorted((name, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items())
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _read(folder: Path, name: str) -> str:
    """The text of one file. Raises `FlowError`: what is wrong, then what to do, as two sentences."""
    path = folder / name
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise FlowError(f"'{name}' leads outside the folder of the flow. Copy the file into it.")
        if not is_regular(path):
            raise FlowError(f"'{name}' is no regular file but a pipe or a device. Write a Markdown file.")
        if (size := path.stat().st_size) > MAX_BYTES:
            raise FlowError(
                f"'{name}' has {size:,} bytes, more than {MAX_BYTES:,}. Keep what callers ask about."
            )
        data = path.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in circles
        near = nearest(name, _markdown(folder)) or "Its path counts from the folder of the flow."
        reason = getattr(error, "strerror", None) or "its links go round in circles"
        raise FlowError(f"The knowledge file '{name}' cannot be read: {reason}. {near}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FlowError(f"'{name}' is not UTF-8 text. Save it as Markdown in UTF-8.") from None
    if _CONTROL.search(text):
        raise FlowError(f"'{name}' is no text file: it has control characters. Save it as Markdown.")
    if not pieces(text):
        raise FlowError(
            f"'{name}' is empty: nothing can be answered from it. Write it, or take its name out."
        )
    return text


def _markdown(folder: Path) -> list[str]:
    found = [*folder.glob("*.md"), *folder.glob("*/*.md")][:_MOST_HINTS]
    return [path.relative_to(folder).as_posix() for path in found]


def _line(source: str, name: str) -> int:
    """The line of the flow's file that names a file; 1 when another file of the flow does."""
    at = source.find(name)
    return source.count("\n", 0, at) + 1 if at >= 0 else 1
