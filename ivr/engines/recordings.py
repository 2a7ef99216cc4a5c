"""Sound of calls on the disk: recordings of whole calls, and messages that callers left.

    <data>/recordings/<call id>.wav        both sides: the caller left, we right; 8 kHz, 16 bit
    <data>/voicemail/<call id>-<n>.wav     a message, n from 1; one side, 8 kHz, 16 bit
    <data>/voicemail/<call id>-<n>.json    whose message it is, and when it was left
    <data>/callbacks/<call id>-<n>.json    who wants to be called back, and when

Whatever belongs to a call begins with its id (made safe for a file name by `file_stem`), so that
`files_of` finds it all. A thread of its own writes; no call ever waits for the disk, and a disk that
cannot be written costs the sound, never the call. Files are readable by their owner only.
"""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import structlog

from ivr.wire import pcm

RECORDINGS: Final = "recordings"
VOICEMAIL: Final = "voicemail"
CALLBACKS: Final = "callbacks"

RATE_HZ: Final = 8000
MOST_WAITING: Final = 64 * 1024 * 1024
"""Bytes of sound that wait for the disk; beyond that, new sound is lost, and said so."""

_HEADER: Final = 44
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]")
_log = structlog.get_logger()


def file_stem(call_id: str) -> str:
    """A call's id as the beginning of a file name."""
    return _UNSAFE.sub("_", call_id).lstrip(".") or "_"


def files_of(data: Path, call_id: str) -> list[Path]:
    """All sound and notes of a call that lie in the data folder."""
    stem = file_stem(call_id)
    numbered = re.compile(re.escape(stem) + r"-[0-9]+\.(wav|json)")
    recording = data / RECORDINGS / f"{stem}.wav"
    notes = [
        path
        for name in (VOICEMAIL, CALLBACKS)
        for path in sorted((data / name).glob(f"{stem}-*"))
        if numbered.fullmatch(path.name)
    ]
    return [recording, *notes] if recording.exists() else notes


def wav_header(channels: int, data_bytes: int) -> bytes:
    """The first 44 bytes of a WAV file of 16-bit samples at 8 kHz."""
    frame = channels * 2
    parts = (
        b"RIFF",
        (data_bytes + _HEADER - 8).to_bytes(4, "little"),
        b"WAVEfmt ",
        (16).to_bytes(4, "little"),
        (1).to_bytes(2, "little"),
        channels.to_bytes(2, "little"),
        RATE_HZ.to_bytes(4, "little"),
        (RATE_HZ * frame).to_bytes(4, "little"),
        frame.to_bytes(2, "little"),
        (16).to_bytes(2, "little"),
        b"data",
        data_bytes.to_bytes(4, "little"),
    )
    return b"".join(parts)


class SoundFolder:
    """Implements `Recordings`. `data`: the data folder; what is needed in it is made when it is needed."""

    def __init__(self, data: Path, most_waiting: int = MOST_WAITING) -> None:
        self._data = data
        self._most_waiting = most_waiting
        # (bytes it holds, whose call it is, what to do)
        self._work: deque[tuple[int, str, Callable[[], object]]] = deque()
        self._waiting = 0
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    def open(self, call_id: str) -> WavTape:
        """A tape for a call. A second one for the same call goes on where the first ended."""
        return WavTape(self, call_id)

    def keep_message(self, call_id: str, number: int, audio: bytes, about: dict[str, Any]) -> str:
        """Keep a message (mu-law) and what is known of it. Gives the file's name in the data folder."""
        name = f"{VOICEMAIL}/{file_stem(call_id)}-{number}"

        def write() -> None:
            sound = pcm.mulaw_to_linear(audio).astype("<i2").tobytes()
            self._write_whole(f"{name}.wav", wav_header(1, len(sound)) + sound)
            self._write_whole(f"{name}.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))

        self.put(len(audio), call_id, write)
        return f"{name}.wav"

    def keep_callback(self, call_id: str, number: int, about: dict[str, Any]) -> str:
        """Keep a wish to be called back. Gives the file's name in the data folder."""
        name = f"{CALLBACKS}/{file_stem(call_id)}-{number}.json"
        self.put(0, call_id, lambda: self._write_whole(name, orjson.dumps(about, option=orjson.OPT_INDENT_2)))
        return name

    def close(self) -> None:
        """Write what is left, then stop. Waits 10 s at most."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(timeout=10)

    def put(self, size: int, call_id: str, work: Callable[[], object]) -> bool:
        """Have the thread do something for a call that holds `size` bytes of sound. False: it is lost."""
        with self._news:
            if self._closing or self._waiting + size > self._most_waiting:
                return False
            self._waiting += size
            self._work.append((size, call_id, work))
            self._news.notify()
        return True

    def path(self, name: str) -> Path:
        """Where a file of the data folder is; its folder is made."""
        path = self._data / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def _write_whole(self, name: str, content: bytes) -> None:
        path = self.path(name)
        draft = path.with_suffix(".tmp")
        try:
            with os.fdopen(_private(draft, os.O_TRUNC), "wb") as file:
                file.write(content)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._work or self._closing)
                if not self._work:
                    return
                size, call_id, work = self._work.popleft()
            try:
                work()
            except OSError as error:
                _log.error("sound of a call not written: it is lost", call_id=call_id, error=str(error))
            with self._news:
                self._waiting -= size


class WavTape:
    """A stereo WAV file that is whole after every write. Implements `Tape`."""

    def __init__(self, folder: SoundFolder, call_id: str) -> None:
        self.name = f"{RECORDINGS}/{file_stem(call_id)}.wav"
        self._call_id = call_id
        self._folder = folder
        self._lost = False

    def write(self, left: bytes, right: bytes) -> None:
        """Add sound of both sides: mu-law of one length."""
        kept = self._folder.put(len(left) + len(right), self._call_id, lambda: self._append(left, right))
        if not kept and not self._lost:
            self._lost = True
            _log.error("recording has a hole: the disk is too slow", file=self.name)

    def close(self) -> None:
        """Nothing more will come."""

    def _append(self, left: bytes, right: bytes) -> None:
        both = np.stack([pcm.mulaw_to_linear(left), pcm.mulaw_to_linear(right)], axis=1)
        sound = both.astype("<i2").tobytes()
        path = self._folder.path(self.name)
        try:
            with os.fdopen(_private(path, 0), "r+b") as file:
                end = max(_HEADER, file.seek(0, os.SEEK_END))
                file.seek(end)
                file.write(sound)
                file.seek(0)
                file.write(wav_header(2, end - _HEADER + len(sound)))
        except OSError:
            if path.stat().st_size <= _HEADER:
                path.unlink()  # a file without sound would be taken for a recording
            raise


def _private(path: Path, flags: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)
