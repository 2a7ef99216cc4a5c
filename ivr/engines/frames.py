"""The frames between the supervisor and its worker processes: a JSON header and a binary body.

4 bytes  length of the header, big-endian
4 bytes  length of the body, big-endian
header   a JSON object
body     bytes (sound), may be empty
"""

from __future__ import annotations

import struct
from typing import Any, Final

import orjson

PREFIX: Final = struct.Struct(">II")

MAX_BYTES: Final = 64 * 1024 * 1024
"""No header or body is longer; a length beyond it means that the pipe carries something else."""

Header = dict[str, Any]
Frame = tuple[Header, bytes]


def pack(header: Header, body: bytes = b"") -> bytes:
    """One frame, ready to be written."""
    head = orjson.dumps(header)
    return PREFIX.pack(len(head), len(body)) + head + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """Lengths of the header and the body. Raises `ValueError` when they cannot be true."""
    head, body = PREFIX.unpack(prefix)
    if head > MAX_BYTES or body > MAX_BYTES:
        raise ValueError(f"a frame of {head} + {body} bytes: the pipe carries something that is no frame")
    return head, body
