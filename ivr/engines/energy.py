"""Speech detection by loudness alone: nearly free, and deceived by any noise. For measuring and for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ivr.wire import pcm

LOUD_DBFS: Final = -40.0


class EnergyDetector:
    """`SpeechDetector` that takes whatever is at least `loud_dbfs` for speech."""

    def __init__(self, loud_dbfs: float = LOUD_DBFS) -> None:
        self._loud_dbfs = loud_dbfs

    def open(self, on_probability: Callable[[float], None]) -> EnergyStream:
        """Detection for one more call."""
        return EnergyStream(self._loud_dbfs, on_probability)

    def close(self) -> None:
        """Nothing is kept between windows."""


class EnergyStream:
    """`DetectorStream` of one call; answers within `feed`."""

    def __init__(self, loud_dbfs: float, on_probability: Callable[[float], None]) -> None:
        self._loud_dbfs = loud_dbfs
        self._on_probability: Callable[[float], None] | None = on_probability

    def feed(self, window: bytes) -> None:
        """Tell 1 for a loud window, 0 for a quiet one. A closed stream tells nothing."""
        if self._on_probability is not None:
            self._on_probability(float(pcm.mulaw_level_dbfs(window) >= self._loud_dbfs))

    def close(self) -> None:
        """Tell nothing any more."""
        self._on_probability = None
