from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import CarrierError
from ivr.wire.twilio_carrier import CarrierDecoder, CarrierEncoder
from ivr.wire.twilio_messages import Audio, Clear, Mark, StreamDecoder, StreamEncoder

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def test_the_carrier_counts_one_sequence_and_connected_has_none():
    carrier = CarrierEncoder("MZ1", "CA1")
    messages = [
        orjson.loads(m)
        for m in (carrier.connected(), carrier.start({}), carrier.media(b"a", 1), carrier.key("1"))
    ]
    assert [m.get("sequenceNumber") for m in messages] == [None, "1", "2", "3"]
    assert messages[2]["media"] == {"track": "inbound", "chunk": "1", "timestamp": "1", "payload": "YQ=="}


def test_every_message_names_its_stream_and_the_end_its_call():
    carrier = CarrierEncoder("MZ1", "CA1", "AC1")
    messages = [orjson.loads(m) for m in (carrier.start({"a": "b"}), carrier.mark("g1"), carrier.stop())]
    assert {message["streamSid"] for message in messages} == {"MZ1"}
    assert messages[0]["start"]["customParameters"] == {"a": "b"}
    assert messages[2]["stop"] == {"accountSid": "AC1", "callSid": "CA1"}


@given(NAMES, st.binary(max_size=2000), NAMES)
def test_what_the_server_sends_is_what_the_carrier_reads(stream_id: str, audio: bytes, name: str):
    encoder, decoder = StreamEncoder(stream_id), CarrierDecoder(stream_id)
    assert decoder.feed(encoder.media(audio)) == Audio(audio)
    assert decoder.feed(encoder.mark(name)) == Mark(name)
    assert decoder.feed(encoder.clear) == Clear()


@given(st.lists(st.binary(min_size=1, max_size=320), max_size=20))
def test_what_the_carrier_sends_is_what_the_server_reads(frames: list[bytes]):
    carrier, decoder = CarrierEncoder("MZ1", "CA1"), StreamDecoder()
    decoder.feed(carrier.connected())
    decoder.feed(carrier.start({}))
    assert [decoder.feed(carrier.media(frame, 20 * n)) for n, frame in enumerate(frames)] == [
        (frame, 20 * n) for n, frame in enumerate(frames)
    ]


def test_the_carrier_refuses_what_twilio_refuses():
    decoder, encoder = CarrierDecoder("MZ1"), StreamEncoder("MZ1")
    for raw in (
        b"nonsense",
        b"{}",
        StreamEncoder("MZ2").clear,
        encoder.mark(""),
        b'{"event":"hello","streamSid":"MZ1"}',
    ):
        with pytest.raises(CarrierError):
            decoder.feed(raw)
