"""Twilio's media stream messages, both directions, without I/O.

The server's side: `StreamDecoder` reads what the carrier sends, `StreamEncoder` writes what we send.
The carrier's side, for the simulated caller, is `twilio_carrier`.

Messages are JSON text. Audio is base64 of raw G.711 mu-law, 8 kHz, mono: 160 bytes are 20 ms.
All numbers travel as strings. A decoder raises nothing but `CarrierError`, whose `close_code` is the
WebSocket code that answers the mistake: 1002 a message that breaks the protocol, 1003 audio we do not
take, 1007 data that is not what it claims to be (JSON, base64), 1009 too much of it.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from orjson import loads

from ivr.core.errors import CarrierError
from ivr.wire.twilio_fields import MAX_DIGITS, json_object, number, part, read_audio, text

Frame = tuple[bytes, int]
"""One inbound frame: (mu-law bytes, the carrier's time of the first byte in ms).

A bare tuple, because there are fifty a second for every call.
"""

MAX_PAYLOAD_BYTES: Final = 8000
"""One second of audio: fifty times what a carrier sends in one message."""

_MAX_PARAMETERS: Final = 32
_KEYS: Final = frozenset("0123456789*#")
_NOT_LIVE: Final = object()
_MILITARY_KEYS: Final = frozenset("ABCDabcd")


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message: the socket is a media stream."""


@dataclass(frozen=True, slots=True)
class Start:
    """The second message: whose audio this is. `parameters`: what the TwiML put in `<Parameter>`."""

    stream_id: str
    call_id: str
    account_id: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """The caller pressed a key: 0-9, * or #."""

    digit: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: from us, a name for a place in the audio; from the carrier, that it was reached or cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream has ended on the carrier's side: as a rule, the caller hung up."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio for the caller, as the carrier's side reads it (mu-law)."""

    mulaw: bytes


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop what is queued for the caller, as the carrier's side reads it."""


class StreamDecoder:
    """Reads one stream, in order: (`connected`), `start`, then media, keys and marks, then `stop`.

    `connected` may be missing: some carriers leave it out. `ignored` counts by reason what was dropped
    without harm: `late` (a chunk that came twice or after a later one), `gap` (chunks missing before
    this one), `track` (not the caller's audio), `empty`, `key` (A-D), `unknown` (a new event).
    """

    __slots__ = (
        "_connected",
        "_due",
        "_last_chunk",
        "_limit",
        "_live",
        "_longest",
        "_stopped",
        "ignored",
        "stream_id",
    )

    def __init__(self, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self._limit = max_payload_bytes
        self._longest = max_payload_bytes * 4 // 3 + 4
        self._connected = False
        self._stopped = False
        self._last_chunk = -1
        self._due: object = _NOT_LIVE  # the chunk number that comes next if all is well, as it is written
        self._live: object = _NOT_LIVE  # the stream id while audio may come
        self.stream_id = ""
        self.ignored: dict[str, int] = {}

    def feed(self, raw: bytes | str) -> Frame | Connected | Start | Key | Mark | Stop | None:
        """Read one message. `None`: nothing to do. Raises `CarrierError`.

        The next frame in order, which nearly every message is, takes the short way here; whatever is
        not exactly that is read again with care by `_read`.
        """
        try:
            message = loads(raw)
            if message["event"] == "media" and message["streamSid"] == self._live:
                media = message["media"]
                payload = media["payload"]
                timestamp = media["timestamp"]
                if (
                    media["chunk"] == self._due
                    and media["track"] == "inbound"
                    and 0 < len(payload) <= self._longest
                    and len(timestamp) <= MAX_DIGITS
                    and timestamp.isdigit()
                    and timestamp.isascii()
                ):
                    audio = a2b_base64(payload, strict_mode=True)
                    self._last_chunk += 1
                    self._due = str(self._last_chunk + 1)
                    return audio, int(timestamp)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return self._read(json_object(raw))

    def _read(self, message: dict[str, Any]) -> Frame | Connected | Start | Key | Mark | Stop | None:
        event = message.get("event")
        if event == "media":
            return self._media(message)
        if event == "connected":
            return self._on_connected()
        if event == "start":
            return self._on_start(message)
        if event in ("dtmf", "mark", "stop"):
            self._check_stream(message, event)
            return self._in_call(message, event)
        if type(event) is not str:
            raise CarrierError(
                "a message has no `event`; check what is connected to the stream address.",
            )
        self._count("unknown")
        return None

    def _media(self, message: dict[str, Any]) -> Frame | None:
        self._check_stream(message, "media")
        media = part(message, "media")
        if media.get("track", "inbound") != "inbound":
            self._count("track")
            return None
        chunk = number(media.get("chunk"), "chunk")
        timestamp_ms = number(media.get("timestamp"), "timestamp")
        last = self._last_chunk
        if chunk <= last:
            self._count("late")
            return None
        audio = read_audio(media.get("payload"), self._limit)
        if chunk != last + 1 and last >= 0:
            self._count("gap")
        self._last_chunk = chunk
        self._due = str(chunk + 1)
        if not audio:
            self._count("empty")
            return None
        return audio, timestamp_ms

    def _check_stream(self, message: dict[str, Any], event: str) -> None:
        if not self.stream_id:
            raise CarrierError(
                f"`{event}` came before `start`; a stream begins with `connected` and `start`."
            )
        if self._stopped:
            raise CarrierError(f"`{event}` came after `stop`; open a new socket for a new stream.")
        if message.get("streamSid") != self.stream_id:
            raise CarrierError(
                f"`{event}` is for another stream than this socket's; open one socket for each stream.",
            )

    def _on_connected(self) -> Connected:
        if self._connected or self.stream_id:
            raise CarrierError(
                "`connected` came twice or after `start`; it is the first message of a stream."
            )
        self._connected = True
        return Connected()

    def _on_start(self, message: dict[str, Any]) -> Start:
        if self.stream_id:
            raise CarrierError("`start` came twice; open one socket for each stream.")
        start = part(message, "start")
        stream_id = text(start, "streamSid", "start")
        if message.get("streamSid", stream_id) != stream_id:
            raise CarrierError("the two `streamSid` of the `start` message differ; send one stream a socket.")
        _check_format(start.get("mediaFormat"))
        call_id = text(start, "callSid", "start")
        account_id = start.get("accountSid")
        started = Start(
            stream_id=stream_id,
            call_id=call_id,
            account_id=account_id if type(account_id) is str else "",
            parameters=_parameters(start.get("customParameters")),
        )
        self.stream_id = stream_id
        self._live = stream_id
        return started

    def _in_call(self, message: dict[str, Any], event: str) -> Key | Mark | Stop | None:
        if event == "mark":
            return Mark(text(part(message, "mark"), "name", "mark"))
        if event == "stop":
            self._stopped = True
            self._live = _NOT_LIVE
            return Stop()
        digit = text(part(message, "dtmf"), "digit", "dtmf")
        if digit in _KEYS:
            return Key(digit)
        if digit in _MILITARY_KEYS:
            self._count("key")
            return None
        raise CarrierError(
            "`digit` of a `dtmf` message is not one key (0-9, *, #, A-D); send one key a message."
        )

    def _count(self, reason: str) -> None:
        self.ignored[reason] = self.ignored.get(reason, 0) + 1


def _check_format(media_format: Any) -> None:
    wanted = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    if type(media_format) is not dict:
        raise CarrierError(
            "the `start` message has no `mediaFormat`; say audio/x-mulaw, 8000 Hz, 1 channel.", 1003
        )
    for name, value in wanted.items():
        if str(media_format.get(name)) != str(value):
            raise CarrierError(
                f"`{name}` of the stream's `mediaFormat` is not {value}; "
                "set the stream to audio/x-mulaw, 8000 Hz, 1 channel.",
                1003,
            )


def _parameters(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if type(given) is not dict or len(given) > _MAX_PARAMETERS:
        raise CarrierError(
            f"`customParameters` of `start` is not an object of {_MAX_PARAMETERS} entries or fewer; "
            "check the <Parameter> elements of the TwiML.",
        )
    if not all(type(value) is str for value in given.values()):
        raise CarrierError(
            "a value in `customParameters` is not a text; check the <Parameter> elements of the TwiML."
        )
    return given


class StreamEncoder:
    """Writes what the server sends on one stream: audio, marks, `clear`."""

    __slots__ = ("_mark_head", "_media_head", "clear")

    def __init__(self, stream_id: str) -> None:
        sid = orjson.dumps(stream_id)
        self._media_head = b'{"event":"media","streamSid":' + sid + b',"media":{"payload":"'
        self._mark_head = b'{"event":"mark","streamSid":' + sid + b',"mark":{"name":'
        self.clear = b'{"event":"clear","streamSid":' + sid + b"}"

    def media(self, mulaw: bytes) -> bytes:
        """Audio of any length, without a header."""
        return self._media_head + b2a_base64(mulaw, newline=False) + b'"}}'

    def mark(self, name: str) -> bytes:
        """A mark behind the audio sent so far."""
        return self._mark_head + orjson.dumps(name) + b"}}"
