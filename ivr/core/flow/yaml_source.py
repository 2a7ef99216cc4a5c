"""YAML text to a tree of nodes that know their places in the file.

The parser's events are read one by one, so that nothing large is built from a hostile file: tags,
anchors and aliases are refused, duplicate keys too, and size, depth and number of nodes are bounded.

Plain scalars follow YAML 1.2's JSON schema: `true`, `false`, `null` and numbers without a leading
zero or plus are values, everything else is text. So `yes`, `no`, `on`, `0123` and `+15550100` stay
what the author typed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ivr.core.flow import yaml_words
from ivr.core.flow.problems import Report, Spot

MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 50_000
_MOST_EVENTS: Final = 2 * MAX_NODES + 100
"""More than the reader takes before it says that there are too many values."""

Kind = Literal["scalar", "mapping", "sequence"]

_NOT_TEXT: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_FOR_C: Final = re.compile(
    "[\t\x85\u2028\u2029]|^(?:---|\\.\\.\\.|%)|(?:^|[\\[{,]|[:?-]\\s)\\s*[*&!?]", re.MULTILINE
)
_FAR: Final = 40
_COMMENT: Final = re.compile(r"[ \t]+#")
_UNFINISHED: Final = re.compile(
    r"(?:^|\s)(?:press|push|hit|dial|key|keys|the|or|and|with|number|by|then|pulse|marque|oprima)$",
    re.IGNORECASE,
)
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


class Table(dict[str, Any]):
    """A mapping's plain data, with the node it came from."""

    def __init__(self, node: Node) -> None:
        super().__init__({key: child.data() for key, child in node.entries.items()})
        self.node = node


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, mapping or sequence. `text` and `plain` (not quoted) are for scalars.

    source  the scalar as it stands in the file, quotes and all
    """

    kind: Kind
    spot: Spot
    text: str = ""
    plain: bool = False
    source: str = ""
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)

    def data(self) -> Any:
        """Plain data: `Table`, list, text, number, yes/no or `None`."""
        match self.kind:
            case "mapping":
                return Table(self)
            case "sequence":
                return [item.data() for item in self.items]
            case "scalar":
                return _value(self.text) if self.plain else self.text

    def at(self, *path: str | int) -> Node:
        """Go down the path as far as it exists. Parts that do not exist are passed over.

        That is what makes short forms work: in `say: Hello` the path `say`, `text` ends at `Hello`.
        """
        node = self
        for part in path:
            if isinstance(part, str) and part in node.entries:
                node = node.entries[part]
            elif isinstance(part, int) and 0 <= part < len(node.items):
                node = node.items[part]
        return node

    def key(self, name: str) -> Spot:
        """Where the key `name` stands; the node itself where there is no such key."""
        return self.keys[name].spot if name in self.keys else self.spot

    def inside(self, offset: int) -> Spot:
        """Where the character `offset` of a scalar's text stands in the file, as well as can be told."""
        start = self.source.find(self.text)
        if start < 0:
            offset = self._find_word(offset)
            start = 0
        before = self.source[: start + offset]
        lines = before.count("\n")
        column = len(before) - before.rfind("\n") if lines else self.spot.column + len(before)
        return Spot(self.spot.line + lines, column, self.spot.file)

    def _find_word(self, offset: int) -> int:
        """The place in `source` of the word at `offset` in a text that was folded or escaped."""
        word = re.compile(r"\S{0,40}").match(self.text, offset)
        if not word or not word.group():
            return 0
        found = 0
        for _ in range(self.text.count(word.group(), 0, offset) + 1):
            found = self.source.find(word.group(), found) + 1
            if not found:
                return 0
        return found - 1

    def walk(self) -> Iterator[Node]:
        """Itself and everything below."""
        yield self
        for child in (*self.items, *self.entries.values()):
            yield from child.walk()


class _Stop(Exception):  # noqa: N818 - ends the reading of a file whose problem has been reported
    pass


@dataclass(frozen=True, slots=True)
class Words:
    """How messages name a file, and what it begins with."""

    what: str = "flow"
    begins: str = "ivr: 1"

    @property
    def hint(self) -> str:
        """The sentence about its beginning."""
        return f"A {self.what} begins with '{self.begins}'."


FLOW: Final = Words()


def parse(text: str, report: Report, words: Words = FLOW) -> Node | None:
    """Read one YAML document whose top is a mapping. Problems go to `report`; `None`: no use going on."""
    text = text.removeprefix("\ufeff")
    if not _is_text(text, report, words):
        return None
    reader = _Reader(text, report, words)
    try:
        return reader.read()
    except _Stop:
        return None
    except MarkedYAMLError as error:
        unclosed = "end of stream" in str(error.problem) or "<stream end>" in str(error.problem)
        mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else reader.spot
        if not any(problem.line == spot.line for problem in report.problems()):
            report.error(spot, *yaml_words.explain(error.problem or "", text, spot))
    except (YAMLError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        # What the parser raises by mistake on malformed escapes and directives.
        report.error(reader.spot, "What comes after this is not valid YAML")
    return None


def _is_text(text: str, report: Report, words: Words) -> bool:
    if len(text) > MAX_CHARACTERS:
        report.error(Spot(), f"The file is too large: {len(text):,} characters of {MAX_CHARACTERS:,}")
        return False
    if bad := _NOT_TEXT.search(text):
        before = text[: bad.start()]
        spot = Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))
        report.error(spot, f"This is not a text file: it holds {_name(bad.group())}", "Save it as UTF-8.")
        return False
    if not text.strip():
        report.error(Spot(), "The file is empty", words.hint)
        return False
    return True


