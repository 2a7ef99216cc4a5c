"""Whether a sentence is in the language that it should be in: by its script, and by its little words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_COMMON: Final[dict[str, frozenset[str]]] = {
    language: frozenset(text.split())
    for language, text in {
        "en": "the is are was of to and for with you your we our it this that have has can will not no on",
        "de": "der die das ist sind war und für mit sie ihr wir unser es dies haben kann nicht kein auf",
        "fr": "le la les est sont et pour avec vous votre nous notre ce cette avoir peut ne pas une des",
        "es": "el la los las es son y para con usted su nosotros este esta tiene puede no una del al por",
        "it": "il lo la gli è sono e per con lei suo noi questo questa ha può non una del alla di che",
        "pt": "o a os as é são e para com você seu nós este esta tem pode não uma do da em que",
        "nl": "de het een is zijn en voor met u uw wij onze dit dat heeft kan niet geen op bij van te",
    }.items()
}
_LATIN: Final = frozenset(_COMMON) | {
    "da",
    "sv",
    "no",
    "nb",
    "fi",
    "pl",
    "cs",
    "ro",
    "hu",
    "tr",
    "ca",
    "id",
    "vi",
}
_WORD: Final = re.compile(r"[^\W\d_]+")

_FEWEST: Final = 2
"""Little words of another language that say something; one may be a name or a borrowed word."""
_STRANGE: Final = 0.3
"""The share of letters of another script from which on a sentence is not in a language of Latin letters."""


def is_in(sentence: str, language: str) -> bool:
    """Whether `sentence` may be in `language` (`en-US`). In doubt it is: only plain cases are refused."""
    short = language.partition("-")[0].lower()
    letters = [char for char in sentence if char.isalpha()]
    if not letters:
        return True
    foreign = sum("LATIN" not in unicodedata.name(char, "") for char in letters) / len(letters)
    if short in _LATIN and foreign > _STRANGE:
        return False
    if short not in _LATIN:
        return foreign > 0 or len(letters) < len("a short name or so")
    if short not in _COMMON:
        return True
    spoken = [word.casefold() for word in _WORD.findall(sentence)]
    counts = {name: sum(word in common for word in spoken) for name, common in _COMMON.items()}
    own = counts.pop(short)
    other = max(counts.values())
    return other < _FEWEST or other <= 2 * own
