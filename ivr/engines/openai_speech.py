"""Recogniser and voice over an OpenAI-compatible endpoint (vLLM, speaches, a hosted service, our own).

A request is tried once and bounded as a whole: the client's own timeout is per read, so a server that
dribbles would outlive it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import httpx2
import openai

from ivr.call.ports import Transcript, Urgency
from ivr.core.cards import HIDDEN
from ivr.core.errors import EngineError
from ivr.engines import audio
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.rejection import Decoded, why_rejected
from ivr.engines.voice import CachedVoice
from ivr.wire import pcm

PCM_RATE_HZ: Final = 24000
"""The rate of `pcm` answers, by the protocol."""

KEEP_ALIVE_S: Final = 120.0
"""The client's own 5 s would open a connection for nearly every turn of a call."""

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024

_SHOWN: Final = 200
_FAILURES: Final = 3
_REST_S: Final = 30.0


def without_key(key: str, text: str) -> str:
    """What an endpoint said, without the key, which some repeat in their errors."""
    return text.replace(key, HIDDEN) if key else text


class Endpoint:
    """One base URL (with its `/v1`) and key. Servers of one's own need no key.

    what        the engine's name in messages
    deadline_s  for a whole request
    """

    def __init__(self, what: str, base_url: str, api_key: str, deadline_s: float) -> None:
        self._what = what
        self._url = base_url
        self.key = api_key
        self._deadline_s = deadline_s
        self._failures = 0
        self._failed_at_s = 0.0
        self.client: Final = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE_S)),
        )

    @property
    def healthy(self) -> bool:
        """False for half a minute after three failures in a row."""
        if self._failures < _FAILURES:
            return True
        return asyncio.get_running_loop().time() - self._failed_at_s > _REST_S

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Bound what is done within by the deadline; every failure becomes an `EngineError`."""
        try:
            async with asyncio.timeout(self._deadline_s):
                yield
        except TimeoutError as late:
            raise self._failed(f"did not answer within {self._deadline_s:g} s: it is too busy") from late
        except openai.APIStatusError as refused:
            said = without_key(self.key, " ".join(refused.message.split()))[:_SHOWN]
            raise self._failed(
                f"answered {refused.status_code} ({said}): check its log and the model's name"
            ) from refused
        except (openai.OpenAIError, httpx2.HTTPError) as broken:
            raise self._failed(
                f"could not be used ({broken}): check that it runs and its address"
            ) from broken
        except EngineError as wrong:
            raise self._failed(str(wrong)) from wrong
        self._failures = 0

    def _failed(self, how: str) -> EngineError:
        self._failures += 1
        self._failed_at_s = asyncio.get_running_loop().time()
        return EngineError(f"the {self._what} at {self._url} {without_key(self.key, how)}")


class OpenAIRecogniser:
    """`Recogniser` over `POST /audio/transcriptions` with an 8 kHz WAV.

    model     the name that the endpoint knows
    language  two-letter code of what callers speak
    detail    ask for `verbose_json`: whisper servers then tell how sure they are, and invented words are
              thrown away by the same rule as our own; other models refuse it
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a meaning of its own
        self,
        base_url: str,
        model: str,
        *,
        api_key: str = "",
        language: str = "en",
        detail: bool = False,
        deadline_s: float = 10.0,
    ) -> None:
        self._endpoint = Endpoint("recogniser", base_url, api_key, deadline_s)
        self._model = model
        self._language = language
        self._format: Literal["verbose_json", "json"] = "verbose_json" if detail else "json"

    @property
    def healthy(self) -> bool:
        """Whether words will very likely come back."""
        return self._endpoint.healthy

    async def start(self) -> None:
        """Nothing to load: connections are opened when needed."""

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoint.client.close()

    async def transcribe(
        self,
        audio: bytes,
        hints: tuple[str, ...] = (),
        language: str = "",
        urgency: Urgency | None = None,
    ) -> Transcript:
        """The words of an utterance (mu-law). Confidence is 1 unless `detail`. Raises `EngineError`."""
        del urgency  # the endpoint has a queue of its own, which knows no order
        async with self._endpoint.request():
            answer: object = await self._endpoint.client.audio.transcriptions.create(
                model=self._model,
                file=("utterance.wav", _wav(audio), "audio/wav"),
                language=language.partition("-")[0] or self._language,
                prompt=", ".join(hints) if hints else openai.omit,
                response_format=self._format,
            )
            text = getattr(answer, "text", None)
            if not isinstance(text, str):
                told = without_key(self._endpoint.key, str(answer))[:_SHOWN]
                raise EngineError(f"sent no transcription but {told!r}: check its address and model")
            return _judged(text.strip(), getattr(answer, "segments", None) or (), len(audio))


