"""Twilio's media stream messages, both directions, without I/O.

The server's side: `StreamDecoder` reads what the carrier sends, `StreamEncoder` writes what we send.
The carrier's side, for the simulated caller: `CarrierEncoder` and `CarrierDecoder`.

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

Frame = tuple[bytes, int]
"""One inbound frame: (mu-law bytes, the carrier's time of the first byte in ms).

A bare tuple, because there are fifty a second for every call.
"""

MAX_PAYLOAD_BYTES: Final = 8000
"""One second of audio: fifty times what a carrier sends in one message."""

_MAX_ID: Final = 128
_MAX_PARAMETERS: Final = 32
_MAX_DIGITS: Final = 15
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


def _text(holder: dict[str, Any], name: str, where: str) -> str:
    value = holder.get(name)
    if type(value) is not str or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        raise CarrierError(
            f"`{name}` of the carrier's `{where}` message is not a text of 1 to {_MAX_ID} characters; "
            "check what is connected to the stream address.",
        )
    return value


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if type(value) is not dict:
        raise CarrierError(
            f"a `{name}` message has no `{name}` object; check what is connected to the stream address.",
        )
    return value


def _number(value: Any, name: str) -> int:
    if type(value) is str and len(value) <= _MAX_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is int and 0 <= value < 10**_MAX_DIGITS:
        return value  # some of Twilio's cousins send plain numbers
    raise CarrierError(
        f"`{name}` of a media message is not a whole number; check what is connected to the stream address.",
    )


def _object(raw: bytes | str) -> dict[str, Any]:
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


def _audio(payload: Any, limit: int) -> bytes:
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
                    and len(timestamp) <= _MAX_DIGITS
                    and timestamp.isdigit()
                    and timestamp.isascii()
                ):
                    audio = a2b_base64(payload, strict_mode=True)
                    self._last_chunk += 1
                    self._due = str(self._last_chunk + 1)
                    return audio, int(timestamp)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return self._read(_object(raw))

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
        media = _part(message, "media")
        if media.get("track", "inbound") != "inbound":
            self._count("track")
            return None
        chunk = _number(media.get("chunk"), "chunk")
        timestamp_ms = _number(media.get("timestamp"), "timestamp")
        last = self._last_chunk
        if chunk <= last:
            self._count("late")
            return None
        audio = _audio(media.get("payload"), self._limit)
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
        start = _part(message, "start")
        stream_id = _text(start, "streamSid", "start")
        if message.get("streamSid", stream_id) != stream_id:
            raise CarrierError("the two `streamSid` of the `start` message differ; send one stream a socket.")
        _check_format(start.get("mediaFormat"))
        call_id = _text(start, "callSid", "start")
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
            return Mark(_text(_part(message, "mark"), "name", "mark"))
        if event == "stop":
            self._stopped = True
            self._live = _NOT_LIVE
            return Stop()
        digit = _text(_part(message, "dtmf"), "digit", "dtmf")
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
        message = _object(raw)
        event = message.get("event")
        if message.get("streamSid") != self._stream_id:
            raise CarrierError("the server's message is for another stream; send the `streamSid` of `start`.")
        if event == "media":
            return Audio(_audio(_part(message, "media").get("payload"), 10 * 60 * 8000))
        if event == "mark":
            return Mark(_text(_part(message, "mark"), "name", "mark"))
        if event == "clear":
            return Clear()
        raise CarrierError("the server's message is none of `media`, `mark`, `clear`; send only these.")
