"""Adding examples to the text of a flow, so that everything else in it stays as its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from ivr.core.errors import FlowError
from ivr.core.flow.problems import nearest

_LIST: Final = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_WIDE: Final = 4096


def with_examples(text: str, name: str, examples: Sequence[str]) -> str:
    """The text of a flow with more examples of the intent or answer `name`.

    Raises `FlowError` when there is no such intent or answer in this file.
    """
    yaml = _yaml(text)
    root = _loaded(yaml, text)
    said = _examples(root, name)
    new = [example for example in dict.fromkeys(examples) if example not in said]
    if not new:
        return text
    inserted = _inserted(text, said, new)
    said.extend(new)
    if inserted is not None and _plain(_loaded(_yaml(text), inserted)) == _plain(root):
        return inserted
    return _dumped(yaml, root)


def with_review(text: str, name: str, examples: Sequence[str], by: str, on: str) -> str:
    """The text of a file of reviewed examples (it may be empty) with one more review."""
    yaml = _yaml(text)
    root = _loaded(yaml, text) if text.strip() else CommentedMap()
    section = root.setdefault("reviewed", CommentedMap())
    reviews = section.get(name)
    if isinstance(reviews, dict):
        section[name] = CommentedSeq([reviews])
    elif reviews is None:
        section[name] = CommentedSeq()
    section[name].append(CommentedMap({"examples": CommentedSeq(examples), "by": by, "on": on}))
    return _dumped(yaml, root)


def with_include(text: str, path: str) -> str:
    """The text of a flow that includes one more file."""
    yaml = _yaml(text)
    root = _loaded(yaml, text)
    had = root.get("include")
    names = [had] if isinstance(had, str) else list(had or ())
    if path in names:
        return text
    if had is None and (first := re.search(r"^ivr:[^\n]*\n", text, re.MULTILINE)):
        return f"{text[: first.end()]}include: {path}\n{text[first.end() :]}"
    root["include"] = CommentedSeq([*names, path])
    return _dumped(yaml, root)


def _examples(root: CommentedMap, name: str) -> CommentedSeq:
    """The list of examples of an intent or answer, as it stands in the tree."""
    known: list[str] = []
    for section in ("intents", "answers"):
        entries = root.get(section)
        if not isinstance(entries, dict):
            continue
        known += entries
        if name in entries:
            body = entries[name]
            said = body.get("examples") if isinstance(body, dict) else body
            if isinstance(said, CommentedSeq):
                return said
    hint = nearest(name, known, "intents and answers")
    raise FlowError(f"There is no intent or answer '{name}' with examples in this file. {hint}".strip())


def _inserted(text: str, said: CommentedSeq, new: Sequence[str]) -> str | None:
    """`text` with lines behind the last item of a list that stands in lines; None for one in brackets."""
    if said.fa.flow_style() or not said:
        return None
    line, _ = said.lc.item(len(said) - 1)
    lines = text.splitlines(keepends=True)
    if not lines[line].lstrip().startswith("- "):
        return None
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    end = line + 1
    while end < len(lines) and lines[end].strip() and lines[end].startswith(indent + " "):
        end += 1  # an item of several lines
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    lines[end:end] = [f"{indent}- {_scalar(example)}\n" for example in new]
    return "".join(lines)


def _scalar(example: str) -> str:
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = _WIDE
    yaml.allow_unicode = True
    yaml.dump([example], out)
    return out.getvalue().removeprefix("- ").strip()


def _yaml(text: str) -> YAML:
    """A round-trip reader and writer that indents as the text does."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    found = _LIST.search(text)
    offset = len(found[2]) - len(found[1]) if found else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml


def _loaded(yaml: YAML, text: str) -> CommentedMap:
    try:
        root = yaml.load(text)
    except YAMLError as error:
        raise FlowError(f"The file cannot be read as YAML, so nothing is added: {error}") from error
    if not isinstance(root, CommentedMap):
        raise FlowError("The file holds no mapping, so nothing is added.")
    return root


def _dumped(yaml: YAML, root: CommentedMap) -> str:
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node