class OpenAIVoice(CachedVoice):
    """`Voice` over `POST /audio/speech`.

    model, voice  the names that the endpoint knows
    form          what it is asked for: `wav` (16 bit, any rate) or `pcm` (16 bit, 24 kHz)
    speed         1.0 is the voice's own; greater is faster
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a meaning of its own
        self,
        base_url: str,
        model: str,
        voice: str,
        cache: PromptCache,
        *,
        api_key: str = "",
        form: Literal["wav", "pcm"] = "wav",
        speed: float = 1.0,
        deadline_s: float = 15.0,
    ) -> None:
        named: Mapping[str, Any] = {"engine": base_url, "model": model, "speed": speed}
        super().__init__(cache, voice=voice, settings=named)
        self._endpoint = Endpoint("voice", base_url, api_key, deadline_s)
        self._model = model
        self._speaker = voice
        self._form: Literal["wav", "pcm"] = form
        self._speed = speed

    @property
    def healthy(self) -> bool:
        """Whether a new sentence will very likely be spoken."""
        return self._endpoint.healthy

    async def start(self) -> None:
        """Nothing to load: connections are opened when needed."""
        await asyncio.to_thread(self._cache.prune)

    async def close(self) -> None:
        await super().close()
        await self._endpoint.client.close()

    async def _synthesise(self, text: str, *, ahead: bool, rate: float) -> bytes:  # noqa: ARG002 - the server has its own queue
        speed = self._speed * rate
        async with self._endpoint.request():
            sound = bytearray()
            async with self._endpoint.client.audio.speech.with_streaming_response.create(
                model=self._model,
                input=text,
                voice=self._speaker,
                response_format=self._form,
                speed=speed if speed != 1.0 else openai.omit,
            ) as answer:
                form = answer.headers.get("content-type", "")
                if form.startswith(("text/", "application/json")):
                    raise EngineError(f"sent {form} instead of sound: check its address and model")
                async for piece in answer.iter_bytes():
                    sound += piece
                    if len(sound) > MAX_ANSWER_BYTES:
                        raise EngineError(
                            f"sent more than {MAX_ANSWER_BYTES} bytes for a sentence: check its settings"
                        )
            return await asyncio.to_thread(_telephone_sound, bytes(sound), self._form)


def _wav(mulaw: bytes) -> bytes:
    return audio.write_wav(pcm.mulaw_to_linear(mulaw), pcm.SAMPLE_RATE_HZ)


def _telephone_sound(sound: bytes, form: str) -> bytes:
    try:
        samples, rate_hz = audio.read_wav(sound) if form == "wav" else (audio.read_pcm(sound), PCM_RATE_HZ)
    except EngineError as wrong:
        raise EngineError(f"sent sound that cannot be used, {wrong}: check its settings") from wrong
    return audio.to_mulaw(audio.trimmed(samples, rate_hz), rate_hz)


def _judged(text: str, segments: Any, length: int) -> Transcript:
    """What counts of the words, by the segments' own doubts where there are any."""
    pairs = [
        (float(segment.no_speech_prob), float(segment.avg_logprob))
        for segment in segments
        if _is_number(getattr(segment, "no_speech_prob", None))
        and _is_number(getattr(segment, "avg_logprob", None))
    ]
    no_speech = min((pair[0] for pair in pairs), default=0.0)
    average = sum(pair[1] for pair in pairs) / len(pairs) if pairs else 0.0
    decoded = Decoded(text, no_speech, average, length / pcm.SAMPLE_RATE_HZ)
    if why := why_rejected(decoded):
        return Transcript("", 0.0, why)
    return Transcript(text, round(decoded.confidence, 3))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
