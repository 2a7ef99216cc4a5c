"""WebSocket frames as a server writes them: whole messages, not masked (RFC 6455, section 5.2)."""

from __future__ import annotations

from typing import Final

_WHOLE_TEXT: Final = b"\x81"
_LONG, _LONGER = 126, 127
_LENGTHS_OF_TWO_BYTES: Final = 1 << 16


def text_frame(message: bytes) -> bytes:
    """The frame of a text message (UTF-8)."""
    size = len(message)
    if size < _LONG:
        return _WHOLE_TEXT + bytes((size,)) + message
    if size < _LENGTHS_OF_TWO_BYTES:
        return _WHOLE_TEXT + bytes((_LONG,)) + size.to_bytes(2, "big") + message
    return _WHOLE_TEXT + bytes((_LONGER,)) + size.to_bytes(8, "big") + message
