"""E-mail addresses as people say and spell them: "j smith forty two at g mail dot com".

The value is the address in lower case.
"""

from __future__ import annotations

import re
from typing import Final

from ivr.understanding.folding import fold
from ivr.understanding.found import Found
from ivr.understanding.letters import entries
from ivr.understanding.text import MAX_CHARS, Words, phrases, vocabulary

_PIECE: Final = re.compile(r"[a-z0-9]+(?:['\u2019][a-z]+)?|[@._+-]")
_SYMBOLS: Final = {
    "at": "@",
    "@": "@",
    "dot": ".",
    "point": ".",
    "period": ".",
    ".": ".",
    "underscore": "_",
    "_": "_",
    "dash": "-",
    "hyphen": "-",
    "minus": "-",
    "-": "-",
    "plus": "+",
    "+": "+",
}
_UNDER_SCORE: Final = re.compile(r"\bunder[ -]score\b")
_AT_SIGN: Final = re.compile(r"\bat[ -]sign\b|\bat symbol\b")
_WITH_LETTER: Final = re.compile(r",?\s+with(?:out)?\s+an?\s+[a-z]\b")
_STOP: Final = re.compile(r"[.,;:!?](?=\s|$)")
"""Punctuation of sentences: with a space behind it, or at the end."""
_SPELLED: Final = re.compile(r"(?<![^\W_])[^\W_](?:-[^\W_]){1,}(?![^\W_])")
_LEADS: Final = phrases(
    """
    its | it is | thats | that is | this is | my email is | my email address is | the email is
    the email address is | email is | email address is | my address is | the address is | my e mail is
    my e mail address is | the e mail is | e mail is | you can reach me | reach me | send it to | email me
    write to | contact me | yes | yeah | ok | okay | sure | um | uh | er | so | well | thats | my email
    it would be | it should be | would be | hi | hello | please | the email address | email | id say
    """
)
_ASIDE: Final = phrases(
    """
    all one word | one word | all in one word | all lower case | all lowercase | lower case | lowercase
    all small letters | small letters | no capitals | no dots | all small | as one word
    no spaces | all together | altogether | without spaces | no space | in lower case | with no spaces
    """
)
_CLOSING: Final = vocabulary("please thanks thank you okay ok thats it sir maam")
_PROVIDERS: Final = {
    "gmail": "gmail.com",
    "googlemail": "googlemail.com",
    "hotmail": "hotmail.com",
    "outlook": "outlook.com",
    "icloud": "icloud.com",
    "yahoo": "yahoo.com",
    "aol": "aol.com",
}
_ADDRESS: Final = re.compile(
    r"[a-z0-9]+(?:[._+-]+[a-z0-9]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.[a-z]{2,24}"
)
_MOST_ATS: Final = 5
"""So many "at"s are tried, from the last one back."""
_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
_LONGEST_LABEL: Final = 63
_SPELLED_MANY: Final = 3
_JOINED_WORDS: Final = 3
"""More words than this before the "at" are hardly all of the address."""
_JOINED: Final = 0.85
_PLAIN: Final = 0.95
_COMPLETED: Final = 0.75
_SECOND_LEVEL: Final = frozenset(["co", "com", "org", "net", "ac", "gov", "edu", "me"])


def spoken_email(text: str) -> Found | None:
    """The e-mail address that `text` names."""
    pieces = _split(text)
    ats = [i for i, piece in enumerate(pieces) if piece == "@"]
    for at in ats[: -_MOST_ATS - 1 : -1]:
        before = pieces[:at]
        if "@" in before:
            before = before[len(before) - before[::-1].index("@") :]
        local, lead = _local(before)
        domain, rest, sure = _domain(pieces[at + 1 :])
        address = f"{local}@{domain}"
        if _well_formed(address):
            words = sum(piece.isalpha() and len(piece) > 1 for piece in before) - len(lead)
            confidence = min(sure, _PLAIN if words <= 1 else _JOINED if words <= _JOINED_WORDS else 0.6)
            rest = tuple(word for word in rest if word not in _CLOSING)
            return Found(address, confidence, rest)
    return None


def _well_formed(address: str) -> bool:
    local, _, domain = address.partition("@")
    short = len(address) <= _LONGEST and len(local) <= _LONGEST_LOCAL
    short = short and all(len(label) <= _LONGEST_LABEL for label in domain.split("."))
    return short and _ADDRESS.fullmatch(address) is not None


