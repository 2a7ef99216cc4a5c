"""Pieces of a flow that stand in other files: read, checked and put into the tree of the main file.

Nothing is read here: whoever loads a flow gives a function from a path to a text. A path is relative to
the file that names it, and never leaves the folder of the main file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ivr.core.errors import FlowError
from ivr.core.flow import yaml_source
from ivr.core.flow.problems import Report, Spot, nearest
from ivr.core.flow.yaml_source import Node, Words

ReadFile = Callable[[str], str]
"""Path inside the folder of the main file -> text. Raises `FlowError` when it cannot be had."""

SECTIONS: Final = (
    "intents",
    "answers",
    "reviewed",
    "slots",
    "universals",
    "contacts",
    "hours",
    "knowledge",
    "phrases",
    "pronunciations",
    "flows",
)
"""What an included file may hold."""
MAX_FILES: Final = 30
MAX_CHARACTERS: Final = 2_000_000
"""Of all included files together."""

_WORDS: Final = Words("file to include", "intents:")
_BUNDLE: Final = "# ivr-files: "


def gather(root: Node, report: Report, read: ReadFile | None) -> dict[str, str]:
    """Put what the files named under `include` hold into `root`. Gives their texts by path, in order."""
    if "include" not in root.entries:
        return {}
    gathering = _Gathering(root, report, read)
    gathering.of(root, "", ())
    return gathering.texts


class _Gathering:
    """Reads file after file."""

    def __init__(self, root: Node, report: Report, read: ReadFile | None) -> None:
        self._root = root
        self._report = report
        self._read = read
        self._folder = report.file.rpartition("/")[0]
        self.texts: dict[str, str] = {}

    def of(self, node: Node, here: str, chain: tuple[str, ...]) -> None:
        """Include what a file names. `here`: its path; `chain`: the files that led to it."""
        included = node.entries.get("include")
        if included is None:
            return
        for item in included.items or [included]:
            path = self._path(item, here)
            if path is None:
                continue
            if path in chain:
                way = " -> ".join((*chain[chain.index(path) :], path))
                self._report.error(item.spot, f"These files include each other in a circle: {way}")
            elif path not in self.texts:
                self._include(item.spot, path, chain)

    def _path(self, item: Node, here: str) -> str | None:
        """Where a file is in the folder of the main file; `None` when that is told to be wrong."""
        text = item.text if item.kind == "scalar" else ""
        parts: list[str] | None = here.split("/")[:-1]
        for part in text.split("/"):
            if part == ".." and parts is not None:
                parts = parts[:-1] if parts else None
            elif part not in (".", "") and parts is not None:
                parts = [*parts, part]
        if parts is None or text.startswith("/") or ":" in text or "\\" in text:
            hint = "Move the file beside the flow, or into a folder below it."
            self._report.error(item.spot, f"'{text[:60]}' is outside the folder of the flow", hint)
            return None
        if not text.endswith((".yaml", ".yml")):
            hint = "Name a file, as shared/contacts.yaml."
            self._report.error(item.spot, f"'{text[:60]}' is no YAML file", hint)
            return None
        return "/".join(parts)

    def _include(self, spot: Spot, path: str, chain: tuple[str, ...]) -> None:
        text = self._text(spot, path)
        if text is None:
            return
        self.texts[path] = text
        name = f"{self._folder}/{path}" if self._folder else path
        report = Report(name)
        node = yaml_source.parse(text, report, _WORDS)
        self._report.take(report)
        if node is None:
            return
        _mark(node, name)
        for key in node.entries:
            if key not in (*SECTIONS, "include", "ivr"):
                hint = nearest(key, SECTIONS) or "It belongs into the main file."
                self._report.error(node.key(key), f"An included file has no '{key[:40]}'", hint)
        self.of(node, path, (*chain, path))
        for section in SECTIONS:
            if section in node.entries:
                self._merge(section, node)

    def _text(self, spot: Spot, path: str) -> str | None:
        if len(self.texts) >= MAX_FILES:
            self._report.error(spot, f"A flow includes at most {MAX_FILES} files")
            return None
        if self._read is None:
            self._report.error(spot, "Nothing can be included here", "Load the flow from its file.")
            return None
        try:
            text = self._read(path)
        except FlowError as error:
            self._report.error(spot, str(error))
            return None
        if len(text) + sum(map(len, self.texts.values())) > MAX_CHARACTERS:
            message = f"The included files are too large: more than {MAX_CHARACTERS:,} characters"
            self._report.error(spot, message)
            return None
        return text

    def _merge(self, section: str, node: Node) -> None:
        """Add the names of a section. A name that is there already is told, with both places."""
        given = node.entries[section]
        if given.kind != "mapping":
            if given.kind == "sequence" or given.text:
                message = f"'{section}' must be a mapping"
                self._report.error(given.spot, message, "Write 'name: value' lines below it.")
            return
        if section not in self._root.entries:
            self._root.entries[section] = Node("mapping", given.spot)
            self._root.keys[section] = node.keys[section]
        own = self._root.entries[section]
        for name, value in given.entries.items():
            if name in own.entries:
                first = own.key(name)
                where = f"{first.file or self._report.file}:{first.line}"
                self._report.error(given.key(name), f"'{name[:40]}' is there twice: first in {where}")
            else:
                own.entries[name] = value
                own.keys[name] = given.keys[name]


def _mark(root: Node, file: str) -> None:
    """Let every place of a tree know in which file it is."""
    for node in root.walk():
        node.spot = replace(node.spot, file=file)
        for key in node.keys.values():
            key.spot = replace(key.spot, file=file)


# One text of many files


def bundle(text: str, files: Mapping[str, str]) -> str:
    """A flow with all that it includes as one text, which `load_flow` reads. Without files: the text."""
    if not files:
        return text
    sizes = json.dumps([["", len(text)], *([path, len(one)] for path, one in files.items())])
    return "".join((_BUNDLE, sizes, "\n", text, *files.values()))


def unbundled(source: str) -> tuple[str, dict[str, str]]:
    """The main text of a bundle, and its files by path."""
    if not source.startswith(_BUNDLE):
        return source, {}
    head, _, rest = source.removeprefix(_BUNDLE).partition("\n")
    files: dict[str, str] = {}
    try:
        for path, size in json.loads(head):
            files[str(path)], rest = rest[: int(size)], rest[int(size) :]
    except (ValueError, TypeError):
        return source, {}
    return files.pop("", source), files
