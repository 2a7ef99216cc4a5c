from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engines.prompt_cache import PromptCache, content_key

KEYS = [content_key(name, "voice", {}) for name in "abcd"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_key_is_made_of_text_voice_and_settings() -> None:
    key = content_key("Hello.", "joe", {"speed": 1.0})
    assert key == content_key("Hello.", "joe", {"speed": 1.0})
    assert (
        len(
            {
                key,
                content_key("Hello!", "joe", {"speed": 1.0}),
                content_key("Hello.", "jane", {"speed": 1.0}),
                content_key("Hello.", "joe", {"speed": 1.1}),
            }
        )
        == 4
    )


@given(st.binary(max_size=2000))
def test_what_was_stored_comes_back_in_another_process(audio: bytes) -> None:
    with TemporaryDirectory() as folder:
        PromptCache(Path(folder)).store(KEYS[0], audio)
        later = PromptCache(Path(folder))
        assert later.get(KEYS[0]) is None
        assert later.load(KEYS[0]) == audio
        assert later.get(KEYS[0]) == audio


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_damaged_file_is_thrown_away(audio: bytes, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        PromptCache(Path(folder)).store(KEYS[0], audio)
        (file,) = files(Path(folder))
        content = bytearray(file.read_bytes())
        if data.draw(st.booleans()):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        else:
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        file.write_bytes(content)
        cache = PromptCache(Path(folder))
        assert cache.load(KEYS[0]) is None
        assert not files(Path(folder))
        cache.store(KEYS[0], audio)
        assert PromptCache(Path(folder)).load(KEYS[0]) == audio


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 60)), max_size=30), st.integers(0, 120))
def test_memory_holds_the_lately_used_within_its_limit(uses: list[tuple[str, int]], limit: int) -> None:
    cache = PromptCache(None, memory_bytes=limit)
    latest: dict[str, bytes] = {}
    for key, size in uses:
        audio = bytes(size)
        cache.remember(key, audio)
        latest.pop(key, None)
        latest[key] = audio
        assert cache.memory_bytes <= limit
        assert cache.get(key) == (audio if size <= limit else None)
    held = {key: cache.get(key) for key in latest if cache.get(key) is not None}
    assert cache.memory_bytes == sum(len(audio or b"") for audio in held.values())
    assert all(latest[key] == audio for key, audio in held.items())


def test_the_least_lately_used_goes_first() -> None:
    cache = PromptCache(None, memory_bytes=20)
    cache.remember(KEYS[0], bytes(10))
    cache.remember(KEYS[1], bytes(10))
    cache.get(KEYS[0])
    cache.remember(KEYS[2], bytes(10))
    assert [cache.get(key) is not None for key in KEYS[:3]] == [True, False, True]


def test_a_cache_without_a_folder_forgets_with_its_process() -> None:
    cache = PromptCache(None)
    cache.store(KEYS[0], b"a")
    assert cache.load(KEYS[0]) == b"a"
    assert PromptCache(None).load(KEYS[0]) is None
    assert cache.prune() == 0


def test_pruning_leaves_the_lately_used(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_bytes=250)
    for age, key in enumerate(KEYS):
        cache.store(key, bytes(68))  # 100 bytes with its digest
        (file,) = tmp_path.rglob(f"{key}*")
        os.utime(file, (1000 + age, 1000 + age))
    PromptCache(tmp_path).load(KEYS[0])
    assert cache.prune() == 2
    assert {file.stem for file in files(tmp_path)} == {KEYS[0], KEYS[3]}


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / KEYS[0][:2]).write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        PromptCache(tmp_path).store(KEYS[0], b"a")
    assert [file.name for file in files(tmp_path)] == [KEYS[0][:2]]
