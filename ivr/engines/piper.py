"""Text to speech with Piper. Runs inside the voice's worker processes only.

Piper is GPL-3.0-or-later: this module alone imports it, and no other process than the worker does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # the package carries no types
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from ivr.engines import audio
from ivr.engines.frames import Frame, Header
from ivr.engines.worker_main import Engine

PAUSE_MS: Final = 200
"""Between two sentences, should a text hold more than one; their own quiet comes on top."""

_HEEDED: Final = 0.6
"""Of the length that is added to a sentence, so much can be heard (measured over lengths up to double)."""


class Speaker:
    """A loaded voice.

    model     the `.onnx` file; its `.onnx.json` stands beside it
    speed     1.0 is the voice's own; greater is faster
    speaker   number of the speaker in a voice with several
    threads   of one synthesis
    """

    def __init__(
        self, model: Path, *, speed: float = 1.0, speaker: int | None = None, threads: int = 1
    ) -> None:
        config = PiperConfig.from_dict(json.loads(Path(f"{model}.json").read_text("utf-8")))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._voice = PiperVoice(session, config)
        self._speaker = speaker
        self._length_scale = config.length_scale / speed

    def say(self, text: str, rate: float = 1.0) -> bytes:
        """The mu-law of a text at `rate` times the speed; empty when nothing in it can be said."""
        stretch = 1 + (1 / rate - 1) / _HEEDED
        how = SynthesisConfig(speaker_id=self._speaker, length_scale=self._length_scale * stretch)
        rate_hz = self._voice.config.sample_rate
        pause = np.zeros(rate_hz * PAUSE_MS // 1000, np.float32)
        pieces: list[audio.Samples] = []
        for chunk in self._voice.synthesize(text, how):
            sentence = audio.trimmed(chunk.audio_float_array, rate_hz)
            if len(sentence):
                pieces += [pause, sentence] if pieces else [sentence]
        return audio.to_mulaw(np.concatenate(pieces), rate_hz) if pieces else b""


def load(settings: Header) -> Engine:
    """The voice as a worker's engine. Settings: `model` (file), `speed`, `speaker`, `threads`."""
    speaker = Speaker(
        Path(settings["model"]),
        speed=settings["speed"],
        speaker=settings["speaker"],
        threads=settings["threads"],
    )

    def say(header: Header, _: bytes) -> Frame:
        return {}, speaker.say(header["text"], header["rate"])

    return say
