"""G.711 mu-law (8 kHz, one byte a sample) to linear 16-bit samples and back, and how loud it is.

Both directions are table look-ups; they agree with the C reference code (`audioop`) on every value.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 8000
BYTES_PER_MS: Final = 8
SILENCE: Final = 0xFF
"""The mu-law byte of sample value 0."""

SILENT_DBFS: Final = -96.0
"""What the level functions answer for digital silence, and their lower bound."""

FULL_SCALE: Final = 32768.0

_BIAS: Final = 33
_CLIP: Final = 8158
_SEGMENT_BITS: Final = 6


def _decoding_table() -> NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    magnitude = (((mantissa << 3) + 4 * _BIAS) << exponent) - 4 * _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> NDArray[np.uint8]:
    """Mu-law bytes indexed by the sample's 16 bits read as an unsigned number."""
    fourteen_bit = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    biased = np.minimum(np.abs(fourteen_bit), _CLIP) + _BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int32) - (_SEGMENT_BITS - 1)
    mantissa = (biased >> (exponent + 1)) & 0x0F
    code = (exponent << 4) | mantissa | np.where(fourteen_bit < 0, 0x80, 0)
    table: NDArray[np.uint8] = (~code & 0xFF).astype(np.uint8)
    return table


_DECODE: Final = _decoding_table()
_ENCODE: Final = _encoding_table()
_DECODE_FLOAT: Final = (_DECODE / FULL_SCALE).astype(np.float32)
_POWER: Final = (_DECODE.astype(np.float64) / FULL_SCALE) ** 2


def mulaw_to_linear(data: bytes) -> NDArray[np.int16]:
    """The samples of mu-law bytes, -32124..32124."""
    return _DECODE[np.frombuffer(data, np.uint8)]


def mulaw_to_float(data: bytes) -> NDArray[np.float32]:
    """The samples of mu-law bytes as fractions of full scale, within -1..1."""
    return _DECODE_FLOAT[np.frombuffer(data, np.uint8)]


def linear_to_mulaw(samples: NDArray[np.int16]) -> bytes:
    """The mu-law bytes of 16-bit samples; what is louder than mu-law can say is clipped."""
    return _ENCODE[samples.view(np.uint16)].tobytes()


def float_to_mulaw(samples: NDArray[np.float32]) -> bytes:
    """The mu-law bytes of samples given as fractions of full scale; beyond -1..1 is clipped."""
    scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    return linear_to_mulaw(scaled.astype(np.int16))


def level_dbfs(samples: NDArray[np.int16]) -> float:
    """Root-mean-square level of 16-bit samples in dB relative to full scale (a full square wave is 0)."""
    if not samples.size:
        return SILENT_DBFS
    return _to_db(float(np.mean((samples.astype(np.float64) / FULL_SCALE) ** 2)))


def mulaw_level_dbfs(data: bytes) -> float:
    """Root-mean-square level of mu-law bytes in dB relative to full scale."""
    if not data:
        return SILENT_DBFS
    return _to_db(float(_POWER[np.frombuffer(data, np.uint8)].mean()))


def _to_db(power: float) -> float:
    return max(SILENT_DBFS, 10 * math.log10(power)) if power > 0 else SILENT_DBFS
