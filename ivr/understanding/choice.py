"""One of a few values, by its name, another way to say it, its place, or nearly its name.

Tried in this order: exactly the words; the words somewhere in the utterance; the place ("the second
one"); a slip of the recogniser (a letter or two, or some of the words). Two values at once are no
answer, unless one is taken back ("not Monday, Tuesday").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ivr.core.events import Meaning
from ivr.core.flow.model import Slot
from ivr.understanding.numbers import cardinal
from ivr.understanding.text import Words, find, phrases, vocabulary, wanted, without_pauses, words

_CONTAINED: Final = 0.95
_LEAST_CONTAINED: Final = 0.7
_CORRECTED: Final = 0.75
_BY_PLACE: Final = 0.9
_BY_NUMBER: Final = 0.75
_SIMILAR: Final = 0.7
_SHARED: Final = 0.6
_DOUBT_PER_WORD: Final = 0.03
_NEGATIONS: Final = vocabulary(
    """
    not no dont isnt except without never anything neither
    """
)
_TURNS: Final = phrases("i mean|sorry|no|actually|rather|wait|make it")
_NOISE: Final = vocabulary(
    """
    a an the one ones please i want would like it its is for to of in on at my me with and option number
    thats that be dr doctor
    """
)
"""Words that several values share, or that carry no choice."""
_EVERYDAY: Final = _NOISE | vocabulary("am are do no not other so that this well yes you")
"""One-word ways to say a value that count only when they are all that was said: "am", in "I am not sure"."""
_LONGEST_SLIP: Final = 20
"""Slips are looked for in utterances of at most so many words."""
_PLURAL: Final = re.compile(r"\w{2,}[^\Ws]s")
_ENOUGH_SHARED: Final = 0.5

Forms = Mapping[str, tuple[Words, ...]]
"""Value -> the ways to say it, in plain form."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A value found in an utterance, by the words it spans."""

    value: str
    start: int
    end: int


def forms_of(slot: Slot) -> Forms:
    """The ways to say each value of a `choice` slot: its name and its other ways."""
    return {
        value: tuple(dict.fromkeys(filter(None, map(_plain, (value.replace("_", " "), *others)))))
        for value, others in slot.choices.items()
    }


def exactly(text: str, forms: Forms) -> str:
    """The value that all of `text` names, politeness apart, or ""."""
    spoken = words(text)
    for said in (_singulars(without_pauses(spoken)), _singulars(wanted(spoken))):
        values = [value for value, ways in forms.items() if said and said in ways]
        if len(values) == 1:
            return values[0]
    return ""


def choice(text: str, forms: Forms) -> Meaning | None:
    """The value that `text` chooses, or None."""
    if value := exactly(text, forms):
        return _chosen(value, 1.0)
    spoken = _singulars(without_pauses(words(text)))
    places = _places(spoken, forms)
    if places:
        return _of_named(spoken, places)
    if any(word in _NEGATIONS for word in spoken):
        return None
    return _by_place(spoken, tuple(forms)) or _nearly(spoken, forms)


def by_letters(letters: str, forms: Forms) -> str:
    """The one value whose way to be said begins with these letters, or ""."""
    spelled = letters.casefold()
    values = [v for v, ways in forms.items() if any("".join(way).startswith(spelled) for way in ways)]
    return values[0] if len(values) == 1 else ""


def named(spoken: Words, forms: Forms) -> tuple[str, frozenset[int]] | None:
    """The one value that `spoken` names word for word, and the places of the words that name it."""
    plain = _singulars(spoken)
    places = _places(plain, forms)
    kept = [place for place in places if not _negated(plain, place)]
    if not kept:
        return None
    if len({place.value for place in kept}) > 1 and not _turned(plain[kept[-2].end : kept[-1].start]):
        return None
    return kept[-1].value, frozenset(i for place in places for i in range(place.start, place.end))


def _chosen(value: str, confidence: float, rest: Words = ()) -> Meaning:
    return Meaning("value", "", value, round(confidence, 2), "grammar", " ".join(rest))


def _plain(way: str) -> Words:
    return _singulars(words(way))


def _singulars(spoken: Words) -> Words:
    """Without a plural or possessive s, so that "mornings" is "morning" and "patel's" is "patel"."""
    return tuple(word[:-1] if _PLURAL.fullmatch(word) else word for word in spoken)


def _places(spoken: Words, forms: Forms) -> list[_Place]:
    """Where values are named, in order; a way inside a longer one ("patient", "new patient") is none."""
    said = frozenset(spoken)
    every = [
        _Place(value, start, start + len(way))
        for value, ways in forms.items()
        for way in ways
        if said.issuperset(way) and (len(way) > 1 or way[0] not in _EVERYDAY)
        for start in find(spoken, way)
    ]
    return sorted((p for p in every if not any(_inside(p, other) for other in every)), key=lambda p: p.start)


