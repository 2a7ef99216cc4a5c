"""Text into sentences: the unit of synthesis, of caching and of the playout ledger."""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(r"[.!?…]+[\"')\]]*(?=\s|$)|[\u3002\uff01\uff1f]")
_ABBREVIATIONS: Final = frozenset(
    ["dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "approx"]
)
_FOLLOWED_BY_A_NAME: Final = frozenset(
    ["dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "vs", "e.g", "i.e", "approx"]
)
MAX_CHARS: Final = 400
"""A longer sentence is cut at a comma or a space, so that its first words need not wait for the last."""


def split_sentences(text: str) -> list[str]:
    """Sentences in order, without blanks around them; nothing is lost but white space.

    The full stop of an abbreviation, an initial or a number ends no sentence.
    """
    sentences: list[str] = []
    begin = 0
    text = " ".join(text.split())
    for match in _END.finditer(text):
        if match[0].startswith(".") and not _ends_sentence(text[begin : match.start()], text[match.end() :]):
            continue
        sentences.append(text[begin : match.end()].strip())
        begin = match.end()
    sentences.append(text[begin:].strip())
    return [piece for sentence in sentences if sentence for piece in _pieces(sentence)]


def _ends_sentence(before: str, after: str) -> bool:
    word = before.rsplit(" ", 1)[-1].lower().lstrip("(\"'")
    following = after.lstrip()[:1]
    if len(word) == 1 and word.isalpha() and word != "i" and following.isupper():
        return False  # an initial: J. Smith
    if word in _FOLLOWED_BY_A_NAME:
        return False
    return not (word in _ABBREVIATIONS and following and not following.isupper())


def _pieces(sentence: str) -> list[str]:
    pieces: list[str] = []
    while len(sentence) > MAX_CHARS:
        cut = max(sentence.rfind(", ", 0, MAX_CHARS) + 1, 0) or sentence.rfind(" ", 0, MAX_CHARS)
        cut = cut if cut > 0 else MAX_CHARS
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence] if sentence else pieces
