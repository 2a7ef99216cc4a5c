"""Names of people: "my name is Maria Garcia", "Smith, S M Y T H", "it's Bob speaking".

A caller's name can be any word, so what is taken off is what people say around it; what is left is the
name, unless it has words that no name has.
"""

from __future__ import annotations

import re
from typing import Final

from ivr.understanding.found import Found
from ivr.understanding.letters import entries
from ivr.understanding.text import MAX_CHARS, vocabulary, words

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019.\-][^\W\d_]+)*")
_OPENINGS: Final = re.compile(
    r"(?:(?:um+|uh+|er+|erm|oh|ah|so|well|yes|yeah|yep|sure|okay|ok|hi there|hi|hello|hey|good morning"
    r"|good afternoon|good evening|of course|certainly|and|no|sorry)\b[,.!\s]*"
    r"|(?:(?:my|the|his|her|our)\s+)?(?:full\s+|whole\s+)?(?:first\s+|last\s+|family\s+|given\s+|sur|middle\s+)?"
    r"name(?:['\u2019]s|\s+is|\s+would\s+be)?\b[,:\s]*(?=\S)"
    r"|(?:it['\u2019]?s|it\s+is|this\s+is|that['\u2019]?s|that\s+is|i['\u2019]?m|i\s+am|call\s+me|they\s+call\s+me"
    r"|you\s+can\s+call\s+me|you['\u2019]?re\s+(?:speaking|talking)\s+(?:with|to)"
    r"|you\s+are\s+(?:speaking|talking)\s+(?:with|to)|speaking\s+(?:with|to)|put\s+(?:me\s+)?down|i\s+go\s+by"
    r"|(?:it['\u2019]?s\s+)?for\s+(?:my|our)\s+(?:son|daughter|wife|husband|mother|father|mom|mum|dad|partner|boss|friend)"
    r"|called|named|under(?:\s+the)?(?:\s+name)?(?:\s+of)?|in\s+the\s+name\s+of|the\s+name\s+of|of"
    r"|the\s+booking\s+is|the\s+appointment\s+is)\b[,:\s]*"
    r"|(?:mister|mr|mrs|missus|ms|miss|doctor|dr|professor|prof|sir|madam)\b\.?\s+)",
    re.IGNORECASE,
)
_CLOSINGS: Final = re.compile(
    r"[,.!\s]+(?:speaking|here|please|thanks|thank you|calling|is my name|that['\u2019]?s me|sir"
    r"|ma['\u2019]?am)[.!\s]*$",
    re.IGNORECASE,
)
_BOTH: Final = re.compile(
    r"(?:first|given|christian)\s+name(?:['\u2019]s|\s+is)?[,:\s]+(?P<first>[^\W\d_'\u2019\-]+).*?"
    r"\b(?:last|family|second|sur)\s*name(?:['\u2019]s|\s+is)?[,:\s]+(?P<last>.+)",
    re.IGNORECASE,
)
_WITH_LETTER: Final = re.compile(r"[,\s]+with(?:out)?\s+an?\s+([a-z])\b.*$", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"[,.\s]+(?:that['\u2019]?s|that is|spelled|spelt|which is|(?:i|you) spell (?:it|that))\b[,:]?",
    re.IGNORECASE,
)
_NO_NAMES: Final = vocabulary(
    """
    i you he she we they it the a an what who why when where how which is are was were be am do does did
    dont wont cant couldnt didnt isnt not no none never nothing have has had can could will would should
    may might must want need like know think say tell said to for with about from at on in my your his her
    our their me him them this that these those there here yes yeah please thanks thank speaking agent
    person human someone somebody anybody appointment booking name number help operator repeat again and or
    if but because just really maybe later today tomorrow order call calling get go going make
    pardon sorry hello bye goodbye prefer rather
    """
)
_PARTICLES: Final = vocabulary("van von de der den del della di da dos du la le el al bin ibn ten ter y zu")
_LONGEST: Final = 6
_LEAST_SPELLED: Final = 2
_PLAIN: Final = 0.9
_LONG: Final = 0.7
_SPELLED: Final = 0.95
_USUAL: Final = 3
"""Words of a name; with more it is less sure."""