def _inside(inner: _Place, outer: _Place) -> bool:
    covers = outer.start <= inner.start and inner.end <= outer.end
    return covers and (outer.end - outer.start) > (inner.end - inner.start)


def _of_named(spoken: Words, places: list[_Place]) -> Meaning | None:
    """The one value that is meant among those named."""
    kept = [place for place in places if not _negated(spoken, place)]
    values = list(dict.fromkeys(place.value for place in kept))
    taken_back = len(kept) < len(places)
    if len(values) == 1:
        named = sum(place.end - place.start for place in kept)
        others = sum(word not in _NOISE for word in spoken) - named
        certain = max(_LEAST_CONTAINED, _CONTAINED - _DOUBT_PER_WORD * max(0, others))
        return _chosen(
            values[0], min(certain, _CORRECTED) if taken_back else certain, _around(spoken, places)
        )
    if len(values) > 1 and _turned(spoken[kept[-2].end : kept[-1].start]):
        return _chosen(kept[-1].value, _CORRECTED, _around(spoken, places))
    return None


def _around(spoken: Words, places: list[_Place]) -> Words:
    """The words that name no value."""
    named = {i for place in places for i in range(place.start, place.end)}
    return tuple(word for i, word in enumerate(spoken) if i not in named)


def _negated(spoken: Words, place: _Place) -> bool:
    """Tell whether there is a "not" just before it; a "no" there only takes back what came before."""
    skipped = {"the", "a", "want", "on", "in", "but"}
    before = [word for word in spoken[max(0, place.start - 4) : place.start] if word not in skipped]
    return bool(before) and before[-1] in _NEGATIONS - {"no"}


def _turned(between: Words) -> bool:
    return any(True for turn in _TURNS for _ in find(between, turn))


def _by_place(spoken: Words, values: tuple[str, ...]) -> Meaning | None:
    """The value at the place named: "the second one", "number two", "option 3", "the last one", "two"."""
    said = wanted(spoken)
    counted = said[0] in {"option", "number", "choice"} if said else False
    core = tuple(word for word in said if word not in {"option", "number", "choice", "the"})
    one = len(core) > 1 and core[-1] in {"one", "choice", "option"}
    core = core[:-1] if one else core
    if core == ("last",):
        return _chosen(values[-1], _BY_PLACE) if values else None
    place = cardinal(core) if core else None
    if place is None or not 1 <= place <= len(values):
        return None
    plainly = counted or one or core[0].endswith(("st", "nd", "rd", "th"))
    return _chosen(values[place - 1], _BY_PLACE if plainly else _BY_NUMBER)


def _nearly(spoken: Words, forms: Forms) -> Meaning | None:
    """The one value that comes near: first by its letters, then by sharing words with it."""
    if len(spoken) > _LONGEST_SLIP:
        return None
    for near, confidence in ((_sounds_near, _SIMILAR), (_shares_words, _SHARED)):
        values = [value for value, ways in forms.items() if any(near(spoken, way) for way in ways)]
        if values:
            return _chosen(values[0], confidence) if len(values) == 1 else None
    return None


def _sounds_near(spoken: Words, way: Words) -> bool:
    """Tell whether a stretch of `spoken` differs from `way` by a letter or two, word breaks apart.

    Its first or its last letter has to be right.
    """
    name = "".join(way)
    allowed = _slips_allowed(len(name))
    if not allowed:
        return False
    return any(
        abs(len(stretch) - len(name)) <= allowed
        and (stretch[0] == name[0] or stretch[-1] == name[-1])
        and _distance_within(stretch, name, allowed)
        for size in (len(way), len(way) + 1, len(way) - 1)
        for stretch in _stretches(spoken, size)
    )


def _stretches(spoken: Words, size: int) -> Iterable[str]:
    return ("".join(spoken[i : i + size]) for i in range(len(spoken) - size + 1)) if size > 0 else ()


def _slips_allowed(letters: int) -> int:
    """Few enough that days and months are never taken for each other."""
    return 0 if letters < 5 else 1 if letters < 9 else 2  # noqa: PLR2004 - thresholds in letters


def _distance_within(a: str, b: str, most: int) -> bool:
    """Tell whether at most `most` insertions, deletions and replacements turn `a` into `b`."""
    if len(set(a) ^ set(b)) > 2 * most:
        return False
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
        if min(row) > most:
            return False
    return row[-1] <= most


def _shares_words(spoken: Words, way: Words) -> bool:
    """Tell whether `spoken` holds at least half of the words of `way` that carry meaning."""
    telling = [word for word in way if word not in _NOISE]
    return len(telling) > 1 and sum(word in spoken for word in telling) >= _ENOUGH_SHARED * len(telling)
