"""Reads the parts of a media stream's messages, for both sides. What is wrong is a `CarrierError`."""

from __future__ import annotations

from binascii import a2b_base64
from typing import Any, Final

import orjson

from ivr.core.errors import CarrierError

_MAX_ID: Final = 128
MAX_DIGITS: Final = 15


def text(holder: dict[str, Any], name: str, where: str) -> str:
    """A short printable text of the object that a message of the kind `where` holds."""
    value = holder.get(name)
    if type(value) is not str or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        raise CarrierError(
            f"`{name}` of the carrier's `{where}` message is not a text of 1 to {_MAX_ID} characters; "
            "check what is connected to the stream address.",
        )
    return value


def part(message: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under the message's own name."""
    value = message.get(name)
    if type(value) is not dict:
        raise CarrierError(
            f"a `{name}` message has no `{name}` object; check what is connected to the stream address.",
        )
    return value


def number(value: Any, name: str) -> int:
    """A whole number of up to 15 digits, which travels as a text."""
    if type(value) is str and len(value) <= MAX_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is int and 0 <= value < 10**MAX_DIGITS:
        return value  # some of Twilio's cousins send plain numbers
    raise CarrierError(
        f"`{name}` of a media message is not a whole number; check what is connected to the stream address.",
    )


def json_object(raw: bytes | str) -> dict[str, Any]:
    """The JSON object that a message is."""
    try:
        message = orjson.loads(raw)
    except ValueError:
        raise CarrierError(
            f"a message of {len(raw)} characters is not JSON; check what is connected to the stream address.",
            1007,
        ) from None
    if type(message) is not dict:
        raise CarrierError(
            "a message is JSON, but not an object; check what is connected to the stream address.",
        )
    return message


def read_audio(payload: Any, limit: int) -> bytes:
    """The mu-law in a payload, of at most `limit` bytes."""
    if type(payload) is not str:
        raise CarrierError(
            "a media message has no `payload` text; check what is connected to the stream address.",
        )
    if len(payload) > limit * 4 // 3 + 4:
        raise CarrierError(
            f"a media message holds more than {limit} bytes of audio; send frames of 20 ms (160 bytes).",
            1009,
        )
    try:
        return a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise CarrierError(
            "the payload of a media message is not base64; send raw mu-law in standard base64.",
            1007,
        ) from None
