from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.core.errors import EngineError
from ivr.engines import audio
from ivr.engines.openai_speech import OpenAIRecogniser, OpenAIVoice
from ivr.engines.prompt_cache import PromptCache
from ivr.wire import pcm

BUZZ = bytes([0x80, 0x00]) * 4000
TONE = (0.9 * np.sin(np.arange(24000) / 6)).astype(np.float32)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Service:
    """A small speech service: answers as it was told, remembers what it was asked."""

    url: str = ""
    answer: Answer | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "application/json":
            self.asked.append(await request.json())
        else:
            form = await request.post()
            self.asked.append(
                {
                    name: part.file.read() if isinstance(part, web.FileField) else part
                    for name, part in form.items()
                }
            )
        self.connections.add(request.transport)
        assert self.answer is not None
        return await self.answer(request)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_post("/v1/audio/{what}", service.handle)
    server = TestServer(app)
    await server.start_server()
    service.url = str(server.make_url("/v1"))
    yield service
    await server.close()


def says(body: bytes | dict[str, Any], status: int = 200) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        if isinstance(body, dict):
            return web.json_response(body, status=status)
        return web.Response(body=body, status=status, content_type="audio/wav")

    return answer


async def stalls(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.01)


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"RIFF")
    assert request.transport is not None
    request.transport.abort()
    return response


def wav_answer() -> Answer:
    return says(audio.write_wav((TONE * 32767).astype(np.int16), 24000))


def recogniser(service: Service, **options: Any) -> OpenAIRecogniser:
    return OpenAIRecogniser(service.url, "tiny", **{"deadline_s": 20, **options})


def voice(service: Service, folder: Path | None = None, **options: Any) -> OpenAIVoice:
    return OpenAIVoice(service.url, "tts", "ann", PromptCache(folder), **{"deadline_s": 20, **options})


async def failure(work: Awaitable[object]) -> str:
    with pytest.raises(EngineError) as caught:
        await work
    return str(caught.value)


async def test_an_utterance_goes_as_a_wav_file_and_comes_back_as_words(service: Service) -> None:
    service.answer = says({"text": " I need a doctor. "})
    engine = recogniser(service)
    heard = await engine.transcribe(BUZZ, ("doctor", "nurse"))
    assert (heard.text, heard.confidence, heard.why_empty) == ("I need a doctor.", 1.0, "")
    (asked,) = service.asked
    assert (asked["model"], asked["language"], asked["prompt"]) == ("tiny", "en", "doctor, nurse")
    with wave.open(io.BytesIO(asked["file"])) as sent:
        assert (sent.getframerate(), sent.getnframes()) == (8000, len(BUZZ))
    await engine.close()


async def test_the_connection_is_kept_for_the_next_turn(service: Service) -> None:
    service.answer = says({"text": "Yes."})
    engine = recogniser(service)
    for _ in range(3):
        await engine.transcribe(BUZZ)
    assert len(service.connections) == 1
    await engine.close()


@pytest.mark.parametrize(
    ("no_speech", "average", "text", "why"),
    [(0.95, -0.9, "", "no_speech"), (0.1, -0.2, "Thank you.", "")],
)
async def test_the_doubts_of_a_whisper_server_are_heeded(
    service: Service, no_speech: float, average: float, text: str, why: str
) -> None:
    segment = {"id": 0, "text": "Thank you.", "no_speech_prob": no_speech, "avg_logprob": average}
    service.answer = says({"text": "Thank you.", "segments": [segment]})
    engine = recogniser(service, detail=True)
    heard = await engine.transcribe(BUZZ)
    assert (heard.text, heard.why_empty) == (text, why)
    assert heard.confidence == pytest.approx(0.819 if text else 0.0)
    assert service.asked[0]["response_format"] == "verbose_json"
    await engine.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says({"error": {"message": "out of memory"}}, 500), "answered 500"),
        (says({"error": {"message": "no such model"}}, 404), "no such model"),
        (says(b"<html>hello</html>"), "no transcription"),
        (says({"text": 7}), "no transcription"),
        (says({"words": "?"}), "no transcription"),
        (says({"text": "Yes.", "segments": [{"no_speech_prob": "high"}]}), ""),
        (breaks_off, "could not be used"),
    ],
)
async def test_what_goes_wrong_becomes_one_sentence_after_one_try(
    service: Service, answer: Answer, why: str
) -> None:
    service.answer = answer
    engine = recogniser(service)
    if why:
        told = await failure(engine.transcribe(BUZZ))
        assert why in told
        assert service.url in told
    else:
        assert (await engine.transcribe(BUZZ)).text == "Yes."
    assert len(service.asked) == 1
    await engine.close()


async def test_a_server_that_dribbles_is_left_at_the_deadline(service: Service) -> None:
    service.answer = stalls
    engine, speaking = recogniser(service, deadline_s=0.2), voice(service, deadline_s=0.2)
    assert "did not answer within 0.2 s" in await failure(engine.transcribe(BUZZ))
    assert "did not answer within 0.2 s" in await failure(speaking.render("Hello."))
    await engine.close()
    await speaking.close()


async def test_nobody_at_the_address_says_what_to_check() -> None:
    engine = OpenAIRecogniser("http://127.0.0.1:1/v1", "tiny")
    assert "check that it runs" in await failure(engine.transcribe(BUZZ))
    await engine.close()


async def test_three_failures_in_a_row_are_unhealthy_and_a_success_is_not(service: Service) -> None:
    service.answer = says({}, 500)
    engine = recogniser(service)
    for healthy in (True, True, False):
        await failure(engine.transcribe(BUZZ))
        assert engine.healthy is healthy
    service.answer = says({"text": "Yes."})
    await engine.transcribe(BUZZ)
    assert engine.healthy
    await engine.close()


@pytest.mark.parametrize("form", ["wav", "pcm"])
async def test_a_sentence_comes_back_as_telephone_sound(service: Service, form: str, tmp_path: Path) -> None:
    service.answer = wav_answer() if form == "wav" else says((TONE * 32767).astype("<i2").tobytes())
    speaking = voice(service, tmp_path, form=form)
    sound = await speaking.render("Hello.")
    assert len(sound) / pcm.BYTES_PER_MS == pytest.approx(1160, abs=12)
    assert np.abs(pcm.mulaw_to_float(sound)).max() == pytest.approx(audio.PEAK, rel=0.05)
    assert service.asked == [{"model": "tts", "input": "Hello.", "voice": "ann", "response_format": form}]
    assert await speaking.render("Hello.") == sound
    assert len(service.asked) == 1
    await speaking.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says({"error": "busy"}, 503), "answered 503"),
        (says(b"<html>hello</html>"), "WAV"),
        (says(b""), "WAV"),
        (says({"detail": "hello"}), "instead of sound"),
        (breaks_off, "could not be used"),
    ],
)
async def test_what_is_no_sound_is_never_kept(
    service: Service, answer: Answer, why: str, tmp_path: Path
) -> None:
    service.answer = answer
    speaking = voice(service, tmp_path)
    assert why in await failure(speaking.render("Hello."))
    assert speaking.ready_audio("Hello.") is None
    service.answer = wav_answer()
    assert len(await speaking.render("Hello.")) > 8000
    await speaking.close()
