"""Speech detection with Silero's network at its native 8 kHz: one batch for all calls.

Windows are collected for `interval_ms` after the first one came, then the network runs once for all
calls that have one. It runs in the event loop: a batch of 32 takes about 1.5 ms. Windows of near silence
are judged at once, without it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # the package carries no types
import structlog

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
        self._rate = np.array(pcm.SAMPLE_RATE_HZ, np.int64)
        self._interval_s = interval_ms / 1000
        self.gate_power = 10 ** (GATE_DBFS / 10) if gate else -1.0
        self._state = np.zeros((2, _FIRST_ROWS, STATE), np.float32)
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
        self._state[:, row] = 0
        return SileroStream(self, row, on_window)

    def close(self) -> None:
        """Stop the timer; windows that wait are dropped."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        self._waiting.clear()

    def _grow(self) -> None:
        rows = self._state.shape[1]
        self._state = np.concatenate([self._state, np.zeros_like(self._state)], axis=1)
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
        heard = [stream.windows.popleft() for stream in streams]
        self._waiting = {stream.row: stream for stream in streams if stream.windows}
        self._timer = asyncio.get_running_loop().call_later(0, self._run_batch) if self._waiting else None
        audible = [
            (stream.row, stream.context + window)
            for stream, (window, power) in zip(streams, heard, strict=True)
            if not stream.gated(power)
        ]
        judged = self._infer(audible) if audible else {}
        for stream, (window, power) in zip(streams, heard, strict=True):
            stream.judge(window, power, judged.get(stream.row))

    def _infer(self, audible: list[tuple[int, bytes]]) -> dict[int, float]:
        """Probability of speech by row, for rows with a window of each behind the end of the last."""
        rows = [row for row, _ in audible]
        samples = pcm.mulaw_to_float(b"".join([window for _, window in audible]))
        out, state = self._network.run(
            None,
            {
                "input": samples.reshape(len(rows), CONTEXT + WINDOW),
                "state": self._state.take(rows, axis=1),
                "sr": self._rate,
            },
        )
        self._state[:, rows] = state
        return dict(zip(rows, out[:, 0].tolist(), strict=True))


class SileroStream:
    """`DetectorStream` of one call. Made by `SileroDetector.open`.

    row      of the network's state
    context  the mu-law that ends the window before, which the network hears again
    """

    def __init__(self, detector: SileroDetector, row: int, on_window: WindowJudged) -> None:
        self.row = row
        self.windows: deque[tuple[bytes, float]] = deque()
        self.context = bytes([pcm.SILENCE]) * CONTEXT
        self._quiet = 0  # windows without speech
        self._detector = detector
        self._on_window = on_window
        self._open = True

    def feed(self, window: bytes) -> None:
        """Take one window of 256 bytes of mu-law. A closed stream takes nothing."""
        if len(window) != WINDOW:
            raise Bug(f"a speech window has {WINDOW} bytes, not {len(window)}: see the ears")
        if not self._open:
            return
        power = pcm.mulaw_power(window)
        if self.windows or not self.gated(power):
            self.windows.append((window, power))
            self._detector._await_batch(self)  # noqa: SLF001 - a stream is a part of its detector
        else:
            self.judge(window, power, None)

    def gated(self, power: float) -> bool:
        """Whether a window is silence without asking the network."""
        return self._quiet >= GATE_AFTER and power < self._detector.gate_power

    def close(self) -> None:
        """Take and tell nothing any more."""
        if self._open:
            self._open = False
            self.windows.clear()
            self._detector._release(self.row)  # noqa: SLF001 - a stream is a part of its detector

    def judge(self, window: bytes, power: float, probability: float | None) -> None:
        """Pass a judgement on; `None`: silence, without the network.

        What goes wrong in one call must not reach the others.
        """
        self.context = window[-CONTEXT:]
        self._detector.windows += 1
        self._detector.skipped += probability is None
        speech = probability or 0.0
        self._quiet = self._quiet + 1 if speech < _UNLIKELY else 0
        if not self._open:
            return
        try:
            self._on_window(speech, power)
        except Exception:  # noqa: BLE001 - another call's error, logged with its trace
            _log.exception("a call failed to take a judgement of speech")
            self.close()
