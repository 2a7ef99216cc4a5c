"""A simulated caller: the carrier's side of a call, with a voice of its own. Rings a server for real."""

from __future__ import annotations

import asyncio
import wave
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.call.ports import Voice
from ivr.core.errors import ConfigError, EngineError
from ivr.core.sentences import split_sentences
from ivr.edges.carrier import CallEnd, SimulatedCarrier
from ivr.engines import audio
from ivr.wire import pcm

RATE_HZ = 8000
BYTES_PER_MS = 8
ANSWER_S = 8.0
"""How long the caller waits for an answer before speaking again."""
HIGHER_HZ = 8640
"""Rate at which the caller's sentences are taken to be sampled: 8 % above the agent's voice."""
_LOUD_DBFS = -45.0
_FRAME_MS = 10
_PAUSE = b"\xff" * (120 * BYTES_PER_MS)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Mu-law that the caller says. `speech_end_ms`: where the last sound in it ends."""

    audio: bytes
    speech_end_ms: int


@dataclass(frozen=True, slots=True)
class Said:
    """When the caller's words were on the line: ms since the stream began, silence not counted."""

    began_ms: float
    ended_ms: float


class Caller:
    """Speaks, presses keys and waits the way a person does, on a carrier that has rung."""

    def __init__(self, carrier: SimulatedCarrier, voice: Voice) -> None:
        self.carrier = carrier
        self._voice = voice
        self._answer_from = 0.0

    async def words(self, text: str) -> Utterance:
        """Render words, somewhat higher than the agent's voice so that the two can be told apart."""
        parts = [await self._voice.render(sentence) for sentence in split_sentences(text)]
        samples = pcm.mulaw_to_float(_PAUSE.join(parts))
        return utterance(audio.to_mulaw(samples, HIGHER_HZ))

    async def say(self, spoken: Utterance) -> Said:
        """Say it now. Raises `CarrierError` when the call ends before all of it was said."""
        span = await self.carrier.speak(spoken.audio)
        said = Said(span.began_ms, span.began_ms + spoken.speech_end_ms)
        self._answer_from = said.began_ms  # it may come before the last word, and is not awaited again then
        return said

    def press(self, keys: str) -> None:
        """Press keys, one right after the other."""
        for key in keys:
            self.carrier.press(key)
        self._answer_from = self.carrier.now_ms

    async def until_my_turn(self, quiet_ms: float = 500) -> bool:
        """Wait until the agent has answered and been quiet for a moment. False: the call is over.

        An agent that does not answer at all is not waited for longer than a person would.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self.carrier.agent_speaks(self._answer_from)
        return await self.carrier.agent_quiet(quiet_ms)

    async def until_agent_has_spoken_for(self, ms: float, after_ms: float = 0.0) -> bool:
        """Wait until the agent is `ms` into something that it began after `after_ms`."""
        began = await self.carrier.agent_speaks(after_ms)
        if began is None:
            return False
        await asyncio.sleep(max(0.0, began + ms - self.carrier.now_ms) / 1000)
        return True

    async def hang_up(self) -> None:
        await self.carrier.hang_up()

    async def end(self) -> CallEnd:
        """Wait for the end of the call and do what the server says then."""
        return await self.carrier.ended()

    def write_recording(self, path: Path) -> None:
        """A stereo WAV: the caller on the left, the agent on the right, sample beside sample."""
        left, right = (pcm.mulaw_to_linear(side) for side in self.carrier.recording())
        both = np.stack([left, right], axis=1).astype("<i2")
        with wave.open(str(path), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(both.tobytes())


def refuse_unwritable(path: Path) -> None:
    """Raise `ConfigError` where no recording can be written, before anybody rings."""
    there = path.exists()
    try:
        with path.open("ab"):
            pass
        if not there:
            path.unlink()
    except OSError as error:
        raise ConfigError(
            f"The recording cannot be written to {path}: {error.strerror or error}. Name a file with --out."
        ) from error


def utterance(mulaw: bytes) -> Utterance:
    """Find where the sound in a piece of mu-law ends."""
    samples = pcm.mulaw_to_float(mulaw)
    frame = _FRAME_MS * RATE_HZ // 1000
    count = len(samples) // frame
    if not count:
        return Utterance(mulaw, 0)
    power = np.square(samples[: count * frame].reshape(count, frame)).mean(axis=1)
    loud = np.flatnonzero(10 * np.log10(power + 1e-12) > _LOUD_DBFS)
    return Utterance(mulaw, int(loud[-1] + 1) * _FRAME_MS if len(loud) else 0)


def read_wav(path: Path) -> Utterance:
    """A WAV file of any rate as mu-law at 8 kHz. Raises `ConfigError`."""
    try:
        samples, rate_hz = audio.read_wav(path.read_bytes())
    except (OSError, EngineError) as error:
        raise ConfigError(f"{path} cannot be played: {error}") from error
    return utterance(audio.to_mulaw(samples, rate_hz))
