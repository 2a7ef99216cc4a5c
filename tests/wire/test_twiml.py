from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import CarrierError
from ivr.wire import twiml

TEXT = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40
)


def test_a_stream_with_its_token():
    xml = twiml.connect_stream("wss://x.org/twilio/stream", "https://x.org/twilio/resume", {"token": "abc"})
    assert xml.endswith(
        '<Response><Connect action="https://x.org/twilio/resume" method="POST">'
        '<Stream url="wss://x.org/twilio/stream"><Parameter name="token" value="abc" /></Stream>'
        "</Connect></Response>",
    )


@given(TEXT, TEXT)
def test_a_stream_is_read_back(name: str, value: str):
    answer = twiml.read(twiml.connect_stream("wss://x.org/s", "https://x.org/r?a=1&b=2", {name: value}))
    assert answer == twiml.Instructions(
        stream_url="wss://x.org/s",
        parameters={name: value},
        action_url="https://x.org/r?a=1&b=2",
    )


@given(TEXT)
def test_words_are_escaped(words: str):
    answer = twiml.read(twiml.hang_up(words))
    assert answer.hangs_up
    assert answer.said == ((words.strip(),) if words else ())


@pytest.mark.parametrize(
    "number", ["+15550100001", "sip:desk@example.org", "sips:desk@example.org;transport=tls"]
)
def test_a_number_or_a_sip_address_is_dialled(number: str):
    answer = twiml.read(twiml.dial(number, "https://x.org/r", "one moment"))
    assert (answer.dial_to, answer.said, answer.action_url) == (number, ("one moment",), "https://x.org/r")


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "hello",
        "<html/>",
        "<Response>",
        '<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>',
        "<Response>" + " " * 70_000 + "</Response>",
        "<Response>\x00</Response>",
    ],
)
def test_what_is_not_twiml(xml: str):
    with pytest.raises(CarrierError):
        twiml.read(xml)


@given(st.text(max_size=100))
def test_reading_raises_nothing_else(xml: str):
    with pytest.raises(CarrierError):
        twiml.read(xml)


def test_an_empty_response_says_nothing():
    assert twiml.read("<Response/>") == twiml.Instructions()


def test_a_person_is_told_who_calls_before_they_are_connected():
    answer = twiml.read(
        twiml.dial("+15550100001", "https://x.org/r", timeout_s=20, whisper_url="https://x.org/w?call=CA1")
    )
    assert (answer.timeout_s, answer.whisper_url) == (20, "https://x.org/w?call=CA1")
    sip = twiml.read(twiml.dial("sip:a@x.org", "https://x.org/r", whisper_url="https://x.org/w"))
    assert (sip.dial_to, sip.whisper_url, sip.timeout_s) == ("sip:a@x.org", "https://x.org/w", 30)


@given(TEXT)
def test_who_does_not_press_a_key_is_hung_up_on(words: str):
    answer = twiml.read(twiml.whisper(words or "x", "https://x.org/w?answer=key"))
    assert answer == twiml.Instructions(
        said=((words or "x").strip(),), gathers=True, action_url="https://x.org/w?answer=key", hangs_up=True
    )
    assert twiml.read(twiml.connect()) == twiml.Instructions()
