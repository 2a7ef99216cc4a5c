"""Letters as people spell them: names of letters, the radio alphabet, "B as in boy", "double t".

What comes out is one entry per word of the utterance: a letter, digit or sign, or a whole word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ivr.understanding.numbers import TEENS, TENS, UNITS
from ivr.understanding.text import MAX_CHARS, MAX_WORDS, vocabulary

_NAMES: Final = {
    name: letter
    for letter, names in {
        "A": "a ay",
        "B": "b be bee",
        "C": "c cee see sea",
        "D": "d dee",
        "E": "e ee",
        "F": "f ef eff",
        "G": "g gee jee",
        "H": "h aitch haitch",
        "I": "i eye",
        "J": "j jay",
        "K": "k kay",
        "L": "l el ell",
        "M": "m em",
        "N": "n en",
        "O": "o oh",
        "P": "p pee pea",
        "Q": "q cue queue",
        "R": "r are ar",
        "S": "s es ess",
        "T": "t tee tea",
        "U": "u you yu",
        "V": "v vee",
        "W": "w",
        "X": "x ex",
        "Y": "y why wye",
        "Z": "z zee zed",
    }.items()
    for name in names.split()
}
_RADIO: Final = {
    word: word[0].upper()
    for word in vocabulary(
        """
        alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november
        oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
        """
    )
}
_SIGNS: Final = {"hyphen": "-", "dash": "-", "apostrophe": "'"}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_AS_IN: Final = re.compile(r"(?:as in|as for|like in|is for|is in|for|like|as|in)(?= )")
_TOKEN: Final = re.compile(r"[0-9]+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[-@.]")
_SPELLED: Final = re.compile(r"(?<![^\W_])[^\W_](?:-[^\W_])+(?![^\W_])")
"""`S-M-I-T-H`, as a recogniser writes letters that were said one by one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter, digits or sign (`text`, in capitals), or a word (`word`: as it was written).

    sure  it can be nothing else: not "you", "are", "see", which are words as well
    """

    text: str
    word: str = ""
    sure: bool = True


def entries(text: str) -> list[Entry]:
    """`text` as letters, digits, signs and words, in order."""
    plain = _SPELLED.sub(lambda match: match.group().replace("-", " "), text[:MAX_CHARS])
    plain = re.sub(r"\b(?:x[- ]ray)\b", "xray", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\bdouble[- ](?:u|you|yu)\b(?!\s+(?:as|for|like)\b)", "w", plain, flags=re.IGNORECASE)
    tokens = _TOKEN.findall(plain)[:MAX_WORDS]
    out: list[Entry] = []
    place = 0
    while place < len(tokens):
        place = _take(tokens, place, out)
    return out


def _take(tokens: list[str], place: int, out: list[Entry]) -> int:
    """Read what stands at `place`; gives where to go on."""
    word = tokens[place].casefold()
    if word in _TIMES and place + 1 < len(tokens):
        end = _take(tokens, place + 1, out)
        last = out[-1] if out else None
        if last and not last.word:
            out[-1] = Entry(last.text[:1] * (_TIMES[word] - 1) + last.text)
        return end
    if word in {"capital", "uppercase", "lowercase"} and place + 1 < len(tokens):
        return place + 1
    letter = _NAMES.get(word, "")
    if letter and (skipped := _explained(tokens, place + 1)):
        out.append(Entry(tokens[skipped - 1][0].upper()))
        return skipped
    if word in _RADIO:
        if not (out and place and tokens[place - 1].casefold() == word[0] and out[-1].text == _RADIO[word]):
            out.append(Entry(_RADIO[word], tokens[place] if place == 0 and len(tokens) == 1 else ""))
        return place + 1
    if letter:
        out.append(Entry(letter, sure=len(word) == 1))
    elif word in _SIGNS:
        out.append(Entry(_SIGNS[word]))
    elif word.isdecimal():
        out.append(Entry(word))
    elif (number := _number(tokens, place)) is not None:
        out.append(Entry(number[0]))
        return number[1]
    elif word.isalpha() or "'" in word or "\u2019" in word:
        out.append(Entry("", tokens[place]))
    return place + 1


def _number(tokens: list[str], place: int) -> tuple[str, int] | None:
    """The digits of a number word, and where it ends."""
    word = tokens[place].casefold()
    after = tokens[place + 1].casefold() if place + 1 < len(tokens) else ""
    if word in TENS:
        unit = UNITS.get(after, 0)
        return str(TENS[word] + unit), place + 1 + bool(unit)
    value = UNITS.get(word, TEENS.get(word))
    return None if value is None else (str(value), place + 1)


def _explained(tokens: list[str], place: int) -> int:
    """Where the word of "as in boy" ends; 0 when nothing explains the letter before `place`."""
    line = " ".join(token.casefold() for token in tokens[place : place + 3]) + " "
    found = _AS_IN.match(line)
    if not found:
        return 0
    end = place + len(found.group().split())
    word = tokens[end] if end < len(tokens) else ""
    return end + 1 if len(word) > 1 and word.isalpha() else 0
