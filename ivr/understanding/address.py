"""Postal addresses, as text: what was said, without "my address is", with numerals for the numbers."""

from __future__ import annotations

import re
from typing import Final

from ivr.understanding.digits import every_reading
from ivr.understanding.found import Found
from ivr.understanding.numbers import TEENS, TENS, UNITS
from ivr.understanding.text import MAX_CHARS, asks, vocabulary, words

_OPENINGS: Final = re.compile(
    r"(?:(?:um+|uh+|er+|erm|oh|ah|so|well|yes|yeah|sure|okay|ok|hi|hello|and|please)\b[,.!\s]*"
    r"|(?:my|the|our|his|her)\s+(?:home\s+|postal\s+|mailing\s+|delivery\s+|billing\s+|street\s+|new\s+|current\s+)*"
    r"address(?:['\u2019]s|\s+is|\s+would\s+be)?\b[,:\s]*"
    r"|(?:it['\u2019]?s|it\s+is|that['\u2019]?s|that\s+is|that\s+would\s+be|i\s+live\s+(?:at|in|on)|we\s+live\s+(?:at|in|on)"
    r"|i['\u2019]?m\s+(?:at|in|on)|we['\u2019]?re\s+(?:at|in|on)|i\s+am\s+(?:at|in|on)|we\s+are\s+(?:at|in|on)"
    r"|(?:please\s+)?(?:send|deliver|ship|post|mail)\s+(?:it|that|them)\s+to|(?:deliver|ship|send)\s+to|live\s+(?:at|in|on))"
    r"\b[,:\s]*)",
    re.IGNORECASE,
)
_CLOSINGS: Final = re.compile(
    r"[,.!\s]*\b(?:please|thanks|thank you|that['\u2019]?s it)[.!\s]*$|[.!\s]+$", re.IGNORECASE
)
_NUMBER_WORDS: Final = frozenset(
    [*UNITS, *TEENS, *TENS, "oh", "hundred", "thousand", "double", "triple", "treble"]
)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|[^\w\s]+")
_NO_ADDRESS: Final = vocabulary(
    "dont know why what who how when cant wont not tell say want prefer rather help agent"
)
_LEAST_WORDS: Final = 2
_LEAST_UNNUMBERED: Final = 3
_NUMBERED: Final = 0.9
_UNNUMBERED: Final = 0.7


def spoken_address(text: str) -> Found | None:
    """The address in `text`, on one line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:MAX_CHARS]).split())
    if asks(line):
        return None
    while opening := _OPENINGS.match(line):
        if opening.end() == len(line):
            return None  # "my address is", and no more
        line = line[opening.end() :]
    line = _with_numerals(_CLOSINGS.sub("", _CLOSINGS.sub("", line)))
    said = words(line)
    numbered = any(char.isdecimal() for char in line)
    if len(said) < (_LEAST_WORDS if numbered else _LEAST_UNNUMBERED) or not _NO_ADDRESS.isdisjoint(said):
        return None
    if not any(word.isalpha() for word in said):
        return None
    return Found(line, _NUMBERED if numbered else _UNNUMBERED)


def _with_numerals(line: str) -> str:
    """With numerals for runs of number words. A "one" or "first" in a name of a street stays."""
    out: list[str] = []
    run: list[str] = []

    def close() -> None:
        readings = every_reading(" ".join(run))[0] if run else ()
        trailing = ["and"] if run and run[-1] == "and" else []
        out.extend([*readings[:1], *trailing] if readings else run)
        run.clear()

    for token in line.split():
        plain = token.strip(",.").lower()
        parts = plain.split("-")
        if all(part in _NUMBER_WORDS for part in parts) or (plain == "and" and run):
            run.append(plain.replace("-", " "))
            if token[-1:] in ",.":
                close()
                out[-1] += token[-1]
            continue
        close()
        out.append(token)
    close()
    return " ".join(out)
