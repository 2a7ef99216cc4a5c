"""Speech detection with Silero's network at its native 8 kHz: one batch for all calls.

Windows are collected for `interval_ms` after the first one came, then the network runs once for all
calls that have one. It runs in the event loop: a batch of 32 takes about 1.5 ms.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # the package carries no types
import structlog
from numpy.typing import NDArray

from ivr.call.ports import WindowJudged
from ivr.core.errors import Bug, ConfigError
from ivr.wire import pcm

_log = structlog.get_logger(__name__)

WINDOW: Final = 256
"""Bytes (samples) of a window: 32 ms."""

CONTEXT: Final = 32
STATE: Final = 128

GATE_DBFS: Final = -60.0
"""Below this a window is silence for the gate. Nobody who is that quiet can be understood."""

GATE_AFTER: Final = 16
"""Windows (half a second) without speech before the gate may close."""

_UNLIKELY: Final = 0.3
_FIRST_ROWS: Final = 8


class SileroDetector:
    """`SpeechDetector` for all calls of the process. Use it within one event loop.

    model        `silero_vad.onnx`
    interval_ms  how long windows are collected, which every caller waits for; 0 runs the network for each
                 window at once
    gate         after half a second without speech, windows of near silence skip the network
    """

    def __init__(self, model: Path, *, interval_ms: float = 10.0, gate: bool = True) -> None:
        if not model.is_file():
            raise ConfigError(f"the speech detector's model {model} is missing: run `ivr models pull`")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._interval_s = interval_ms / 1000
        self._gate_power = 10 ** (GATE_DBFS / 10) if gate else -1.0
        self._state = np.zeros((2, _FIRST_ROWS, STATE), np.float32)
        self._context = np.zeros((_FIRST_ROWS, CONTEXT), np.float32)
        self._quiet = np.zeros(_FIRST_ROWS, np.int64)
        self._free = list(range(_FIRST_ROWS))
        self._waiting: dict[int, SileroStream] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.windows = 0
        self.skipped = 0

    @property
    def queue_length(self) -> int:
        """Windows that wait for the next batch."""
        return sum(len(stream.windows) for stream in self._waiting.values())

    def open(self, on_window: WindowJudged) -> SileroStream:
        """Detection for one more call."""
        if not self._free:
            self._grow()
        row = self._free.pop()
        self._state[:, row], self._context[row], self._quiet[row] = 0, 0, 0
        return SileroStream(self, row, on_window)

    def close(self) -> None:
        """Stop the timer; windows that wait are dropped."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        self._waiting.clear()

    def _grow(self) -> None:
        rows = len(self._context)
        self._state = np.concatenate([self._state, np.zeros_like(self._state)], axis=1)
        self._context = np.concatenate([self._context, np.zeros_like(self._context)])
        self._quiet = np.concatenate([self._quiet, np.zeros_like(self._quiet)])
        self._free = list(range(rows, 2 * rows))

    def _await_batch(self, stream: SileroStream) -> None:
        self._waiting[stream.row] = stream
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._run_batch)

    def _release(self, row: int) -> None:
        self._waiting.pop(row, None)
        self._free.append(row)
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run_batch(self) -> None:
        """Run the first window of each call; after a jam the second ones follow a little later."""
        streams = list(self._waiting.values())
        judged = self._run([s.row for s in streams], b"".join(s.windows.popleft() for s in streams))
        self._waiting = {s.row: s for s in streams if s.windows}
        self._timer = asyncio.get_running_loop().call_later(0, self._run_batch) if self._waiting else None
        for stream, (probability, power) in zip(streams, judged, strict=True):
            stream.tell(probability, power)

    def _run(self, rows: list[int], windows: bytes) -> list[tuple[float, float]]:
        """Probability and power of one window for each of these rows."""
        where = np.array(rows)
        samples = pcm.mulaw_to_float(windows).reshape(len(rows), WINDOW)
        power = np.einsum("ij,ij->i", samples, samples) / WINDOW
        speaking = (power >= self._gate_power) | (self._quiet[where] < GATE_AFTER)
        probabilities = np.zeros(len(rows), np.float32)
        if speaking.any():
            probabilities[speaking] = self._infer(where[speaking], samples[speaking])
        self._context[where] = samples[:, -CONTEXT:]
        self._quiet[where] = np.where(probabilities < _UNLIKELY, self._quiet[where] + 1, 0)
        self.windows += len(rows)
        self.skipped += int((~speaking).sum())
        return list(zip(probabilities.tolist(), power.tolist(), strict=True))

    def _infer(self, rows: NDArray[np.int64], samples: NDArray[np.float32]) -> NDArray[np.float32]:
        out, state = self._network.run(
            None,
            {
                "input": np.concatenate([self._context[rows], samples], axis=1),
                "state": np.ascontiguousarray(self._state[:, rows]),
                "sr": np.array(pcm.SAMPLE_RATE_HZ, np.int64),
            },
        )
        self._state[:, rows] = state
        probabilities: NDArray[np.float32] = out[:, 0]
        return probabilities


class SileroStream:
    """`DetectorStream` of one call. Made by `SileroDetector.open`."""

    def __init__(self, detector: SileroDetector, row: int, on_window: WindowJudged) -> None:
        self.row = row
        self.windows: deque[bytes] = deque()
        self._detector = detector
        self._on_window = on_window
        self._open = True

    def feed(self, window: bytes) -> None:
        """Take one window of 256 bytes of mu-law. A closed stream takes nothing."""
        if len(window) != WINDOW:
            raise Bug(f"a speech window has {WINDOW} bytes, not {len(window)}: see the ears")
        if self._open:
            self.windows.append(window)
            self._detector._await_batch(self)  # noqa: SLF001 - a stream is a part of its detector

    def close(self) -> None:
        """Take and tell nothing any more."""
        if self._open:
            self._open = False
            self.windows.clear()
            self._detector._release(self.row)  # noqa: SLF001 - a stream is a part of its detector

    def tell(self, probability: float, power: float) -> None:
        """Pass a judgement on. What goes wrong in one call must not reach the others."""
        if not self._open:
            return
        try:
            self._on_window(probability, power)
        except Exception:  # noqa: BLE001 - another call's error, logged with its trace
            _log.exception("a call failed to take a judgement of speech")
            self.close()
