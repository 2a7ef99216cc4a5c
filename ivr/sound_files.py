"""The WAV files that a flow plays: read from its folder, made fit for the telephone, or refused."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ivr.core.errors import EngineError, FlowError
from ivr.core.flow.model import Flow
from ivr.core.flow.problems import FlowProblems, Problem, Spot, nearest

MAX_BYTES: Final = 30_000_000
"""Of one file: two minutes in two channels of 48 kHz are 23 MB."""
MAX_S: Final = 120.0
"""Of one file: music on hold comes again when it has ended."""
MAX_ALL_S: Final = 900.0
"""Of all files of a flow: 7 MB of memory as the telephone hears them."""
_MOST_HINTS: Final = 200


def read_sounds(flow: Flow, folder: Path, file: str) -> Mapping[str, bytes]:
    """The flow's sounds by name: mu-law at 8 kHz. Raises `FlowProblems` with everything that is wrong.

    folder  of the flow: no file may stand outside of it, links followed
    file    what the flow's file is called in messages
    """
    sounds: dict[str, bytes] = {}
    wrong: list[Problem] = []
    for name, spot in _named(flow):
        if name in sounds:
            continue
        try:
            sounds[name] = _read(folder, name)
        except FlowError as error:
            message, _, hint = str(error).partition(". ")
            wrong.append(Problem(spot.file or file, spot.line, spot.column, message, hint))
    seconds = sum(map(len, sounds.values())) / 8000
    if seconds > MAX_ALL_S:
        message = f"The sounds of this flow last {seconds:.0f} s, more than {MAX_ALL_S:.0f} s together"
        wrong.append(Problem(file, 1, 1, message, "Keep what callers hear to its end."))
    if wrong:
        raise FlowProblems(tuple(dict.fromkeys(wrong)))
    return sounds


def sounds_digest(sounds: Mapping[str, bytes]) -> str:
    """What tells one state of the files from another: a SHA-256 in hexadecimal, "" for no files."""
    if not sounds:
        return ""
    told = sorted((name, hashlib.sha256(sound).hexdigest()) for name, sound in sounds.items())
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _named(flow: Flow) -> Iterator[tuple[str, Spot]]:
    """What the flow plays, in all its languages, and where it says so."""
    for one in (flow, *flow.family.values()):
        yield from one.sounds.items()


def _read(folder: Path, name: str) -> bytes:
    """One file as the telephone hears it. Raises `FlowError`: what is wrong, then what to do."""
    path = folder / name
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise FlowError(f"'{name}' leads outside the folder of the flow. Copy the file into it.")
        if path.exists() and not (path.is_file() or path.is_dir()):  # could be read for ever
            raise FlowError(f"'{name}' is no regular file but a pipe or a device. {_SAVE}")
        if (size := path.stat().st_size) > MAX_BYTES:
            raise FlowError(f"'{name}' has {size:,} bytes, more than {MAX_BYTES:,}. Cut it shorter.")
        data = path.read_bytes()
        seconds = _seconds(path)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in circles
        near = nearest(name, _sounds_in(folder)) or "Its path counts from the folder of the flow."
        reason = getattr(error, "strerror", None) or "its links go round in circles"
        raise FlowError(f"The sound '{name}' cannot be read: {reason}. {near}") from error
    except (wave.Error, EOFError) as error:
        raise FlowError(f"'{name}' is no WAV file: {error}. {_SAVE}") from error
    if seconds > MAX_S:
        raise FlowError(f"'{name}' lasts {seconds:.0f} s, more than {MAX_S:.0f} s. Cut it shorter.")
    return _for_the_telephone(name, data)


_SAVE: Final = "Save it as WAV, PCM of 16 bits."


def _seconds(path: Path) -> float:
    with wave.open(str(path), "rb") as wav:
        return wav.getnframes() / wav.getframerate() if wav.getframerate() else 0.0


def _for_the_telephone(name: str, data: bytes) -> bytes:
    from ivr.engines import audio  # noqa: PLC0415 -- loads the resampler, which few flows need

    try:
        samples, rate_hz = audio.read_wav(data)
    except EngineError as error:
        raise FlowError(f"'{name}' cannot be played: {error}. {_SAVE}") from error
    if not len(samples) or not 4_000 <= rate_hz <= 192_000:  # noqa: PLR2004 -- what sound is recorded at
        raise FlowError(f"'{name}' holds no sound at a usual rate ({rate_hz:,} Hz). {_SAVE}")
    return audio.to_mulaw(samples, rate_hz)


def _sounds_in(folder: Path) -> list[str]:
    found = [*folder.glob("*.wav"), *folder.glob("*/*.wav")][:_MOST_HINTS]
    return [path.relative_to(folder).as_posix() for path in found]
