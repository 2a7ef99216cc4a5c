"""TwiML: the XML that tells the carrier what to do with a call, written by the twilio library.

`read` is the carrier's side, for the simulated caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from twilio.twiml.voice_response import (  # type: ignore[import-untyped]  # ships no types
    Connect,
    Dial,
    Gather,
    VoiceResponse,
)

from ivr.core.errors import CarrierError

CONTENT_TYPE: Final = "application/xml"
_MAX_XML: Final = 64 * 1024


def connect_stream(stream_url: str, action_url: str, parameters: Mapping[str, str]) -> str:
    """Open a two-way media stream, and ask `action_url` what next when the server closes it.

    Parameters travel as `<Parameter>`: the carrier drops query strings of a stream's address.
    """
    response = VoiceResponse()
    connect = Connect(action=action_url, method="POST")
    stream = connect.stream(url=stream_url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    response.append(connect)
    return _written(response)


def hang_up(say: str = "", language: str = "en-US") -> str:
    """End the call, after a sentence if there is one."""
    response = VoiceResponse()
    if say:
        response.say(say, language=language)
    response.hangup()
    return _written(response)


def dial(  # noqa: PLR0913 -- what the carrier can be told of a dialled call
    number: str,
    action_url: str,
    say: str = "",
    language: str = "en-US",
    *,
    timeout_s: int = 30,
    whisper_url: str = "",
) -> str:
    """Hand the caller to `number` (E.164, or a `sip:` address), and tell `action_url` how that went.

    timeout_s    how long it may ring
    whisper_url  asked what to do with the person first, before they are connected; "" connects at once
    """
    response = VoiceResponse()
    if say:
        response.say(say, language=language)
    target = Dial(action=action_url, method="POST", answer_on_bridge=True, timeout=timeout_s)
    first = {"url": whisper_url, "method": "POST"} if whisper_url else {}
    if number.startswith(("sip:", "sips:")):
        target.sip(number, **first)
    else:
        target.number(number, **first)
    response.append(target)
    return _written(response)


def whisper(text: str, action_url: str, language: str = "en-US", *, timeout_s: int = 8) -> str:
    """Tell the person who was rung who is calling, and ask `action_url` with the key that they press.

    Without a key they are hung up on: a machine that picked up must not get the caller.
    """
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=timeout_s, action=action_url, method="POST")
    gather.say(text, language=language)
    response.append(gather)
    response.hangup()
    return _written(response)


def connect() -> str:
    """Nothing more to do with the person who was rung: they are connected."""
    return _written(VoiceResponse())


def _written(response: VoiceResponse) -> str:
    text: str = response.to_xml()
    return text


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a TwiML document tells the carrier, as far as the simulated caller follows it.

    said        what `<Say>` speaks, in order
    stream_url  where to open the media stream; "" for none. `parameters`: to be sent in `start`
    dial_to     whom to connect the caller to; "" for nobody. `timeout_s`: how long it may ring
    whisper_url whom to ask what to do with the person first; "" for nobody
    gathers     whether a key is asked for
    action_url  whom to ask when the stream or the dialled call has ended, or a key was pressed; "" for nobody
    hangs_up    whether the document ends the call in so many words
    """

    said: tuple[str, ...] = ()
    stream_url: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    dial_to: str = ""
    timeout_s: int = 0
    whisper_url: str = ""
    gathers: bool = False
    action_url: str = ""
    hangs_up: bool = False


def read(xml: str) -> Instructions:
    """Read a TwiML document. Raises `CarrierError` for what is not one."""
    if len(xml) > _MAX_XML or "<!DOCTYPE" in xml:
        raise CarrierError(
            "the answer is too long for TwiML, or declares a document type; send a plain <Response>."
        )
    try:
        root = ET.fromstring(xml)  # noqa: S314 - no document type, so no entities to expand
    except (ET.ParseError, ValueError):
        raise CarrierError("the answer is not XML; the voice webhook must answer with TwiML.") from None
    if root.tag != "Response":
        raise CarrierError(f"the answer's outer element is <{root.tag}>; TwiML is a <Response>.")
    said = tuple((element.text or "").strip() for element in root.iter("Say"))
    connect, dialled, gather = root.find("Connect"), root.find("Dial"), root.find("Gather")
    stream = connect.find("Stream") if connect is not None else None
    asks = connect if stream is not None else dialled if dialled is not None else gather
    target = _target(dialled)
    timeout = dialled.get("timeout", "") if dialled is not None else ""
    return Instructions(
        said=said,
        stream_url=stream.get("url", "") if stream is not None else "",
        parameters=_parameters(stream),
        dial_to=(target.text or "").strip() if target is not None else "",
        timeout_s=int(timeout) if timeout.isdecimal() else 0,
        whisper_url=target.get("url", "") if target is not None else "",
        gathers=gather is not None,
        action_url=asks.get("action", "") if asks is not None else "",
        hangs_up=root.find("Hangup") is not None,
    )


def _parameters(stream: ET.Element | None) -> dict[str, str]:
    if stream is None:
        return {}
    return {item.get("name", ""): item.get("value", "") for item in stream.findall("Parameter")}


def _target(dialled: ET.Element | None) -> ET.Element | None:
    if dialled is None:
        return None
    inner = dialled.find("Number")
    if inner is None:
        inner = dialled.find("Sip")
    return inner if inner is not None else dialled