def spoken_name(text: str) -> Found | None:
    """The name that `text` gives, in the usual capitals."""
    if text.rstrip().endswith("?"):
        return None
    line = text[:MAX_CHARS].strip()
    if both := _BOTH.search(line):
        line = f"{both['first']} {both['last']}"
    line, rest = _stripped(line)
    line, letter = _with_letter(line)
    said, spelled = _parted(line)
    if spelled:
        said = _as_spelled(said, spelled)
    if not said or len(said) > _LONGEST or not all(any(char.isalpha() for char in word) for word in said):
        return None
    if any("".join(words(word)) in _NO_NAMES for word in said) and not spelled:
        return None
    said = _once(said)
    if letter:
        said[0] = letter.upper() + said[0][1:]
    confidence = _SPELLED if spelled else _PLAIN if len(said) <= _USUAL else _LONG
    return Found(" ".join(_capitals(said)), confidence, rest)


def _stripped(line: str) -> tuple[str, tuple[str, ...]]:
    """Without what people say around a name; what was taken off comes second."""
    taken = ""
    while (opening := _OPENINGS.match(line)) and opening.end() < len(line):
        taken += opening.group()
        line = line[opening.end() :]
    while closing := _CLOSINGS.search(line):
        taken += closing.group()
        line = line[: closing.start()]
    return line, words(taken)


def _with_letter(line: str) -> tuple[str, str]:
    """Read "Katherine with a K": the name, and the letter when it sounds like the one it stands for."""
    found = _WITH_LETTER.search(line)
    if not found:
        return line, ""
    letter, initial = found[1].lower(), line[:1].lower()
    alike = "without" not in found.group() and any(
        {letter, initial} <= set(pair) for pair in ("ck", "cs", "gj", "sz", "fp", "iy", "xz")
    )
    return line[: found.start()], letter if alike else ""


def _parted(line: str) -> tuple[list[str], str]:
    """The words of a name, and the letters that spell its end."""
    line = _ASIDE.sub(" ", line)
    tokens = line.split()
    start = len(tokens)
    while start and (len(tokens[start - 1].strip(".,")) == 1 or _is_spelled(tokens[start - 1])):
        start -= 1
    tail = " ".join(tokens[start:])
    if start == len(tokens):
        start = next((i for i, token in enumerate(tokens) if token.lower() in {"double", "triple"}), start)
        tail = " ".join(tokens[start:])
    letters = "".join(entry.text for entry in entries(tail))
    if len(letters) < _LEAST_SPELLED:
        return _WORD.findall(line), ""
    return _WORD.findall(" ".join(tokens[:start])), letters


def _is_spelled(token: str) -> bool:
    plain = token.strip(".,").lower()
    return re.fullmatch(r"[^\W\d_](?:-[^\W\d_])+", plain) is not None or plain in {"double", "triple"}


def _as_spelled(said: list[str], spelled: str) -> list[str]:
    """With the last word as it was spelled, when the letters begin like it; else the letters after it."""
    spelled = spelled.capitalize()
    if said and said[-1][0].lower() == spelled[0].lower():
        return [*said[:-1], spelled]
    if said and said[-1].lower().endswith(spelled.lower()):
        return said  # "Lee, double e"
    return [*said, spelled]


def _once(said: list[str]) -> list[str]:
    """Without what is said twice: "Tom. Tom Baker", "Bond, James Bond"."""
    lower = [word.lower() for word in said]
    size = len(said) // 2
    if len(said) > 1 and (lower[0] == lower[1] or (len(said) > 2 and lower[0] == lower[-1])):  # noqa: PLR2004
        return said[1:]
    return said[size:] if size > 1 and lower[:size] == lower[size:] else list(said)


def _capitals(said: list[str]) -> list[str]:
    """In the usual capitals, where the recogniser wrote none."""
    out: list[str] = []
    for i, word in enumerate(said):
        if word[:1].isupper() and not (word.isupper() and len(word) > 1):
            out.append(word)
        elif word.lower() in _PARTICLES and 0 < i < len(said) - 1:
            out.append(word.lower())
        else:
            out.append(re.sub(r"(^|['\u2019-])([^\W\d_])", lambda m: m[1] + m[2].upper(), word.lower()))
    return out
