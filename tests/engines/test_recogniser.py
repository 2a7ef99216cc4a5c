from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.core.errors import ConfigError, EngineError
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.recogniser import WhisperRecogniser
from ivr.engines.voice import PiperVoice
from ivr.understanding.text import words
from ivr.wire import pcm
from tests.conftest import SpeechModels

SENTENCE = "I would like to make an appointment, please."


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def recogniser(models: SpeechModels) -> AsyncIterator[WhisperRecogniser]:
    engine = WhisperRecogniser(models.recogniser)
    await engine.start()
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def voice(models: SpeechModels) -> AsyncIterator[PiperVoice]:
    engine = PiperVoice(models.voice, PromptCache(None))
    await engine.start()
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def spoken(voice: PiperVoice) -> bytes:
    return await voice.render(SENTENCE)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def talk(voice: PiperVoice) -> bytes:
    """More than half a minute, made in parts: a slow machine has time for each."""
    parts = (
        "I have been your patient for eleven years. In spring I broke my leg on the stairs at home.",
        "The surgeon said it would heal by itself. It did not, and I came to see you in June.",
        "You sent me to the hospital for an X ray. They gave me a pair of crutches and some exercises.",
        "I did them every morning before breakfast. My sister lives next door and helps me to shop.",
        "Last week the swelling came back, and I can hardly walk to the bus.",
        "The bus stops at the corner of the park. I can come on any day of the week.",
    )
    pause = bytes([pcm.SILENCE]) * (500 * pcm.BYTES_PER_MS)
    return pause.join([await voice.render(part) for part in parts])


async def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.bin.*ivr models pull"):
        await WhisperRecogniser(tmp_path).start()


@pytest.mark.engines
@pytest.mark.asyncio(loop_scope="module")
class TestWithTheModel:
    async def test_hears_what_the_voice_said_over_the_telephone(
        self, recogniser: WhisperRecogniser, spoken: bytes
    ) -> None:
        heard = await recogniser.transcribe(spoken)
        assert words(heard.text) == words(SENTENCE)  # the voice varies, and with it where commas are heard
        assert 0.5 < heard.confidence <= 1
        assert heard.why_empty == ""

    async def test_hints_do_not_disturb_what_is_clear(
        self, recogniser: WhisperRecogniser, spoken: bytes
    ) -> None:
        heard = await recogniser.transcribe(spoken, ("prescription", "opening hours"))
        assert "appointment" in heard.text

    async def test_silence_gives_no_words_and_the_reason(self, recogniser: WhisperRecogniser) -> None:
        heard = await recogniser.transcribe(bytes([pcm.SILENCE]) * 16000)
        assert (heard.text, heard.confidence, heard.why_empty) == ("", 0.0, "no_speech")

    async def test_nothing_at_all_gives_no_words(self, recogniser: WhisperRecogniser) -> None:
        assert (await recogniser.transcribe(b"")).text == ""

    async def test_of_a_long_utterance_the_end_is_heard(
        self, recogniser: WhisperRecogniser, talk: bytes, spoken: bytes
    ) -> None:
        long = talk + spoken
        assert len(long) > 28_000 * pcm.BYTES_PER_MS
        assert "appointment" in (await recogniser.transcribe(long)).text

    async def test_kill_9_while_it_listens_costs_the_caller_nothing(
        self, recogniser: WhisperRecogniser, spoken: bytes
    ) -> None:
        before = recogniser.pool.restarts
        listening = asyncio.create_task(recogniser.transcribe(spoken))
        await asyncio.sleep(0)
        (pid,) = recogniser.pool.pids
        os.kill(pid, signal.SIGKILL)
        assert "appointment" in (await listening).text
        assert recogniser.pool.restarts == before + 1

    async def test_a_language_that_the_model_does_not_know_keeps_it_from_starting(
        self, models: SpeechModels
    ) -> None:
        with pytest.raises(EngineError, match="knows English only"):
            await WhisperRecogniser(models.recogniser, language="de").start()