def _split(text: str) -> list[str]:
    """Words, numerals and signs, in order: `@`, `.`, `_`, `-`, `+`."""
    plain = text[:MAX_CHARS].casefold()
    plain = _UNDER_SCORE.sub("_", _AT_SIGN.sub("@", plain)).replace("e-mail", "email")
    plain = _WITH_LETTER.sub("", plain)
    plain = _SPELLED.sub(lambda match: match.group().replace("-", " "), plain)
    plain = _STOP.sub(" ", plain)
    plain = re.sub(r"\s-\s", " dash ", plain)
    raw = tuple(piece.replace("'", "").replace("\u2019", "") for piece in _PIECE.findall(plain))
    kept = tuple(_without(raw, _ASIDE))
    return [_SYMBOLS.get(piece, piece) for piece in fold(kept, ordinals=False)]


def _without(pieces: Words, asides: frozenset[Words]) -> list[str]:
    """Without remarks such as "all one word"."""
    out: list[str] = []
    place = 0
    longest = max(map(len, asides))
    while place < len(pieces):
        size = next((n for n in range(longest, 0, -1) if pieces[place : place + n] in asides), 0)
        if not size:
            out.append(pieces[place])
        place += size or 1
    return out


def _local(pieces: list[str]) -> tuple[str, list[str]]:
    """The part before the `@`, and the words before it that are no part of it."""
    lead: list[str] = []
    while size := next((n for n in range(5, 0, -1) if len(pieces) > n and tuple(pieces[:n]) in _LEADS), 0):
        lead += pieces[:size]
        pieces = pieces[size:]
    return _run(pieces), lead


def _run(pieces: list[str]) -> str:
    """Tokens put together, with letters that are spelled read as letters."""
    parts: list[str] = []
    stretch: list[str] = []
    for piece in [*pieces, ""]:
        if piece and piece not in "._-+":
            stretch.append(piece)
            continue
        parts.append(_stretch(stretch))
        parts.append(piece)
        stretch = []
    return "".join(parts)


def _stretch(pieces: list[str]) -> str:
    """A stretch between signs. A word that is spelled right after it counts once."""
    if not any(len(piece) == 1 or piece in {"double", "triple"} for piece in pieces):
        return "".join(pieces)
    tail = next((i for i, piece in enumerate(pieces) if len(piece) == 1), len(pieces))
    if tail and len(pieces) - tail >= _SPELLED_MANY and pieces[tail - 1][0] == pieces[tail]:
        pieces = [*pieces[: tail - 1], *pieces[tail:]]  # "mike, m i k e"
    read = entries(" ".join(pieces))
    out: list[str] = []
    spelled = ""
    for i, entry in enumerate(read):
        is_word = bool(entry.word) or not entry.sure
        if not is_word:
            spelled += entry.text.lower()
            continue
        if spelled:
            out.append(spelled)
            spelled = ""
        out.append((entry.word or _original(pieces, i, len(read), entry.text)).lower())
    return "".join([*out, spelled])


def _original(pieces: list[str], place: int, count: int, letter: str) -> str:
    """The word behind a letter that may be a word ("see"), where words and letters are one to one."""
    return pieces[place] if len(pieces) == count and len(pieces[place]) > 1 else letter


def _domain(pieces: list[str]) -> tuple[str, Words, float]:
    """The part behind the `@`, the words after it, and how sure that it is whole."""
    labels: list[str] = []
    label: list[str] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece == ".":
            if not label:
                break
            labels.append(_run(label))
            label = []
        elif (labels and label and not _goes_on(label, piece)) or piece in "_+@":
            break
        else:
            label.append(piece)
        place += 1
    labels.append(_run(label))
    rest = tuple(pieces[place:])
    if len(labels) == 1:
        plain = [piece for piece in label if piece not in _CLOSING]
        return _PROVIDERS.get(_run(plain), ""), (), _COMPLETED
    return ".".join(labels), rest, 1.0


def _goes_on(label: list[str], piece: str) -> bool:
    """Tell whether a label behind a dot has another word: spelled letters, a hyphen, or a dot to come."""
    spelled = all(len(part) == 1 for part in label) and len(piece) == 1
    return spelled or piece == "-" or label[-1] == "-"
