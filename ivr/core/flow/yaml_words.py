"""The YAML parser's complaints in plain words."""

from __future__ import annotations

from typing import Final

from ivr.core.flow.problems import Spot

_QUOTE: Final = "Put the whole text in quotes."

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
        "expected <block end>, but found '<scalar>'",
        "Text goes on after a closing quote",
        "Put the whole text in quotes of the other kind.",
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
    ("expected ',' or ']'", "A list that begins with '[' is not closed", "Add ',' or ']'."),
    ("expected ',' or '}'", "A mapping that begins with '{' is not closed", f"Add '}}'. {_QUOTE}"),
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
    for words, message, hint in _WORDS:
        if words in problem:
            return message, hint
    return "This is not valid YAML", "Check indentation, quotes and colons in this line and the one before."


def _character(text: str, spot: Spot) -> str:
    lines = text.splitlines()
    line = lines[spot.line - 1] if spot.line <= len(lines) else ""
    return line[spot.column - 1 : spot.column] or " "
