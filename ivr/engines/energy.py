"""Speech detection by loudness alone: nearly free, and deceived by any noise. For measuring and for tests."""

from __future__ import annotations

from typing import Final

from ivr.call.ports import WindowJudged
from ivr.wire import pcm

LOUD_DBFS: Final = -40.0


class EnergyDetector:
    """`SpeechDetector` that takes whatever is at least `loud_dbfs` for speech."""

    def __init__(self, loud_dbfs: float = LOUD_DBFS) -> None:
        self._loud_power = 10 ** (loud_dbfs / 10)

    def open(self, on_window: WindowJudged) -> EnergyStream:
        """Detection for one more call."""
        return EnergyStream(self._loud_power, on_window)

    def close(self) -> None:
        """Nothing is kept between windows."""


class EnergyStream:
    """`DetectorStream` of one call; answers within `feed`."""

    def __init__(self, loud_power: float, on_window: WindowJudged) -> None:
        self._loud_power = loud_power
        self._on_window: WindowJudged | None = on_window

    def feed(self, window: bytes) -> None:
        """Tell 1 for a loud window, 0 for a quiet one. A closed stream tells nothing."""
        if self._on_window is not None:
            power = pcm.mulaw_power(window)
            self._on_window(1.0 if power >= self._loud_power else 0.0, power)

    def close(self) -> None:
        """Tell nothing any more."""
        self._on_window = None
