from __future__ import annotations

from ivr.engines.energy import EnergyDetector
from ivr.wire import pcm


def test_loud_is_speech_and_quiet_is_not() -> None:
    told: list[float] = []
    stream = EnergyDetector(loud_dbfs=-40).open(lambda probability, _: told.append(probability))
    stream.feed(bytes([pcm.SILENCE]) * 256)
    stream.feed(bytes([0x80, 0x00]) * 128)
    assert told == [0.0, 1.0]


def test_a_closed_stream_tells_nothing() -> None:
    told: list[float] = []
    stream = EnergyDetector().open(lambda probability, _: told.append(probability))
    stream.close()
    stream.feed(bytes([0x80, 0x00]) * 128)
    assert told == []
