from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ivr.core.errors import Bug, ConfigError
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.silero import GATE_AFTER, WINDOW, SileroDetector
from ivr.engines.voice import PiperVoice
from ivr.wire import pcm
from tests.conftest import SpeechModels

SILENCE = bytes([pcm.SILENCE]) * WINDOW


def windows(audio: bytes) -> list[bytes]:
    return [audio[at : at + WINDOW] for at in range(0, len(audio) - WINDOW + 1, WINDOW)]


def noise(seed: int, seconds: float, level: float = 0.05) -> bytes:
    samples = np.random.default_rng(seed).standard_normal(int(seconds * 8000)) * level
    return pcm.float_to_mulaw(samples.astype(np.float32))


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - it waits for a timer of the detector
        await asyncio.sleep(0.002)


async def probabilities(detector: SileroDetector, audio: bytes) -> list[float]:
    told: list[float] = []
    stream = detector.open(lambda probability, _: told.append(probability))
    sent = windows(audio)
    for window in sent:
        stream.feed(window)
    await until(lambda: len(told) == len(sent))
    stream.close()
    return told


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ivr models pull"):
        SileroDetector(tmp_path / "silero_vad.onnx")


@pytest.mark.engines
class TestWithTheModel:
    @pytest.fixture
    def detector(self, models: SpeechModels) -> SileroDetector:
        return SileroDetector(models.detector, interval_ms=1)

    @pytest.fixture
    async def speech(self, models: SpeechModels) -> bytes:
        voice = PiperVoice(models.voice, PromptCache(None))
        await voice.start()
        try:
            return await voice.render("I would like to speak to somebody, please.")
        finally:
            await voice.close()

    async def test_speech_is_noticed_and_noise_is_not(self, detector: SileroDetector, speech: bytes) -> None:
        heard = await probabilities(detector, noise(1, 1.0, 0.003) + speech)
        assert max(heard[:28]) < 0.5
        assert np.mean(np.array(heard[32:-4]) > 0.5) > 0.7
        assert max(await probabilities(detector, noise(2, 2.0))) < 0.5

    async def test_calls_in_one_batch_hear_what_they_would_hear_alone(
        self, detector: SileroDetector, speech: bytes
    ) -> None:
        sounds = [speech, noise(3, 1.5), speech[4096:], *(noise(seed, 0.5) for seed in range(9))]
        alone = [await probabilities(detector, sound) for sound in sounds]
        before = detector.windows
        together = await asyncio.gather(*(probabilities(detector, sound) for sound in sounds))
        assert detector.windows - before == sum(map(len, alone))
        for expected, got in zip(alone, together, strict=True):
            assert got == pytest.approx(expected, abs=1e-4)

    async def test_a_line_that_falls_silent_costs_nothing_and_wakes_up(
        self, detector: SileroDetector, speech: bytes
    ) -> None:
        heard = await probabilities(detector, SILENCE * 60 + speech + SILENCE * 60)
        assert heard[GATE_AFTER + 1 : 60] == [0.0] * (59 - GATE_AFTER)
        assert detector.skipped > 60
        assert max(heard[62:]) > 0.9
        assert heard[-1] == 0.0

    async def test_silence_is_told_at_once_but_never_before_what_came_first(
        self, detector: SileroDetector, speech: bytes
    ) -> None:
        told: list[float] = []
        stream = detector.open(lambda probability, _: told.append(probability))
        for window in windows(SILENCE * (GATE_AFTER + 1)):
            stream.feed(window)
        await until(lambda: len(told) == GATE_AFTER + 1)
        stream.feed(SILENCE)
        assert told[GATE_AFTER + 1 :] == [0.0]
        loud = windows(speech)[12]
        stream.feed(loud)
        stream.feed(SILENCE)
        assert (len(told), detector.queue_length) == (GATE_AFTER + 2, 2)
        await until(lambda: len(told) == GATE_AFTER + 4)
        assert told[GATE_AFTER + 2] > 0

    async def test_the_gate_can_be_left_out(self, models: SpeechModels) -> None:
        detector = SileroDetector(models.detector, interval_ms=1, gate=False)
        await probabilities(detector, SILENCE * 40)
        assert (detector.windows, detector.skipped) == (40, 0)

    async def test_a_row_that_is_used_again_begins_afresh(
        self, detector: SileroDetector, speech: bytes
    ) -> None:
        first = await probabilities(detector, speech)
        assert await probabilities(detector, speech) == pytest.approx(first, abs=1e-5)

    async def test_a_closed_stream_tells_nothing_and_keeps_no_timer(self, detector: SileroDetector) -> None:
        told: list[float] = []
        stream = detector.open(lambda probability, _: told.append(probability))
        stream.feed(SILENCE)
        assert detector.queue_length == 1
        stream.close()
        stream.feed(SILENCE)
        stream.close()
        assert detector.queue_length == 0
        assert detector._timer is None
        assert len(await probabilities(detector, SILENCE * 3)) == 3
        assert told == []

    async def test_a_call_that_fails_or_closes_within_its_turn_disturbs_no_other(
        self, detector: SileroDetector
    ) -> None:
        told: list[float] = []

        def fail(_p: float, _w: float) -> None:
            raise RuntimeError("a call with a bug")

        failing = detector.open(fail)
        closing = detector.open(lambda _p, _w: closing.close())
        steady = detector.open(lambda probability, _: told.append(probability))
        for _ in range(3):
            for stream in (failing, closing, steady):
                stream.feed(SILENCE)
        await until(lambda: len(told) == 3)
        assert detector.queue_length == 0

    async def test_close_stops_the_timer(self, detector: SileroDetector) -> None:
        told: list[float] = []
        detector.open(lambda probability, _: told.append(probability)).feed(SILENCE)
        detector.close()
        await asyncio.sleep(0.02)
        assert told == []
        assert detector.queue_length == 0

    async def test_a_window_of_another_size_is_our_own_mistake(self, detector: SileroDetector) -> None:
        with pytest.raises(Bug, match="256 bytes, not 160"):
            detector.open(lambda _p, _w: None).feed(bytes(160))
