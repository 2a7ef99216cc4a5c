"""Markdown to pieces that are small enough to ground an answer in, and large enough to make sense alone.

A piece is one or a few paragraphs of one section, some `USUAL` characters long and never more than `LONGEST`.
It begins with the headings that it stands under, since "It costs ninety dollars" says nothing without them.
Marks are taken off: what is left may be put before a model or read aloud.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

USUAL: Final = 500
"""Characters at which a piece is full and the next paragraph begins another."""
LONGEST: Final = 900
"""Characters of the longest piece; a longer paragraph is cut between sentences."""

_FENCE: Final = re.compile(r"\s{0,3}(```|~~~)")
_HEADING: Final = re.compile(r"\s{0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*")
_UNDERLINE: Final = re.compile(r"\s{0,3}(=+|-+)\s*")
_RULE: Final = re.compile(r"\s{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_QUOTE: Final = re.compile(r"\s{0,3}(?:>[ \t]?)+")
_TABLE_RULE: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\|?\s*")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT: Final = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_IMAGE: Final = re.compile(r"!\[([^\]]{0,500})\](?:\([^)]{0,2000}\)|\[[^\]]{0,200}\])")
_LINK: Final = re.compile(r"\[([^\]]{1,500})\](?:\([^)]{0,2000}\)|\[[^\]]{0,200}\])")
_DEFINITION: Final = re.compile(r"\s{0,3}\[[^\]]{1,200}\]:\s*\S+.*")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_EMPHASIS: Final = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|~~)(?=\S)(.{1,500}?)(?<=\S)(?:\1)(?!\w)")
_CODE: Final = re.compile(r"(`+)(.{1,500}?)\1")
_ESCAPE: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file.

    text      the words, headings first, without marks
    heading   the innermost heading that it stands under; "" for none
    """

    text: str
    heading: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a file, in its order. Empty when it has no words."""
    found: list[Piece] = []
    for headings, paragraphs in _sections(text):
        title = ". ".join(heading.rstrip(".:") for heading in headings)
        room = max(LONGEST - len(title) - 2, LONGEST // 2)
        for body in _packed(paragraphs, room):
            whole = f"{title[: LONGEST // 2]}. {body}" if title else body
            found.append(Piece(whole, headings[-1] if headings else ""))
    return tuple(found)


def sentences(text: str) -> tuple[str, ...]:
    """A piece's sentences, roughly: what each of them says is found by itself."""
    return tuple(part for part in _SENTENCE.split(text) if any(char.isalnum() for char in part))


def _sections(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Headings in force and the paragraphs under them, section by section."""
    headings: list[tuple[int, str]] = []
    paragraphs: list[str] = []
    lines: list[str] = []

    def close() -> None:
        paragraph = " ".join(lines).strip()
        lines.clear()
        if any(char.isalnum() for char in paragraph):
            paragraphs.append(paragraph)

    for line in _lines(text):
        level, title = _heading(line, lines)
        if not level:
            if not line.strip() or _ITEM.match(line):
                close()
            if line.strip():
                lines.append(_plain(_ITEM.sub("", line, count=1)))
            continue
        if title is None:  # the underline of the line before
            title = lines.pop()
        close()
        if paragraphs:
            yield [name for _, name in headings], paragraphs
            paragraphs = []
        headings = [(depth, name) for depth, name in headings if depth < level]
        if title:
            headings.append((level, title))
    close()
    if paragraphs:
        yield [name for _, name in headings], paragraphs


def _lines(text: str) -> Iterator[str]:
    """Lines that matter: no front matter, comments, rules, fences, link definitions; tables as sentences."""
    text = _COMMENT.sub(" ", _FRONT.sub("", text.replace("\r\n", "\n"), count=1))
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            yield ""
            continue
        bare = line if fenced else _QUOTE.sub("", line)
        if fenced:
            yield bare.replace("#", "\\#")
        elif "|" in bare and _TABLE_RULE.fullmatch(bare):
            continue
        elif bare.lstrip().startswith("|"):
            yield ""
            yield ", ".join(cell.strip() for cell in bare.strip().strip("|").split("|") if cell.strip()) + "."
        elif not _DEFINITION.fullmatch(bare):
            yield bare


def _heading(line: str, before: list[str]) -> tuple[int, str | None]:
    """The level of a heading, 0 for none, and its words; None for the underline of one paragraph line."""
    if found := _HEADING.fullmatch(line):
        return len(found[1]), _plain(found[2] or "")
    if len(before) == 1 and (under := _UNDERLINE.fullmatch(line)):
        return (1 if under[1].startswith("=") else 2), None
    return 0, ""


def _plain(text: str) -> str:
    """A line without Markdown's marks."""
    if _RULE.fullmatch(text):
        return ""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _TAG.sub(" ", text)
    text = _CODE.sub(r"\2", text)
    for _ in range(3):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", text)).split())


def _packed(paragraphs: list[str], room: int) -> Iterator[str]:
    """Paragraphs put together until a piece is full; long ones cut."""
    full = ""
    for part in (part for paragraph in paragraphs for part in _cut(paragraph, room)):
        if full and (len(full) >= USUAL or len(full) + 1 + len(part) > room):
            yield full
            full = ""
        full = f"{full} {part}".strip()
    if full:
        yield full


def _cut(paragraph: str, room: int) -> Iterator[str]:
    if paragraph[-1] not in ".!?:;":
        paragraph += "."
    part = ""
    for sentence in _SENTENCE.split(paragraph):
        if part and len(part) + 1 + len(sentence) > room:
            yield part
            part = ""
        part = f"{part} {sentence}".strip()
        while len(part) > room:
            at = part.rfind(" ", room // 2, room)
            at = at if at > 0 else room
            yield part[:at]
            part = part[at:].strip()
    if part:
        yield part
