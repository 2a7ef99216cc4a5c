"""Reading aloud: written text to the words a person would say, by the rules of a language.

At every spot that is not plain the language's rules are tried in order, and the first that has an answer
takes what it matched. A rule never sees what another has said, so nothing is read twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ivr.core.locales import region_of
from ivr.core.sentences import split_sentences
from ivr.core.speaking.languages import rules_of
from ivr.core.speaking.rules import Language

_CHUNK: Final = re.compile(r"[^\W\d_]+|.", re.DOTALL)
_SPACE: Final = re.compile(r"\s+")
_OPENS: Final = re.compile(r"([(\u201c])\s+")
_CLOSES: Final = re.compile(r"\s+([,.;:?!)\u201d])")
_STOPS: Final = re.compile(r"([.?!;:])(?:\s*,)+|,(?:\s*[,;:])*(?:\s*([.?!;:]))?")
_WORDS: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is written and as it is said.

    weights   how long each word of `text` takes to say, in letters; empty: as long as it is written
    """

    text: str
    spoken: str
    weights: tuple[int, ...] = ()


class Reader:
    """Reads aloud in one language and region, with the pronunciations of one flow.

    pronunciations   words (of any case) and how to say them: these come before every rule
    """

    def __init__(self, language: Language, region: str, pronunciations: Iterable[tuple[str, str]]) -> None:
        self._language = language
        self._region = region
        self._ways: dict[str, str] = {}
        self._named: re.Pattern[str] | None = None
        ways = {word.casefold(): self.say(way) for word, way in pronunciations}
        if ways:
            longest = sorted(ways, key=len, reverse=True)
            self._named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
            self._ways = ways

    def say(self, text: str) -> str:
        """The words to say."""
        return self.sentence(text).spoken

    def sentence(self, text: str) -> Sentence:
        """A text as it is written and said. Never fails."""
        if self._language.is_plain(text) and not (self._named and self._named.search(text)):
            return Sentence(text, text)
        pieces = list(self._pieces(_plain_digits(text)))
        spoken = _joined(piece for _, piece in pieces)
        return Sentence(text, spoken, () if spoken == text else _weights(text, pieces))

    def sentences(self, text: str, *, keep: bool) -> tuple[Sentence, ...]:
        """The sentences of a text in which there is something to say.

        keep   the text is always the same, so that its reading may be remembered
        """
        return _kept(self, text) if keep else self._sentences(text)

    def _sentences(self, text: str) -> tuple[Sentence, ...]:
        return tuple(found for found in map(self.sentence, split_sentences(text)) if found.spoken)

    def _pieces(self, text: str) -> Iterable[tuple[int, str]]:
        """How many letters were read, and what is said for them, again and again."""
        at = 0
        for named in self._named.finditer(text) if self._named else ():
            yield from self._read(text, at, named.start())
            yield len(named[0]), f" {self._ways.get(named[0].casefold(), named[0])} "
            at = named.end()
        yield from self._read(text, at, len(text))

    def _read(self, text: str, at: int, end: int) -> Iterable[tuple[int, str]]:
        language, region = self._language, self._region
        while at < end:
            if (plain := language.skip(text, at, end)) > at:
                yield plain - at, text[at:plain]
                at = plain
                continue
            for rule in language.rules:
                found = rule.pattern.match(text, at, end)
                if found and found.end() > at and (words := rule.say(found, region)) is not None:
                    yield found.end() - at, f" {words}{_stop(text, found, words)} "
                    break
            else:
                found = _CHUNK.match(text, at, end)
                assert found
                yield len(found[0]), found[0]
            at = found.end()


def reader(language: str, pronunciations: Mapping[str, str]) -> Reader:
    """The reader for a language (`en-US`) and the pronunciations of a flow."""
    return _reader(language, tuple(pronunciations.items()))


@lru_cache(maxsize=64)
def _reader(language: str, pronunciations: tuple[tuple[str, str], ...]) -> Reader:
    return Reader(rules_of(language.partition("-")[0]), region_of(language), pronunciations)


@lru_cache(maxsize=4096)
def _kept(reader: Reader, text: str) -> tuple[Sentence, ...]:
    return reader._sentences(text)  # noqa: SLF001 - its memory


def _stop(text: str, found: re.Match[str], words: str) -> str:
    """The stop of an abbreviation that ends the text as well."""
    ends = found[0].rstrip().endswith(".") and not text[found.end() :].strip()
    return "." if ends and not words.endswith(".") else ""


def _plain_digits(text: str) -> str:
    """The digits of all scripts as 0-9; every other character stays, in its place."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() or not c.isdigit() else str(unicodedata.digit(c)) for c in text)


def _joined(pieces: Iterable[str]) -> str:
    text = _CLOSES.sub(r"\1", _OPENS.sub(r"\1", _SPACE.sub(" ", "".join(pieces))))
    return _STOPS.sub(lambda found: found[1] or found[2] or ",", text).strip(" ,")


def _weights(text: str, pieces: list[tuple[int, str]]) -> tuple[int, ...]:
    """Letters to say for each written word, in the proportion of the piece that it stands in."""
    costs: list[float] = []
    for length, spoken in pieces:
        costs += [len(spoken) / length] * length
    return tuple(round(sum(costs[word.start() : word.end()])) + 1 for word in _WORDS.finditer(text))
