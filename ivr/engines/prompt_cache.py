"""Spoken sentences kept by what was said and how: on disk, and the lately used in memory.

A file holds the SHA-256 of the sound, then the sound; what does not match is thrown away and made
again. Files appear whole or not at all, so several processes may share a folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

MEMORY_BYTES: Final = 64 * 1024 * 1024
DISK_BYTES: Final = 512 * 1024 * 1024

_DIGEST: Final = hashlib.sha256().digest_size
_SUFFIX: Final = ".mulaw"


def content_key(text: str, voice: str, settings: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of a sentence, the voice's name or digest, and its settings."""
    named = {"text": text, "voice": voice, "settings": settings}
    return hashlib.sha256(orjson.dumps(named, option=orjson.OPT_SORT_KEYS)).hexdigest()


class PromptCache:
    """Sound by content key.

    folder         made when the first sound is kept; nothing: memory only
    memory_bytes   the least lately used go when there is more in memory
    disk_bytes     `prune` leaves no more than this
    """

    def __init__(
        self, folder: Path | None, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES
    ) -> None:
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_limit = memory_bytes
        self._disk_limit = disk_bytes
        self._held = 0

    @property
    def memory_bytes(self) -> int:
        """Bytes of sound in memory."""
        return self._held

    def get(self, key: str) -> bytes | None:
        """The sound, if it is in memory. Never touches the disk."""
        audio = self._memory.get(key)
        if audio is not None:
            self._memory.move_to_end(key)
        return audio

    def load(self, key: str) -> bytes | None:
        """The sound from memory or disk (a short blocking read), then kept in memory too."""
        if (audio := self.get(key)) is not None:
            return audio
        path = self._path(key)
        if path is None:
            return None
        try:
            content = path.read_bytes()
        except OSError:
            return None
        audio = content[_DIGEST:]
        if hashlib.sha256(audio).digest() != content[:_DIGEST]:
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)  # lately used: pruned last
        self.remember(key, audio)
        return audio

    def remember(self, key: str, audio: bytes) -> None:
        """Keep a sound in memory, as far as the limit allows."""
        self._held -= len(self._memory.pop(key, b""))
        if len(audio) > self._memory_limit:
            return
        self._memory[key] = audio
        self._held += len(audio)
        while self._held > self._memory_limit:
            _, gone = self._memory.popitem(last=False)
            self._held -= len(gone)

    def store(self, key: str, audio: bytes) -> None:
        """Keep a sound in memory and on disk (a blocking write). Raises `OSError`."""
        self.remember(key, audio)
        path = self._path(key)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(audio).digest() + audio)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def prune(self) -> int:
        """Delete the least lately used files beyond the disk limit; how many. Blocking."""
        if self._folder is None:
            return 0
        files = []
        for path in self._folder.glob(f"*/*{_SUFFIX}"):
            with suppress(OSError):  # another process may prune as well
                facts = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
        excess = sum(size for _, size, _ in files) - self._disk_limit
        deleted = 0
        for _, size, path in sorted(files):
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size
            deleted += 1
        return deleted

    def _path(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / key[:2] / f"{key}{_SUFFIX}"
