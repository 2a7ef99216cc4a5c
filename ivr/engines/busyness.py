"""How busy workers have been lately, and how long guesses wait because of it. Pure."""

from __future__ import annotations

import math
from typing import Final

OVER_S: Final = 10.0
"""What "lately" means: what lies so far back counts for a third."""

FREE: Final = 0.25
FULL: Final = 0.6
LONGEST_PAUSE_S: Final = 0.2
"""With the 0.1 s in which a silence is noticed, three of four inside the utterances of `bench.turns` are
over by then."""


class Busyness:
    """The share of their time that `workers` worked, newer work weighing more. Times in seconds."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._worked_s = 0.0
        self._at_s = 0.0

    def worked(self, seconds: float, now_s: float) -> None:
        """A piece of work ended now, after `seconds`."""
        self._worked_s = self._faded(now_s) + seconds
        self._at_s = now_s

    def share(self, now_s: float) -> float:
        """0: idle, 1: all of them worked all the time."""
        return min(1.0, self._faded(now_s) / (OVER_S * self._workers))

    def _faded(self, now_s: float) -> float:
        return self._worked_s * math.exp((self._at_s - now_s) / OVER_S)


def pause_s(share: float) -> float:
    """How long a guess waits before it may take a worker: most are overtaken by the caller, who goes on.

    With time to spare it does not wait, so that a lone caller is answered the sooner.
    """
    return LONGEST_PAUSE_S * min(1.0, max(0.0, (share - FREE) / (FULL - FREE)))
