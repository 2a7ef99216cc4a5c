from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import CarrierError
from ivr.wire.twilio_carrier import CarrierDecoder, CarrierEncoder
from ivr.wire.twilio_fields import json_object
from ivr.wire.twilio_messages import (
    Connected,
    Key,
    Mark,
    Start,
    Stop,
    StreamDecoder,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def opened(max_payload_bytes: int = 8000) -> tuple[StreamDecoder, CarrierEncoder]:
    decoder, carrier = StreamDecoder(max_payload_bytes), CarrierEncoder("MZ1", "CA1")
    decoder.feed(carrier.connected())
    decoder.feed(carrier.start({"token": "t"}))
    return decoder, carrier


def test_what_a_carrier_sends_in_a_call():
    decoder, carrier = StreamDecoder(), CarrierEncoder("MZ1", "CA1", "AC1")
    assert decoder.feed(carrier.connected()) == Connected()
    assert decoder.feed(carrier.start({"token": "t"})) == Start("MZ1", "CA1", "AC1", {"token": "t"})
    assert decoder.feed(carrier.media(b"\x01\x02", 65)) == (b"\x01\x02", 65)
    assert decoder.feed(carrier.key("#")) == Key("#")
    assert decoder.feed(carrier.mark("g3")) == Mark("g3")
    assert decoder.feed(carrier.stop()) == Stop()
    assert decoder.ignored == {}


def test_connected_may_be_left_out():
    assert isinstance(StreamDecoder().feed(CarrierEncoder("7", "CA1").start({})), Start)


def test_nothing_comes_after_stop():
    decoder, carrier = opened()
    decoder.feed(carrier.stop())
    with pytest.raises(CarrierError, match="after `stop`"):
        decoder.feed(carrier.media(b"a", 1))


def test_numbers_may_be_numbers():
    decoder, carrier = opened()
    message = orjson.loads(carrier.media(b"a", 1))
    message["media"].update(chunk=1, timestamp=20)
    assert decoder.feed(orjson.dumps(message)) == (b"a", 20)


def test_empty_audio_is_dropped():
    decoder, carrier = opened()
    assert decoder.feed(carrier.media(b"", 1)) is None
    assert decoder.feed(carrier.media(b"a", 21)) == (b"a", 21)
    assert decoder.ignored == {"empty": 1}


def test_a_payload_of_the_greatest_size_passes():
    decoder, carrier = opened(max_payload_bytes=1000)
    assert decoder.feed(carrier.media(bytes(1000), 1)) == (bytes(1000), 1)
    with pytest.raises(CarrierError) as refused:
        decoder.feed(carrier.media(bytes(1100), 2))
    assert refused.value.close_code == 1009


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=20), st.integers(0, 10**9))
def test_audio_comes_through_unchanged(frames: list[bytes], first_ms: int):
    decoder, carrier = opened()
    for index, frame in enumerate(frames):
        assert decoder.feed(carrier.media(frame, first_ms + index * 20)) == (frame, first_ms + index * 20)


@given(st.lists(st.integers(1, 30), max_size=40))
def test_each_chunk_is_heard_once_and_never_backwards(chunks: list[int]):
    decoder, carrier = opened()
    message = orjson.loads(carrier.media(b"a", 1))
    heard = []
    for chunk in chunks:
        message["media"].update(chunk=str(chunk), timestamp=str(chunk))
        frame = decoder.feed(orjson.dumps(message))
        if frame is not None:
            assert isinstance(frame, tuple)
            heard.append(frame[1])
    assert heard == sorted(set(heard))
    assert len(heard) + decoder.ignored.get("late", 0) == len(chunks)


@given(st.binary(max_size=200) | st.text(max_size=200) | JSON.map(orjson.dumps))
def test_no_message_raises_anything_but_a_carrier_error(raw: bytes | str):
    for decoder in (StreamDecoder(), opened()[0], CarrierDecoder("MZ1")):
        codes = [1002]
        try:
            decoder.feed(raw)
        except CarrierError as error:
            codes.append(error.close_code)
        assert set(codes) <= {1002, 1003, 1007, 1009}


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A right message with one place of it replaced by anything."""
    carrier = CarrierEncoder("MZ1", "CA1")
    kinds = [
        carrier.connected(),
        carrier.start({"token": "t"}),
        carrier.media(b"abc", 5),
        carrier.media(b"abc", 25),
        carrier.key("1"),
        carrier.mark("m"),
        carrier.stop(),
    ]
    message: dict[str, Any] = orjson.loads(draw(st.sampled_from(kinds)))
    holder: dict[str, Any] = message
    inner = draw(st.booleans()) and message.get(message["event"])
    if isinstance(inner, dict):
        holder = inner
    name = draw(st.sampled_from(sorted(holder)))
    if draw(st.booleans()):
        holder[name] = draw(JSON)
    elif draw(st.booleans()):
        del holder[name]
    return orjson.dumps(message)


@given(st.lists(spoiled(), max_size=12))
def test_the_short_way_reads_what_the_careful_way_reads(messages: list[bytes]):
    """`feed` takes a short way for good frames; it must not let through, or drop, anything else."""
    quick, _ = opened()
    careful = StreamDecoder()
    careful.feed(CarrierEncoder("MZ1", "CA1").connected())
    careful.feed(CarrierEncoder("MZ1", "CA1").start({"token": "t"}))
    for raw in messages:
        results: list[Any] = []
        for read in (quick.feed, lambda text: careful._read(json_object(text))):
            try:
                results.append(read(raw))
            except CarrierError as error:
                results.append((error.close_code, str(error)))
        assert results[0] == results[1]
        assert quick.ignored == careful.ignored


def test_messages_name_what_to_do():
    decoder, carrier = opened()
    good = orjson.loads(carrier.media(b"a", 1))
    for spoil in ({"payload": 5}, {"chunk": "x"}, {"payload": "?"}, {"timestamp": None}):
        message = copy.deepcopy(good)
        message["media"].update(spoil)
        with pytest.raises(CarrierError, match=r"; (check|send|set|open)") as refused:
            decoder.feed(orjson.dumps(message))
        assert len(str(refused.value)) < 200
