"""What a caller may say at any step: a person, once more, slower, back, the menu, help, goodbye.

A built-in way is heard only when it is the whole of what was said, politeness apart: "um, can I please
talk to a real person" is one, "I want to see a person about my knee" is not. They are built in by language,
and those of every language are heard at any time: the language of a line may change, and who is lost
falls back on their own. A flow adds its own phrases, and only what it declares is heard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from ivr.core.flow.model import Universal
from ivr.understanding import ways_english, ways_spanish
from ivr.understanding.text import Words, bare, vocabulary, without_pauses, words

_MAX_WORDS: Final = 16
"""Longer utterances are never a universal; also what bounds the matching."""

_TELLING_WORDS: Final = 3
_MORE_WORDS: Final = 6
_DENIALS: Final = vocabulary("not no never dont doesnt didnt isnt wasnt if whether without is was")

_Ways = Mapping[str, re.Pattern[str]]


def _patterns(language: ModuleType, lead: str) -> _Ways:
    """Patterns for a whole utterance: one of the ways, or a few in a row ("bye, have a nice day")."""
    patterns = {}
    for name, ways in language.WAYS.items():
        one = _FOLDED_LINE.sub("", ways.strip())
        one = "|".join(line.strip() for line in one.splitlines())
        while parts := set(_PART.findall(one)):
            for part in parts:
                one = one.replace(f"<{part}>", language.PARTS[part])
        between = language.BETWEEN
        patterns[name] = re.compile(rf"{lead}(?:(?:{one})(?: |$)(?:{between}(?: |$))*){{1,4}}")
    return patterns


_FOLDED_LINE: Final = re.compile(r"\n {10,}")
_PART: Final = re.compile(r"<(\w+)>")
BUILT_IN: Final[Mapping[str, _Ways]] = {
    "en": _patterns(ways_english, ""),
    "es": _patterns(ways_spanish, f"(?:{ways_spanish.BETWEEN} )*"),
}
"""Language -> universal -> the ways to say it."""

_SOMEBODY: Final = tuple(re.compile(language.SOMEBODY) for language in (ways_english, ways_spanish))

_NAMES: Final = ("agent", "goodbye", "slower", "repeat", "menu", "back", "help")
"""In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Universals:
    """The universals of one flow, ready to be heard.

    An author's phrase of three words or more is also heard at the beginning or the end of a few more
    words ("help, I have chest pain"), unless they deny it.

    own       the flow's own phrases, in plain form -> universal
    built_in  names whose built-in ways are heard, in order
    """

    own: Mapping[Words, str]
    built_in: tuple[str, ...]

    def own_words(self, spoken: Words) -> str:
        """The universal that the flow's own phrases name, or ""."""
        for form in (spoken, without_pauses(spoken), bare(spoken)):
            if form and form in self.own:
                return self.own[form]
        return next((name for phrase, name in self.own.items() if _at_an_end(phrase, spoken)), "")

    def built_in_ways(self, spoken: Words) -> str:
        """The universal that is a built-in way of saying it, or ""."""
        if not spoken or len(spoken) > _MAX_WORDS:
            return ""
        forms = {_unaccented(" ".join(_once(form))) for form in (without_pauses(spoken), bare(spoken))}
        for name in self.built_in:
            ways = [language[name] for language in BUILT_IN.values()]
            if any(way.fullmatch(form) for way in ways for form in forms if form):
                return name
        return ""

    def somebody(self, spoken: Words) -> str:
        """`agent` for a wish to speak to somebody whom no list knows ("the mechanic"), or "".

        It is the weakest of all wishes: an intent of the flow may well be about just this person.
        """
        if "agent" not in self.built_in or len(spoken) > _MAX_WORDS:
            return ""
        wish = _unaccented(" ".join(bare(spoken)))
        return "agent" if any(way.fullmatch(wish) for way in _SOMEBODY) else ""


def compile_universals(declared: Mapping[str, Universal]) -> Universals:
    """Make the universals that a flow declares ready to be heard."""
    own: dict[Words, str] = {}
    for name, universal in declared.items():
        for phrase in map(words, universal.phrases):
            own.setdefault(phrase, name)
            if len(bare(phrase)) > 1:
                own.setdefault(bare(phrase), name)
    return Universals(own, tuple(name for name in _NAMES if name in declared))


def _at_an_end(phrase: Words, spoken: Words) -> bool:
    """Tell whether `spoken` is an author's `phrase` with a few more words before or after it."""
    more = len(spoken) - len(phrase)
    if len(phrase) < _TELLING_WORDS or not 0 < more <= _MORE_WORDS:
        return False
    if spoken[: len(phrase)] == phrase:
        return _DENIALS.isdisjoint(spoken[len(phrase) :])
    return spoken[more:] == phrase and _DENIALS.isdisjoint(spoken[:more])


def _once(spoken: Words) -> Words:
    """`spoken` without words said twice in a row: "agent agent" -> "agent"."""
    return tuple(word for i, word in enumerate(spoken) if i == 0 or word != spoken[i - 1])


def _unaccented(text: str) -> str:
    """`adiós` -> `adios`: recognisers write accents or leave them out."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))
