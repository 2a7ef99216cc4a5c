"""G.711 mu-law (8 kHz, one byte a sample) to linear 16-bit samples and back, and how loud it is.

The conversion is `audioop`'s, from the standard library up to Python 3.12 and from audioop-lts since.
"""

from __future__ import annotations

import math
import warnings
from typing import Final

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it left the library, not the world
    import audioop

SAMPLE_RATE_HZ: Final = 8000
BYTES_PER_MS: Final = 8
SILENCE: Final = 0xFF
"""The mu-law byte of sample value 0."""

SILENT_DBFS: Final = -96.0
"""What the level functions answer for digital silence, and their lower bound."""

FULL_SCALE: Final = 32768.0
_FULL_SCALE_32: Final = FULL_SCALE * 65536

_DECODE: Final = np.frombuffer(audioop.ulaw2lin(bytes(range(256)), 2), np.int16)
_DECODE_FLOAT: Final = (_DECODE / FULL_SCALE).astype(np.float32)


def mulaw_to_linear(data: bytes) -> NDArray[np.int16]:
    """The samples of mu-law bytes, -32124..32124."""
    return np.frombuffer(audioop.ulaw2lin(data, 2), np.int16)


def mulaw_to_float(data: bytes) -> NDArray[np.float32]:
    """The samples of mu-law bytes as fractions of full scale, within -1..1."""
    return _DECODE_FLOAT[np.frombuffer(data, np.uint8)]


def linear_to_mulaw(samples: NDArray[np.int16]) -> bytes:
    """The mu-law bytes of 16-bit samples; what is louder than mu-law can say is clipped."""
    return audioop.lin2ulaw(np.ascontiguousarray(samples).tobytes(), 2)


def float_to_mulaw(samples: NDArray[np.float32]) -> bytes:
    """The mu-law bytes of samples given as fractions of full scale; beyond -1..1 is clipped."""
    scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    return linear_to_mulaw(scaled.astype(np.int16))


def level_dbfs(samples: NDArray[np.int16]) -> float:
    """Root-mean-square level of 16-bit samples in dB relative to full scale (a full square wave is 0)."""
    if not samples.size:
        return SILENT_DBFS
    return _to_db(float(np.mean((samples.astype(np.float64) / FULL_SCALE) ** 2)))


def mulaw_power(data: bytes) -> float:
    """Mean power of mu-law bytes; 1 is a full square wave.

    For each window of each call: `audioop` needs a sixth of the time that a table and a mean in numpy do.
    Its amplitude is a whole number, of samples of 32 bits here, so that faint noise is told apart, too.
    """
    amplitude: int = audioop.rms(audioop.ulaw2lin(data, 4), 4)
    return (amplitude / _FULL_SCALE_32) ** 2


def mulaw_level_dbfs(data: bytes) -> float:
    """Root-mean-square level of mu-law bytes in dB relative to full scale."""
    return _to_db(mulaw_power(data))


def _to_db(power: float) -> float:
    return max(SILENT_DBFS, 10 * math.log10(power)) if power > 0 else SILENT_DBFS
