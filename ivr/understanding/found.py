"""What a grammar finds in an utterance: a value, how sure it is, and what was left over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ivr.core.events import Meaning
from ivr.understanding.text import Words, vocabulary

CARRIERS: Final = vocabulary(
    """
    a an the i we it its is are am be will would ill id im ive have has had got my our your this that thats
    so and for with in on at to of just only yes yeah yep ok okay sure please thanks thank you like want
    wanna need prefer rather say said lets make do can could may about how what around by oh um uh er erm
    hm mm ah hi hello well sorry right now then there me come book take go pay maybe probably think guess
    possible if possibly works good great fine perfect best was born date birth day time amount sir maam
    look see exactly sometime actually i'd ideally somewhere roughly approximately nearly almost let suppose
    hoping should be he she they sounds hey back over here one
    """
)
"""Words around a value that cast no doubt on it."""
CORRECTIONS: Final = frozenset(["no", "sorry", "actually", "wait", "correction", "rather", "mean", "not"])
"""What stands between a value and the one that is meant."""

_DOUBT: Final = 0.1
_MOST_STRANGE: Final = 4
_LEAST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A value in an utterance.

    value       in the form in which the slot keeps it
    confidence  0..1
    rest        the words that are no part of it, in their plain form, in order
    reason      why it is refused: `out_of_range`; for no value: `too_few`, `too_many`, `no_time`, …
    """

    value: str
    confidence: float
    rest: Words = ()
    reason: str = ""

    def meaning(self) -> Meaning:
        """As the dialogue takes it. A refused value is told with its reason."""
        return Meaning(
            "nothing" if self.reason else "value",
            name=self.reason,
            value=self.value or None,
            confidence=round(self.confidence, 2),
            decided_by="grammar",
            rest=" ".join(self.rest),
        )


def certainty(start: float, rest: Words, *, carriers: frozenset[str] = CARRIERS) -> float | None:
    """`start` less a little for every strange word that was left over; None when there are too many."""
    strange = sum(word not in carriers for word in rest)
    if strange > _MOST_STRANGE:
        return None
    return round(max(_LEAST, start - _DOUBT * strange), 2)
