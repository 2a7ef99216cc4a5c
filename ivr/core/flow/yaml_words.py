"""The YAML parser's complaints in plain words."""

from __future__ import annotations

import re
from typing import Final

from ivr.core.flow.problems import Spot

_QUOTE: Final = "Put the whole text in quotes."

_NO_BLANK: Final = re.compile(r"\s*(?:-\w|\w+:[{\[])")
_KEY: Final = re.compile(r"\s*\w+:(?:\s|$)")
_IN_BRACKETS: Final = "Put ',' between two values, and a text with signs in it in quotes."

_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "mapping values are not allowed",
        "A ':' is not expected here",
        "If it belongs to a text, put the text in quotes; else check the indentation.",
    ),
    (
        "sequence entries are not allowed",
        "A '-' is not expected here",
        "Begin a list on a line of its own, and line its dashes up.",
    ),
    (
        "expected <block end>",
        "This line does not line up with those before it",
        "Give lines of the same list or mapping the same indentation.",
    ),
    (
        "found unexpected end of stream",
        "A quote is opened and never closed",
        "Close it, or use the other kind of quotes where the text holds an apostrophe.",
    ),
    ("expected ',' or ']', but got '<stream end>'", "This '[' is never closed", "Add ']' at its end."),
    ("expected ',' or '}', but got '<stream end>'", "This '{' is never closed", "Add '}' at its end."),
    ("expected ',' or ']'", "A ',' or a closing ']' is missing before this", _IN_BRACKETS),
    ("expected ',' or '}'", "A ',' or a closing '}' is missing before this", _IN_BRACKETS),
    (
        "could not find expected ':'",
        "This key has no ':' behind it",
        "Write 'name: value', or put a long text in quotes.",
    ),
    (
        "found unknown escape character",
        "This backslash means nothing here",
        "Use single quotes, or write \\\\.",
    ),
    ("alphabetic or numeric character", "A name is missing behind '*' or '&'", _QUOTE),
    ("expected the node content", "A value is missing before this", _QUOTE),
    ("found duplicate", "This is there twice", ""),
)


def explain(problem: str, text: str, spot: Spot) -> tuple[str, str]:
    """Message and hint for a parser's complaint about `spot` in `text`."""
    if "cannot start any token" in problem:
        character = _character(text, spot)
        if character == "\t":
            return "A tab stands where YAML wants spaces", "Indent with spaces only."
        return f"A text cannot begin with '{character}'", _QUOTE
    if "expected <block end>, but found '<scalar>'" in problem:
        return _text_goes_on(text, spot)
    if "expected <block end>" in problem and (found := _out_of_line(text, spot)):
        return found
    for words, message, hint in _WORDS:
        if words in problem:
            return message, hint
    return "This is not valid YAML", "Check indentation, quotes and colons in this line and the one before."


def _out_of_line(text: str, spot: Spot) -> tuple[str, str] | None:
    """A blank or a dash that is missing in the line, which makes it something else than it looks like."""
    lines = text.splitlines()
    line = lines[spot.line - 1] if spot.line <= len(lines) else ""
    if _NO_BLANK.match(line):
        sign = "-" if line.lstrip().startswith("-") else ":"
        return f"A blank is missing behind the '{sign}'", f"Write '{sign} ', with a blank."
    indent = line[: spot.column - 1]
    dashed = next((one for one in reversed(lines[: spot.line - 1]) if one.startswith(f"{indent}- ")), "")
    if _KEY.match(line) and dashed and indent and not indent.strip():
        return "This line stands among steps and has no '-' before it", "Write '- ' before it, as above."
    return None


def _text_goes_on(text: str, spot: Spot) -> tuple[str, str]:
    """More stands behind a value: a quote inside a text, or a text that begins with a slot."""
    line = text.splitlines()[spot.line - 1]
    before = line[: spot.column - 1].rstrip()
    if before.endswith(("}", "]")):
        opened = "{" if before.endswith("}") else "["
        return f"A text that begins with '{opened}' must stand in quotes", _QUOTE
    return "Text goes on after a closing quote", "Put the whole text in quotes of the other kind."


def _character(text: str, spot: Spot) -> str:
    lines = text.splitlines()
    line = lines[spot.line - 1] if spot.line <= len(lines) else ""
    return line[spot.column - 1 : spot.column] or " "
