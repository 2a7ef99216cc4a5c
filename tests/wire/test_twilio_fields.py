from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import CarrierError
from ivr.wire.twilio_fields import json_object, number, part, read_audio, text


@given(st.integers(0, 10**15 - 1))
def test_numbers_come_as_texts_or_as_they_are(value: int):
    assert number(str(value), "chunk") == number(value, "chunk") == value


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "٣", "²", "1" * 16, -1, 10**15, 1.0, True, ["1"]])
def test_what_is_no_number_is_refused_by_name(value: object):
    with pytest.raises(CarrierError, match="`chunk` of a media message is not a whole number"):
        number(value, "chunk")


@pytest.mark.parametrize("value", [None, "", 5, "a\nb", "x" * 129])
def test_names_are_short_and_printable(value: object):
    with pytest.raises(CarrierError, match="`name` of the carrier's `mark` message"):
        text({"name": value}, "name", "mark")
    assert text({"name": "x" * 128}, "name", "mark") == "x" * 128


@pytest.mark.parametrize("message", [{}, {"media": None}, {"media": []}, {"media": "{}"}])
def test_the_part_of_a_message_is_an_object(message: dict[str, object]):
    with pytest.raises(CarrierError, match="no `media` object"):
        part(message, "media")
    assert part({"media": {"a": 1}}, "media") == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "code"), [("", 1007), (b"\xff", 1007), ("{", 1007), ("[]", 1002), ("1", 1002)]
)
def test_a_message_is_a_json_object(raw: bytes | str, code: int):
    with pytest.raises(CarrierError) as refused:
        json_object(raw)
    assert refused.value.close_code == code


@given(st.binary(max_size=1000))
def test_audio_is_read_from_base64(mulaw: bytes):
    assert read_audio(b64encode(mulaw).decode(), 1000) == mulaw


@pytest.mark.parametrize(
    ("payload", "code"), [(None, 1002), (b"YQ==", 1002), ("YQ", 1007), ("Y Q==", 1007), ("?", 1007)]
)
def test_what_is_no_audio_is_refused(payload: object, code: int):
    with pytest.raises(CarrierError) as refused:
        read_audio(payload, 1000)
    assert refused.value.close_code == code


def test_too_much_audio_is_refused_before_it_is_decoded():
    with pytest.raises(CarrierError, match="more than 1000 bytes") as refused:
        read_audio("?" * 1400, 1000)
    assert refused.value.close_code == 1009
