"""Words that meant nothing, gathered into groups that say much the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.review.records import Unhandled

ALIKE: Final = 0.5
"""How much of their words two phrases share at least, to be of one group."""

_WORD: Final = re.compile(r"[\w']+")
_LITTLE: Final = """
a an and are at be can could do for from get have i i'd i'm in is it like me my need of on or please that the
there this to uh um want was what where which who will with would you your
"""
_FILLERS: Final = frozenset(_LITTLE.split())
"""Words that say little about what a caller wants."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group. `words`: its commonest phrase; `near`: the intent or answer it is nearest to, "" for none."""

    words: str
    phrases: tuple[str, ...]
    steps: tuple[str, ...]
    calls: tuple[str, ...]
    times: int
    near: str = ""


def clusters(
    found: Iterable[Unhandled], known: Mapping[str, Sequence[str]], most: int = 100
) -> list[Cluster]:
    """Groups, the largest first. `known`: intents and answers with their examples."""
    groups: list[tuple[frozenset[str], list[Unhandled]]] = []
    for each in found:
        words = _content(each.words)
        best = max(groups, key=lambda group: _alike(group[0], words), default=None)
        if best is not None and _alike(best[0], words) >= ALIKE:
            best[1].append(each)
        else:
            groups.append((words, [each]))
    groups.sort(key=lambda group: -len(group[1]))
    return [_cluster(words, members, known) for words, members in groups[:most]]


def _cluster(words: frozenset[str], members: list[Unhandled], known: Mapping[str, Sequence[str]]) -> Cluster:
    counts: dict[str, int] = {}
    for member in members:
        counts[member.words] = counts.get(member.words, 0) + 1
    phrases = tuple(sorted(counts, key=lambda phrase: -counts[phrase]))
    return Cluster(
        phrases[0],
        phrases,
        tuple(dict.fromkeys(m.step for m in members)),
        tuple(dict.fromkeys(m.call_id for m in members)),
        len(members),
        nearest(words, known),
    )


def nearest(words: frozenset[str], known: Mapping[str, Sequence[str]]) -> str:
    """The name whose examples share most words; "" when none shares any."""
    best, score = "", 0.0
    for name, examples in known.items():
        alike = max((_alike(words, _content(example)) for example in examples), default=0.0)
        if alike > score:
            best, score = name, alike
    return best


def neighbours(known: Mapping[str, Sequence[str]], least: float = ALIKE) -> dict[str, list[str]]:
    """Names whose examples sound alike, so that one may be taken for the other."""
    words = {name: [_content(example) for example in examples] for name, examples in known.items()}
    return {
        name: [
            other
            for other, theirs in words.items()
            if other != name and any(_alike(a, b) >= least for a in own for b in theirs)
        ]
        for name, own in words.items()
    }


def _content(phrase: str) -> frozenset[str]:
    words = {word.rstrip("s") if len(word) > 3 else word for word in _WORD.findall(phrase.casefold())}  # noqa: PLR2004 -- shorter words keep their s
    return frozenset(words - _FILLERS) or frozenset(words)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
