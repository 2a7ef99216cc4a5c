"""Sound files: read from the folder of the flow, made fit for the telephone, or refused with places."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr import sound_files
from ivr.flow_files import attached_to, load_flow_file, read_flow_file
from ivr.wire import pcm

FLOW = """\
ivr: 1
languages: [es-US]
flows:
  main:
    - say: Welcome. [sound jingle.wav]
    - say: {en: "[sound music/en.wav: Hello.]", es: "[sound jingle.wav]"}
    - hangup: Goodbye.
"""


def write_wav(
    path: Path, seconds: float = 0.5, rate_hz: int = 44_100, channels: int = 2, width: int = 2
) -> None:
    """A tone of 440 Hz at half of full scale."""
    path.parent.mkdir(exist_ok=True)
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    samples = (0.5 * np.sin(2 * np.pi * 440 * time) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate_hz)
        wav.writeframes(np.repeat(samples, channels).tobytes()[: len(samples) * channels * width])


@pytest.fixture
def line(tmp_path: Path) -> Path:
    (tmp_path / "line.yaml").write_text(FLOW, encoding="utf-8")
    write_wav(tmp_path / "jingle.wav")
    write_wav(tmp_path / "music" / "en.wav", rate_hz=8000, channels=1)
    return tmp_path / "line.yaml"


def refusal(line: Path) -> str:
    _, flow, problems = read_flow_file(line)
    assert flow is None
    (problem,) = [str(problem) for problem in problems]
    return problem


def test_any_rate_becomes_the_telephones(line: Path) -> None:
    flow, _ = load_flow_file(line)
    sounds = sound_files.read_sounds(flow, line.parent, "line.yaml")
    assert set(sounds) == {"jingle.wav", "music/en.wav"}
    for sound in sounds.values():
        assert abs(len(sound) - 4000) <= 8, "half a second at 8 kHz"
        heard = pcm.mulaw_to_float(sound)
        spectrum = np.abs(np.fft.rfft(heard[:4000]))
        assert abs(int(spectrum.argmax()) * 2 - 440) <= 2
        assert 0.45 < np.abs(heard).max() < 0.55


def test_a_flow_without_sounds_reads_none(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text("ivr: 1\nflows: {main: [{hangup: Bye.}]}\n")
    flow, source = load_flow_file(tmp_path / "line.yaml")
    assert sound_files.read_sounds(flow, tmp_path, "l") == {}
    assert attached_to(tmp_path / "line.yaml", flow, source) == ""


def test_a_missing_file_is_told_with_its_place_and_the_nearest(line: Path) -> None:
    (line.parent / "jingle.wav").rename(line.parent / "jingel.wav")
    told = refusal(line)
    assert told.startswith(f"{line}:5:12: The sound 'jingle.wav' cannot be read: No such file")
    assert told.endswith("Did you mean 'jingel.wav'?")


def test_what_is_no_wav_file_is_refused(line: Path) -> None:
    (line.parent / "jingle.wav").write_bytes(b"ID3 this is an MP3")
    assert "'jingle.wav' is no WAV file" in refusal(line)
    write_wav(line.parent / "jingle.wav", width=1)
    assert "'jingle.wav' cannot be played: this WAV file has samples of 8 bits" in refusal(line)
    write_wav(line.parent / "jingle.wav", seconds=0)
    assert "'jingle.wav' holds no sound" in refusal(line)


def test_a_pipe_is_refused_and_not_waited_for(line: Path) -> None:
    (line.parent / "jingle.wav").unlink()
    os.mkfifo(line.parent / "jingle.wav")
    assert "'jingle.wav' is no regular file" in refusal(line)


def test_what_is_too_long_or_too_large_is_refused(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wav(line.parent / "jingle.wav", seconds=121, rate_hz=8000, channels=1)
    assert "'jingle.wav' lasts 121 s, more than 120 s. Cut it shorter." in refusal(line)
    monkeypatch.setattr(sound_files, "MAX_BYTES", 100_000)
    assert "'jingle.wav' has 1,936,044 bytes, more than 100,000" in refusal(line)
    monkeypatch.undo()
    write_wav(line.parent / "jingle.wav", seconds=2)
    monkeypatch.setattr(sound_files, "MAX_ALL_S", 2.0)
    assert "The sounds of this flow last 2 s, more than 2 s together" in refusal(line)


def test_a_link_out_of_the_folder_is_refused(line: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.wav"
    write_wav(outside)
    (line.parent / "jingle.wav").unlink()
    (line.parent / "jingle.wav").symlink_to(outside)
    assert "'jingle.wav' leads outside the folder of the flow. Copy the file into it." in refusal(line)


def test_a_changed_sound_is_another_state_of_the_flow(line: Path) -> None:
    flow, source = load_flow_file(line)
    before = attached_to(line, flow, source)
    assert attached_to(line, flow, source) == before
    write_wav(line.parent / "jingle.wav", seconds=0.7)
    assert attached_to(line, flow, source) != before
