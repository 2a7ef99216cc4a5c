"""Things that are spelled: "B as in boy, double t", "alpha bravo one two", `S-M-I-T-H`.

The value has letters in capitals, digits, hyphens and apostrophes, without spaces.
"""

from __future__ import annotations

import re
from typing import Final

from ivr.core.flow.model import Slot
from ivr.understanding.found import Found
from ivr.understanding.letters import Entry, entries
from ivr.understanding.text import MAX_CHARS, vocabulary

_CARRIERS: Final = vocabulary(
    """
    its it's it is thats that's that spelled spelt spell my name last first code and then um uh er yes yeah
    ok okay sure please thanks well so the letters letter number reference postcode right all hm small
    lower upper case space would be
    """
)
_CLOSING: Final = re.compile(r"[,.\s]*\b(?:thank you|thanks|please)\b[.!\s]*$", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"^(?:(?:um|uh|so|yes|yeah|okay|ok|sure|well)\b[,.\s]*)*"
    r"(?:(?:it is|that is|i spell it|you spell it|(?:the\s+)?letters\s+are)\b[,.\s]*)?",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"[A-Z0-9]{2,}")
_AS_WRITTEN: Final = 0.75
"""For letters that the recogniser wrote as one word in capitals."""
_DOUBT: Final = 0.15
_SHORT: Final = 3
_LONGEST_WORDS: Final = 2


def spoken_spelling(text: str, slot: Slot) -> Found | None:
    """The letters and digits that `text` spells; `too_few` or `too_many` for the slot."""
    line = _OPENING.sub("", _CLOSING.sub("", text[:MAX_CHARS]))
    read = entries(line)
    strange = [entry.word for entry in read if entry.word and entry.word.casefold() not in _CARRIERS]
    spelled = "".join(entry.text for entry in _zeros(read))
    confidence = 1.0
    if len(spelled) > _SHORT and re.match(rf"{re.escape(spelled[1:])}[ ,]", line, re.IGNORECASE):
        spelled = spelled[1:]  # "Mike, M I K E", where the name is a word of the radio alphabet
    if not spelled.strip("-'") or len(strange) == len(read):
        codes = _CODE.findall(line)
        if len(codes) != 1 or len(strange) > 1 or not any(char.isalpha() for char in codes[0]):
            return None
        spelled, confidence, strange = codes[0], _AS_WRITTEN, []
    elif strange and not _said_whole(strange, spelled):
        if code := _as_written(line, strange, spelled):
            spelled, confidence, strange = code, _AS_WRITTEN, []
        elif len(strange) > min(_LONGEST_WORDS, (len(spelled) - 1) // 2) or _doubtful(read):
            return None
        confidence -= _DOUBT * len(strange)
    reason = _misfit(spelled, slot)
    return Found(spelled, round(confidence, 2), tuple(strange), reason)


def _zeros(read: list[Entry]) -> list[Entry]:
    """With an "oh" between digits taken for a zero."""
    out = list(read)
    for i, entry in enumerate(read):
        beside = [other for other in (*read[max(i - 1, 0) : i], *read[i + 1 : i + 2]) if other.text]
        if (
            entry.text == "O"
            and not entry.sure
            and beside
            and all(other.text.isdecimal() for other in beside)
        ):
            out[i] = Entry("0")
    return out


def _as_written(line: str, strange: list[str], spelled: str) -> str:
    """The one code of letters and digits that everything read is part of: "the code is AB12"."""
    codes = _CODE.findall(line)
    whole = len(codes) == 1 and spelled in codes[0] and all(word in codes[0] for word in strange)
    return codes[0] if whole else ""


def _said_whole(strange: list[str], spelled: str) -> bool:
    """Tell whether the word was said before it was spelled: "Smith, S M I T H"."""
    return len(strange) == 1 and strange[0].casefold() == spelled.casefold()


def _doubtful(read: list[Entry]) -> bool:
    """Tell whether words like "I", "you", "are" make up what looks like letters."""
    return sum(entry.sure for entry in read if entry.text) < len([entry for entry in read if entry.text]) / 2


def _misfit(spelled: str, slot: Slot) -> str:
    if slot.minimum is not None and len(spelled) < slot.minimum:
        return "too_few"
    return "too_many" if slot.maximum is not None and len(spelled) > slot.maximum else ""