class _Reader:
    """Builds the tree from the parser's events."""

    def __init__(self, text: str, report: Report, words: Words) -> None:
        self._words = words
        self._text = text
        self._report = report
        self._events = _events(text)
        self._nodes = 0
        self.spot = Spot()

    def read(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            self.spot = _spot(event)
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self._report.error(
                        self.spot, "A second document begins here", f"Keep one {self._words.what} to a file."
                    )
                    return None
                root = self._node(next(self._events), depth=1)
        if root is None:
            self._report.error(Spot(), "The file holds only comments", self._words.hint)
        elif root.kind != "mapping":
            message = f"A {self._words.what} is a mapping: names and values"
            self._report.error(root.spot, message, f"It begins with '{self._words.begins}'.")
        else:
            return root
        return None

    def _node(self, event: Any, depth: int) -> Node:
        self.spot = _spot(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(f"The file is too large: more than {MAX_NODES:,} values")
        if depth > MAX_DEPTH:
            self._stop(f"This is nested too deeply: more than {MAX_DEPTH} levels")
        self._refuse(event)
        match event:
            case MappingStartEvent():
                return self._mapping(event, depth)
            case SequenceStartEvent():
                node = Node("sequence", self.spot)
                while not isinstance(event := next(self._events), SequenceEndEvent):
                    node.items.append(self._node(event, depth + 1))
                return node
            case ScalarEvent():
                return self._scalar(event)
            case _:
                return Node("scalar", self.spot, plain=True)

    def _mapping(self, event: MappingStartEvent, depth: int) -> Node:
        node = Node("mapping", _spot(event))
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if value.plain and not value.text:
                value.spot = key.spot  # nothing is written there; the parser would point at what follows
            if key.kind != "scalar":
                self._report.error(key.spot, "A key must be a word, not a list or mapping")
            elif key.text in node.entries:
                first = node.keys[key.text].spot.line
                self._report.error(key.spot, f"'{key.text}' is there twice: first in line {first}")
            else:
                node.entries[key.text] = value
                node.keys[key.text] = key
        return node

    def _scalar(self, event: ScalarEvent) -> Node:
        value: str = event.value
        if bad := _NOT_TEXT.search(value):
            self._report.error(self.spot, f"This text holds {_name(bad.group())}, which nobody can say")
            value = _NOT_TEXT.sub(" ", value)
        source = self._text[event.start_mark.index : event.end_mark.index]
        if not event.style:
            self._cut_short(source.rstrip(), event.start_mark.index)
        return Node("scalar", self.spot, value, plain=not event.style, source=source)

    def _cut_short(self, source: str, start: int) -> None:
        """Warn of a text such as "Press # to go on", which ends where YAML's comment begins."""
        end = start + len(source)
        tail = self._text[end : end + _FAR]
        if "#" in tail and (comment := _COMMENT.match(tail)) and _UNFINISHED.search(source):
            spot = Spot(
                self.spot.line + source.count("\n"), self.spot.column + len(source) + comment.end() - 1
            )
            message = "What stands from this '#' on is a comment, and is not said"
            self._report.warn(spot, message, "Put the whole text in quotes.")

    def _refuse(self, event: Any) -> None:
        if isinstance(event, AliasEvent):
            self._report.error(
                self.spot,
                f"'*{event.anchor}' is an alias, and a {self._words.what} has none",
                'Write the value out; for the star key or a text that begins with a star, use quotes: "*".',
            )
        elif event.anchor:
            self._report.error(
                self.spot,
                f"'&{event.anchor}' is an anchor, and a {self._words.what} has none",
                "Write the value out, in quotes if it begins with '&'.",
            )
        elif getattr(event, "tag", None):
            self._report.error(
                self.spot,
                f"'{str(event.tag)[:40]}' is a tag, and a {self._words.what} has none",
                "Write the value in quotes if it begins with '!'.",
            )

    def _stop(self, message: str) -> None:
        self._report.error(self.spot, message)
        raise _Stop


def _events(text: str) -> Iterator[Any]:
    """The parser's events, from C where that reads the text as we do: a fifteenth of the time.

    C knows an older YAML: it has other ideas of tabs and documents, and refuses some texts that are right
    (`[Who is it?]`). Those are left to the parser in Python, which explains what is wrong, too.
    """
    if not _NOT_FOR_C.search(text):
        with suppress(YAMLError, ValueError):
            return iter(list(islice(YAML(typ="safe").parse(text), _MOST_EVENTS)))
    # As a stream the parser's marks are cheap: with a text each one costs a third more.
    events: Iterator[Any] = YAML(typ="safe", pure=True).parse(io.StringIO(text))
    return events


def _spot(event: Any) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)


def _value(text: str) -> Any:
    if text.lower() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _name(character: str) -> str:
    return f"the character U+{ord(character):04X}"
