"""The carrier's side of a media stream, for simulated callers: what it sends, and how strictly it reads."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Any

import orjson

from ivr.core.errors import CarrierError
from ivr.wire.twilio_fields import json_object, part, read_audio, text
from ivr.wire.twilio_messages import Audio, Clear, Mark


class CarrierEncoder:
    """Writes what the carrier sends on one stream, with its counters (`connected` has none)."""

    def __init__(self, stream_id: str, call_id: str, account_id: str = "AC0") -> None:
        self._ids = {"streamSid": stream_id, "callSid": call_id, "accountSid": account_id}
        self._sequence = 0
        self._chunk = 0

    def _message(self, event: str, body: dict[str, Any]) -> bytes:
        self._sequence += 1
        return orjson.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                event: body,
                "streamSid": self._ids["streamSid"],
            },
        )

    def connected(self) -> bytes:
        return b'{"event":"connected","protocol":"Call","version":"1.0.0"}'

    def start(self, parameters: dict[str, str]) -> bytes:
        media_format = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        return self._message(
            "start",
            {
                **self._ids,
                "tracks": ["inbound"],
                "mediaFormat": media_format,
                "customParameters": parameters,
            },
        )

    def media(self, mulaw: bytes, timestamp_ms: int) -> bytes:
        self._chunk += 1
        return self._message(
            "media",
            {
                "track": "inbound",
                "chunk": str(self._chunk),
                "timestamp": str(timestamp_ms),
                "payload": b2a_base64(mulaw, newline=False).decode(),
            },
        )

    def key(self, digit: str) -> bytes:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> bytes:
        return self._message("mark", {"name": name})

    def stop(self) -> bytes:
        return self._message("stop", {"accountSid": self._ids["accountSid"], "callSid": self._ids["callSid"]})


class CarrierDecoder:
    """Reads what a server sends on one stream, as strictly as the carrier does."""

    def __init__(self, stream_id: str) -> None:
        self._stream_id = stream_id

    def feed(self, raw: bytes | str) -> Audio | Mark | Clear:
        """Read one message. Raises `CarrierError`."""
        message = json_object(raw)
        event = message.get("event")
        if message.get("streamSid") != self._stream_id:
            raise CarrierError("the server's message is for another stream; send the `streamSid` of `start`.")
        if event == "media":
            return Audio(read_audio(part(message, "media").get("payload"), 10 * 60 * 8000))
        if event == "mark":
            return Mark(text(part(message, "mark"), "name", "mark"))
        if event == "clear":
            return Clear()
        raise CarrierError("the server's message is none of `media`, `mark`, `clear`; send only these.")
