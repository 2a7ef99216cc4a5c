"""How words differ from words that were expected, word by word."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: in both, only in what was wanted, or only in what came."""

    kind: Literal["same", "want", "got"]
    words: str


def differences(want: str, got: str) -> tuple[Piece, ...]:
    """Compare two texts by their words; small and capital letters are alike."""
    wanted, came = want.split(), got.split()
    matcher = difflib.SequenceMatcher(
        None, [word.casefold() for word in wanted], [word.casefold() for word in came], autojunk=False
    )
    pieces: list[Piece] = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", " ".join(came[j:j_end])))
            continue
        if i < i_end:
            pieces.append(Piece("want", " ".join(wanted[i:i_end])))
        if j < j_end:
            pieces.append(Piece("got", " ".join(came[j:j_end])))
    return tuple(pieces)


def as_text(pieces: Sequence[Piece]) -> str:
    """In one line without colour: `[-wanted-]` and `{+came+}`."""
    marks = {"same": ("", ""), "want": ("[-", "-]"), "got": ("{+", "+}")}
    return " ".join(marks[piece.kind][0] + piece.words + marks[piece.kind][1] for piece in pieces)


def plain(text: str) -> str:
    """A text as it is compared: white space single, letters small."""
    return " ".join(text.split()).casefold()


def nearest_stretch(want: str, sentences: Sequence[str]) -> str:
    """The stretch of sentences that is most like the text that was expected; "" when nothing is like it."""
    wanted = plain(want)
    best, found = 0.3, ""
    for start in range(len(sentences)):
        for end in range(start + 1, min(start + 4, len(sentences)) + 1):
            stretch = " ".join(sentences[start:end])
            likeness = difflib.SequenceMatcher(None, wanted, plain(stretch), autojunk=False).ratio()
            if likeness > best:
                best, found = likeness, stretch
    return found
