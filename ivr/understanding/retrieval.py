"""Finding the passages of a flow's knowledge that answer a question.

By meaning: the cosine of the question to a passage or to the nearest of its sentences. By words: BM25, as a
share of what a passage could reach that had every word of the question. The two are added, and what does not
reach `FOUND` is not an answer to the question: the caller is told that we do not know. Measured in
`bench/retrieval.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.core.passages import Passage
from ivr.understanding.classifier import Vectors
from ivr.understanding.markdown import Piece, sentences
from ivr.understanding.text import Words, bare, vocabulary, words

FOUND: Final = 0.33
"""Least score of a passage that answers."""
NEAR: Final = 0.75
"""Share of the best passage's score that the others have to reach: a weak fourth only misleads."""
MEANING: Final = 0.75
"""The share of meaning in a score; the rest is that of words."""
STEM: Final = 6
"""Letters of a word that count: "appointments" finds "appointment"."""
_K1: Final = 1.2
_B: Final = 0.75
_COMMON: Final = vocabulary(
    """
    a about am an and any are as at be been but by can could did do does for from had has have he her here his
    how i if in into is it its just me my no not of on or our she should so some than that the their them then
    there they this to up us was we were what when where which who whom whose why will with would you your
    """
)


@dataclass(frozen=True, slots=True)
class Source:
    """A piece and where it stands, for the record: `fees.md#Late fees`."""

    piece: Piece
    place: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Passages that can be searched. `shelved` makes it.

    vectors   of passages and of their sentences, [vectors, dimensions], unit length
    owners    the passage (index) of each vector
    postings  stem -> (passages that have it, what BM25 gives them for it)
    rarity    stem -> the most that BM25 gives for it
    """

    sources: tuple[Source, ...]
    vectors: Vectors
    owners: NDArray[np.intp]
    postings: Mapping[str, tuple[NDArray[np.intp], Vectors]]
    rarity: Mapping[str, float]
    unknown: float

    def find(self, question: str, vector: Vectors, limit: int = 4) -> tuple[Passage, ...]:
        """The passages that answer, best first; none when none does. `vector`: of the question."""
        if not self.sources:
            return ()
        scores = self.scores(question, vector)
        best = np.argsort(-scores, kind="stable")[:limit].tolist()
        floor = max(FOUND, NEAR * float(scores[best[0]]))
        return tuple(
            Passage(self.sources[i].piece.text, self.sources[i].place, round(float(scores[i]), 3))
            for i in best
            if scores[i] >= floor
        )

    def scores(self, question: str, vector: Vectors) -> Vectors:
        """How well each passage fits, 0..1, [passages]."""
        meaning = np.zeros(len(self.sources), dtype=np.float32)
        np.maximum.at(meaning, self.owners, self.vectors @ vector)
        return np.asarray(MEANING * meaning + (1 - MEANING) * self._wording(question), dtype=np.float32)

    def _wording(self, question: str) -> Vectors:
        found = np.zeros(len(self.sources), dtype=np.float32)
        reach = 0.0
        for stem in dict.fromkeys(stems(words(question))):
            reach += self.rarity.get(stem, self.unknown)
            if stem in self.postings:
                passages, values = self.postings[stem]
                found[passages] += values
        return np.clip(found / reach, 0.0, 1.0) if reach else found


def parts(sources: Sequence[Source]) -> tuple[list[str], list[int]]:
    """What is to be embedded of passages, each whole and sentence by sentence, and whose each is."""
    texts: list[str] = []
    owners: list[int] = []
    for i, source in enumerate(sources):
        said = sentences(source.piece.text)
        own = [source.piece.text, *(said if len(said) > 1 else ())]
        texts += own
        owners += [i] * len(own)
    return texts, owners


def shelved(sources: Sequence[Source], owners: Sequence[int], vectors: Vectors) -> Shelf:
    """Passages, ready to be searched. `owners` and `vectors`: of `parts(sources)`."""
    counted = [Counter(stems(words(source.piece.text))) for source in sources]
    lengths = np.array([max(sum(count.values()), 1) for count in counted], dtype=np.float32)
    usual = float(lengths.mean()) if len(lengths) else 1.0
    having: dict[str, list[int]] = {}
    for i, count in enumerate(counted):
        for stem in count:
            having.setdefault(stem, []).append(i)
    postings: dict[str, tuple[NDArray[np.intp], Vectors]] = {}
    rarity: dict[str, float] = {}
    for stem, passages in having.items():
        idf = _idf(len(sources), len(passages))
        times = np.array([counted[i][stem] for i in passages], dtype=np.float32)
        slack = _K1 * (1 - _B + _B * lengths[passages] / usual)
        postings[stem] = (
            np.array(passages, dtype=np.intp),
            np.asarray(idf * np.minimum(times * (_K1 + 1) / (times + slack), 1.0), dtype=np.float32),
        )
        rarity[stem] = idf
    return Shelf(
        tuple(sources),
        np.ascontiguousarray(vectors, dtype=np.float32),
        np.array(owners, dtype=np.intp),
        postings,
        rarity,
        _idf(len(sources), 0),
    )


def stems(spoken: Words) -> list[str]:
    """The words of a text that say what it is about, cut to their beginnings."""
    return [word[:STEM].rstrip("s") for word in bare(spoken) if word not in _COMMON]


def _idf(passages: int, having: int) -> float:
    return float(np.log(1 + (passages - having + 0.5) / (having + 0.5)))
