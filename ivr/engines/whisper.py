"""Speech to text with a CTranslate2 Whisper model. Runs inside the recogniser's worker processes only.

The model is called directly, on a window a little longer than the utterance: the library's own
`transcribe` pads every utterance to 30 s, which costs four times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import ctranslate2  # type: ignore[import-untyped]  # the package carries no types
import numpy as np
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor  # type: ignore[import-untyped]  # the package carries no types
from faster_whisper.tokenizer import Tokenizer  # type: ignore[import-untyped]  # the package carries no types

from ivr.engines import audio
from ivr.engines.frames import Frame, Header
from ivr.engines.rejection import Decoded, why_rejected, without_second_helping
from ivr.engines.worker_main import Engine
from ivr.wire import pcm

BEAM_SIZE: Final = 5
WINDOW_S: Final = 10.0
"""The shortest window; also at least `MARGIN_S` longer than the utterance. Shorter ones collapse."""

MARGIN_S: Final = 3.0
LONGEST_S: Final = 27.0
"""Of a longer utterance the end is kept, where the answer stands: the model hears 30 s at once, less the
margin."""

HINT_TOKENS: Final = 48
"""Longer hints pull words towards themselves."""

_TOKENS: Final = 8
_TOKENS_PER_S: Final = 8
_QUIETEST_DBFS: Final = -60.0
_HOP: Final = 160


class Decoder:
    """A loaded model.

    folder     holds `model.bin`, `config.json`, `tokenizer.json` and the vocabulary
    language   two-letter code; models for English only know no other
    """

    def __init__(
        self, folder: Path, *, language: str = "en", beam_size: int = BEAM_SIZE, threads: int = 1
    ) -> None:
        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1
        )
        multilingual = self._model.is_multilingual
        self._multilingual = multilingual
        if language != "en" and not multilingual:
            raise ValueError(
                f"the model in {folder.name} knows English only: choose a multilingual model for {language!r}"
            )
        self._tokens = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._language = language
        self._tokenizers: dict[str, Tokenizer] = {}
        self._features = FeatureExtractor(feature_size=self._model.n_mels)
        self._beam_size = beam_size

    def decode(self, sound: bytes, hints: Sequence[str] = (), language: str = "") -> Decoded:
        """The likeliest words of mu-law sound, before any judgement of them.

        language  two-letter code; "" for the decoder's own. A model for English only knows no other.
        """
        words = self._words(language if self._multilingual else "")
        sound = sound[-int(LONGEST_S * 1000) * pcm.BYTES_PER_MS :]
        seconds = len(sound) / pcm.SAMPLE_RATE_HZ
        if pcm.mulaw_level_dbfs(sound) < _QUIETEST_DBFS:
            return Decoded("", 1.0, 0.0, seconds)
        prompt = _prompt(words, hints)
        result = self._model.generate(
            self._window(sound, seconds),
            [prompt],
            beam_size=self._beam_size,
            max_length=len(prompt) + _TOKENS + int(_TOKENS_PER_S * seconds),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        average = result.scores[0] * len(tokens) / (len(tokens) + 1)  # the end counts as a token too
        text = without_second_helping(words.decode(tokens).strip())
        return Decoded(text, result.no_speech_prob, average, seconds)

    def _window(self, sound: bytes, seconds: float) -> ctranslate2.StorageView:
        samples = audio.levelled(audio.from_mulaw(sound), audio.MODEL_RATE_HZ)
        window_s = max(WINDOW_S, seconds + MARGIN_S)
        frames = int(window_s * audio.MODEL_RATE_HZ) // _HOP
        padded = np.zeros(frames * _HOP, np.float32)
        padded[: len(samples)] = samples[: len(padded)]
        mel = self._features(padded, padding=0)[np.newaxis, :, : frames - frames % 2]
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(mel, np.float32))

    def _words(self, language: str) -> Tokenizer:
        """The tokenizer of a language."""
        language = language or self._language
        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._tokens, self._multilingual, task="transcribe", language=language
            )
        return self._tokenizers[language]


def _prompt(words: Tokenizer, hints: Sequence[str]) -> list[int]:
    start = [*words.sot_sequence, words.no_timestamps]
    if not hints:
        return start
    return [words.sot_prev, *words.encode(" " + ", ".join(hints))[:HINT_TOKENS], *start]


def load(settings: Header) -> Engine:
    """The recogniser as a worker's engine. Settings: `model` (folder), `language`, `beam_size`."""
    decoder = Decoder(
        Path(settings["model"]),
        language=settings.get("language", "en"),
        beam_size=settings.get("beam_size", BEAM_SIZE),
    )

    def transcribe(header: Header, sound: bytes) -> Frame:
        return transcribed(decoder.decode(sound, header.get("hints", ()), header.get("language", ""))), b""

    return transcribe


def transcribed(decoded: Decoded) -> dict[str, Any]:
    """The answer to a request: what counts of the words, and why nothing does."""
    why = why_rejected(decoded)
    return {
        "text": "" if why else decoded.text,
        "confidence": 0.0 if why else round(decoded.confidence, 3),
        "why_empty": why,
    }
