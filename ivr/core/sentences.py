"""Where one sentence ends and the next begins: the unit of synthesis is a sentence."""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(
    r"""
    (?P<stop> [.!?…]+ ) ["'”\u2019)\]]* \s+   # a stop, what closes with the sentence, a gap
    | [。\uff01\uff1f]+ \s*               # the wide ones of Chinese and Japanese need no gap
    | \s* \n \s* \n \s*                   # an empty line
    """,
    re.VERBOSE,
)
_OPENING: Final = "\"'“\u2018(["

_NEVER: Final = frozenset(
    (
        *("mr", "mrs", "ms", "mx", "dr", "prof", "st", "rev", "hon", "gen", "col", "sgt", "lt", "capt"),
        *("vs", "fig", "tel", "ext", "approx", "dept", "apt", "cf", "e.g", "i.e"),
    )
)
"""Something always follows these."""

_BEFORE_NUMBERS: Final = frozenset(
    ("no", "nos", "p", "pp", "jan", "feb", "apr", "jun", "jul", "aug", "sept", "oct")
)
"""A number that follows belongs to these ("No. 5"); else they end a sentence ("No. Thanks.")."""

_DATES: Final = frozenset(
    (
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december"),
    )
)
"""Follow a time of day ("9 a.m. Monday") within the sentence."""


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each with its white space made single.

    Stops of titles ("Dr. Jones"), initials ("J. Smith"), times ("9 a.m. on"), list numbers ("1. Bring")
    and numbers ("3.5", "No. 5") end nothing, and no sentence begins with a small letter. When in doubt
    two sentences stay together: that is heard less than a pause in the middle of one.
    """
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end["stop"] and not _ends(text[start : end.start()], end["stop"], text[end.end() :]):
            continue
        sentences.append(text[start : end.end()])
        start = end.end()
    sentences.append(text[start:])
    return [" ".join(sentence.split()) for sentence in sentences if sentence.strip()]


def _ends(before: str, stop: str, after: str) -> bool:
    """Whether the stop between these two ends a sentence."""
    follows = (after.split(maxsplit=1) or [""])[0].lstrip(_OPENING)
    if not follows or follows[0].islower():
        return not follows
    if stop != ".":
        return True
    words = before.split()
    last = words[-1].lstrip(_OPENING) if words else ""
    word = last.casefold()
    if word in _NEVER or (len(words) == 1 and last.isdigit()):
        return False
    if word in _BEFORE_NUMBERS or "." in word:
        return not follows[0].isdigit() and follows.casefold().strip(".,;:!?") not in _DATES
    initial = len(last) == 1 and last.isupper() and last != "I"
    return not initial
