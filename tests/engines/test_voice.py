from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.core.errors import ConfigError, EngineError
from ivr.engines import audio
from ivr.engines.prompt_cache import PromptCache
from ivr.engines.voice import CachedVoice, PiperVoice
from ivr.wire import pcm
from tests.conftest import SpeechModels


class SlowVoice(CachedVoice):
    """Says a text as its letters; each synthesis waits for `go`."""

    def __init__(self, cache: PromptCache, settings: dict[str, float] | None = None) -> None:
        super().__init__(cache, voice="slow", settings=settings or {})
        self.said: list[tuple[str, bool]] = []
        self.rates: list[float] = []
        self.go = asyncio.Event()
        self.go.set()
        self.broken = False

    async def _synthesise(self, text: str, *, ahead: bool, rate: float) -> bytes:
        self.said.append((text, ahead))
        self.rates.append(rate)
        await self.go.wait()
        if self.broken:
            raise EngineError("the voice is hoarse")
        return text.encode()


def kept(folder: Path) -> Sequence[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_sentence_is_made_once_and_then_ready(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    assert voice.ready_audio("Hello.") is None
    assert await voice.render("Hello.") == b"Hello."
    assert voice.ready_audio("Hello.") == b"Hello."
    assert await voice.render("Hello.") == b"Hello."
    assert len(voice.said) == 1


async def test_the_next_process_finds_it_on_disk_unless_it_speaks_otherwise(tmp_path: Path) -> None:
    await SlowVoice(PromptCache(tmp_path)).render("Hello.")
    again, faster = SlowVoice(PromptCache(tmp_path)), SlowVoice(PromptCache(tmp_path), {"speed": 1.2})
    assert await again.render("Hello.") == b"Hello."
    assert again.said == []
    await faster.render("Hello.")
    assert len(faster.said) == 1


async def test_renders_of_the_same_sentence_at_once_become_one(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    voice.go.clear()
    waiting = [asyncio.create_task(voice.render("Hello.")) for _ in range(5)]
    while not voice.said:  # noqa: ASYNC110 - it looks at the disk first, in a thread
        await asyncio.sleep(0)
    waiting[0].cancel()  # one caller leaves: the others still get theirs
    voice.go.set()
    assert await asyncio.gather(*waiting[1:]) == [b"Hello."] * 4
    assert len(voice.said) == 1


async def test_what_is_sensitive_leaves_no_trace(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    assert await voice.render("Your PIN is 1234.", keep=False) == b"Your PIN is 1234."
    assert kept(tmp_path) == []
    assert voice.ready_audio("Your PIN is 1234.") is None


async def test_slower_speech_is_kept_apart(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    await voice.render("Hello.")
    assert voice.ready_audio("Hello.", 0.85) is None
    await voice.render("Hello.", rate=0.85)
    assert voice.ready_audio("Hello.", 0.85) == b"Hello."
    await voice.render("Hello.", rate=0.85)
    assert voice.rates == [1.0, 0.85]


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    voice.broken = True
    results = await asyncio.gather(voice.render("Hello."), voice.render("Hello."), return_exceptions=True)
    assert [type(result) for result in results] == [EngineError, EngineError]
    voice.broken = False
    assert await voice.render("Hello.") == b"Hello."


async def test_prompts_are_prepared_once_behind_what_callers_wait_for(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    assert await voice.prepare(["One.", "Two.", "One.", " "]) == 2
    assert voice.said == [("One.", True), ("Two.", True)]
    later = SlowVoice(PromptCache(tmp_path))
    assert await later.prepare(["One.", "Two.", "Three."]) == 1
    assert later.ready_audio("One.") == b"One."


async def test_a_caller_does_not_wait_for_a_rendering_that_may_wait(tmp_path: Path) -> None:
    voice = SlowVoice(PromptCache(tmp_path))
    voice.go.clear()
    preparing = asyncio.create_task(voice.prepare(["One."]))
    calling = asyncio.create_task(voice.render("One."))
    while len(voice.said) < 2:  # noqa: ASYNC110 - it looks at the disk first, in a thread
        await asyncio.sleep(0)
    assert ("One.", False) in voice.said
    voice.go.set()
    assert await calling == b"One."
    await preparing


async def test_a_disk_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    voice = SlowVoice(PromptCache(tmp_path / "cache"))
    assert await voice.render("Hello.") == b"Hello."
    assert voice.ready_audio("Hello.") == b"Hello."


async def test_nothing_to_say_needs_no_engine() -> None:
    voice = SlowVoice(PromptCache(None))
    assert await voice.render("  ") == b""
    assert voice.said == []


async def test_close_stops_what_is_being_rendered() -> None:
    voice = SlowVoice(PromptCache(None))
    voice.go.clear()
    waiting = asyncio.create_task(voice.render("Hello."))
    while not voice.said:  # noqa: ASYNC110 - it looks at the disk first, in a thread
        await asyncio.sleep(0)
    await voice.close()
    with pytest.raises(EngineError, match="closed"):
        await waiting


async def test_a_missing_voice_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ivr models pull"):
        await PiperVoice(tmp_path / "nobody.onnx", PromptCache(None)).start()


@pytest.mark.engines
async def test_the_real_voice_speaks_for_the_telephone(models: SpeechModels, tmp_path: Path) -> None:
    voice = PiperVoice(models.voice, PromptCache(tmp_path))
    await voice.start()
    try:
        short = await voice.render("Yes.")
        both = await voice.render("Thank you for calling. How can I help you?")
        slow = await voice.render("Thank you for calling. How can I help you?", rate=0.72)
        assert 1.2 < len(slow) / len(both) < 1.6
        assert await voice.render("…") == b""
        assert len(kept(tmp_path)) == 4
    finally:
        await voice.close()
    assert 200 < len(short) / pcm.BYTES_PER_MS < 1200
    assert 1500 < len(both) / pcm.BYTES_PER_MS < 5000
    sound = np.abs(pcm.mulaw_to_float(both))
    assert sound.max() <= audio.PEAK * 1.04
    assert -30 < pcm.mulaw_level_dbfs(both) < -12
    assert sound[: 20 * 8].max() < 0.02
    assert sound[-80 * 8 :].max() < 0.05


async def test_the_main_process_never_imports_a_speech_library() -> None:
    script = (
        "import sys; import ivr.engines.voice, ivr.engines.recogniser, ivr.engines.worker_main;"
        "print([name for name in ('piper', 'ctranslate2', 'faster_whisper') if name in sys.modules])"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.strip() == b"[]"
