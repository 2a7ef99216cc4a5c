from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import CarrierError
from ivr.edges.carrier_voice import FRAME_BYTES, FRAME_MS, CallerVoice, Spoken


def said(voice: CallerVoice, mulaw: bytes) -> asyncio.Future[Spoken]:
    future: asyncio.Future[Spoken] = asyncio.get_running_loop().create_future()
    voice.say(mulaw, future)
    return future


async def test_who_says_nothing_is_silent():
    assert CallerVoice().frame(0) == b"\xff" * FRAME_BYTES


async def test_utterances_follow_each_other_and_each_tells_when_it_was_on_the_line():
    voice = CallerVoice()
    first, second = said(voice, b"\x01" * 200), said(voice, b"\x02" * 80)
    frames = [voice.frame(number * FRAME_MS) for number in range(4)]
    assert frames[1] == b"\x01" * 40 + b"\xff" * 120
    assert frames[2] == b"\x02" * 80 + b"\xff" * 80
    assert (first.result(), second.result()) == (Spoken(0, 25), Spoken(40, 50))
    assert bytes(voice.said) == b"".join(frames)


async def test_a_time_without_a_stream_is_kept_as_silence():
    voice = CallerVoice()
    voice.frame(0)
    voice.away(60)
    assert len(voice.said) == 60 * 8
    voice.away(40)
    assert len(voice.said) == 60 * 8


async def test_what_was_not_said_by_the_end_fails():
    voice = CallerVoice()
    unsaid = said(voice, b"\x01" * 400)
    given_up = said(voice, b"\x01")
    given_up.cancel()
    voice.frame(0)
    voice.fail()
    with pytest.raises(CarrierError, match="ended before"):
        await unsaid
    assert voice.frame(20) == b"\xff" * FRAME_BYTES


@given(st.lists(st.binary(min_size=1, max_size=500), max_size=5))
def test_all_that_is_said_is_on_the_line(speech: list[bytes]):
    async def talk() -> None:
        voice = CallerVoice()
        futures = [said(voice, mulaw) for mulaw in speech]
        at_ms = 0
        while not all(future.done() for future in futures):
            assert len(voice.frame(at_ms)) == FRAME_BYTES
            at_ms += FRAME_MS
        for mulaw, future in zip(speech, futures, strict=True):
            began = future.result().began_ms * 8
            assert bytes(voice.said[began : began + len(mulaw)]) == mulaw

    asyncio.run(talk())
